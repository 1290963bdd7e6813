// Quantisation of a block of 4x4 coefficients. Source: RFC 6386 section 14.1.

// The steps of one kind of block are vectors for its 16 coefficients row by row: words with the steps and with
// reciprocals, then 32-bit words with what rounds the quotients.
const reciprocalsOffset: usize = 32;
const roundingOffset: usize = 64;
/** Size of the steps of one kind of block. */
export const stepsBytes: usize = 128;

/** Bits after the point of a reciprocal. */
const fraction: i32 = 17;
/** The largest level that has a token. Source: RFC 6386 section 13.2. */
const levelMaximum: i32 = 2047;

/**
 * Makes the steps of a kind of block from those of DC and AC. Quotients are rounded up from `256 - rounding` parts of 256
 * on, later for AC coefficients the higher their frequency: `slope` for each place to the right and down.
 */
export function makeSteps(at: usize, dc: i32, ac: i32, dcRounding: i32, acRounding: i32, slope: i32): void {
  for (let index: i32 = 0; index < 16; index++) {
    const step = index == 0 ? dc : ac;
    const word = at + (<usize>index << 1);
    const reciprocal: i32 = (1 << fraction) / step;
    store<u16>(word, step);
    store<u16>(word, reciprocal, reciprocalsOffset);
    const frequency = (index & 3) + (index >> 2);
    const rounding = index == 0 ? dcRounding : acRounding - slope * frequency;
    store<u32>(at + roundingOffset + (<usize>index << 2), rounding << (fraction - 8));
  }
}

/**
 * Quantises the 16 coefficients at `block`, puts levels in zigzag order at `levels`, and what decoders make of them back at
 * `block`. Returns a bit for each level that is not zero.
 */
// @ts-ignore: decorator
@inline
export function quantise(block: usize, steps: usize, levels: usize): i32 {
  const upper = v128.load(block);
  const lower = v128.load(block, 16);
  const zero = i16x8.splat(0);
  const a = withSign(levelsOf(upper, steps, steps + roundingOffset), upper);
  const b = withSign(levelsOf(lower, steps + 16, steps + roundingOffset + 32), lower);
  v128.store(block, i16x8.mul(a, v128.load(steps)));
  v128.store(block, i16x8.mul(b, v128.load(steps, 16)), 16);
  const first = v128.shuffle<u16>(a, b, 0, 1, 4, 8, 5, 2, 3, 6);
  const last = v128.shuffle<u16>(a, b, 9, 12, 13, 10, 7, 11, 14, 15);
  v128.store(levels, first);
  v128.store(levels, last, 16);
  return i8x16.bitmask(i8x16.ne(i8x16.narrow_i16x8_s(first, last), zero));
}

/** Divides the sizes of eight coefficients. */
// @ts-ignore: decorator
@inline
function levelsOf(coefficients: v128, steps: usize, rounding: usize): v128 {
  const size = i16x8.abs(coefficients);
  const reciprocals = v128.load(steps, reciprocalsOffset);
  const first = i32x4.add(i32x4.extmul_low_i16x8_u(size, reciprocals), v128.load(rounding));
  const second = i32x4.add(i32x4.extmul_high_i16x8_u(size, reciprocals), v128.load(rounding, 16));
  const quotients = i16x8.narrow_i32x4_s(i32x4.shr_u(first, fraction), i32x4.shr_u(second, fraction));
  return i16x8.min_s(quotients, i16x8.splat(<i16>levelMaximum));
}

// @ts-ignore: decorator
@inline
function withSign(levels: v128, signed: v128): v128 {
  const sign = i16x8.shr_s(signed, 15);
  return i16x8.sub(v128.xor(levels, sign), sign);
}
