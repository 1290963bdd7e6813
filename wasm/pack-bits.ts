// PackBits: runs of literal or repeated bytes. Source: TIFF 6.0 section 9.

/**
 * Decodes `length` bytes at `source` into at most `capacity` bytes at `target`; returns how many bytes were written.
 * Stops without an error at the end of either side.
 */
export function packBitsDecode(source: usize, length: i32, target: usize, capacity: i32): i32 {
  const sourceEnd = source + length;
  let written = 0;
  while (source < sourceEnd && written < capacity) {
    const head = <i32>load<i8>(source++);
    if (head == -128) continue;
    if (head >= 0) {
      const run = min(min(head + 1, <i32>(sourceEnd - source)), capacity - written);
      memory.copy(target + written, source, run);
      source += run;
      written += run;
    } else {
      if (source == sourceEnd) break;
      const run = min(1 - head, capacity - written);
      memory.fill(target + written, load<u8>(source++), run);
      written += run;
    }
  }
  return written;
}
