import { statusCorrupt, statusTruncated } from "./status";

/**
 * For every zigzag index the byte offset of its coefficient in a block. The inverse transform multiplies pairs of
 * horizontal frequencies, and then pairs of vertical ones, so both follow the order 0, 2, 1, 3, 4, 6, 5, 7: 64 bytes for
 * the vertical frequencies below 4 and 64 for the others, in them 16 for each pair of horizontal ones, in them 4 for each
 * vertical one, in them 2 for each of the pair. Source of the zigzag order: ITU-T T.81 figure A.6.
 */
export const coefficientOffsets = memory.data<u8>([
  0, 16, 8, 4, 24, 2, 18, 10, 20, 12, 64, 28, 6, 26, 32, 48, 40, 22, 14, 80, 72, 68, 88, 66, 30, 36, 56, 34, 50, 42, 52,
  44, 82, 74, 84, 76, 92, 70, 90, 96, 60, 38, 58, 54, 46, 112, 104, 86, 78, 94, 100, 120, 98, 62, 114, 106, 116, 108,
  124, 102, 122, 118, 110, 126,
]);

/** The zigzag indices below this are all of frequencies below 4 on both axes. */
export const highMinimum: i32 = 10;

/** The size of a dequantisation table: for every zigzag index `step << 8 | offset`, the latter of `coefficientOffsets`. */
export const dequantisationBytes: usize = 64 * 4;

/** Returns what a dequantisation table has for a zigzag index. */
// @ts-ignore: decorator
@inline
export function dequantisationOf(table: usize, index: u32): u32 {
  return load<u32>(table + (<usize>index << 2));
}

/** Returns a coefficient times the step of its index, which `entry` has. */
// @ts-ignore: decorator
@inline
export function dequantise(value: i32, entry: u32): i32 {
  return value * <i32>(entry >>> 8);
}

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
    store<u32>(table + (index << 2), (step << 8) | load<u8>(coefficientOffsets + index));
  }
  return byteLength;
}

/** For each of a block's eight vectors and each mask of zero lanes, the zigzag mask of the other lanes. */
const zigzagMasks = memory.data(8 * 256 * 8, 8);
let areMasksMade = false;

function makeMasks(): void {
  areMasksMade = true;
  for (let index: usize = 0; index < 64; index++) {
    const offset = <usize>load<u8>(coefficientOffsets + index);
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
