import { quantise } from "./fdct";

/** The greatest magnitude that a coefficient of 8-bit samples has a code for. Source: ITU-T T.81 F.1.2.2. */
const greatest: i16 = 1023;

/**
 * Returns whether a block, as `requantise` takes it, has coefficients that no picture has: what they show is cut off at black
 * and white.
 */
export function isBeyondRange(block: usize, isHigh: bool, fractionBits: i32): bool {
  let most = i16x8.max_u(i16x8.abs(v128.load(block)), i16x8.abs(v128.load(block, 16)));
  if (isHigh) {
    for (let at: usize = 32; at < 128; at += 16) most = i16x8.max_u(most, i16x8.abs(v128.load(block + at)));
  }
  return v128.any_true(i16x8.gt_u(most, i16x8.splat(<i16>((greatest + 1) << <i16>fractionBits))));
}

/** Fraction bits that reciprocals expect of what they quantise. */
const expectedBits: i32 = 3;

/**
 * Quantises the coefficients at `block`, dequantised and with `fractionBits`, by the reciprocals that `makeReciprocals`
 * made, to `levels`, and clears the block. `isHigh` says whether any is of a frequency of 4 or more. Returns the zigzag mask
 * of those that are not zero; of the others only the first is written.
 */
export function requantise(block: usize, isHigh: bool, fractionBits: i32, reciprocals: usize, levels: usize): u64 {
  let present =
    requantiseVector(block, 0, fractionBits, reciprocals, levels) |
    requantiseVector(block, 1, fractionBits, reciprocals, levels);
  if (isHigh) {
    for (let index: usize = 2; index < 8; index++) {
      present |= requantiseVector(block, index, fractionBits, reciprocals, levels);
    }
  }
  return present;
}

// @ts-ignore: decorator
@inline
function requantiseVector(block: usize, index: usize, fractionBits: i32, reciprocals: usize, levels: usize): u64 {
  const limit = i16x8.splat(greatest << <i16>fractionBits);
  const values = i16x8.max_s(i16x8.min_s(v128.load(block + (index << 4)), limit), i16x8.neg(limit));
  v128.store(block + (index << 4), i64x2.splat(0));
  return quantise(i16x8.shl(values, expectedBits - fractionBits), reciprocals, levels, index);
}
