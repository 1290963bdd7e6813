import { statusCorrupt, statusTruncated } from "./status";

/** For every zigzag index the index in the block, row by row. Source: ITU-T T.81 figure A.6. */
const zigzag = memory.data<u8>([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
  55, 62, 63,
]);

/** Position of each frequency in the order 0, 2, 1, 3, 4, 6, 5, 7. */
const ranks = memory.data<u8>([0, 2, 1, 3, 4, 6, 5, 7]);

/**
 * Returns the byte offset in a block of the coefficient with this zigzag index. The inverse transform multiplies pairs
 * of horizontal frequencies, and then pairs of vertical ones, so both follow the order of `ranks`: 64 bytes for the
 * vertical frequencies below 4 and 64 for the others, in them 16 for each pair of horizontal ones, in them 4 for each
 * vertical one, in them 2 for each of the pair.
 */
function coefficientOffset(index: usize): u32 {
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

/** For every zigzag index its `coefficientOffset`. */
export const coefficientOffsets = memory.data(64);
/** For each of a block's eight vectors and each mask of zero lanes, the zigzag mask of the other lanes. */
const zigzagMasks = memory.data(8 * 256 * 8, 8);
let areMasksMade = false;

function makeMasks(): void {
  areMasksMade = true;
  for (let index: usize = 0; index < 64; index++) {
    const offset = coefficientOffset(index);
    store<u8>(coefficientOffsets + index, offset);
    const masks = zigzagMasks + ((offset >>> 4) << 11);
    const lane: usize = (offset >>> 1) & 7;
    for (let zeros: usize = 0; zeros < 256; zeros++) {
      const mask = masks + (zeros << 3);
      if (((zeros >>> lane) & 1) == 0) store<u64>(mask, load<u64>(mask) | (<u64>1 << index));
    }
  }
}

/** Returns the zigzag mask of the lanes in a block's vector number `vector` that are not marked in `zeros`. */
// @ts-ignore: decorator
@inline
export function zigzagMaskOf(vector: usize, zeros: i32): u64 {
  return load<u64>(zigzagMasks + (vector << 11) + (zeros << 3));
}

/** Computes the reciprocals of the 64 steps at `steps`, times 1 << 15, in a block's order, for coefficients times 8. */
export function makeReciprocals(reciprocals: usize, steps: usize): void {
  if (!areMasksMade) makeMasks();
  for (let index: usize = 0; index < 64; index++) {
    const divisor = <i32>load<u8>(steps + index) << 3;
    const reciprocal: i32 = (32768 + (divisor >> 1)) / divisor;
    store<i16>(reciprocals + load<u8>(coefficientOffsets + index), reciprocal);
  }
}
