import { fillBlock, flatSample, inverseTransform } from "./idct";
import { PlaneRequest } from "./request";

/** The block being decoded; clear between blocks. */
export const coefficients = memory.data(128, 16);
/** Samples of a block that is not placed whole. */
const samples = memory.data(64, 16);

/** Clears the coefficients after a block that was given up halfway. */
export function clearCoefficients(): void {
  memory.fill(coefficients, 0, 128);
}

/**
 * Transforms the block in `coefficients` and puts it where it belongs in `plane`, clipped to what may be written, and
 * clears the coefficients. `dc` is the dequantised DC coefficient; `offsets` are those of the others,
 * or-ed.
 */
// @ts-ignore: decorator
@inline
export function placeBlock(plane: PlaneRequest, column: i32, row: i32, dc: i32, offsets: i32, reduction: i32): void {
  if (reduction == 0) placeWhole(plane, column << 3, row << 3, dc, offsets);
  else placeReduced(plane, column, row, dc, offsets, reduction);
}

// @ts-ignore: decorator
@inline
function placeWhole(plane: PlaneRequest, x: i32, y: i32, dc: i32, offsets: i32): void {
  const fits = x + 8 <= plane.width && y + 8 <= plane.height;
  const target = fits ? plane.pointer + <usize>y * plane.stride + x : samples;
  const stride = fits ? plane.stride : 8;
  if (offsets == 0) {
    fillBlock(flatSample(dc), target, stride);
  } else {
    store<i16>(coefficients, dc);
    inverseTransform(coefficients, offsets, target, stride);
  }
  if (!fits) copyClipped(plane, x, y, 8);
}

/** Makes every 2x2, 4x4 or 8x8 samples of the block one, their rounded mean. */
function placeReduced(plane: PlaneRequest, column: i32, row: i32, dc: i32, offsets: i32, reduction: i32): void {
  const size = 8 >> reduction;
  if (offsets == 0 || reduction == 3) {
    fillBlock(flatSample(dc), samples, 8);
    if (offsets != 0) clearCoefficients();
  } else {
    store<i16>(coefficients, dc);
    inverseTransform(coefficients, offsets, samples, 8);
    for (let pass: i32 = 0; pass < reduction; pass++) halveSamples();
  }
  copyClipped(plane, column * size, row * size, size);
}

/** Makes every 2 x 2 of the samples one, in place: half as many rows, still 8 bytes apart, half as long. */
function halveSamples(): void {
  for (let row: usize = 0; row < 64; row += 16) {
    const sums = i16x8.extadd_pairwise_i8x16_u(v128.load(samples + row));
    const both = i16x8.add(sums, i64x2.shuffle(sums, sums, 1, 0));
    const means = i16x8.shr_u(i16x8.add(both, i16x8.splat(2)), 2);
    v128.store64_lane(samples + (row >>> 1), i8x16.narrow_i16x8_u(means, means), 0);
  }
}

/** Copies what of the `size` x `size` samples may be written at `x`, `y`. */
function copyClipped(plane: PlaneRequest, x: i32, y: i32, size: i32): void {
  const width = min(size, plane.width - x);
  const height = min(size, plane.height - y);
  if (width <= 0) return;
  const isWord = width == 4 && size == 4;
  let from = samples;
  let to = plane.pointer + <usize>y * plane.stride + x;
  for (let row: i32 = 0; row < height; row++) {
    if (isWord) store<u32>(to, load<u32>(from));
    else for (let column: i32 = 0; column < width; column++) store<u8>(to + column, load<u8>(from + column));
    from += 8;
    to += plane.stride;
  }
}
