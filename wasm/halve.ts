// Half of a plane on both axes: each sample is the mean of 2 by 2, rounded as libvips rounds.
import { storeFirst } from "./lanes";

/** Writes the rounded means of 2 by 2 samples; width and height are the target's. Up to 16 samples after a row are read. */
export function halveRows(
  source: usize,
  stride: i32,
  target: usize,
  targetStride: i32,
  width: i32,
  height: i32,
): void {
  for (; height > 0; height--) {
    for (let column = 0; column < width; column += 16) {
      const above = source + (<usize>column << 1);
      const below = above + stride;
      const low = meansOf(v128.load(above), v128.load(below));
      const high = meansOf(v128.load(above, 16), v128.load(below, 16));
      storeFirst(target + column, i8x16.narrow_i16x8_u(low, high), width - column);
    }
    source += <usize>stride << 1;
    target += targetStride;
  }
}

// @ts-ignore: decorator
@inline
function meansOf(above: v128, below: v128): v128 {
  const sums = i16x8.add(i16x8.extadd_pairwise_i8x16_u(above), i16x8.extadd_pairwise_i8x16_u(below));
  return i16x8.shr_u(i16x8.add(sums, i16x8.splat(2)), 2);
}

/**
 * Writes the rounded means of 2 by 2 samples, each weighed by its alpha, 0 where all four are transparent; width and
 * height are the target's.
 */
export function halveWeighedRows(
  source: usize,
  stride: i32,
  alpha: usize,
  alphaStride: i32,
  target: usize,
  targetStride: i32,
  width: i32,
  height: i32,
): void {
  for (; height > 0; height--) {
    for (let column = 0; column < width; column++) {
      const samples = source + (<usize>column << 1);
      const weights = alpha + (<usize>column << 1);
      const a = <u32>load<u8>(weights);
      const b = <u32>load<u8>(weights, 1);
      const c = <u32>load<u8>(weights + alphaStride);
      const d = <u32>load<u8>(weights + alphaStride, 1);
      const sum = a + b + c + d;
      let mean: u32 = 0;
      if (sum > 0) {
        mean = a * load<u8>(samples) + b * load<u8>(samples, 1);
        mean += c * load<u8>(samples + stride) + d * load<u8>(samples + stride, 1);
        mean = (mean + (sum >> 1)) / sum;
      }
      store<u8>(target + column, mean);
    }
    source += <usize>stride << 1;
    alpha += <usize>alphaStride << 1;
    target += targetStride;
  }
}
