// Colour models, row by row: JFIF's full-range BT.601 in Q14, with rounded coefficients that leave every grey
// unchanged.
import { interleaveHighBytes, interleaveHighWords, interleaveLowBytes, interleaveLowWords, storeFirst } from "./lanes";

const fractionBits: i32 = 14;

/** 0.299, 0.587 and 0.114: they sum to one. */
const lumaRed: i16 = 4899;
const lumaGreen: i16 = 9617;
const lumaBlue: i16 = 1868;

/** -0.168736, -0.331264, 0.5 and 0.5, -0.418688, -0.081312: each three sum to zero. */
const cbRed: i16 = -2765;
const cbGreen: i16 = -5427;
const half: i16 = 8192;
const crGreen: i16 = -6860;
const crBlue: i16 = -1332;

/** Two weights for `dot_i16x8_s` with interleaved samples. */
// @ts-ignore: decorator
@inline
function pairOf(even: i16, odd: i16): v128 {
  return i32x4.splat(((<i32>odd) << 16) | (<i32>even & 0xffff));
}

/** Rounds two vectors of sums with `bits` bits of fraction to eight 16-bit lanes. */
// @ts-ignore: decorator
@inline
function roundSums(low: v128, high: v128, bits: i32 = fractionBits): v128 {
  const middle = i32x4.splat(1 << (bits - 1));
  return i16x8.narrow_i32x4_s(i32x4.shr_s(i32x4.add(low, middle), bits), i32x4.shr_s(i32x4.add(high, middle), bits));
}

/**
 * Weights (a, b) pairs by `ab` and (c, 0) pairs by `c0` and rounds away `bits` bits of fraction, for eight 16-bit lanes
 * of each.
 */
// @ts-ignore: decorator
@inline
function weigh(a: v128, b: v128, c: v128, ab: v128, c0: v128, bits: i32 = fractionBits): v128 {
  const zero = i16x8.splat(0);
  return roundSums(
    i32x4.add(i32x4.dot_i16x8_s(interleaveLowWords(a, b), ab), i32x4.dot_i16x8_s(interleaveLowWords(c, zero), c0)),
    i32x4.add(i32x4.dot_i16x8_s(interleaveHighWords(a, b), ab), i32x4.dot_i16x8_s(interleaveHighWords(c, zero), c0)),
    bits,
  );
}

/** Converts one row; each target may be one of the sources. */
export function ycbcrToRgbRow(y: usize, cb: usize, cr: usize, r: usize, g: usize, b: usize, width: i32): void {
  const centre = i16x8.splat(128);
  // 1.402; -0.344136 and -0.714136; 1.772: all below two, the limit of 16 bits with sign.
  const redOfCr = pairOf(0, 22970);
  const greenOfBoth = pairOf(-5638, -11700);
  const blueOfCb = pairOf(29032, 0);
  for (let column = 0; column < width; column += 16) {
    const luma = v128.load(y + column);
    const blues = v128.load(cb + column);
    const reds = v128.load(cr + column);
    const yLow = i16x8.extend_low_i8x16_u(luma);
    const yHigh = i16x8.extend_high_i8x16_u(luma);
    const cbLow = i16x8.sub(i16x8.extend_low_i8x16_u(blues), centre);
    const cbHigh = i16x8.sub(i16x8.extend_high_i8x16_u(blues), centre);
    const crLow = i16x8.sub(i16x8.extend_low_i8x16_u(reds), centre);
    const crHigh = i16x8.sub(i16x8.extend_high_i8x16_u(reds), centre);
    const pairs0 = interleaveLowWords(cbLow, crLow);
    const pairs1 = interleaveHighWords(cbLow, crLow);
    const pairs2 = interleaveLowWords(cbHigh, crHigh);
    const pairs3 = interleaveHighWords(cbHigh, crHigh);
    const left = width - column;
    storeFirst(
      r + column,
      i8x16.narrow_i16x8_u(
        i16x8.add(yLow, roundSums(i32x4.dot_i16x8_s(pairs0, redOfCr), i32x4.dot_i16x8_s(pairs1, redOfCr))),
        i16x8.add(yHigh, roundSums(i32x4.dot_i16x8_s(pairs2, redOfCr), i32x4.dot_i16x8_s(pairs3, redOfCr))),
      ),
      left,
    );
    storeFirst(
      g + column,
      i8x16.narrow_i16x8_u(
        i16x8.add(yLow, roundSums(i32x4.dot_i16x8_s(pairs0, greenOfBoth), i32x4.dot_i16x8_s(pairs1, greenOfBoth))),
        i16x8.add(yHigh, roundSums(i32x4.dot_i16x8_s(pairs2, greenOfBoth), i32x4.dot_i16x8_s(pairs3, greenOfBoth))),
      ),
      left,
    );
    storeFirst(
      b + column,
      i8x16.narrow_i16x8_u(
        i16x8.add(yLow, roundSums(i32x4.dot_i16x8_s(pairs0, blueOfCb), i32x4.dot_i16x8_s(pairs1, blueOfCb))),
        i16x8.add(yHigh, roundSums(i32x4.dot_i16x8_s(pairs2, blueOfCb), i32x4.dot_i16x8_s(pairs3, blueOfCb))),
      ),
      left,
    );
  }
}

