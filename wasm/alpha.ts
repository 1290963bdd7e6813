// Samples and their alpha, in place. Rows are read up to 15 bytes past their end and never written there.
import { storeFirst } from "./lanes";

/** Divides 16-bit lanes up to 255 * 255 by 255, rounding. */
// @ts-ignore: decorator
@inline
function divideBy255(products: v128): v128 {
  const raised = i16x8.add(products, i16x8.splat(128));
  return i16x8.shr_u(i16x8.add(raised, i16x8.shr_u(raised, 8)), 8);
}

/** Multiplies every sample by its alpha. */
export function premultiplyRows(
  samples: usize,
  stride: i32,
  alpha: usize,
  alphaStride: i32,
  width: i32,
  height: i32,
): void {
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column += 16) {
      const straight = v128.load(samples + column);
      const weights = v128.load(alpha + column);
      const low = divideBy255(i16x8.extmul_low_i8x16_u(straight, weights));
      const high = divideBy255(i16x8.extmul_high_i8x16_u(straight, weights));
      storeFirst(samples + column, i8x16.narrow_i16x8_u(low, high), width - column);
    }
    samples += stride;
    alpha += alphaStride;
  }
}

/** Divides four products by four alphas, rounding. */
// @ts-ignore: decorator
@inline
function divideFour(products: v128, alphas: v128): v128 {
  const quotients = f32x4.div(f32x4.convert_i32x4_u(products), f32x4.convert_i32x4_u(alphas));
  return i32x4.trunc_sat_f32x4_s(f32x4.add(quotients, f32x4.splat(0.5)));
}

/** Divides eight 16-bit products by as many alphas, rounding, up to 32767. */
// @ts-ignore: decorator
@inline
function divideEight(products: v128, alphas: v128): v128 {
  return i16x8.narrow_i32x4_s(
    divideFour(i32x4.extend_low_i16x8_u(products), i32x4.extend_low_i16x8_u(alphas)),
    divideFour(i32x4.extend_high_i16x8_u(products), i32x4.extend_high_i16x8_u(alphas)),
  );
}

/** Divides every sample by its alpha, up to 255; 0 if the alpha is 0. */
export function unpremultiplyRows(
  samples: usize,
  stride: i32,
  alpha: usize,
  alphaStride: i32,
  width: i32,
  height: i32,
): void {
  const opaque = i8x16.splat(-1);
  const none = i8x16.splat(0);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column += 16) {
      const weighed = v128.load(samples + column);
      const weights = v128.load(alpha + column);
      const low = divideEight(i16x8.extmul_low_i8x16_u(weighed, opaque), i16x8.extend_low_i8x16_u(weights));
      const high = divideEight(i16x8.extmul_high_i8x16_u(weighed, opaque), i16x8.extend_high_i8x16_u(weights));
      const straight = v128.andnot(i8x16.narrow_i16x8_u(low, high), i8x16.eq(weights, none));
      storeFirst(samples + column, straight, width - column);
    }
    samples += stride;
    alpha += alphaStride;
  }
}

/** Composites one row on white in place: the difference from white is weighted by `alpha`. */
export function composeOnWhiteRow(samples: usize, alpha: usize, width: i32): void {
  for (let column = 0; column < width; column += 16) {
    const missing = v128.not(v128.load(samples + column));
    const weights = v128.load(alpha + column);
    const low = divideBy255(i16x8.extmul_low_i8x16_u(missing, weights));
    const high = divideBy255(i16x8.extmul_high_i8x16_u(missing, weights));
    storeFirst(samples + column, v128.not(i8x16.narrow_i16x8_u(low, high)), width - column);
  }
}

/** Composites premultiplied samples on white. */
export function composePremultipliedOnWhiteRows(
  samples: usize,
  stride: i32,
  alpha: usize,
  alphaStride: i32,
  width: i32,
  height: i32,
): void {
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column += 16) {
      const missing = v128.not(v128.load(alpha + column));
      storeFirst(samples + column, i8x16.add_sat_u(v128.load(samples + column), missing), width - column);
    }
    samples += stride;
    alpha += alphaStride;
  }
}
