// The inverse discrete cosine transform of an 8x8 block, as sums of products of pairs: even and odd frequencies
// separately, because each row and the one opposite share both. Source: ITU-T T.81 A.3.3.

import {
  constantBits,
  dot,
  even02First,
  even02Fourth,
  even02Second,
  even02Third,
  even46First,
  even46Fourth,
  even46Second,
  even46Third,
  odd13First,
  odd13Fourth,
  odd13Second,
  odd13Third,
  odd57First,
  odd57Fourth,
  odd57Second,
  odd57Third,
} from "./cosine";
import { highMinimum } from "./quantisation";

/** Fraction bits kept between the passes. */
const passBits: i32 = 2;
export const secondShift: i32 = constantBits + passBits + 3;
/** Rounds the second pass and shifts the level by 128: added to the vertical frequency 0, it reaches every sample. */
export const secondBias: i32 = ((1 << (secondShift - 1)) + (128 << secondShift)) >> constantBits;

/** The first pass's results, then the second's. */
const between = memory.data(128, 16);

/**
 * Transforms four lanes of eight frequencies, which come as pairs (0, 2), (1, 3), (4, 6), (5, 7). The first pass stores
 * pairs of its lanes for the second, the second bytes: rows 0 to 3 and rows 4 to 7, four samples each.
 */
// @ts-ignore: decorator
@inline
function transformLanes(from: usize, to: usize, isFirst: bool, shift: i32, rounding: v128, hasHigh: bool): void {
  const pair02 = v128.load(from);
  let even0 = dot(pair02, even02First);
  let even1 = dot(pair02, even02Second);
  let even2 = dot(pair02, even02Third);
  let even3 = dot(pair02, even02Fourth);
  if (isFirst) {
    even0 = i32x4.add(even0, rounding);
    even1 = i32x4.add(even1, rounding);
    even2 = i32x4.add(even2, rounding);
    even3 = i32x4.add(even3, rounding);
  }
  const pair13 = v128.load(from, 16);
  let odd0 = dot(pair13, odd13First);
  let odd1 = dot(pair13, odd13Second);
  let odd2 = dot(pair13, odd13Third);
  let odd3 = dot(pair13, odd13Fourth);
  if (hasHigh) {
    const pair46 = v128.load(from, 32);
    even0 = i32x4.add(even0, dot(pair46, even46First));
    even1 = i32x4.add(even1, dot(pair46, even46Second));
    even2 = i32x4.add(even2, dot(pair46, even46Third));
    even3 = i32x4.add(even3, dot(pair46, even46Fourth));
    const pair57 = v128.load(from, 48);
    odd0 = i32x4.add(odd0, dot(pair57, odd57First));
    odd1 = i32x4.add(odd1, dot(pair57, odd57Second));
    odd2 = i32x4.add(odd2, dot(pair57, odd57Third));
    odd3 = i32x4.add(odd3, dot(pair57, odd57Fourth));
  }
  const results01 = descale(i32x4.add(even0, odd0), i32x4.add(even1, odd1), shift);
  const results23 = descale(i32x4.add(even2, odd2), i32x4.add(even3, odd3), shift);
  const results45 = descale(i32x4.sub(even3, odd3), i32x4.sub(even2, odd2), shift);
  const results67 = descale(i32x4.sub(even1, odd1), i32x4.sub(even0, odd0), shift);
  if (isFirst) {
    v128.store(to, i32x4.shuffle(results01, results23, 0, 2, 4, 6));
    v128.store(to, i32x4.shuffle(results01, results23, 1, 3, 5, 7), 16);
    v128.store(to, i32x4.shuffle(results45, results67, 0, 2, 4, 6), 64);
    v128.store(to, i32x4.shuffle(results45, results67, 1, 3, 5, 7), 80);
  } else {
    v128.store(to, i8x16.narrow_i16x8_u(results01, results23));
    v128.store(to, i8x16.narrow_i16x8_u(results45, results67), 16);
  }
}

/** Scales two vectors of 32 bits down by `shift` bits into one of 16. */
// @ts-ignore: decorator
@inline
export function descale(low: v128, high: v128, shift: i32): v128 {
  return i16x8.narrow_i32x4_s(i32x4.shr_s(low, shift), i32x4.shr_s(high, shift));
}

