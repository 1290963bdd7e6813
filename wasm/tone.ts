// Tone curves on one plane, in place.
import { storeFirst } from "./lanes";

/** Makes every sample at or above `threshold` white and the others black. */
export function thresholdRows(pointer: usize, stride: i32, width: i32, height: i32, threshold: i32): void {
  const limit = i8x16.splat(<i8>threshold);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column += 16) {
      const at = pointer + column;
      storeFirst(at, i8x16.ge_u(v128.load(at), limit), width - column);
    }
    pointer += stride;
  }
}

/** Replaces every sample by its distance from white. */
export function invertRows(pointer: usize, stride: i32, width: i32, height: i32): void {
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column += 16) {
      const at = pointer + column;
      storeFirst(at, v128.not(v128.load(at)), width - column);
    }
    pointer += stride;
  }
}

/** Converts signed numbers to unsigned with 128 added, or back. */
export function flipSignRows(pointer: usize, stride: i32, width: i32, height: i32): void {
  const sign = i8x16.splat(-128);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column += 16) {
      const at = pointer + column;
      storeFirst(at, v128.xor(v128.load(at), sign), width - column);
    }
    pointer += stride;
  }
}
