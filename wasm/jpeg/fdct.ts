// The forward discrete cosine transform of an 8x8 block with its quantisation: sums and differences of opposite
// samples, then sums of products of pairs. Source: ITU-T T.81 A.3.3, A.3.4.

import {
  constantBits,
  dot,
  interleaveHigh,
  interleaveLow,
  odd13First,
  odd13Fourth,
  odd13Second,
  odd13Third,
  odd57First,
  odd57Fourth,
  odd57Second,
  odd57Third,
  sums0,
  sums2,
  sums4,
  sums6,
} from "./cosine";
import { zigzagMaskOf } from "./quantisation";

/** Fraction bits kept between the passes: the second pass's sums just fit 16 bits and its results are upper halves. */
const passBits: i32 = 3;
const firstShift: i32 = constantBits - passBits;
/** 128 in each of eight samples, as it appears in the first pass's sums of products. */
const levelShift: i32 = (128 * 8) << constantBits;

/** Columns between the passes, each in the blocks' order of vertical frequencies. */
const columns = memory.data(128, 16);

/**
 * Transforms four of the lanes of eight vectors, given as sums and differences of opposite ones. The first pass stores
 * four columns, the second quantises, stores half of a block and returns the zigzag mask of its nonzero coefficients.
 */
// @ts-ignore: decorator
@inline
function transformLanes(
  outer: v128,
  inner: v128,
  outerDifference: v128,
  innerDifference: v128,
  difference0: v128,
  difference1: v128,
  difference2: v128,
  difference3: v128,
  isFirst: bool,
  isHigh: bool,
  to: usize,
  reciprocals: usize,
): u64 {
  const sums = isHigh ? interleaveHigh(outer, inner) : interleaveLow(outer, inner);
  const pair26 = isHigh
    ? interleaveHigh(outerDifference, innerDifference)
    : interleaveLow(outerDifference, innerDifference);
  const pair01 = isHigh ? interleaveHigh(difference0, difference1) : interleaveLow(difference0, difference1);
  const pair23 = isHigh ? interleaveHigh(difference2, difference3) : interleaveLow(difference2, difference3);
  const result0 = dot(sums, sums0);
  const result2 = dot(pair26, sums2);
  const result4 = dot(sums, sums4);
  const result6 = dot(pair26, sums6);
  const result1 = i32x4.add(dot(pair01, odd13First), dot(pair23, odd57First));
  const result3 = i32x4.add(dot(pair01, odd13Second), dot(pair23, odd57Second));
  const result5 = i32x4.add(dot(pair01, odd13Third), dot(pair23, odd57Third));
  const result7 = i32x4.add(dot(pair01, odd13Fourth), dot(pair23, odd57Fourth));
  if (isFirst) {
    const pairs02 = joinShifted(i32x4.sub(result0, i32x4.splat(levelShift)), result2);
    const pairs13 = joinShifted(result1, result3);
    const pairs46 = joinShifted(result4, result6);
    const pairs57 = joinShifted(result5, result7);
    const upper01 = i32x4.shuffle(pairs02, pairs13, 0, 4, 1, 5);
    const upper23 = i32x4.shuffle(pairs02, pairs13, 2, 6, 3, 7);
    const lower01 = i32x4.shuffle(pairs46, pairs57, 0, 4, 1, 5);
    const lower23 = i32x4.shuffle(pairs46, pairs57, 2, 6, 3, 7);
    v128.store(to, i64x2.shuffle(upper01, lower01, 0, 2));
    v128.store(to, i64x2.shuffle(upper01, lower01, 1, 3), 16);
    v128.store(to, i64x2.shuffle(upper23, lower23, 0, 2), 32);
    v128.store(to, i64x2.shuffle(upper23, lower23, 1, 3), 48);
    return 0;
  }
  const first = isHigh ? 4 : 0;
  return (
    quantise(joinUpper(result0, result2), reciprocals, to, first) |
    quantise(joinUpper(result1, result3), reciprocals, to, first + 1) |
    quantise(joinUpper(result4, result6), reciprocals, to, first + 2) |
    quantise(joinUpper(result5, result7), reciprocals, to, first + 3)
  );
}

