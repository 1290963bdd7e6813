// Copies samples from rows to rows. Strides may be negative: a picture is then read or written bottom up.

/** Copies `width` x `height` samples; source and target do not overlap. */
export function copyRows(
  source: usize,
  sourceStride: i32,
  target: usize,
  targetStride: i32,
  width: i32,
  height: i32,
): void {
  for (let row = 0; row < height; row++) {
    memory.copy(target, source, width);
    source += sourceStride;
    target += targetStride;
  }
}

/** Sets `width` x `height` samples to `value`. */
export function fillRows(target: usize, stride: i32, width: i32, height: i32, value: i32): void {
  for (let row = 0; row < height; row++) {
    memory.fill(target, <u8>value, width);
    target += stride;
  }
}
