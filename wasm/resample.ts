// A separable resampler of one plane: each output row is first summed from source rows into a scratch row of 16-bit
// samples with 6 fractional bits, then each of its samples from that row. Weights are Q14, products summed in pairs.
import { interleaveHighBytes, interleaveLowBytes, storeFirst, storeTail } from "./lanes";

/** Fractional bits of a scratch sample: 255 with the overshoot of any filter stays below 2^15. */
const scratchBits: i32 = 6;
const weightBits: i32 = 14;

/** What `src/raster/resampler.ts` writes once for a resampler, field by field. Zero tables mean an axis to copy. */
@unmanaged
export class ResamplePlan {
  /** Samples of a source row. */
  sourceWidth: i32;
  /** Samples of an output row. */
  outputWidth: i32;
  /** The source row (no vertical table) or column (no horizontal table) that the first output sample copies. */
  firstRow: i32;
  firstColumn: i32;
  /** By output row: the first source row, how many, and `rowPairs` pairs of weights. */
  rowFirsts: usize;
  rowCounts: usize;
  rowWeights: usize;
  rowPairs: i32;
  /**
   * By output column: the first scratch sample as a byte offset. By four output columns: their weights, `columnBlocks`
   * times eight each and then, when `columnHalf` is 1, four each.
   */
  columnFirsts: usize;
  columnWeights: usize;
  columnBlocks: i32;
  columnHalf: i32;
  /** Output columns [from, to) that share the pairs of weights at `evenWeights`, each two source samples on. */
  evenFrom: i32;
  evenTo: i32;
  evenWeights: usize;
  evenPairs: i32;
  scratch: usize;
}

/**
 * Writes output rows [outputFirst, outputFirst + outputCount) to `destination`. `source` holds source rows from
 * `sourceFirst` on, all that these output rows need.
 */
export function resample(
  plan: ResamplePlan,
  source: usize,
  sourceStride: i32,
  sourceFirst: i32,
  destination: usize,
  destinationStride: i32,
  outputFirst: i32,
  outputCount: i32,
): void {
  const vertical = plan.rowWeights != 0;
  const horizontal = plan.columnWeights != 0;
  let fetched = sourceFirst;
  for (let output = outputFirst; output < outputFirst + outputCount; output++) {
    if (vertical) {
      const first = load<i32>(plan.rowFirsts + ((<usize>output) << 2));
      const count = load<i32>(plan.rowCounts + ((<usize>output) << 2));
      const weights = plan.rowWeights + <usize>(output * plan.rowPairs * 4);
      const from = max(first, fetched);
      fetched = first + count;
      fetchRows(source + <usize>((from - sourceFirst) * sourceStride), sourceStride, plan.sourceWidth, fetched - from);
      sumRows(source + <usize>((first - sourceFirst) * sourceStride), sourceStride, weights, count, plan);
      if (!horizontal) narrowRow(plan, destination);
    } else {
      const row = source + <usize>((plan.firstRow + output - sourceFirst) * sourceStride);
      if (horizontal) widenRow(row, plan);
      else memory.copy(destination, row + plan.firstColumn, plan.outputWidth);
    }
    if (horizontal) {
      sumColumns(plan, destination, 0, plan.evenFrom);
      sumEvenColumns(plan, destination);
      sumColumns(plan, destination, plan.evenTo & ~3, plan.outputWidth);
    }
    destination += destinationStride;
  }
}

/** A cache line of every processor this is likely to run on, in bytes. */
const lineBytes: i32 = 64;

/** The result of the loads in `fetchRows`, so that no compiler removes them. */
let fetchedSum: i32 = 0;

/**
 * Loads rows into the cache one after the other. Summing reads many rows in parallel, which a processor's prefetcher
 * does not follow: without this a large plane takes twice the time.
 */
function fetchRows(row: usize, stride: i32, width: i32, count: i32): void {
  let sum = 0;
  for (let left = count; left > 0; left--) {
    for (let column = 0; column < width; column += lineBytes) sum += load<u8>(row + column);
    row += stride;
  }
  fetchedSum = sum;
}

/** Sums `count` source rows into the scratch row. */
function sumRows(source: usize, stride: i32, weights: usize, count: i32, plan: ResamplePlan): void {
  const width = plan.sourceWidth;
  const scratch = plan.scratch;
  let column: i32 = 0;
  for (; column + 16 < width; column += 32) {
    sumColumnsOfRows(source + column, stride, weights, count, scratch + (column << 1), true);
  }
  if (column < width) sumColumnsOfRows(source + column, stride, weights, count, scratch + (column << 1), false);
}