/** Scales down by `firstShift` and writes `a` to the lower halves of the result's lanes and `b` to the upper ones. */
// @ts-ignore: decorator
@inline
function joinShifted(a: v128, b: v128): v128 {
  return i16x8.shuffle(i32x4.shr_s(a, firstShift), i32x4.shl(b, 16 - firstShift), 0, 9, 2, 11, 4, 13, 6, 15);
}

/**
 * Rounds to upper halves and writes those of `a` to the lower halves of the result and those of `b` to the upper ones.
 */
// @ts-ignore: decorator
@inline
function joinUpper(a: v128, b: v128): v128 {
  const rounding = i32x4.splat(1 << 15);
  const lower = i32x4.shr_u(i32x4.add(a, rounding), 16);
  return i16x8.shuffle(lower, i32x4.add(b, rounding), 0, 9, 2, 11, 4, 13, 6, 15);
}

/** Quantises and stores eight coefficients, vector number `index` of the block; returns their zigzag mask. */
// @ts-ignore: decorator
@inline
export function quantise(values: v128, reciprocals: usize, block: usize, index: usize): u64 {
  // Relaxed it is one instruction and not five: the two differ where both operands are the least value.
  const quantised = i16x8.relaxed_q15mulr_s(values, v128.load(reciprocals + index * 16));
  v128.store(block + index * 16, quantised);
  return zigzagMaskOf(index, i16x8.bitmask(i16x8.eq(quantised, i16x8.splat(0))));
}

/** Transforms eight vectors; see `transformLanes`, which it calls for the first four and the last four lanes. */
// @ts-ignore: decorator
@inline
function transformVectors(
  v0: v128,
  v1: v128,
  v2: v128,
  v3: v128,
  v4: v128,
  v5: v128,
  v6: v128,
  v7: v128,
  isFirst: bool,
  to: usize,
  reciprocals: usize,
): u64 {
  const sum0 = i16x8.add(v0, v7);
  const sum1 = i16x8.add(v1, v6);
  const sum2 = i16x8.add(v2, v5);
  const sum3 = i16x8.add(v3, v4);
  const outer = i16x8.add(sum0, sum3);
  const inner = i16x8.add(sum1, sum2);
  const outerLess = i16x8.sub(sum0, sum3);
  const innerLess = i16x8.sub(sum1, sum2);
  const less0 = i16x8.sub(v0, v7);
  const less1 = i16x8.sub(v1, v6);
  const less2 = i16x8.sub(v2, v5);
  const less3 = i16x8.sub(v3, v4);
  const toHigh = isFirst ? to + 64 : to;
  return (
    transformLanes(outer, inner, outerLess, innerLess, less0, less1, less2, less3, isFirst, false, to, reciprocals) |
    transformLanes(outer, inner, outerLess, innerLess, less0, less1, less2, less3, isFirst, true, toHigh, reciprocals)
  );
}

/**
 * Transforms 8 rows of 8 samples, `stride` bytes apart, quantises with the reciprocals that `makeReciprocals` made, and
 * stores the block in the order of `coefficientOffsets`. Returns the zigzag mask of the coefficients that are not zero.
 */
export function forwardTransform(samples: usize, stride: usize, block: usize, reciprocals: usize): u64 {
  const fifth = samples + 4 * stride;
  transformVectors(
    v128.load8x8_u(samples),
    v128.load8x8_u(samples + stride),
    v128.load8x8_u(samples + 2 * stride),
    v128.load8x8_u(samples + 3 * stride),
    v128.load8x8_u(fifth),
    v128.load8x8_u(fifth + stride),
    v128.load8x8_u(fifth + 2 * stride),
    v128.load8x8_u(fifth + 3 * stride),
    true,
    columns,
    0,
  );
  return transformVectors(
    v128.load(columns),
    v128.load(columns, 16),
    v128.load(columns, 32),
    v128.load(columns, 48),
    v128.load(columns, 64),
    v128.load(columns, 80),
    v128.load(columns, 96),
    v128.load(columns, 112),
    false,
    block,
    reciprocals,
  );
}
