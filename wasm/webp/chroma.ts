// Chroma of a macroblock: U and V are predicted alike. Source: RFC 6386 section 12.2.
import { writeLevels } from "./levels";
import { addResidual, addSquares, bestOf, byLeft, byMean, byTrueMotion, difference, meanAround } from "./luma";
import { chroma, chromaCorner, chromaLeft, shownChroma } from "./macroblock";
import { quantise } from "./quantise";
import { coefficients, forwardTransform, inverseTransform } from "./transform";

const levels = memory.data(32, 16);

let uMean: i32 = 0;
let vMean: i32 = 0;

/** Eight words of U and eight of V, each the same. */
// @ts-ignore: decorator
@inline
function both(u: i32, v: i32): v128 {
  return v128.shuffle<u64>(i8x16.splat(<i8>u), i8x16.splat(<i8>v), 0, 2);
}

/** A row by true motion: what is above, and how what is beside differs from the corner. */
// @ts-ignore: decorator
@inline
function motion(above: v128, y: usize): v128 {
  const u = i16x8.splat(<i16>(<i32>load<u8>(chromaLeft + y) - <i32>load<u8>(chromaCorner)));
  const v = i16x8.splat(<i16>(<i32>load<u8>(chromaLeft + 8 + y) - <i32>load<u8>(chromaCorner, 1)));
  return i8x16.narrow_i16x8_u(
    i16x8.add(i16x8.extend_low_i8x16_u(above), u),
    i16x8.add(i16x8.extend_high_i8x16_u(above), v),
  );
}

/** Returns the best way to predict chroma: a mode. `top` has what is above. */
export function chooseChromaMode(column: i32, row: i32, top: usize, costs: usize): i32 {
  const above = v128.load(top);
  const aboveSums = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(above));
  const leftSums = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(v128.load(chromaLeft)));
  uMean = meanAround(
    i32x4.extract_lane(aboveSums, 0) + i32x4.extract_lane(aboveSums, 1),
    i32x4.extract_lane(leftSums, 0) + i32x4.extract_lane(leftSums, 1),
    column,
    row,
    3,
  );
  vMean = meanAround(
    i32x4.extract_lane(aboveSums, 2) + i32x4.extract_lane(aboveSums, 3),
    i32x4.extract_lane(leftSums, 2) + i32x4.extract_lane(leftSums, 3),
    column,
    row,
    3,
  );
  const mean = both(uMean, vMean);
  let byMeans = i32x4.splat(0);
  let byMotions = i32x4.splat(0);
  let byAboves = i32x4.splat(0);
  let byLefts = i32x4.splat(0);
  for (let y: usize = 0; y < 8; y++) {
    const source = v128.load(chroma + (y << 4));
    const low = i16x8.extend_low_i8x16_u(source);
    const high = i16x8.extend_high_i8x16_u(source);
    byMeans = addDifferences(byMeans, low, high, mean);
    byMotions = addDifferences(byMotions, low, high, motion(above, y));
    byAboves = addDifferences(byAboves, low, high, above);
    byLefts = addDifferences(byLefts, low, high, both(<i32>load<u8>(chromaLeft + y), <i32>load<u8>(chromaLeft + 8 + y)));
  }
  return bestOf(byMeans, byMotions, byAboves, byLefts, costs) & 15;
}

// @ts-ignore: decorator
@inline
function addDifferences(sum: v128, low: v128, high: v128, prediction: v128): v128 {
  return addSquares(
    sum,
    i16x8.sub(low, i16x8.extend_low_i8x16_u(prediction)),
    i16x8.sub(high, i16x8.extend_high_i8x16_u(prediction)),
  );
}

/** Which blocks of chroma had levels. */
export let chromaPresent: i32 = 0;

/** Encodes chroma by the mode that was chosen last. Levels go to `to`. Returns where the next may go. */
export function encodeChroma(mode: i32, top: usize, steps: usize, to: usize): usize {
  const above = v128.load(top);
  for (let y: usize = 0; y < 8; y++) {
    let row = above;
    if (mode == byMean) row = both(uMean, vMean);
    else if (mode == byLeft) row = both(<i32>load<u8>(chromaLeft + y), <i32>load<u8>(chromaLeft + 8 + y));
    else if (mode == byTrueMotion) row = motion(above, y);
    v128.store(shownChroma + (y << 4), row);
  }
  let found = 0;
  for (let pair: usize = 0; pair < 4; pair++) {
    // The upper two blocks of U, the lower two, and those of V.
    const at = ((pair & 1) << 6) + ((pair >> 1) << 3);
    const from = chroma + at;
    const to8 = shownChroma + at;
    forwardTransform(
      difference(from, to8),
      difference(from + 16, to8 + 16),
      difference(from + 32, to8 + 32),
      difference(from + 48, to8 + 48),
      coefficients,
    );
    const first = quantise(coefficients, steps, levels);
    if (first != 0) to = writeLevels(levels, first, 0, to);
    const second = quantise(coefficients + 32, steps, levels);
    if (second != 0) to = writeLevels(levels, second, 0, to);
    if ((first | second) == 0) continue;
    found |= (<i32>(first != 0) | (<i32>(second != 0) << 1)) << (16 + <i32>pair * 2);
    inverseTransform(coefficients);
    addResidual(to8, 16);
  }
  chromaPresent = found;
  return to;
}