/**
 * Transforms the coefficients at `block`, in the order of `coefficientOffset`, into 8 rows of 8 samples, `stride` bytes
 * apart, and clears the block. `last` is the greatest zigzag index of those that may not be zero. Within one level of the
 * exact transform.
 */
export function inverseTransform(block: usize, last: i32, samples: usize, stride: usize): void {
  transformBlock(block, hasHigh(block, last), samples, stride, constantBits - passBits);
}

/**
 * Does the same for coefficients of four times their size, which have as many fraction bits as there are between the
 * passes; `isHigh` says whether any is of a frequency of 4 or more.
 */
export function inverseTransformFine(block: usize, isHigh: bool, samples: usize, stride: usize): void {
  transformBlock(block, isHigh, samples, stride, constantBits);
}

/** Returns whether a block has coefficients of frequencies of 4 or more: without them half of the work is saved. */
// @ts-ignore: decorator
@inline
export function hasHigh(block: usize, last: i32): bool {
  if (last < highMinimum) return false;
  const across = v128.or(v128.load(block, 32), v128.load(block, 48));
  const downLow = v128.or(v128.load(block, 64), v128.load(block, 80));
  const downHigh = v128.or(v128.load(block, 96), v128.load(block, 112));
  return v128.any_true(v128.or(across, v128.or(downLow, downHigh)));
}

// @ts-ignore: decorator
@inline
function transformBlock(block: usize, isHigh: bool, samples: usize, stride: usize, firstShift: i32): void {
  const firstRounding: i32 = 1 << (firstShift - 1);
  const lowRounding = i32x4(firstRounding + (secondBias << firstShift), firstRounding, firstRounding, firstRounding);
  // One test for both axes: the outcome is hard to predict, and a wrong prediction costs more than two tests would
  // save.
  if (isHigh) {
    transformLanes(block, between, true, firstShift, lowRounding, true);
    clearHalf(block);
    transformLanes(block + 64, between + 32, true, firstShift, i32x4.splat(firstRounding), true);
    clearHalf(block + 64);
    transformLanes(between, between, false, secondShift, lowRounding, true);
    transformLanes(between + 64, between + 64, false, secondShift, lowRounding, true);
  } else {
    transformLanes(block, between, true, firstShift, lowRounding, false);
    clearHalf(block);
    transformLanes(between, between, false, secondShift, lowRounding, false);
    transformLanes(between + 64, between + 64, false, secondShift, lowRounding, false);
  }
  storeFourRows(v128.load(between), v128.load(between, 64), samples, stride);
  storeFourRows(v128.load(between, 16), v128.load(between, 80), samples + 4 * stride, stride);
}

// @ts-ignore: decorator
@inline
export function clearHalf(block: usize): void {
  v128.store(block, i64x2.splat(0));
  v128.store(block, i64x2.splat(0), 16);
  v128.store(block, i64x2.splat(0), 32);
  v128.store(block, i64x2.splat(0), 48);
}

/** Stores four rows; `left` has the first four samples of each and `right` the last four. */
// @ts-ignore: decorator
@inline
function storeFourRows(left: v128, right: v128, samples: usize, stride: usize): void {
  const rows01 = i32x4.shuffle(left, right, 0, 4, 1, 5);
  const rows23 = i32x4.shuffle(left, right, 2, 6, 3, 7);
  v128.store64_lane(samples, rows01, 0);
  v128.store64_lane(samples + stride, rows01, 1);
  v128.store64_lane(samples + 2 * stride, rows23, 0);
  v128.store64_lane(samples + 3 * stride, rows23, 1);
}

/** Returns the sample value of a block whose only coefficient is `dc`. */
// @ts-ignore: decorator
@inline
export function flatSample(dc: i32): i32 {
  return min(max(((dc + 4) >> 3) + 128, 0), 255);
}

/** Fills 8 rows of 8 samples with `sample`. */
export function fillBlock(sample: i32, samples: usize, stride: usize): void {
  const bytes = <u64>sample * 0x0101010101010101;
  for (let row: i32 = 0; row < 8; row++) {
    store<u64>(samples, bytes);
    samples += stride;
  }
}
