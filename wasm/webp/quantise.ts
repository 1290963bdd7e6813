// Quantisation of a block of 4x4 coefficients. Source: RFC 6386 section 14.1.

// The steps of one kind of block are vectors for its 16 coefficients row by row: words with the steps, with reciprocals,
// and with what is added to a coefficient before it is divided; then 32-bit words with what rounds the first eight quotients.
const reciprocalsOffset: usize = 32;
const sharpeningOffset: usize = 64;
const roundingOffset: usize = 96;
/** Size of the steps of one kind of block. */
export const stepsBytes: usize = 128;

/** Bits after the point of a reciprocal. */
const fraction: i32 = 17;
/** The largest level that has a token. Source: RFC 6386 section 13.2. */
const levelMaximum: i32 = 2047;

/** How much higher frequencies of luma are raised before they are quantised, in 2048ths of a step. */
const sharpening: StaticArray<i32> = [0, 30, 60, 90, 30, 60, 90, 90, 60, 90, 90, 90, 90, 90, 90, 90];

/**
 * Makes the steps of a kind of block from those of DC and AC; quotients are rounded up from `256 - rounding` parts of 256
 * on.
 */
export function makeSteps(at: usize, dc: i32, ac: i32, dcRounding: i32, acRounding: i32, isSharpened: bool): void {
  for (let index: i32 = 0; index < 16; index++) {
    const step = index == 0 ? dc : ac;
    const word = at + (<usize>index << 1);
    store<u16>(word, step);
    const reciprocal: i32 = (1 << fraction) / step;
    store<u16>(word, reciprocal, reciprocalsOffset);
    const sharper: i32 = isSharpened ? (unchecked(sharpening[index]) * step) >> 11 : 0;
    store<u16>(word, sharper, sharpeningOffset);
    if (index < 8) {
      const rounding = index == 0 ? dcRounding : acRounding;
      store<u32>(at + roundingOffset + (<usize>index << 2), rounding << (fraction - 8));
    }
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
  const most = i16x8.splat(<i16>levelMaximum);
  const acRounding = v128.load(steps, roundingOffset + 16);
  let size = i16x8.add(i16x8.abs(upper), v128.load(steps, sharpeningOffset));
  let reciprocals = v128.load(steps, reciprocalsOffset);
  const upperLevels = i16x8.min_s(
    i16x8.narrow_i32x4_s(
      quotient(i32x4.extmul_low_i16x8_u(size, reciprocals), v128.load(steps, roundingOffset)),
      quotient(i32x4.extmul_high_i16x8_u(size, reciprocals), acRounding),
    ),
    most,
  );
  size = i16x8.add(i16x8.abs(lower), v128.load(steps, sharpeningOffset + 16));
  reciprocals = v128.load(steps, reciprocalsOffset + 16);
  const lowerLevels = i16x8.min_s(
    i16x8.narrow_i32x4_s(
      quotient(i32x4.extmul_low_i16x8_u(size, reciprocals), acRounding),
      quotient(i32x4.extmul_high_i16x8_u(size, reciprocals), acRounding),
    ),
    most,
  );
  const a = withSign(upperLevels, upper);
  const b = withSign(lowerLevels, lower);
  v128.store(block, i16x8.mul(a, v128.load(steps)));
  v128.store(block, i16x8.mul(b, v128.load(steps, 16)), 16);
  const first = v128.shuffle<u16>(a, b, 0, 1, 4, 8, 5, 2, 3, 6);
  const last = v128.shuffle<u16>(a, b, 9, 12, 13, 10, 7, 11, 14, 15);
  v128.store(levels, first);
  v128.store(levels, last, 16);
  return i8x16.bitmask(i8x16.ne(i8x16.narrow_i16x8_s(first, last), zero));
}

// @ts-ignore: decorator
@inline
function quotient(product: v128, rounding: v128): v128 {
  return i32x4.shr_u(i32x4.add(product, rounding), fraction);
}

// @ts-ignore: decorator
@inline
function withSign(levels: v128, signed: v128): v128 {
  const sign = i16x8.shr_s(signed, 15);
  return i16x8.sub(v128.xor(levels, sign), sign);
}
