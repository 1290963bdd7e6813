// A block of red, green and blue as one of luma and quarters of Cb and Cr: colours are converted, and chroma is halved,
// before the transform. Both are linear, so that nothing changes but how it is rounded and cut off at black and white, and
// two of three transforms have a quarter of the samples.

import { constantBits, dot, sums0, sums2, sums4, sums6 } from "./cosine";
import { clearHalf, descale, fillBlock, hasHigh, inverseTransformFine, secondBias, secondShift } from "./idct";

/** The coefficients of the three colours; clear between blocks. */
export const colorBlocks = memory.data(3 * 128, 16);
const green = colorBlocks + 128;
const blue = colorBlocks + 256;
/** Luma takes the place of red. */
const cbBlock = green;
const crBlock = blue;

/** Fraction bits that coefficients get, so that their rounding is nothing next to that of samples. */
export const fractionBits: i32 = 2;

/**
 * Weights of JFIF's full-range BT.601 in Q15, for differences of colours, of which greys have none: luma is green and
 * these parts of red and of blue less green; Cb is these parts of blue less red and less green, Cr of red less green and
 * less blue.
 */
const lumaRed: i16 = 9798;
const lumaBlue: i16 = 3736;
const cbRed: i16 = 5529;
const cbGreen: i16 = 10855;
const crGreen: i16 = 13720;
const crBlue: i16 = 2664;

// Products in Q15 are the relaxed ones, one instruction each: no factor is the least value, for which they are not defined.

/**
 * The mean of two samples of a transform of 8, next to each other, is a sample of a transform of 4 whose frequency k is
 * cos(k pi / 16) times frequency k less sin(k pi / 16) times frequency 8 - k. Both in Q15, in the order of a block: by
 * the vertical frequency, and by the horizontal one of vectors of frequencies 0 and 2, 1 and 3, 4 and 6, 5 and 7.
 */
const cosinesDown = memory.data<i16>([32767, 32767, 30274, 30274, 32138, 32138, 27246, 27246], 16);
const sinesDown = memory.data<i16>([0, 0, 12540, 12540, 6393, 6393, 18205, 18205], 16);
const cosines02 = memory.data<i16>([32767, 30274]);
const cosines13 = memory.data<i16>([32138, 27246]);
const sines46 = memory.data<i16>([0, 12540]);
const sines57 = memory.data<i16>([18205, 6393]);

/** Clears the coefficients after blocks that were abandoned halfway. */
export function clearColors(): void {
  memory.fill(colorBlocks, 0, 3 * 128);
}

/**
 * Transforms the coefficients of the three colours, dequantised, `last` being the greatest zigzag index of those that
 * may not be zero, into 8 x 8 samples of luma and 4 x 4 of Cb and Cr, and clears them.
 */
export function transformColors(
  last: i32,
  luma: usize,
  lumaStride: usize,
  cb: usize,
  cbStride: usize,
  cr: usize,
  crStride: usize,
): void {
  const isHigh = convertColors(last, cb, cbStride, cr, crStride);
  inverseTransformFine(colorBlocks, isHigh, luma, lumaStride);
}

/**
 * Does the same but for luma, whose coefficients it leaves in the place of red, with `fractionBits`. Returns whether any of
 * them is of a frequency of 4 or more.
 */
export function convertColors(last: i32, cb: usize, cbStride: usize, cr: usize, crStride: usize): bool {
  const isHigh = hasHigh(colorBlocks, last) || hasHigh(green, last) || hasHigh(blue, last);
  convertVector(0);
  convertVector(16);
  if (isHigh) {
    for (let at: usize = 32; at < 128; at += 16) convertVector(at);
    transformHalved(cbBlock, cb, cbStride);
    transformHalved(crBlock, cr, crStride);
  } else {
    transformLow(cbBlock, cb, cbStride);
    transformLow(crBlock, cr, crStride);
  }
  return isHigh;
}

/** Does the same for blocks whose only coefficients are the first. */
export function fillColors(
  luma: usize,
  lumaStride: usize,
  cb: usize,
  cbStride: usize,
  cr: usize,
  crStride: usize,
): void {
  const r = <i32>load<i16>(colorBlocks);
  const g = <i32>load<i16>(green);
  const b = <i32>load<i16>(blue);
  store<i16>(colorBlocks, 0);
  store<i16>(green, 0);
  store<i16>(blue, 0);
  fillBlock(flatSampleOf((g << 15) + lumaRed * (r - g) + lumaBlue * (b - g)), luma, lumaStride);
  fillQuarter(flatSampleOf(cbRed * (b - r) + cbGreen * (b - g)), cb, cbStride);
  fillQuarter(flatSampleOf(crGreen * (r - g) + crBlue * (r - b)), cr, crStride);
}

/** Returns the sample of a first coefficient in Q15. */
// @ts-ignore: decorator
@inline
function flatSampleOf(dc: i32): i32 {
  return min(max(((dc + (1 << 17)) >> 18) + 128, 0), 255);
}

// @ts-ignore: decorator
@inline
function fillQuarter(sample: i32, to: usize, stride: usize): void {
  const bytes = <u32>sample * 0x01010101;
  store<u32>(to, bytes);
  store<u32>(to + stride, bytes);
  store<u32>(to + 2 * stride, bytes);
  store<u32>(to + 3 * stride, bytes);
}