/** Sums 16 columns of rows, or 32: their weights are loaded for twice as many samples. */
// @ts-ignore: decorator
@inline
function sumColumnsOfRows(
  source: usize,
  stride: i32,
  weights: usize,
  count: i32,
  target: usize,
  isWide: bool,
): void {
  const half = i32x4.splat(1 << (weightBits - scratchBits - 1));
  let row = source;
  let weight = weights;
  let sum0 = half;
  let sum1 = half;
  let sum2 = half;
  let sum3 = half;
  let sum4 = half;
  let sum5 = half;
  let sum6 = half;
  let sum7 = half;
  for (let left = count; left > 0; left -= 2) {
    // The partner of a last odd row has no weight and may be outside the band: the row itself replaces it.
    const partner = row + (left == 1 ? 0 : stride);
    const pair = v128.load32_splat(weight);
    const upper = v128.load(row);
    const lower = v128.load(partner);
    const low = interleaveLowBytes(upper, lower);
    const high = interleaveHighBytes(upper, lower);
    sum0 = i32x4.add(sum0, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(low), pair));
    sum1 = i32x4.add(sum1, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(low), pair));
    sum2 = i32x4.add(sum2, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(high), pair));
    sum3 = i32x4.add(sum3, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(high), pair));
    if (isWide) {
      const nextUpper = v128.load(row, 16);
      const nextLower = v128.load(partner, 16);
      const nextLow = interleaveLowBytes(nextUpper, nextLower);
      const nextHigh = interleaveHighBytes(nextUpper, nextLower);
      sum4 = i32x4.add(sum4, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(nextLow), pair));
      sum5 = i32x4.add(sum5, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(nextLow), pair));
      sum6 = i32x4.add(sum6, i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(nextHigh), pair));
      sum7 = i32x4.add(sum7, i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(nextHigh), pair));
    }
    row += stride << 1;
    weight += 4;
  }
  v128.store(target, narrowSums(sum0, sum1));
  v128.store(target, narrowSums(sum2, sum3), 16);
  if (isWide) {
    v128.store(target, narrowSums(sum4, sum5), 32);
    v128.store(target, narrowSums(sum6, sum7), 48);
  }
}

/** Returns eight sums of weighted samples as scratch samples. */
// @ts-ignore: decorator
@inline
function narrowSums(first: v128, second: v128): v128 {
  const shift = weightBits - scratchBits;
  return i16x8.narrow_i32x4_s(i32x4.shr_s(first, shift), i32x4.shr_s(second, shift));
}

/** Copies a source row into the scratch row. */
function widenRow(source: usize, plan: ResamplePlan): void {
  const width = plan.sourceWidth;
  const scratch = plan.scratch;
  for (let column = 0; column < width; column += 16) {
    const bytes = v128.load(source + column);
    const target = scratch + (column << 1);
    v128.store(target, i16x8.shl(i16x8.extend_low_i8x16_u(bytes), scratchBits));
    v128.store(target, i16x8.shl(i16x8.extend_high_i8x16_u(bytes), scratchBits), 16);
  }
}

/** Rounds the scratch row, from the first column on, to bytes. */
function narrowRow(plan: ResamplePlan, destination: usize): void {
  const width = plan.outputWidth;
  const scratch = plan.scratch + (plan.firstColumn << 1);
  const half = i16x8.splat((<i16>1) << (<i16>(scratchBits - 1)));
  for (let column = 0; column < width; column += 16) {
    const from = scratch + (column << 1);
    const low = i16x8.shr_s(i16x8.add(v128.load(from), half), scratchBits);
    const high = i16x8.shr_s(i16x8.add(v128.load(from, 16), half), scratchBits);
    storeFirst(destination + column, i8x16.narrow_i16x8_u(low, high), width - column);
  }
}

/** Half of what is dropped of a sum of weighted scratch samples: in memory, for V8 builds a vector constant at every use. */
const halfOfSum = memory.data<i32>([1 << (weightBits + scratchBits - 1)]);

/** Rounds eight sums of weighted scratch samples to bytes in the first eight lanes. */
// @ts-ignore: decorator
@inline
function roundSums(first: v128, second: v128): v128 {
  const half = v128.load32_splat(halfOfSum);
  const shift = weightBits + scratchBits;
  const words = i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(first, half), shift),
    i32x4.shr_s(i32x4.add(second, half), shift),
  );
  return i8x16.narrow_i16x8_u(words, words);
}

/**
 * Sums output columns [from, to) of the scratch row, each with its own weights; `from` is a multiple of four. Weights come in
 * vectors of eight for each of four columns, and the last four of two columns share one.
 */
