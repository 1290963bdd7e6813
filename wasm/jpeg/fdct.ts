// The forward discrete cosine transform of an 8x8 block and its quantisation. Source: ITU-T T.81 A.3.3, A.3.4.

import {
  commonPair1,
  commonPair3,
  constantBits,
  descale,
  dot,
  evenPair2,
  evenPair6,
  interleaveHigh,
  interleaveLow,
  oddPair1,
  oddPair3,
  oddPair5,
  oddPair7,
  passBits,
} from "./rotation";
import { transposeBlock } from "./transpose";

/** 128 in each of eight samples, as the sum of the first pass has it. */
const levelShift: i16 = 4096;

/** Transforms eight vectors lane by lane into `block`; the first pass keeps `passBits` more, the second drops them. */
// @ts-ignore: decorator
@inline
function transformVectors(
  block: usize, isFirst: bool,
  in0: v128, in1: v128, in2: v128, in3: v128, in4: v128, in5: v128, in6: v128, in7: v128,
): void {
  const shift = isFirst ? constantBits - passBits : constantBits + passBits;
  const rounding = i32x4.splat(1 << (shift - 1));
  const sum07 = i16x8.add(in0, in7);
  const sum16 = i16x8.add(in1, in6);
  const sum25 = i16x8.add(in2, in5);
  const sum34 = i16x8.add(in3, in4);
  const outer = i16x8.add(sum07, sum34);
  const inner = i16x8.add(sum16, sum25);
  if (isFirst) {
    v128.store(block, i16x8.sub(i16x8.shl(i16x8.add(outer, inner), passBits), i16x8.splat(levelShift)));
    v128.store(block, i16x8.shl(i16x8.sub(outer, inner), passBits), 64);
  } else {
    const half = i16x8.splat(1 << <i16>(passBits - 1));
    v128.store(block, i16x8.shr_s(i16x8.add(i16x8.add(outer, inner), half), passBits));
    v128.store(block, i16x8.shr_s(i16x8.add(i16x8.sub(outer, inner), half), passBits), 64);
  }

  const outerDifference = i16x8.sub(sum07, sum34);
  const innerDifference = i16x8.sub(sum16, sum25);
  const evenL = interleaveLow(outerDifference, innerDifference);
  const evenH = interleaveHigh(outerDifference, innerDifference);
  v128.store(
    block,
    descale(
      i32x4.add(dot(evenL, evenPair2), rounding),
      i32x4.add(dot(evenH, evenPair2), rounding),
      shift,
    ),
    32,
  );
  v128.store(
    block,
    descale(
      i32x4.add(dot(evenL, evenPair6), rounding),
      i32x4.add(dot(evenH, evenPair6), rounding),
      shift,
    ),
    96,
  );

  const difference07 = i16x8.sub(in0, in7);
  const difference16 = i16x8.sub(in1, in6);
  const difference25 = i16x8.sub(in2, in5);
  const difference34 = i16x8.sub(in3, in4);
  const sumA = i16x8.add(difference34, difference16);
  const sumB = i16x8.add(difference25, difference07);
  const sumsL = interleaveLow(sumA, sumB);
  const commonAL = i32x4.add(dot(sumsL, commonPair3), rounding);
  const commonBL = i32x4.add(dot(sumsL, commonPair1), rounding);
  const pair40L = interleaveLow(difference34, difference07);
  const pair51L = interleaveLow(difference25, difference16);
  const sumsH = interleaveHigh(sumA, sumB);
  const commonAH = i32x4.add(dot(sumsH, commonPair3), rounding);
  const commonBH = i32x4.add(dot(sumsH, commonPair1), rounding);
  const pair40H = interleaveHigh(difference34, difference07);
  const pair51H = interleaveHigh(difference25, difference16);
  v128.store(
    block,
    descale(
      i32x4.add(dot(pair40L, oddPair7), commonAL),
      i32x4.add(dot(pair40H, oddPair7), commonAH),
      shift,
    ),
    112,
  );
  v128.store(
    block,
    descale(
      i32x4.add(dot(pair51L, oddPair5), commonBL),
      i32x4.add(dot(pair51H, oddPair5), commonBH),
      shift,
    ),
    80,
  );
  v128.store(
    block,
    descale(
      i32x4.add(dot(pair51L, oddPair3), commonAL),
      i32x4.add(dot(pair51H, oddPair3), commonAH),
      shift,
    ),
    48,
  );
  v128.store(
    block,
    descale(
      i32x4.add(dot(pair40L, oddPair1), commonBL),
      i32x4.add(dot(pair40H, oddPair1), commonBH),
      shift,
    ),
    16,
  );
}

/** Transforms 8 rows of 8 samples, `stride` bytes apart, into the transposed coefficients at `block`, times 8. */
// @ts-ignore: decorator
@inline
export function forwardTransform(samples: usize, stride: usize, block: usize): void {
  const fifth = samples + 4 * stride;
  transformVectors(
    block,
    true,
    v128.load8x8_u(samples),
    v128.load8x8_u(samples + stride),
    v128.load8x8_u(samples + 2 * stride),
    v128.load8x8_u(samples + 3 * stride),
    v128.load8x8_u(fifth),
    v128.load8x8_u(fifth + stride),
    v128.load8x8_u(fifth + 2 * stride),
    v128.load8x8_u(fifth + 3 * stride),
  );
  transposeBlock(block);
  transformVectors(
    block,
    false,
    v128.load(block),
    v128.load(block, 16),
    v128.load(block, 32),
    v128.load(block, 48),
    v128.load(block, 64),
    v128.load(block, 80),
    v128.load(block, 96),
    v128.load(block, 112),
  );
}