/** Converts one row; each target may be one of the sources. */
export function rgbToYcbcrRow(r: usize, g: usize, b: usize, y: usize, cb: usize, cr: usize, width: i32): void {
  const centre = i16x8.splat(128);
  const lumaOfTwo = pairOf(lumaRed, lumaGreen);
  const lumaOfOne = pairOf(lumaBlue, 0);
  const cbOfTwo = pairOf(cbRed, cbGreen);
  const cbOfOne = pairOf(half, 0);
  const crOfTwo = pairOf(half, crGreen);
  const crOfOne = pairOf(crBlue, 0);
  for (let column = 0; column < width; column += 16) {
    const reds = v128.load(r + column);
    const greens = v128.load(g + column);
    const blues = v128.load(b + column);
    const rLow = i16x8.extend_low_i8x16_u(reds);
    const rHigh = i16x8.extend_high_i8x16_u(reds);
    const gLow = i16x8.extend_low_i8x16_u(greens);
    const gHigh = i16x8.extend_high_i8x16_u(greens);
    const bLow = i16x8.extend_low_i8x16_u(blues);
    const bHigh = i16x8.extend_high_i8x16_u(blues);
    const left = width - column;
    storeFirst(
      y + column,
      i8x16.narrow_i16x8_u(
        weigh(rLow, gLow, bLow, lumaOfTwo, lumaOfOne),
        weigh(rHigh, gHigh, bHigh, lumaOfTwo, lumaOfOne),
      ),
      left,
    );
    storeFirst(
      cb + column,
      i8x16.narrow_i16x8_u(
        i16x8.add(weigh(rLow, gLow, bLow, cbOfTwo, cbOfOne), centre),
        i16x8.add(weigh(rHigh, gHigh, bHigh, cbOfTwo, cbOfOne), centre),
      ),
      left,
    );
    storeFirst(
      cr + column,
      i8x16.narrow_i16x8_u(
        i16x8.add(weigh(rLow, gLow, bLow, crOfTwo, crOfOne), centre),
        i16x8.add(weigh(rHigh, gHigh, bHigh, crOfTwo, crOfOne), centre),
      ),
      left,
    );
  }
}

/** Writes the luma of one row; the target may be one of the sources. */
export function rgbToGrayRow(r: usize, g: usize, b: usize, gray: usize, width: i32): void {
  const lumaOfTwo = pairOf(lumaRed, lumaGreen);
  const lumaOfOne = pairOf(lumaBlue, 0);
  for (let column = 0; column < width; column += 16) {
    const reds = v128.load(r + column);
    const greens = v128.load(g + column);
    const blues = v128.load(b + column);
    const low = weigh(
      i16x8.extend_low_i8x16_u(reds),
      i16x8.extend_low_i8x16_u(greens),
      i16x8.extend_low_i8x16_u(blues),
      lumaOfTwo,
      lumaOfOne,
    );
    const high = weigh(
      i16x8.extend_high_i8x16_u(reds),
      i16x8.extend_high_i8x16_u(greens),
      i16x8.extend_high_i8x16_u(blues),
      lumaOfTwo,
      lumaOfOne,
    );
    storeFirst(gray + column, i8x16.narrow_i16x8_u(low, high), width - column);
  }
}

/** Adds up the 2 x 2 blocks of 16 columns of two rows; columns after lane `last` repeat it. */
// @ts-ignore: decorator
@inline
function sumBlocks(row: usize, stride: usize, last: v128): v128 {
  return i16x8.add(
    i16x8.extadd_pairwise_i8x16_u(i8x16.swizzle(v128.load(row), last)),
    i16x8.extadd_pairwise_i8x16_u(i8x16.swizzle(v128.load(row + stride), last)),
  );
}

/**
 * Writes the chroma of the means of 2 x 2 pixels, from a row and the row `stride` bytes further, which may be the same.
 */
export function rgbToHalvedChromaRow(
  r: usize,
  rStride: usize,
  g: usize,
  gStride: usize,
  b: usize,
  bStride: usize,
  cb: usize,
  cr: usize,
  width: i32,
): void {
  const centre = i16x8.splat(128);
  const lanes = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const cbOfTwo = pairOf(cbRed, cbGreen);
  const cbOfOne = pairOf(half, 0);
  const crOfTwo = pairOf(half, crGreen);
  const crOfOne = pairOf(crBlue, 0);
  for (let column = 0; column < width; column += 16) {
    const left = min(width - column, 16);
    const last = i8x16.min_u(lanes, i8x16.splat(<i8>(left - 1)));
    const reds = sumBlocks(r + column, rStride, last);
    const greens = sumBlocks(g + column, gStride, last);
    const blues = sumBlocks(b + column, bStride, last);
    const cbs = i16x8.add(weigh(reds, greens, blues, cbOfTwo, cbOfOne, fractionBits + 2), centre);
    const crs = i16x8.add(weigh(reds, greens, blues, crOfTwo, crOfOne, fractionBits + 2), centre);
    storeFirst(cb + (column >> 1), i8x16.narrow_i16x8_u(cbs, cbs), (left + 1) >> 1);
    storeFirst(cr + (column >> 1), i8x16.narrow_i16x8_u(crs, crs), (left + 1) >> 1);
  }
}

/** Interleaves one row to RGBA, opaque if `a` is 0. Writes whole groups of 16 pixels. */
export function interleaveRgbaRow(r: usize, g: usize, b: usize, a: usize, target: usize, width: i32): void {
  for (let column = 0; column < width; column += 16) {
    const reds = v128.load(r + column);
    const greens = v128.load(g + column);
    const blues = v128.load(b + column);
    const alphas = a ? v128.load(a + column) : i8x16.splat(-1);
    const rgLow = interleaveLowBytes(reds, greens);
    const rgHigh = interleaveHighBytes(reds, greens);
    const baLow = interleaveLowBytes(blues, alphas);
    const baHigh = interleaveHighBytes(blues, alphas);
    v128.store(target, interleaveLowWords(rgLow, baLow));
    v128.store(target, interleaveHighWords(rgLow, baLow), 16);
    v128.store(target, interleaveLowWords(rgHigh, baHigh), 32);
    v128.store(target, interleaveHighWords(rgHigh, baHigh), 48);
    target += 64;
  }
}
