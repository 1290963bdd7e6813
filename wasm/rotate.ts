// Turns one plane by any angle: every sample is computed.

/** Positions between samples that have their own weights: the nearest one is off by at most 1/2048 of a sample. */
const phaseBits: i32 = 10;
const weightBits: i32 = 14;
/** Fractional bits kept between the sums along rows and the sum of these. */
const middleBits: i32 = 6;

/**
 * Resamples `source` with a 4 x 4 filter on a canvas turned clockwise around the common centre. `phases` holds four Q14
 * weights for each of 1024 positions. Beyond the source's edge its outermost samples continue for one sample; pixels
 * that it does not touch become white.
 */
export function rotateRows(
  source: usize,
  sourceStride: i32,
  sourceWidth: i32,
  sourceHeight: i32,
  target: usize,
  targetStride: i32,
  width: i32,
  height: i32,
  cosine: f64,
  sine: f64,
  phases: usize,
): void {
  const unit: f64 = 4294967296;
  const stepAcross = <i64>nearest(cosine * unit);
  const stepDown = <i64>nearest(-sine * unit);
  const fromLeft = 0.5 - <f64>width * 0.5;
  // Half a phase is added once, so that truncating the bits below a phase rounds.
  const half: i64 = 1 << (31 - phaseBits);
  for (let row = 0; row < height; row++) {
    const fromTop = <f64>row + 0.5 - <f64>height * 0.5;
    const across = cosine * fromLeft + sine * fromTop + (<f64>sourceWidth - 1) * 0.5;
    const down = cosine * fromTop - sine * fromLeft + (<f64>sourceHeight - 1) * 0.5;
    // Only columns that may touch the source are sampled; the bounds are wide enough for any rounding.
    const enter = max(entry(across, cosine, -2, <f64>sourceWidth + 1), entry(down, -sine, -2, <f64>sourceHeight + 1));
    const leave = min(exit(across, cosine, -2, <f64>sourceWidth + 1), exit(down, -sine, -2, <f64>sourceHeight + 1));
    const first = columnWithin(ceil(enter), width);
    const last = max(first, columnWithin(floor(leave) + 1, width));
    memory.fill(target, 255, first);
    memory.fill(target + last, 255, width - last);
    let u = <i64>nearest(across * unit) + half + stepAcross * first;
    let v = <i64>nearest(down * unit) + half + stepDown * first;
    for (let column = first; column < last; column++) {
      const x = <i32>(u >> 32);
      const y = <i32>(v >> 32);
      let value = 255;
      if (<u32>(x + 1) <= <u32>sourceWidth && <u32>(y + 1) <= <u32>sourceHeight) {
        const weightsX = v128.load64_splat(phases + ((<usize>(<u32>u >>> (32 - phaseBits))) << 3));
        const weightsY = v128.load64_splat(phases + ((<usize>(<u32>v >>> (32 - phaseBits))) << 3));
        const block =
          x >= 1 && y >= 1 && x + 2 < sourceWidth && y + 2 < sourceHeight
            ? loadBlock(source + <usize>((y - 1) * sourceStride) + (x - 1), sourceStride)
            : loadEdgeBlock(source, sourceStride, sourceWidth, sourceHeight, x - 1, y - 1);
        value = filterBlock(block, weightsX, weightsY);
      }
      store<u8>(target + column, value);
      u += stepAcross;
      v += stepDown;
    }
    target += targetStride;
  }
}

/** Four rows of four samples as one vector. */
// @ts-ignore: decorator
@inline
function loadBlock(at: usize, stride: i32): v128 {
  const two = at + (stride << 1);
  let block = v128.load32_zero(at);
  block = v128.load32_lane(at + stride, block, 1);
  block = v128.load32_lane(two, block, 2);
  return v128.load32_lane(two + stride, block, 3);
}

const edgeBlock = memory.data(16, 16);

/** The same at the source's edges: a missing sample is replaced by the nearest one. */
function loadEdgeBlock(source: usize, stride: i32, width: i32, height: i32, left: i32, top: i32): v128 {
  for (let row = 0; row < 4; row++) {
    const line = source + <usize>(min(max(top + row, 0), height - 1) * stride);
    for (let column = 0; column < 4; column++) {
      store<u8>(edgeBlock + (row << 2) + column, load<u8>(line + min(max(left + column, 0), width - 1)));
    }
  }
  return v128.load(edgeBlock);
}

