// The two checksums of a PNG: CRC-32 of every chunk, Adler-32 of the uncompressed data.

/** The size of a table for `crc32`. */
export const crcTableBytes: usize = 8 * 1024;

/** Fills a table with the CRC of every byte followed by 0 to 7 zero bytes. Source: PNG third edition, annex D. */
export function buildCrcTable(table: usize): void {
  for (let byte: u32 = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    store<u32>(table + (byte << 2), crc);
  }
  for (let at = table + 1024; at < table + crcTableBytes; at += 4) {
    const shorter = load<u32>(at - 1024);
    store<u32>(at, (shorter >>> 8) ^ load<u32>(table + ((shorter & 255) << 2)));
  }
}

/** Returns the CRC-32 of `byteLength` bytes, eight at a time. */
export function crc32(table: usize, bytes: usize, byteLength: usize): u32 {
  let crc: u32 = 0xffffffff;
  const end = bytes + byteLength;
  while (end - bytes >= 8) {
    const low = load<u32>(bytes) ^ crc;
    const high = load<u32>(bytes, 4);
    crc =
      load<u32>(table + ((low & 255) << 2), 7 * 1024) ^
      load<u32>(table + (((low >>> 8) & 255) << 2), 6 * 1024) ^
      load<u32>(table + (((low >>> 16) & 255) << 2), 5 * 1024) ^
      load<u32>(table + ((low >>> 24) << 2), 4 * 1024) ^
      load<u32>(table + ((high & 255) << 2), 3 * 1024) ^
      load<u32>(table + (((high >>> 8) & 255) << 2), 2 * 1024) ^
      load<u32>(table + (((high >>> 16) & 255) << 2), 1024) ^
      load<u32>(table + ((high >>> 24) << 2));
    bytes += 8;
  }
  while (bytes < end) crc = (crc >>> 8) ^ load<u32>(table + (((crc ^ <u32>load<u8>(bytes++)) & 255) << 2));
  return ~crc;
}

const adlerModulus: u32 = 65521;
/** The most bytes whose sums stay below 2^32. Source: RFC 1950 section 9, as zlib's NMAX; a multiple of 16. */
const adlerRun: usize = 5552;

// @ts-ignore: decorator
@inline
function sumLanes(lanes: v128): u32 {
  return i32x4.extract_lane(lanes, 0) + i32x4.extract_lane(lanes, 1) + i32x4.extract_lane(lanes, 2) + i32x4.extract_lane(lanes, 3);
}

/**
 * Returns the Adler-32 of the data that `adler` covers followed by `byteLength` more bytes. It starts at 1. Source: RFC
 * 1950 section 8.2.
 */
export function adler32(adler: u32, bytes: usize, byteLength: usize): u32 {
  let sum = adler & 0xffff;
  let sumOfSums = adler >>> 16;
  const highWeights = i16x8(16, 15, 14, 13, 12, 11, 10, 9);
  const lowWeights = i16x8(8, 7, 6, 5, 4, 3, 2, 1);
  const end = bytes + byteLength;
  while (bytes < end) {
    const run = min(end - bytes, adlerRun);
    const vectorsEnd = bytes + (run & ~15);
    let sums = i32x4.splat(0);
    let earlier = i32x4.splat(0);
    let weighted = i32x4.splat(0);
    sumOfSums += sum * (<u32>run & ~15);
    for (; bytes < vectorsEnd; bytes += 16) {
      const vector = v128.load(bytes);
      earlier = i32x4.add(earlier, sums);
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(vector)));
      weighted = i32x4.add(
        weighted,
        i32x4.add(
          i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(vector), highWeights),
          i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(vector), lowWeights),
        ),
      );
    }
    sum += sumLanes(sums);
    sumOfSums += sumLanes(weighted) + (sumLanes(earlier) << 4);
    for (let rest = run & 15; rest > 0; rest--) {
      sum += load<u8>(bytes++);
      sumOfSums += sum;
    }
    sum %= adlerModulus;
    sumOfSums %= adlerModulus;
  }
  return (sumOfSums << 16) | sum;
}
