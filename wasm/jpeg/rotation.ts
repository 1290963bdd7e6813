// Constants and moves that both transforms need: the rotations of C. Loeffler, A. Ligtenberg and G. Moschytz, "Practical
// fast 1-D DCT algorithms with 11 multiplications", ICASSP 1989, as integers of 13 fraction bits.

export const constantBits: i32 = 13;
/** Fraction bits kept between the two passes of a transform. */
export const passBits: i32 = 2;

// Pairs of factors for dot products over interleaved lanes. They lie in memory because V8 builds a vector constant from
// integer registers at every use, which took a tenth of the time of a whole decode.

/** Of inputs 0 and 4 into their sum and their difference. */
export const sumPair = memory.data<i16>([8192, 8192]);
export const differencePair = memory.data<i16>([8192, -8192]);
/** Of 2 and 6: 0.541 + 0.765, 0.541 and 0.541, 0.541 - 1.848. */
export const evenPair2 = memory.data<i16>([10703, 4433]);
export const evenPair6 = memory.data<i16>([4433, -10704]);
/** Of 3 + 7 and 1 + 5: 1.176 - 1.962, 1.176 and 1.176, 1.176 - 0.390. */
export const commonPair3 = memory.data<i16>([-6436, 9633]);
export const commonPair1 = memory.data<i16>([9633, 6437]);
/** Of 7 and 1: 0.299 - 0.900, -0.900 and -0.900, 1.501 - 0.900. */
export const oddPair7 = memory.data<i16>([-4927, -7373]);
export const oddPair1 = memory.data<i16>([-7373, 4926]);
/** Of 5 and 3: 2.053 - 2.563, -2.563 and -2.563, 3.073 - 2.563. */
export const oddPair5 = memory.data<i16>([-4176, -20995]);
export const oddPair3 = memory.data<i16>([-20995, 4177]);

/** Returns the sums of the products of interleaved lanes with a pair of factors. */
// @ts-ignore: decorator
@inline
export function dot(interleaved: v128, pair: usize): v128 {
  return i32x4.dot_i16x8_s(interleaved, v128.load32_splat(pair));
}

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

/** Scales two vectors of 32 bits down by `shift` bits into one of 16. */
// @ts-ignore: decorator
@inline
export function descale(low: v128, high: v128, shift: i32): v128 {
  return i16x8.narrow_i32x4_s(i32x4.shr_s(low, shift), i32x4.shr_s(high, shift));
}
