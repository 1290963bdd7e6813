// LZW as in TIFF: codes of 9 to 12 bits, most significant bit first, widened one code early. Writers before TIFF 6.0
// put the least significant bit first and widened codes only when necessary, which the first code of a stream reveals.
// Source: TIFF 6.0 section 13; libtiff reads the older streams likewise.

const clearCode: u32 = 256;
const endCode: u32 = 257;
const firstFree: u32 = 258;
const codeLimit: u32 = 4096;

/**
 * Where the string of each code last appeared in the output, and its length: a string is always a run of the output.
 */
const starts: usize = memory.data(4096 * 4, 16);
const lengths: usize = memory.data(4096 * 4, 16);

/**
 * Decodes `length` bytes at `source` into at most `capacity` bytes at `target`. Returns how many bytes were written: it
 * stops at the end of either side or of the stream, and at a code that no encoder writes.
 */
export function lzwDecode(source: usize, length: i32, target: usize, capacity: i32): i32 {
  const sourceEnd = source + length;
  // The first code is the clear code: 0x80 0x0? in TIFF 6.0, 0x00 0x01 with the least significant bit first.
  const isLeastFirst = length > 1 && load<u8>(source) == 0 && (load<u8>(source + 1) & 1) == 1;
  const early: u32 = isLeastFirst ? 0 : 1;
  let written: u32 = 0;
  let bits: u32 = 0;
  let bitCount: u32 = 0;
  let width: u32 = 9;
  let free: u32 = firstFree;
  let previousStart: u32 = 0;
  let previousLength: u32 = 0;
  while (written < <u32>capacity) {
    while (bitCount < width) {
      if (source == sourceEnd) return written;
      const byte: u32 = load<u8>(source++);
      bits = isLeastFirst ? bits | (byte << bitCount) : (bits << 8) | byte;
      bitCount += 8;
    }
    bitCount -= width;
    const code = (isLeastFirst ? bits : bits >> bitCount) & ((1 << width) - 1);
    if (isLeastFirst) bits >>= width;
    if (code == endCode) return written;
    if (code == clearCode) {
      width = 9;
      free = firstFree;
      previousLength = 0;
      continue;
    }
    const at = written;
    let runLength: u32 = 1;
    if (code < 256) {
      store<u8>(target + at, code);
    } else {
      // Only the next code may be used before it is complete: its last byte is its first.
      if (code > free || (code == free && previousLength == 0)) break;
      const isNext = code == free;
      const start = isNext ? previousStart : load<u32>(starts + (code << 2));
      runLength = isNext ? previousLength + 1 : load<u32>(lengths + (code << 2));
      if (code < firstFree) break;
      const room = <u32>capacity - at;
      copyRun(target + at, target + start, min(runLength, room));
      if (runLength > room) return capacity;
    }
    written = at + runLength;
    if (previousLength > 0 && free < codeLimit) {
      store<u32>(starts + (free << 2), previousStart);
      store<u32>(lengths + (free << 2), previousLength + 1);
      free++;
    }
    // Early change: the width grows one code before the table needs it.
    if (free + early >= (1 << width) && width < 12) width++;
    previousStart = at;
    previousLength = runLength;
  }
  return written;
}

/** Copies byte by byte, first to last: the run may overlap what it is copied to. */
@inline
function copyRun(target: usize, source: usize, length: u32): void {
  for (let index: u32 = 0; index < length; index++) store<u8>(target + index, load<u8>(source + index));
}
