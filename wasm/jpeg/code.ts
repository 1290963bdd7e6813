import { coefficientOffsets } from "./quantisation";
import { storeWritten, writtenBits, writtenCount, writtenCursor } from "./writer";

/**
 * The size of an encoding table: for every symbol `bits << 5 | length`, where its code is already shifted by the bits
 * of the value after it and the length counts both.
 */
export const codeTableBytes: usize = 256 * 4;

/**
 * Builds an encoding table from the 16 counts and the symbols at `counts`; returns where they end.
 * Source: ITU-T T.81 C.2.
 */
export function buildCodes(table: usize, counts: usize): usize {
  let symbol = counts + 16;
  let code: u32 = 0;
  for (let length: u32 = 1; length <= 16; length++) {
    for (let rest: i32 = load<u8>(counts + length - 1); rest > 0; rest--) {
      const category = <u32>load<u8>(symbol) & 15;
      store<u32>(table + (<usize>load<u8>(symbol) << 2), (code << (category + 5)) | (length + category));
      code++;
      symbol++;
    }
    code <<= 1;
  }
  return symbol;
}

/**
 * Encodes one block of quantised coefficients of which those in the zigzag mask `present` are not zero.
 * Returns its DC coefficient. Source: ITU-T T.81 F.1.2.
 */
// @ts-ignore: decorator
@inline
export function encodeBlock(block: usize, present: u64, prediction: i32, dc: usize, ac: usize): i32 {
  let bits = writtenBits;
  let count = writtenCount;
  let cursor = writtenCursor;

  const value = <i32>load<i16>(block);
  const difference = value - prediction;
  let sign = difference >> 31;
  let category = 32 - clz((difference ^ sign) - sign);
  let entry = load<u32>(dc + (category << 2));
  count += entry & 31;
  bits |= <u64>((entry >>> 5) | ((difference + sign) & ((1 << category) - 1))) << (64 - count);
  store<u64>(cursor - 7, bits);
  cursor -= count >>> 3;
  bits <<= count & 0x78;
  count &= 7;

  let rest = present & ~1;
  let previous: i32 = 0;
  while (rest != 0) {
    const index = <i32>ctz(rest);
    rest &= rest - 1;
    let run = index - previous - 1;
    previous = index;
    while (run > 15) {
      entry = load<u32>(ac + (0xf0 << 2));
      count += entry & 31;
      bits |= <u64>(entry >>> 5) << (64 - count);
      store<u64>(cursor - 7, bits);
      cursor -= count >>> 3;
      bits <<= count & 0x78;
      count &= 7;
      run -= 16;
    }
    const coefficient = <i32>load<i16>(block + load<u8>(coefficientOffsets + index));
    sign = coefficient >> 31;
    category = 32 - clz((coefficient ^ sign) - sign);
    entry = load<u32>(ac + (((run << 4) | category) << 2));
    count += entry & 31;
    bits |= <u64>((entry >>> 5) | ((coefficient + sign) & ((1 << category) - 1))) << (64 - count);
    store<u64>(cursor - 7, bits);
    cursor -= count >>> 3;
    bits <<= count & 0x78;
    count &= 7;
  }
  if (previous != 63) {
    entry = load<u32>(ac);
    count += entry & 31;
    bits |= <u64>(entry >>> 5) << (64 - count);
    store<u64>(cursor - 7, bits);
    cursor -= count >>> 3;
    bits <<= count & 0x78;
    count &= 7;
  }
  storeWritten(bits, count, cursor);
  return value;
}