function sumColumns(plan: ResamplePlan, destination: usize, from: i32, to: i32): void {
  const blocks = plan.columnBlocks;
  const hasHalf = plan.columnHalf != 0;
  const weightBytes = <usize>(blocks * 64 + plan.columnHalf * 32);
  let firsts = plan.columnFirsts + (from << 2);
  let weights = plan.columnWeights + <usize>(from >> 2) * weightBytes;
  for (let column = from; column < to; column += 8) {
    const first = sumFour(plan.scratch, firsts, weights, blocks, hasHalf);
    let second = first;
    if (to - column > 4) second = sumFour(plan.scratch, firsts + 16, weights + weightBytes, blocks, hasHalf);
    firsts += 32;
    weights += weightBytes << 1;
    const bytes = roundSums(first, second);
    if (to - column >= 8) v128.store64_lane(destination + column, bytes, 0);
    else storeTail(destination + column, bytes, to - column);
  }
}

/** Returns the sums of four columns. */
// @ts-ignore: decorator
@inline
function sumFour(scratch: usize, firsts: usize, weights: usize, blocks: i32, hasHalf: bool): v128 {
  const first01 = load<u64>(firsts);
  const first23 = load<u64>(firsts, 8);
  let at0 = scratch + <usize>first01;
  let at1 = scratch + <usize>(first01 >>> 32);
  let at2 = scratch + <usize>first23;
  let at3 = scratch + <usize>(first23 >>> 32);
  let weight = weights;
  let sums01 = i32x4.splat(0);
  let sums23 = sums01;
  if (blocks > 0) {
    let sum0 = i32x4.dot_i16x8_s(v128.load(at0), v128.load(weight));
    let sum1 = i32x4.dot_i16x8_s(v128.load(at1), v128.load(weight, 16));
    let sum2 = i32x4.dot_i16x8_s(v128.load(at2), v128.load(weight, 32));
    let sum3 = i32x4.dot_i16x8_s(v128.load(at3), v128.load(weight, 48));
    for (let left = blocks - 1; ; left--) {
      at0 += 16;
      at1 += 16;
      at2 += 16;
      at3 += 16;
      weight += 64;
      if (left == 0) break;
      sum0 = i32x4.add(sum0, i32x4.dot_i16x8_s(v128.load(at0), v128.load(weight)));
      sum1 = i32x4.add(sum1, i32x4.dot_i16x8_s(v128.load(at1), v128.load(weight, 16)));
      sum2 = i32x4.add(sum2, i32x4.dot_i16x8_s(v128.load(at2), v128.load(weight, 32)));
      sum3 = i32x4.add(sum3, i32x4.dot_i16x8_s(v128.load(at3), v128.load(weight, 48)));
    }
    sums01 = i32x4.add(v128.shuffle<u64>(sum0, sum1, 0, 2), v128.shuffle<u64>(sum0, sum1, 1, 3));
    sums23 = i32x4.add(v128.shuffle<u64>(sum2, sum3, 0, 2), v128.shuffle<u64>(sum2, sum3, 1, 3));
  }
  if (hasHalf) {
    const samples01 = v128.load64_lane(at1, v128.load64_zero(at0), 1);
    const samples23 = v128.load64_lane(at3, v128.load64_zero(at2), 1);
    sums01 = i32x4.add(sums01, i32x4.dot_i16x8_s(samples01, v128.load(weight)));
    sums23 = i32x4.add(sums23, i32x4.dot_i16x8_s(samples23, v128.load(weight, 16)));
  }
  return i32x4.add(v128.shuffle<u32>(sums01, sums23, 0, 2, 4, 6), v128.shuffle<u32>(sums01, sums23, 1, 3, 5, 7));
}

/**
 * Sums the output columns that share their weights and are two source samples apart: a load of eight scratch samples is
 * then the same pair of taps of four neighbours, and no sum runs across lanes.
 */
function sumEvenColumns(plan: ResamplePlan, destination: usize): void {
  const from = plan.evenFrom;
  const to = plan.evenTo;
  if (from >= to) return;
  const pairs = plan.evenPairs;
  const start = plan.scratch + load<i32>(plan.columnFirsts + (from << 2));
  for (let column = from; column < to; column += 8) {
    let at = start + ((column - from) << 2);
    let weight = plan.evenWeights;
    let sum0 = i32x4.splat(0);
    let sum1 = sum0;
    for (let left = pairs; left > 0; left--) {
      const pair = v128.load32_splat(weight);
      sum0 = i32x4.add(sum0, i32x4.dot_i16x8_s(v128.load(at), pair));
      sum1 = i32x4.add(sum1, i32x4.dot_i16x8_s(v128.load(at, 16), pair));
      at += 4;
      weight += 4;
    }
    const bytes = roundSums(sum0, sum1);
    if (to - column >= 8) v128.store64_lane(destination + column, bytes, 0);
    else storeTail(destination + column, bytes, to - column);
  }
}
