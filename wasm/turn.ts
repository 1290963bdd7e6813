// Quarter turns and mirrors of one plane: they move samples and change none.
import { interleaveHighBytes, interleaveLowBytes } from "./lanes";

/** Writes each row backwards. Strides may be negative. */
export function mirrorRows(
  source: usize,
  sourceStride: i32,
  target: usize,
  targetStride: i32,
  width: i32,
  height: i32,
): void {
  const vectors = width & ~15;
  for (let row = 0; row < height; row++) {
    const end = target + width;
    for (let column = 0; column < vectors; column += 16) {
      const bytes = v128.load(source + column);
      const reversed = v128.shuffle<u8>(bytes, bytes, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
      v128.store(end - column - 16, reversed);
    }
    for (let column = vectors; column < width; column++) {
      store<u8>(end - column - 1, load<u8>(source + column));
    }
    source += sourceStride;
    target += targetStride;
  }
}

/** Turns columns into rows: `width` x `height` samples become `height` x `width`. Strides may be negative. */
export function transposeRows(
  source: usize,
  sourceStride: i32,
  target: usize,
  targetStride: i32,
  width: i32,
  height: i32,
): void {
  const blockWidth = width & ~7;
  const blockHeight = height & ~7;
  // A strip at a time, as wide as a cache line: the target's lines are then still cached when the next rows need them.
  for (let strip = 0; strip < blockWidth; strip += 64) {
    const stripEnd = min(strip + 64, blockWidth);
    for (let row = 0; row < blockHeight; row += 8) {
      const from = source + <usize>(row * sourceStride);
      for (let column = strip; column < stripEnd; column += 8) {
        transposeBlock(from + column, sourceStride, target + <usize>(column * targetStride) + row, targetStride);
      }
    }
  }
  transposeSamples(source, sourceStride, target, targetStride, blockWidth, width, blockHeight);
  const below = source + <usize>(blockHeight * sourceStride);
  transposeSamples(below, sourceStride, target + blockHeight, targetStride, 0, width, height - blockHeight);
}

/** Transposes columns [from, to) of a few rows, sample by sample. */
function transposeSamples(
  source: usize,
  sourceStride: i32,
  target: usize,
  targetStride: i32,
  from: i32,
  to: i32,
  height: i32,
): void {
  for (let row = 0; row < height; row++) {
    for (let column = from; column < to; column++) {
      store<u8>(target + <usize>(column * targetStride) + row, load<u8>(source + column));
    }
    source += sourceStride;
  }
}

/** Transposes 8 x 8 samples. */
// @ts-ignore: decorator
@inline
function transposeBlock(source: usize, sourceStride: i32, target: usize, targetStride: i32): void {
  const row1 = source + sourceStride;
  const row2 = row1 + sourceStride;
  const row3 = row2 + sourceStride;
  const row4 = row3 + sourceStride;
  const row5 = row4 + sourceStride;
  const row6 = row5 + sourceStride;
  const row7 = row6 + sourceStride;
  // Each step interleaves rows half as far apart as the step before: 4, 2, 1.
  const rows04 = interleaveLowBytes(v128.load64_zero(source), v128.load64_zero(row4));
  const rows15 = interleaveLowBytes(v128.load64_zero(row1), v128.load64_zero(row5));
  const rows26 = interleaveLowBytes(v128.load64_zero(row2), v128.load64_zero(row6));
  const rows37 = interleaveLowBytes(v128.load64_zero(row3), v128.load64_zero(row7));
  const even03 = interleaveLowBytes(rows04, rows26);
  const even47 = interleaveHighBytes(rows04, rows26);
  const odd03 = interleaveLowBytes(rows15, rows37);
  const odd47 = interleaveHighBytes(rows15, rows37);
  const columns01 = interleaveLowBytes(even03, odd03);
  const columns23 = interleaveHighBytes(even03, odd03);
  const columns45 = interleaveLowBytes(even47, odd47);
  const columns67 = interleaveHighBytes(even47, odd47);
  v128.store64_lane(target, columns01, 0);
  v128.store64_lane((target += targetStride), columns01, 1);
  v128.store64_lane((target += targetStride), columns23, 0);
  v128.store64_lane((target += targetStride), columns23, 1);
  v128.store64_lane((target += targetStride), columns45, 0);
  v128.store64_lane((target += targetStride), columns45, 1);
  v128.store64_lane((target += targetStride), columns67, 0);
  v128.store64_lane((target += targetStride), columns67, 1);
}
