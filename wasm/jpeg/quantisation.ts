import { statusCorrupt, statusTruncated } from "./status";

/** For every zigzag index the index in the block, row by row. Source: ITU-T T.81 figure A.6. */
export const zigzag = memory.data<u8>([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
  55, 62, 63,
]);

/** The size of a dequantisation table: for every zigzag index, `byte offset in the transposed block << 16 | step`. */
export const dequantisationBytes: usize = 64 * 4;

/**
 * Reads the 64 steps at `from`, of one or two bytes each, into `table`. Returns their length in bytes, or a status.
 * Source: ITU-T T.81 B.2.4.1.
 */
export function readDequantisation(table: usize, from: usize, end: usize, isWide: bool): i32 {
  const byteLength = isWide ? 128 : 64;
  if (from + byteLength > end) return statusTruncated;
  for (let index: usize = 0; index < 64; index++) {
    const step = isWide
      ? ((<u32>load<u8>(from + index * 2)) << 8) | load<u8>(from + index * 2, 1)
      : load<u8>(from + index);
    if (step == 0) return statusCorrupt;
    const natural = <u32>load<u8>(zigzag + index);
    const transposed = ((natural & 7) << 3) | (natural >> 3);
    store<u32>(table + (index << 2), (transposed << 17) | step);
  }
  return byteLength;
}
