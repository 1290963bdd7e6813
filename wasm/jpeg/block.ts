import { Component } from "./frame";
import { fillBlock, flatSample, inverseTransform } from "./idct";

/** The block being decoded; clear between blocks. */
export const coefficients = memory.data(128, 16);
/** Samples of a block that is not written whole. */
export const samples = memory.data(64, 16);

/** Clears the coefficients after a block that was abandoned halfway. */
export function clearCoefficients(): void {
  memory.fill(coefficients, 0, 128);
}

/**
 * Transforms the block in `coefficients`, which is neither clipped nor reduced, into its component's plane and clears
 * the coefficients. `dc` is the dequantised DC coefficient; `last` is the zigzag index of the last other one, 0 if there
 * is none.
 */
// @ts-ignore: decorator
@inline
export function placeWhole(item: Component, column: i32, row: i32, dc: i32, last: i32): void {
  const stride = item.plane.stride;
  transformBlock(dc, last, item.plane.pointer + <usize>(row << 3) * stride + (column << 3), stride);
}

/**
 * Does the same for a block that is clipped or reduced: combines every 1, 2 x 2, 4 x 4 or 8 x 8 samples into their
 * rounded mean, and writes those that are needed.
 */
export function placePart(item: Component, column: i32, row: i32, dc: i32, last: i32, reduction: i32): void {
  if (reduction == 3) {
    fillBlock(flatSample(dc), samples, 8);
    if (last != 0) clearCoefficients();
  } else {
    transformBlock(dc, last, samples, 8);
    if (last != 0) for (let pass: i32 = 0; pass < reduction; pass++) halveSamples();
  }
  const size = 8 >> reduction;
  copyClipped(item, samples, column * size, row * size, size);
}

// @ts-ignore: decorator
@inline
function transformBlock(dc: i32, last: i32, target: usize, stride: usize): void {
  if (last == 0) {
    fillBlock(flatSample(dc), target, stride);
  } else {
    store<i16>(coefficients, dc);
    inverseTransform(coefficients, last, target, stride);
  }
}

/** Combines every 2 x 2 samples into one, in place: half as many rows, still 8 bytes apart, half as long. */
function halveSamples(): void {
  for (let row: usize = 0; row < 64; row += 16) {
    const sums = i16x8.extadd_pairwise_i8x16_u(v128.load(samples + row));
    const both = i16x8.add(sums, i64x2.shuffle(sums, sums, 1, 0));
    const means = i16x8.shr_u(i16x8.add(both, i16x8.splat(2)), 2);
    v128.store64_lane(samples + (row >>> 1), i8x16.narrow_i16x8_u(means, means), 0);
  }
}

/** Copies the part of `size` x `size` samples, in rows of 8 bytes, which belong at `x`, `y`, that may be written. */
export function copyClipped(item: Component, block: usize, x: i32, y: i32, size: i32): void {
  const left = max(x, item.left);
  const width = min(x + size, item.right) - left;
  const top = max(y, item.top);
  const height = min(y + size, item.bottom) - top;
  if (width <= 0) return;
  const isWhole = width == 8;
  const isHalf = width == 4 && size == 4;
  const stride = item.plane.stride;
  let from = block + <usize>((top - y) * 8 + (left - x));
  let to = item.plane.pointer + <usize>top * stride + left;
  for (let row: i32 = 0; row < height; row++) {
    if (isWhole) store<u64>(to, load<u64>(from));
    else if (isHalf) store<u32>(to, load<u32>(from));
    else for (let column: i32 = 0; column < width; column++) store<u8>(to + column, load<u8>(from + column));
    from += 8;
    to += stride;
  }
}
