// The factors of both transforms: the square root of 2 times the cosines of multiples of pi / 16, as integers of
// `constantBits` fraction bits (8192, 11363, 10703, 9633, 6436, 4433 and 2260 for 1, 1.387, 1.307, 1.176, 0.786, 0.541
// and 0.276), in pairs for dot products over interleaved lanes. Source: ITU-T T.81 A.3.3.
//
// They are in memory because V8 builds a vector constant from integer registers at every use, which took a tenth of the
// time of a whole decode.

export const constantBits: i32 = 13;

/** What frequencies 0 and 2, and 4 and 6, add to results 0 to 3, and to their opposites 7 to 4. */
export const even02First = memory.data<i16>([8192, 10703]);
export const even02Second = memory.data<i16>([8192, 4433]);
export const even02Third = memory.data<i16>([8192, -4433]);
export const even02Fourth = memory.data<i16>([8192, -10703]);
export const even46First = memory.data<i16>([8192, 4433]);
export const even46Second = memory.data<i16>([-8192, -10703]);
export const even46Third = memory.data<i16>([-8192, 10703]);
export const even46Fourth = memory.data<i16>([8192, -4433]);

/**
 * What frequencies 1 and 3, and 5 and 7, add to results 0 to 3 and take from their opposites; forwards, what the
 * differences of opposite samples, first 0 and 1, then 2 and 3, add to frequencies 1, 3, 5 and 7.
 */
export const odd13First = memory.data<i16>([11363, 9633]);
export const odd13Second = memory.data<i16>([9633, -2260]);
export const odd13Third = memory.data<i16>([6436, -11363]);
export const odd13Fourth = memory.data<i16>([2260, -6436]);
export const odd57First = memory.data<i16>([6436, 2260]);
export const odd57Second = memory.data<i16>([-11363, -6436]);
export const odd57Third = memory.data<i16>([2260, 9633]);
export const odd57Fourth = memory.data<i16>([9633, -11363]);

/** What the outer and inner sums of sums add to frequencies 0 and 4, and their differences to 2 and 6. */
export const sums0 = memory.data<i16>([8192, 8192]);
export const sums4 = memory.data<i16>([8192, -8192]);
export const sums2 = memory.data<i16>([10703, 4433]);
export const sums6 = memory.data<i16>([4433, -10703]);

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
