// Luma of a macroblock: predicted whole, or block by block. Source: RFC 6386 sections 12.2 and 12.3.
import { chooseBlockMode, predictions } from "./block-modes";
import { writeLevels } from "./levels";
import { luma, lumaBlocks, shown, shownStride } from "./macroblock";
import { quantise } from "./quantise";
import { forwardDc, forwardTransform, inverseDc, inverseTransform, residual } from "./transform";

/** Modes of whole macroblocks and of chroma. Of the modes of blocks the first four predict alike. */
export const byMean: i32 = 0;
export const byTrueMotion: i32 = 1;
export const byAbove: i32 = 2;
export const byLeft: i32 = 3;

const wholeCoefficients = memory.data(512, 16);
const dcCoefficients = memory.data(32, 16);
const levels = memory.data(32, 16);

/** What the mean of pixels around is, of those that lie in the picture. */
// @ts-ignore: decorator
@inline
export function meanAround(above: i32, left: i32, column: i32, row: i32, shift: i32): i32 {
  if (column > 0 && row > 0) return (above + left + (1 << shift)) >> (shift + 1);
  if (row > 0) return (above + (1 << (shift - 1))) >> shift;
  return column > 0 ? (left + (1 << (shift - 1))) >> shift : 128;
}

let wholeMean: i32 = 0;

/**
 * Returns the best way to predict luma as a whole: its score, with the mode in the lowest four bits. `costs` has words
 * with the mode in them, as `chooseBlockMode` takes.
 */
export function chooseLumaMode(column: i32, row: i32, costs: usize): i32 {
  const above = v128.load(shown - shownStride);
  let left: i32 = 0;
  for (let y: usize = 0; y < 16; y++) left += <i32>load<u8>(shown + y * shownStride - 1);
  wholeMean = meanAround(sumOf(above), left, column, row, 4);
  const mean = i16x8.splat(<i16>wholeMean);
  const corner = i16x8.splat(<i16>load<u8>(shown - shownStride - 1));
  const above0 = i16x8.extend_low_i8x16_u(above);
  const above1 = i16x8.extend_high_i8x16_u(above);
  const ramp0 = i16x8.sub(above0, corner);
  const ramp1 = i16x8.sub(above1, corner);
  let byMeans = i32x4.splat(0);
  let byMotions = i32x4.splat(0);
  let byAboves = i32x4.splat(0);
  let byLefts = i32x4.splat(0);
  for (let y: usize = 0; y < 16; y++) {
    const source = v128.load(luma + (y << 4));
    const source0 = i16x8.extend_low_i8x16_u(source);
    const source1 = i16x8.extend_high_i8x16_u(source);
    const beside = i16x8.splat(<i16>load<u8>(shown + y * shownStride - 1));
    const motion = i8x16.narrow_i16x8_u(i16x8.add(ramp0, beside), i16x8.add(ramp1, beside));
    byMeans = addSquares(byMeans, i16x8.sub(source0, mean), i16x8.sub(source1, mean));
    byMotions = addSquares(
      byMotions,
      i16x8.sub(source0, i16x8.extend_low_i8x16_u(motion)),
      i16x8.sub(source1, i16x8.extend_high_i8x16_u(motion)),
    );
    byAboves = addSquares(byAboves, i16x8.sub(source0, above0), i16x8.sub(source1, above1));
    byLefts = addSquares(byLefts, i16x8.sub(source0, beside), i16x8.sub(source1, beside));
  }
  return bestOf(byMeans, byMotions, byAboves, byLefts, costs);
}

/** Adds the squares of 16 differences. */
// @ts-ignore: decorator
@inline
export function addSquares(sum: v128, a: v128, b: v128): v128 {
  return i32x4.add(sum, i32x4.add(i32x4.dot_i16x8_s(a, a), i32x4.dot_i16x8_s(b, b)));
}