/** Sums four rows of four samples by the weights of both axes. */
// @ts-ignore: decorator
@inline
function filterBlock(block: v128, weightsX: v128, weightsY: v128): i32 {
  const upper = i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(block), weightsX);
  const lower = i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(block), weightsX);
  const sums = i32x4.add(v128.shuffle<u32>(upper, lower, 0, 2, 4, 6), v128.shuffle<u32>(upper, lower, 1, 3, 5, 7));
  const shift = weightBits - middleBits;
  const middle = i32x4.shr_s(i32x4.add(sums, i32x4.splat(1 << (shift - 1))), shift);
  const pairs = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_s(middle, middle), weightsY);
  const total = i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1);
  const value = (total + (1 << (weightBits + middleBits - 1))) >> (weightBits + middleBits);
  return min(max(value, 0), 255);
}

/** Multiplies `alpha`, a turned canvas, by how much of each pixel's area the source covers. */
export function coverRotated(
  alpha: usize,
  stride: i32,
  width: i32,
  height: i32,
  sourceWidth: i32,
  sourceHeight: i32,
  cosine: f64,
  sine: f64,
): void {
  const fromLeft = 0.5 - <f64>width * 0.5;
  for (let row = 0; row < height; row++) {
    const fromTop = <f64>row + 0.5 - <f64>height * 0.5;
    const across = cosine * fromLeft + sine * fromTop + <f64>sourceWidth * 0.5;
    const down = cosine * fromTop - sine * fromLeft + <f64>sourceHeight * 0.5;
    // Only the edges have to be computed: outside everything is clear, inside nothing changes.
    const right = <f64>sourceWidth;
    const bottom = <f64>sourceHeight;
    const touch = max(entry(across, cosine, -0.5, right + 0.5), entry(down, -sine, -0.5, bottom + 0.5));
    const part = min(exit(across, cosine, -0.5, right + 0.5), exit(down, -sine, -0.5, bottom + 0.5));
    const enter = max(entry(across, cosine, 0.5, right - 0.5), entry(down, -sine, 0.5, bottom - 0.5));
    const leave = min(exit(across, cosine, 0.5, right - 0.5), exit(down, -sine, 0.5, bottom - 0.5));
    const first = columnWithin(floor(touch), width);
    const last = max(first, columnWithin(ceil(part) + 1, width));
    const wholeFirst = columnWithin(ceil(enter), width);
    const wholeLast = columnWithin(floor(leave) + 1, width);
    memory.fill(alpha, 0, first);
    memory.fill(alpha + last, 0, width - last);
    for (let column = first; column < last; column++) {
      if (column == wholeFirst && wholeLast > column) column = wholeLast;
      if (column >= last) break;
      const cover = overlap(across + cosine * <f64>column, right) * overlap(down - sine * <f64>column, bottom);
      store<u8>(alpha + column, <u8>(<f64>load<u8>(alpha + column) * cover + 0.5));
    }
    alpha += stride;
  }
}

/** Where a coordinate `start + step * t` enters [low, high]. */
function entry(start: f64, step: f64, low: f64, high: f64): f64 {
  if (step == 0) return start < low || start > high ? Infinity : -Infinity;
  return ((step > 0 ? low : high) - start) / step;
}

/** Where it leaves [low, high]. */
function exit(start: f64, step: f64, low: f64, high: f64): f64 {
  if (step == 0) return start < low || start > high ? -Infinity : Infinity;
  return ((step > 0 ? high : low) - start) / step;
}

/** Clamps a column number, which may be far outside the row, to 0 to `width`. */
function columnWithin(column: f64, width: i32): i32 {
  return <i32>min(max(column, 0), <f64>width);
}

/** Returns how much of a pixel around `centre` is inside [0, length]. */
// @ts-ignore: decorator
@inline
function overlap(centre: f64, length: f64): f64 {
  return max(0, min(centre + 0.5, length) - max(centre - 0.5, 0));
}
