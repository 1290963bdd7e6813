// Constants and moves that both transforms need: the rotations of C. Loeffler, A. Ligtenberg and G. Moschytz, "Practical
// fast 1-D DCT algorithms with 11 multiplications", ICASSP 1989, as integers of 13 fraction bits.

export const constantBits: i32 = 13;
/** Fraction bits kept between the two passes of a transform. */
export const passBits: i32 = 2;

export const one: i16 = 8192;
export const c0298: i16 = 2446;
export const c0390: i16 = 3196;
export const c0541: i16 = 4433;
export const c0765: i16 = 6270;
export const c0899: i16 = 7373;
export const c1175: i16 = 9633;
export const c1501: i16 = 12299;
export const c1847: i16 = 15137;
export const c1961: i16 = 16069;
export const c2053: i16 = 16819;
export const c2562: i16 = 20995;
export const c3072: i16 = 25172;

/** Interleaves the first four lanes of `a` and `b`. */
// @ts-ignore: decorator
@inline
export function interleaveLow(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

/** Interleaves the last four lanes of `a` and `b`. */
// @ts-ignore: decorator
@inline
export function interleaveHigh(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

/** Returns the factors for `i32x4.dot_i16x8_s` over interleaved lanes. */
// @ts-ignore: decorator
@inline
export function pair(a: i16, b: i16): v128 {
  return i16x8(a, b, a, b, a, b, a, b);
}

/** Scales two vectors of 32 bits down by `shift` bits into one of 16. */
// @ts-ignore: decorator
@inline
export function descale(low: v128, high: v128, shift: i32): v128 {
  return i16x8.narrow_i32x4_s(i32x4.shr_s(low, shift), i32x4.shr_s(high, shift));
}