/** The least score of four sums of squares in four parts each, and its mode. */
// @ts-ignore: decorator
@inline
export function bestOf(a: v128, b: v128, c: v128, d: v128, costs: usize): i32 {
  const ab = i32x4.add(v128.shuffle<u32>(a, b, 0, 4, 1, 5), v128.shuffle<u32>(a, b, 2, 6, 3, 7));
  const cd = i32x4.add(v128.shuffle<u32>(c, d, 0, 4, 1, 5), v128.shuffle<u32>(c, d, 2, 6, 3, 7));
  const total = i32x4.add(v128.shuffle<u64>(ab, cd, 0, 2), v128.shuffle<u64>(ab, cd, 1, 3));
  let best = i32x4.add(i32x4.shl(total, 8), v128.load(costs));
  // The sums of a whole macroblock may need all 32 bits.
  best = i32x4.min_u(best, v128.shuffle<u32>(best, best, 2, 3, 0, 1));
  return i32x4.extract_lane(i32x4.min_u(best, v128.shuffle<u32>(best, best, 1, 0, 3, 2)), 0);
}

/** The sum of 16 bytes. */
// @ts-ignore: decorator
@inline
function sumOf(bytes: v128): i32 {
  const sum = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes));
  return (
    i32x4.extract_lane(sum, 0) + i32x4.extract_lane(sum, 1) + i32x4.extract_lane(sum, 2) + i32x4.extract_lane(sum, 3)
  );
}

/** Puts what a mode predicts where the macroblock will be shown. */
function predictLuma(mode: i32): void {
  const above = v128.load(shown - shownStride);
  const corner = i16x8.splat(<i16>load<u8>(shown - shownStride - 1));
  for (let y: usize = 0; y < 16; y++) {
    const to = shown + y * shownStride;
    let row = above;
    if (mode == byMean) row = i8x16.splat(<i8>wholeMean);
    else if (mode == byLeft) row = v128.load8_splat(to - 1);
    else if (mode == byTrueMotion) {
      const ramp = i16x8.sub(i16x8.splat(<i16>load<u8>(to - 1)), corner);
      row = i8x16.narrow_i16x8_u(
        i16x8.add(i16x8.extend_low_i8x16_u(above), ramp),
        i16x8.add(i16x8.extend_high_i8x16_u(above), ramp),
      );
    }
    v128.store(to, row);
  }
}

/** Which blocks had levels in the last macroblock or part of one that was encoded. */
export let present: i32 = 0;

/**
 * Encodes luma as a whole by the mode that was chosen last. Levels go to `to`, those of the DC coefficients first. Returns
 * where the next may go.
 */
export function encodeWhole(mode: i32, steps: usize, dcSteps: usize, to: usize): usize {
  predictLuma(mode);
  for (let pair: usize = 0; pair < 8; pair++) {
    const x = (pair & 1) << 3;
    const y = (pair >> 1) << 2;
    const from = luma + (y << 4) + x;
    const prediction = shown + y * shownStride + x;
    forwardTransform(
      difference(from, prediction),
      difference(from + 16, prediction + shownStride),
      difference(from + 32, prediction + 2 * shownStride),
      difference(from + 48, prediction + 3 * shownStride),
      wholeCoefficients + (pair << 6),
    );
  }
  forwardDc(wholeCoefficients, dcCoefficients);
  let found = 0;
  const dcMask = quantise(dcCoefficients, dcSteps, levels);
  if (dcMask != 0) {
    to = writeLevels(levels, dcMask, 0, to);
    found = 1 << 24;
  }
  for (let block: usize = 0; block < 16; block++) {
    const at = wholeCoefficients + (block << 5);
    store<i16>(at, 0);
    const mask = quantise(at, steps, levels);
    if (mask != 0) {
      to = writeLevels(levels, mask, 1, to);
      found |= 1 << <i32>block;
    }
  }
  inverseDc(dcCoefficients, wholeCoefficients);
  if (found != 0) {
    for (let pair: usize = 0; pair < 8; pair++) {
      inverseTransform(wholeCoefficients + (pair << 6));
      addResidual(shown + ((pair >> 1) << 2) * shownStride + ((pair & 1) << 3), shownStride);
    }
  }
  present = found;
  return to;
}

