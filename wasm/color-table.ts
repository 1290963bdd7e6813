// Conversions between colour models by tables, row by row. A grid is interpolated between the four corners of a
// tetrahedron, so that colours on the diagonal of a cell, such as greys, only depend on nodes on it; a fourth channel
// is linear.
// Source: Performing color space conversions with three-dimensional linear interpolation, Journal of Electronic Imaging
// 4 (1995).
import { readAxis } from "./color-matrix";
import { interleaveLowWords } from "./lanes";

/** The layout of a grid's block: four steps between nodes in bytes, axes of 256 words for each channel, nodes. */
const axesAt: usize = 16;
const axisBytes: usize = 1024;

/**
 * A word of an axis: the low bits are the fraction of a cell in Q10, up to and including one; the high bits are the
 * offset of the cell's first node.
 */
const axisFractionBits: i32 = 11;
const fractionMask: i32 = (1 << axisFractionBits) - 1;
const cellBits: i32 = 10;
const cell: i32 = 1 << cellBits;

/** Nodes hold levels in Q6. */
const levelBits: i32 = 6;

/** Looks every sample up among 256 levels; the target may be the source. */
export function lookUpRow(levels: usize, source: usize, target: usize, width: i32): void {
  for (let column = 0; column < width; column++) {
    store<u8>(target + column, load<u8>(levels + load<u8>(source + column)));
  }
}

// @ts-ignore: decorator
@inline
function fractionsOf(words: v128): v128 {
  return v128.and(words, i32x4.splat(fractionMask));
}

// @ts-ignore: decorator
@inline
function offsetsOf(words: v128): v128 {
  return i32x4.shr_u(words, axisFractionBits);
}

/** The values of four pixels before their corners are loaded, four words each. */
const basesAt: usize = memory.data(96, 16);
const firstsAt: usize = basesAt + 16;
const secondsAt: usize = basesAt + 32;
const lastsAt: usize = basesAt + 48;
const weights01At: usize = basesAt + 64;
const weights23At: usize = basesAt + 80;
/** The fourth channel's fractions. */
const fractionsAt: usize = memory.data(16, 16);

/** Weights the four corners of the pixel whose words are `lane` bytes further: levels of red, green and blue in Q16. */
// @ts-ignore: decorator
@inline
function weighCorners(lane: usize, step: usize): v128 {
  const base = v128.load64_zero(load<usize>(basesAt + lane) + step);
  const first = v128.load64_zero(load<usize>(firstsAt + lane) + step);
  const second = v128.load64_zero(load<usize>(secondsAt + lane) + step);
  const last = v128.load64_zero(load<usize>(lastsAt + lane) + step);
  return i32x4.add(
    i32x4.dot_i16x8_s(interleaveLowWords(base, first), v128.load32_splat(weights01At + lane)),
    i32x4.dot_i16x8_s(interleaveLowWords(second, last), v128.load32_splat(weights23At + lane)),
  );
}

/** Weights the corners of two tetrahedra, one step of the fourth channel apart, and their results by its fraction. */
// @ts-ignore: decorator
@inline
function weighCornersTwice(lane: usize, step: usize): v128 {
  const half = i32x4.splat(cell >> 1);
  // Twenty bits of fraction would not fit: the first ten are rounded away before the second ten are added.
  const near = i32x4.shr_s(i32x4.add(weighCorners(lane, 0), half), cellBits);
  const far = i32x4.shr_s(i32x4.add(weighCorners(lane, step), half), cellBits);
  const fraction = v128.load32_splat(fractionsAt + lane);
  return i32x4.add(i32x4.shl(near, cellBits), i32x4.mul(i32x4.sub(far, near), fraction));
}

