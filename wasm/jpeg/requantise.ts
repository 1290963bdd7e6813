import { quantise } from "./fdct";

/** The greatest magnitude that a coefficient of 8-bit samples has a code for. Source: ITU-T T.81 F.1.2.2. */
const greatest: i16 = 1023;

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