/** Eight differences. */
// @ts-ignore: decorator
@inline
export function difference(from: usize, prediction: usize): v128 {
  return i16x8.sub(v128.load8x8_u(from), v128.load8x8_u(prediction));
}

/** Adds the residual of two blocks side by side to what was predicted. */
// @ts-ignore: decorator
@inline
export function addResidual(to: usize, stride: usize): void {
  for (let y: usize = 0; y < 4; y++) {
    const sum = i16x8.add(v128.load8x8_u(to), v128.load(residual + (y << 4)));
    v128.store64_lane(to, i8x16.narrow_i16x8_u(sum, sum), 0);
    to += stride;
  }
}

/** The modes of the 16 blocks of the macroblock that was encoded last by blocks. */
export const blockModes = memory.data(16, 16);

/**
 * Encodes luma block by block, each predicted from those before it. `costs` has words for each pair of the modes above and
 * beside; `above` has the modes of the four blocks above, `left` of the four beside. Levels go to `to`. Returns where the
 * next may go, or 0 once the score reaches `limit`, or the modes alone take more than `bitLimit` 256ths of a bit.
 */
export function encodeBlocks(
  steps: usize, costs: usize, bits: usize, above: usize, left: usize, score: i64, limit: i64, bitLimit: i32, to: usize,
): usize {
  let found = 0;
  let spent = 0;
  // What is above and to the right of the last column is the same for all of its rows.
  const beyond = load<u32>(shown - shownStride + 16);
  store<u32>(shown + 3 * shownStride + 16, beyond);
  store<u32>(shown + 7 * shownStride + 16, beyond);
  store<u32>(shown + 11 * shownStride + 16, beyond);
  for (let block: usize = 0; block < 16; block++) {
    const x = block & 3;
    const y = block >> 2;
    const at = shown + (y << 2) * shownStride + (x << 2);
    const source = lumaBlocks + (block << 4);
    const modeAbove = <usize>load<u8>(y == 0 ? above + x : blockModes + block - 4);
    const modeLeft = <usize>load<u8>(x == 0 ? left + y : blockModes + block - 1);
    const place = modeAbove * 10 + modeLeft;
    const best = chooseBlockMode(at, shownStride, source, costs + place * 48);
    const mode = best & 15;
    score += <i64>(best >> 4);
    spent += <i32>load<u16>(bits + place * 20 + (<usize>mode << 1));
    if (score >= limit || spent > bitLimit) return 0;
    store<u8>(blockModes + block, mode);
    const prediction = v128.load(predictions + (<usize>mode << 4));
    const upper = i16x8.extend_low_i8x16_u(prediction);
    const lower = i16x8.extend_high_i8x16_u(prediction);
    const pixels = v128.load(source);
    const r0 = i16x8.sub(i16x8.extend_low_i8x16_u(pixels), upper);
    const r2 = i16x8.sub(i16x8.extend_high_i8x16_u(pixels), lower);
    forwardTransform(r0, v128.shuffle<u64>(r0, r0, 1, 1), r2, v128.shuffle<u64>(r2, r2, 1, 1), wholeCoefficients);
    const mask = quantise(wholeCoefficients, steps, levels);
    let result = prediction;
    if (mask != 0) {
      to = writeLevels(levels, mask, 0, to);
      found |= 1 << <i32>block;
      inverseTransform(wholeCoefficients);
      const first = v128.shuffle<u64>(v128.load(residual), v128.load(residual, 16), 0, 2);
      const second = v128.shuffle<u64>(v128.load(residual, 32), v128.load(residual, 48), 0, 2);
      result = i8x16.narrow_i16x8_u(i16x8.add(upper, first), i16x8.add(lower, second));
    }
    v128.store32_lane(at, result, 0);
    v128.store32_lane(at + shownStride, result, 1);
    v128.store32_lane(at + 2 * shownStride, result, 2);
    v128.store32_lane(at + 3 * shownStride, result, 3);
  }
  present = found;
  modeBitsSpent = spent;
  return to;
}

/** What the modes of the macroblock that was encoded last by blocks take, in 256ths of a bit. */
export let modeBitsSpent: i32 = 0;
