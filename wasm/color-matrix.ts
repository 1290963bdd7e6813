// Colours through linear light: curves or roots to light, a matrix, then levels of sRGB, row by row.

/** The layout of a block: three rows of coefficients in Q13, each two pairs; levels; three axes of 256 words; light. */
const levelsAt: usize = 32;
const axesAt: usize = levelsAt + 16400;
const axisBytes: usize = 1024;
const lightAt: usize = axesAt + 3 * axisBytes;

const coefficientBits: i32 = 13;

/** White in Q14: the last of the levels. */
const whiteLight: i32 = 1 << 14;

/** The words of an axis for four samples. */
// @ts-ignore: decorator
@inline
export function readAxis(axis: usize, samples: usize): v128 {
  let words = v128.load32_zero(axis + (<usize>load<u8>(samples) << 2));
  words = v128.load32_lane(axis + (<usize>load<u8>(samples, 1) << 2), words, 1);
  words = v128.load32_lane(axis + (<usize>load<u8>(samples, 2) << 2), words, 2);
  return v128.load32_lane(axis + (<usize>load<u8>(samples, 3) << 2), words, 3);
}

/** Weights four pixels by a row of the matrix and stores the levels of the first `count`. */
// @ts-ignore: decorator
@inline
function storeLevels(block: usize, row: usize, pairs: v128, thirds: v128, target: usize, count: i32): void {
  const sums = i32x4.add(
    i32x4.dot_i16x8_s(pairs, v128.load32_splat(block + row)),
    i32x4.dot_i16x8_s(thirds, v128.load32_splat(block + row, 4)),
  );
  const rounded = i32x4.shr_s(i32x4.add(sums, i32x4.splat(1 << (coefficientBits - 1))), coefficientBits);
  const light = i32x4.min_s(i32x4.max_s(rounded, i32x4.splat(0)), i32x4.splat(whiteLight));
  const levels = block + levelsAt;
  store<u8>(target, load<u8>(levels + i32x4.extract_lane(light, 0)));
  if (count > 1) store<u8>(target, load<u8>(levels + i32x4.extract_lane(light, 1)), 1);
  if (count > 2) store<u8>(target, load<u8>(levels + i32x4.extract_lane(light, 2)), 2);
  if (count > 3) store<u8>(target, load<u8>(levels + i32x4.extract_lane(light, 3)), 3);
}

/** Converts one row of RGB; each target may be one of the sources. Reads up to three samples after a row. */
export function convertRgbRow(
  block: usize,
  r: usize,
  g: usize,
  b: usize,
  red: usize,
  green: usize,
  blue: usize,
  width: i32,
): void {
  const reds = block + axesAt;
  const greens = reds + axisBytes;
  const blues = greens + axisBytes;
  for (let column = 0; column < width; column += 4) {
    const pairs = v128.or(readAxis(reds, r + column), i32x4.shl(readAxis(greens, g + column), 16));
    const thirds = readAxis(blues, b + column);
    const left = width - column;
    storeLevels(block, 0, pairs, thirds, red + column, left);
    storeLevels(block, 8, pairs, thirds, green + column, left);
    storeLevels(block, 16, pairs, thirds, blue + column, left);
  }
}

/** Returns the light of a root, which counts from the first of the table. */
// @ts-ignore: decorator
@inline
function lightOf(light: usize, root: i32): usize {
  return light + (<usize>root << 1);
}

/** Converts one row of CIELAB; each target may be one of the sources. Reads up to three samples after a row. */
export function convertLabRow(
  block: usize,
  lightness: usize,
  a: usize,
  b: usize,
  red: usize,
  green: usize,
  blue: usize,
  width: i32,
): void {
  const rootsOfLightness = block + axesAt;
  const rootsOfA = rootsOfLightness + axisBytes;
  const rootsOfB = rootsOfA + axisBytes;
  const light = block + lightAt;
  for (let column = 0; column < width; column += 4) {
    const ys = readAxis(rootsOfLightness, lightness + column);
    const xs = i32x4.add(ys, readAxis(rootsOfA, a + column));
    const zs = i32x4.add(ys, readAxis(rootsOfB, b + column));
    let pairs = v128.load16_lane(lightOf(light, i32x4.extract_lane(xs, 0)), i16x8.splat(0), 0);
    pairs = v128.load16_lane(lightOf(light, i32x4.extract_lane(ys, 0)), pairs, 1);
    pairs = v128.load16_lane(lightOf(light, i32x4.extract_lane(xs, 1)), pairs, 2);
    pairs = v128.load16_lane(lightOf(light, i32x4.extract_lane(ys, 1)), pairs, 3);
    pairs = v128.load16_lane(lightOf(light, i32x4.extract_lane(xs, 2)), pairs, 4);
    pairs = v128.load16_lane(lightOf(light, i32x4.extract_lane(ys, 2)), pairs, 5);
    pairs = v128.load16_lane(lightOf(light, i32x4.extract_lane(xs, 3)), pairs, 6);
    pairs = v128.load16_lane(lightOf(light, i32x4.extract_lane(ys, 3)), pairs, 7);
    let thirds = v128.load16_lane(lightOf(light, i32x4.extract_lane(zs, 0)), i16x8.splat(0), 0);
    thirds = v128.load16_lane(lightOf(light, i32x4.extract_lane(zs, 1)), thirds, 2);
    thirds = v128.load16_lane(lightOf(light, i32x4.extract_lane(zs, 2)), thirds, 4);
    thirds = v128.load16_lane(lightOf(light, i32x4.extract_lane(zs, 3)), thirds, 6);
    const left = width - column;
    storeLevels(block, 0, pairs, thirds, red + column, left);
    storeLevels(block, 8, pairs, thirds, green + column, left);
    storeLevels(block, 16, pairs, thirds, blue + column, left);
  }
}