/** Stores the first `count` of four pixels, whose levels in Q16 are `a` to `d`. */
// @ts-ignore: decorator
@inline
function storePixels(a: v128, b: v128, c: v128, d: v128, red: usize, green: usize, blue: usize, count: i32): void {
  const half = i32x4.splat(1 << (levelBits + cellBits - 1));
  const shift = levelBits + cellBits;
  const pixels = i8x16.narrow_i16x8_u(
    i16x8.narrow_i32x4_s(i32x4.shr_s(i32x4.add(a, half), shift), i32x4.shr_s(i32x4.add(b, half), shift)),
    i16x8.narrow_i32x4_s(i32x4.shr_s(i32x4.add(c, half), shift), i32x4.shr_s(i32x4.add(d, half), shift)),
  );
  const planes = v128.shuffle<u8>(pixels, pixels, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  if (count >= 4) {
    v128.store32_lane(red, planes, 0);
    v128.store32_lane(green, planes, 1);
    v128.store32_lane(blue, planes, 2);
  } else {
    storeFew(red, i32x4.extract_lane(planes, 0), count);
    storeFew(green, i32x4.extract_lane(planes, 1), count);
    storeFew(blue, i32x4.extract_lane(planes, 2), count);
  }
}

/** Stores `count` of the first three bytes: another tile may follow the row. */
function storeFew(target: usize, bytes: i32, count: i32): void {
  store<u8>(target, bytes);
  if (count > 1) store<u8>(target, bytes >> 8, 1);
  if (count > 2) store<u8>(target, bytes >> 16, 2);
}

/**
 * Converts one row by a grid of three channels, or of four where `k` is not 0; each target may be one of the sources.
 * Reads up to three samples after a row.
 */
export function interpolateRow(
  grid: usize,
  a: usize,
  b: usize,
  c: usize,
  k: usize,
  red: usize,
  green: usize,
  blue: usize,
  width: i32,
): void {
  const stepA = v128.load32_splat(grid);
  const stepB = v128.load32_splat(grid, 4);
  const stepC = v128.load32_splat(grid, 8);
  const stepK = <usize>load<u32>(grid, 12);
  const whole = i32x4.add(i32x4.add(stepA, stepB), stepC);
  const one = i32x4.splat(cell);
  const axisA = grid + axesAt;
  const axisB = axisA + axisBytes;
  const axisC = axisB + axisBytes;
  const axisK = axisC + axisBytes;
  const nodes = i32x4.splat(<i32>(k ? axisK + axisBytes : axisK));
  for (let column = 0; column < width; column += 4) {
    const wordsA = readAxis(axisA, a + column);
    const wordsB = readAxis(axisB, b + column);
    const wordsC = readAxis(axisC, c + column);
    const partA = fractionsOf(wordsA);
    const partB = fractionsOf(wordsB);
    const partC = fractionsOf(wordsC);
    const most = i32x4.max_s(i32x4.max_s(partA, partB), partC);
    const least = i32x4.min_s(i32x4.min_s(partA, partB), partC);
    const middle = i32x4.sub(i32x4.add(i32x4.add(partA, partB), partC), i32x4.add(most, least));
    // From the cell's first node along the longest part, then along the next: if two are equal, the corner between has
    // no weight.
    const stepOfMost = v128.bitselect(
      stepA,
      v128.bitselect(stepB, stepC, i32x4.ge_s(partB, partC)),
      i32x4.eq(partA, most),
    );
    const stepOfLeast = v128.bitselect(
      stepC,
      v128.bitselect(stepB, stepA, i32x4.le_s(partB, partA)),
      i32x4.eq(partC, least),
    );
    let base = i32x4.add(i32x4.add(offsetsOf(wordsA), offsetsOf(wordsB)), i32x4.add(offsetsOf(wordsC), nodes));
    const left = width - column;
    if (k) {
      const wordsK = readAxis(axisK, k + column);
      base = i32x4.add(base, offsetsOf(wordsK));
      v128.store(fractionsAt, fractionsOf(wordsK));
    }
    const last = i32x4.add(base, whole);
    v128.store(basesAt, base);
    v128.store(firstsAt, i32x4.add(base, stepOfMost));
    v128.store(secondsAt, i32x4.sub(last, stepOfLeast));
    v128.store(lastsAt, last);
    v128.store(weights01At, v128.or(i32x4.sub(one, most), i32x4.shl(i32x4.sub(most, middle), 16)));
    v128.store(weights23At, v128.or(i32x4.sub(middle, least), i32x4.shl(least, 16)));
    if (k) {
      storePixels(
        weighCornersTwice(0, stepK),
        weighCornersTwice(4, stepK),
        weighCornersTwice(8, stepK),
        weighCornersTwice(12, stepK),
        red + column,
        green + column,
        blue + column,
        left,
      );
    } else {
      storePixels(
        weighCorners(0, 0),
        weighCorners(4, 0),
        weighCorners(8, 0),
        weighCorners(12, 0),
        red + column,
        green + column,
        blue + column,
        left,
      );
    }
  }
}