/** Puts vector `at` of luma, Cb and Cr in the place of that of red, green and blue. */
// @ts-ignore: decorator
@inline
function convertVector(at: usize): void {
  const middle = i16x8.shl(v128.load(green + at), fractionBits);
  const redLess = i16x8.sub(i16x8.shl(v128.load(colorBlocks + at), fractionBits), middle);
  const blueLess = i16x8.sub(i16x8.shl(v128.load(blue + at), fractionBits), middle);
  const between = i16x8.sub(blueLess, redLess);
  v128.store(colorBlocks + at, i16x8.add(middle, i16x8.add(part(redLess, lumaRed), part(blueLess, lumaBlue))));
  v128.store(cbBlock + at, i16x8.add(part(between, cbRed), part(blueLess, cbGreen)));
  v128.store(crBlock + at, i16x8.sub(part(redLess, crGreen), part(between, crBlue)));
}

// @ts-ignore: decorator
@inline
function part(values: v128, weight: i16): v128 {
  return i16x8.relaxed_q15mulr_s(values, i16x8.splat(weight));
}

/** Transforms a block into 4 x 4 samples, and clears it. */
function transformHalved(block: usize, to: usize, stride: usize): void {
  const pair02 = halve02(block);
  const pair13 = halve13(block + 16);
  const opposite02 = halve02(block + 64);
  const opposite13 = halve13(block + 80);
  clearHalf(block);
  clearHalf(block + 64);
  transformQuarter(halveDown(pair02, opposite02), halveDown(pair13, opposite13), to, stride);
}

/** Combines horizontal frequencies 0 and 2 with 4, which adds nothing, and 6. */
// @ts-ignore: decorator
@inline
function halve02(block: usize): v128 {
  const low = i16x8.relaxed_q15mulr_s(v128.load(block), v128.load32_splat(cosines02));
  return i16x8.sub(low, i16x8.relaxed_q15mulr_s(v128.load(block, 32), v128.load32_splat(sines46)));
}

/** Combines 1 and 3 with 7 and 5, which are in the order of 5 and 7. */
// @ts-ignore: decorator
@inline
function halve13(block: usize): v128 {
  const low = i16x8.relaxed_q15mulr_s(v128.load(block), v128.load32_splat(cosines13));
  const high = i16x8.relaxed_q15mulr_s(v128.load(block, 32), v128.load32_splat(sines57));
  return i16x8.sub(low, i16x8.shuffle(high, high, 1, 0, 3, 2, 5, 4, 7, 6));
}

/** Combines vertical frequencies below 4 with those above. */
// @ts-ignore: decorator
@inline
function halveDown(low: v128, high: v128): v128 {
  // 1 and 3 go with 7 and 5.
  const opposite = i32x4.shuffle(high, high, 0, 1, 3, 2);
  return i16x8.sub(
    i16x8.relaxed_q15mulr_s(low, v128.load(cosinesDown)),
    i16x8.relaxed_q15mulr_s(opposite, v128.load(sinesDown)),
  );
}

/** Does the same for a block without frequencies of 4 and more. */
function transformLow(block: usize, to: usize, stride: usize): void {
  const down = v128.load(cosinesDown);
  const pair02 = i16x8.relaxed_q15mulr_s(v128.load(block), v128.load32_splat(cosines02));
  const pair13 = i16x8.relaxed_q15mulr_s(v128.load(block, 16), v128.load32_splat(cosines13));
  clearHalf(block);
  transformQuarter(i16x8.relaxed_q15mulr_s(pair02, down), i16x8.relaxed_q15mulr_s(pair13, down), to, stride);
}

/** Transforms 4 x 4 frequencies, in the order of a block, into as many samples. */
// @ts-ignore: decorator
@inline
function transformQuarter(pair02: v128, pair13: v128, to: usize, stride: usize): void {
  const firstRounding: i32 = 1 << (constantBits - 1);
  const rounding = i32x4(firstRounding + (secondBias << constantBits), firstRounding, firstRounding, firstRounding);
  const even0 = i32x4.add(dot(pair02, sums0), rounding);
  const even1 = i32x4.add(dot(pair02, sums4), rounding);
  const odd0 = dot(pair13, sums2);
  const odd1 = dot(pair13, sums6);
  const columns01 = descale(i32x4.add(even0, odd0), i32x4.add(even1, odd1), constantBits);
  const columns23 = descale(i32x4.sub(even1, odd1), i32x4.sub(even0, odd0), constantBits);
  const down02 = i32x4.shuffle(columns01, columns23, 0, 2, 4, 6);
  const down13 = i32x4.shuffle(columns01, columns23, 1, 3, 5, 7);
  const evenDown0 = dot(down02, sums0);
  const evenDown1 = dot(down02, sums4);
  const oddDown0 = dot(down13, sums2);
  const oddDown1 = dot(down13, sums6);
  const samples = i8x16.narrow_i16x8_u(
    descale(i32x4.add(evenDown0, oddDown0), i32x4.add(evenDown1, oddDown1), secondShift),
    descale(i32x4.sub(evenDown1, oddDown1), i32x4.sub(evenDown0, oddDown0), secondShift),
  );
  v128.store32_lane(to, samples, 0);
  v128.store32_lane(to + stride, samples, 1);
  v128.store32_lane(to + 2 * stride, samples, 2);
  v128.store32_lane(to + 3 * stride, samples, 3);
}
