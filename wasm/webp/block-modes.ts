// The ten ways to predict a block of 4x4 luma from the pixels around it. Source: RFC 6386 section 12.3.

/** Costs are kept for twelve modes, so that they fill vectors. */
export const paddedModes: i32 = 12;

/** What each mode predicts, 16 bytes row by row. */
export const predictions = memory.data(160, 16);

/** A sum of squares counts this many times against the cost of a mode, and the mode itself is in the lowest bits. */
const distortionShift: i32 = 4;
const modeBits: i32 = 4;

/**
 * Predicts a block whose upper left pixel is at `at` by all modes: mean, true motion, above, left, down-right,
 * vertical-right, down-left, vertical-left, horizontal-down, horizontal-up. Returns the score of the best, with the mode
 * in its lowest four bits: the squares of the differences from the 16 bytes at `block`, and the costs at `costs`, of
 * twelve words that have the mode in them too.
 */
export function chooseBlockMode(at: usize, stride: usize, block: usize, costs: usize): i32 {
  const top = at - stride;
  const i = <u64>load<u8>(at - 1);
  const j = <u64>load<u8>(at - 1 + stride);
  const k = <u64>load<u8>(at - 1 + 2 * stride);
  const l = <u64>load<u8>(at - 1 + 3 * stride);
  // From the lowest on the left around the corner to the last above: L L K J I X A B C D E F G H H.
  const low = l | (l << 8) | (k << 16) | (j << 24) | (i << 32) | (<u64>load<u32>(top - 1) << 40);
  const high = (load<u64>(top + 2) & 0x0000_ffff_ffff_ffff) | (<u64>load<u8>(top + 7) << 48);
  const edge = i64x2.replace_lane(i64x2.splat(low), 1, high);
  const next = i8x16.shuffle(edge, edge, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 15);
  const after = i8x16.shuffle(edge, edge, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 15, 15);
  const two = i8x16.avgr_u(edge, next);
  // The mean of the outer ones is rounded down: then the mean with the middle one is (a + 2 b + c + 2) / 4.
  const outer = i8x16.sub(i8x16.avgr_u(edge, after), v128.and(v128.xor(edge, after), i8x16.splat(1)));
  const three = i8x16.avgr_u(outer, next);

  const above = i8x16.shuffle(edge, edge, 6, 7, 8, 9, 6, 7, 8, 9, 6, 7, 8, 9, 6, 7, 8, 9);
  const beside = i8x16.shuffle(edge, edge, 4, 4, 4, 4, 3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1);
  const corner = i16x8.extend_low_i8x16_u(i8x16.shuffle(edge, edge, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5));
  const ramp = i16x8.sub(i16x8.extend_low_i8x16_u(above), corner);
  const trueMotion = i8x16.narrow_i16x8_u(
    i16x8.add(ramp, i16x8.extend_low_i8x16_u(beside)),
    i16x8.add(ramp, i16x8.extend_high_i8x16_u(beside)),
  );
  const fourAbove = load<u32>(top);
  const sum = <i32>(
    (fourAbove & 0xff) + ((fourAbove >> 8) & 0xff) + ((fourAbove >> 16) & 0xff) + (fourAbove >> 24) + <u32>(i + j + k + l)
  );
  const source = v128.load(block);
  const upper = i16x8.extend_low_i8x16_u(source);
  const lower = i16x8.extend_high_i8x16_u(source);

  const s0 = squares(0, i8x16.splat(<i8>((sum + 4) >> 3)), upper, lower);
  const s1 = squares(1, trueMotion, upper, lower);
  const s2 = squares(2, i8x16.shuffle(three, three, 5, 6, 7, 8, 5, 6, 7, 8, 5, 6, 7, 8, 5, 6, 7, 8), upper, lower);
  const s3 = squares(3, i8x16.shuffle(three, three, 3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0), upper, lower);
  let best = scores(sums(s0, s1, s2, s3), costs);
  const s4 = squares(4, i8x16.shuffle(three, three, 4, 5, 6, 7, 3, 4, 5, 6, 2, 3, 4, 5, 1, 2, 3, 4), upper, lower);
  const s5 = squares(5, i8x16.shuffle(two, three, 5, 6, 7, 8, 20, 21, 22, 23, 19, 5, 6, 7, 18, 20, 21, 22), upper, lower);
  const s6 = squares(6, i8x16.shuffle(three, three, 6, 7, 8, 9, 7, 8, 9, 10, 8, 9, 10, 11, 9, 10, 11, 12), upper, lower);
  const s7 = squares(7, i8x16.shuffle(two, three, 6, 7, 8, 9, 22, 23, 24, 25, 7, 8, 9, 26, 23, 24, 25, 27), upper, lower);
  best = i32x4.min_s(best, scores(sums(s4, s5, s6, s7), costs + 16));
  const s8 = squares(8, i8x16.shuffle(two, three, 4, 20, 21, 22, 3, 19, 4, 20, 2, 18, 3, 19, 1, 17, 2, 18), upper, lower);
  const s9 = squares(9, i8x16.shuffle(two, three, 3, 18, 2, 17, 2, 17, 1, 16, 1, 16, 0, 0, 0, 0, 0, 0), upper, lower);
  best = i32x4.min_s(best, scores(sums(s8, s9, s8, s9), costs + 32));
  best = i32x4.min_s(best, v128.shuffle<u32>(best, best, 2, 3, 0, 1));
  return min(i32x4.extract_lane(best, 0), i32x4.extract_lane(best, 1));
}

/** Keeps a prediction, and returns the squares of its differences from the block as four sums. */
// @ts-ignore: decorator
@inline
function squares(mode: usize, prediction: v128, upper: v128, lower: v128): v128 {
  v128.store(predictions + mode * 16, prediction);
  const a = i16x8.sub(upper, i16x8.extend_low_i8x16_u(prediction));
  const b = i16x8.sub(lower, i16x8.extend_high_i8x16_u(prediction));
  return i32x4.add(i32x4.dot_i16x8_s(a, a), i32x4.dot_i16x8_s(b, b));
}

/** The sum of each of four vectors. */
// @ts-ignore: decorator
@inline
function sums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<u32>(a, b, 0, 4, 1, 5), v128.shuffle<u32>(a, b, 2, 6, 3, 7));
  const cd = i32x4.add(v128.shuffle<u32>(c, d, 0, 4, 1, 5), v128.shuffle<u32>(c, d, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<u64>(ab, cd, 0, 2), v128.shuffle<u64>(ab, cd, 1, 3));
}

// @ts-ignore: decorator
@inline
function scores(distortions: v128, costs: usize): v128 {
  return i32x4.add(i32x4.shl(distortions, distortionShift + modeBits), v128.load(costs));
}
