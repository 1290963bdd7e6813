// Means of boxes of samples: a plane is made smaller by whole factors before it is resampled. Sums are 32-bit numbers,
// one a box, so that a box may lie on several tiles and be added up as they are decoded.
import { storeFirst } from "./lanes";

/**
 * Adds up to 256 rows of samples to the sums of the one row of boxes that they all lie in. The first box takes
 * `firstWidth` samples of a row, the others `boxWidth` each, the last as many as are left. `columns` is scratch: two
 * bytes a sample and 32 more.
 */
export function addToBoxes(
  source: usize,
  stride: i32,
  width: i32,
  height: i32,
  sums: usize,
  boxWidth: i32,
  firstWidth: i32,
  columns: usize,
): void {
  addColumns(source, stride, width, height, columns);
  let left = width;
  let count = min(firstWidth, left);
  while (left > 0) {
    store<u32>(sums, load<u32>(sums) + sumOf(columns, count));
    sums += 4;
    columns += <usize>count << 1;
    left -= count;
    count = min(boxWidth, left);
  }
}

/** Sums rows column by column: 256 samples of 8 bits fit in 16. */
function addColumns(source: usize, stride: i32, width: i32, height: i32, target: usize): void {
  for (let column = 0; column < width; column += 16) {
    let row = source + column;
    let low = i16x8.splat(0);
    let high = low;
    for (let left = height; left > 0; left--) {
      const samples = v128.load(row);
      low = i16x8.add(low, i16x8.extend_low_i8x16_u(samples));
      high = i16x8.add(high, i16x8.extend_high_i8x16_u(samples));
      row += stride;
    }
    v128.store(target, low);
    v128.store(target, high, 16);
    target += 32;
  }
}

// @ts-ignore: decorator
@inline
function sumOf(columns: usize, count: i32): u32 {
  let sum: u32 = 0;
  if (count >= 8) {
    let sums = i32x4.splat(0);
    for (; count >= 8; count -= 8) {
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_u(v128.load(columns)));
      columns += 16;
    }
    sum = i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1);
    sum += i32x4.extract_lane(sums, 2) + i32x4.extract_lane(sums, 3);
  }
  for (; count > 0; count--) {
    sum += load<u16>(columns);
    columns += 2;
  }
  return sum;
}

/**
 * Writes the rounded means of a row of boxes of `samples` samples each, the last of `lastSamples`, and sets their sums to
 * 0. Up to 16 sums after the last are read.
 */
export function takeBoxMeans(sums: usize, count: i32, samples: i32, lastSamples: i32, target: usize): void {
  const last = count - 1;
  const lastMean = (load<u32>(sums + (<usize>last << 2)) + (lastSamples >> 1)) / lastSamples;
  // A little more than the reciprocal, so that no whole quotient falls below itself: sums are below 2^31.
  const reciprocal = f64x2.splat((1.0 + 1e-12) / <f64>samples);
  const half = i32x4.splat(samples >> 1);
  for (let box = 0; box < last; box += 16) {
    const from = sums + (<usize>box << 2);
    const low = i16x8.narrow_i32x4_u(meansOf(from, half, reciprocal), meansOf(from + 16, half, reciprocal));
    const high = i16x8.narrow_i32x4_u(meansOf(from + 32, half, reciprocal), meansOf(from + 48, half, reciprocal));
    storeFirst(target + box, i8x16.narrow_i16x8_u(low, high), last - box);
  }
  store<u8>(target + last, lastMean);
  memory.fill(sums, 0, <usize>count << 2);
}

// @ts-ignore: decorator
@inline
function meansOf(sums: usize, half: v128, reciprocal: v128): v128 {
  const rounded = i32x4.add(v128.load(sums), half);
  const low = f64x2.mul(f64x2.convert_low_i32x4_u(rounded), reciprocal);
  const high = f64x2.mul(f64x2.convert_low_i32x4_u(v128.shuffle<u32>(rounded, rounded, 2, 3, 2, 3)), reciprocal);
  const first = i32x4.trunc_sat_f64x2_u_zero(low);
  const second = i32x4.trunc_sat_f64x2_u_zero(high);
  return v128.shuffle<u32>(first, second, 0, 1, 4, 5);
}
