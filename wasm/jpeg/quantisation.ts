import { statusCorrupt, statusTruncated } from "./status";

/** For every zigzag index the index in the block, row by row. Source: ITU-T T.81 figure A.6. */
export const zigzag = memory.data<u8>([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
  55, 62, 63,
]);

/** Where each frequency stands in the order 0, 2, 1, 3, 4, 6, 5, 7. */
const ranks = memory.data<u8>([0, 2, 1, 3, 4, 6, 5, 7]);

/**
 * Returns the byte offset in a block of the coefficient with this zigzag index. The inverse transform multiplies pairs of
 * horizontal frequencies, and then pairs of vertical ones, so both follow the order of `ranks`: 64 bytes for the vertical
 * frequencies below 4 and 64 for the others, in them 16 for each pair of horizontal ones, in them 4 for each vertical
 * one, in them 2 for each of the pair.
 */
export function coefficientOffset(index: usize): u32 {
  const natural = <u32>load<u8>(zigzag + index);
  const horizontal = <u32>load<u8>(ranks + (natural & 7));
  const vertical = <u32>load<u8>(ranks + (natural >> 3));
  return ((vertical & 4) << 4) | ((horizontal & 6) << 3) | ((vertical & 3) << 2) | ((horizontal & 1) << 1);
}

/** The size of a dequantisation table: for every zigzag index, `byte offset of the coefficient << 16 | step`. */
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
    store<u32>(table + (index << 2), (coefficientOffset(index) << 16) | step);
  }
  return byteLength;
}

/** For every zigzag index the byte offset of its coefficient in a transposed block. */
export const transposedOffsets = memory.data(64);
/** For every column of coefficients and every mask of its rows, the mask of their zigzag indices. */
const zigzagMasks = memory.data(8 * 256 * 8, 8);
let areMasksMade = false;

function makeMasks(): void {
  areMasksMade = true;
  for (let index: usize = 0; index < 64; index++) {
    const natural = <u32>load<u8>(zigzag + index);
    const column = natural & 7;
    const row = natural >> 3;
    store<u8>(transposedOffsets + index, ((column << 3) | row) << 1);
    store<u64>(zigzagMasks + (((column << 8) + (1 << row)) << 3), <u64>1 << index);
  }
  for (let column: usize = 0; column < 8; column++) {
    const masks = zigzagMasks + (column << 11);
    for (let rows: usize = 1; rows < 256; rows++) {
      const others = rows & (rows - 1);
      const lowest = rows ^ others;
      store<u64>(masks + (rows << 3), load<u64>(masks + (others << 3)) | load<u64>(masks + (lowest << 3)));
    }
  }
}

/** Makes the reciprocals, times 1 << 15 and transposed, of the 64 steps at `steps`, for coefficients that are times 8. */
export function makeReciprocals(reciprocals: usize, steps: usize): void {
  if (!areMasksMade) makeMasks();
  for (let index: usize = 0; index < 64; index++) {
    const divisor = <i32>load<u8>(steps + index) << 3;
    const reciprocal: i32 = (32768 + (divisor >> 1)) / divisor;
    store<i16>(reciprocals + load<u8>(transposedOffsets + index), reciprocal);
  }
}

/** Quantises the transposed block in place and returns the zigzag mask of what is not zero. */
// @ts-ignore: decorator
@inline
export function quantiseBlock(block: usize, reciprocals: usize): u64 {
  return (
    quantiseColumn(block, reciprocals, 0) |
    quantiseColumn(block, reciprocals, 1) |
    quantiseColumn(block, reciprocals, 2) |
    quantiseColumn(block, reciprocals, 3) |
    quantiseColumn(block, reciprocals, 4) |
    quantiseColumn(block, reciprocals, 5) |
    quantiseColumn(block, reciprocals, 6) |
    quantiseColumn(block, reciprocals, 7)
  );
}

// @ts-ignore: decorator
@inline
function quantiseColumn(block: usize, reciprocals: usize, column: usize): u64 {
  const quantised = i16x8.q15mulr_sat_s(v128.load(block + column * 16), v128.load(reciprocals + column * 16));
  v128.store(block + column * 16, quantised);
  const rows = i16x8.bitmask(i16x8.ne(quantised, i16x8.splat(0)));
  return load<u64>(zigzagMasks + (column << 11) + (rows << 3));
}
