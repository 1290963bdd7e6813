// The transforms of VP8: of two blocks of 4x4 side by side, and of the 16 DC coefficients of a macroblock.
// Source: RFC 6386 sections 14.3 and 14.4.
import { interleaveHighWords, interleaveLowWords } from "../lanes";

/** Two blocks of coefficients, each 16 words row by row. */
export const coefficients = memory.data(64, 16);
/** What the inverse transform gives: four rows of eight words, of two blocks side by side. */
export const residual = memory.data(64, 16);

/** Transforms four rows of differences, of two blocks side by side, into `to`, 64 bytes. */
// @ts-ignore: decorator
@inline
export function forwardTransform(r0: v128, r1: v128, r2: v128, r3: v128, to: usize): void {
  const even = i32x4.splat((5352 << 16) | 2217);
  const odd = i32x4.splat((2217 << 16) | (-5352 & 0xffff));
  let a0 = i16x8.add(r0, r3);
  let a1 = i16x8.add(r1, r2);
  let a2 = i16x8.sub(r1, r2);
  let a3 = i16x8.sub(r0, r3);
  let low = interleaveLowWords(a2, a3);
  let high = interleaveHighWords(a2, a3);
  const t0 = i16x8.shl(i16x8.add(a0, a1), 3);
  const t1 = turn(low, high, even, 1812, 9);
  const t2 = i16x8.shl(i16x8.sub(a0, a1), 3);
  const t3 = turn(low, high, odd, 937, 9);

  // Columns become rows.
  let p = interleaveLowWords(t0, t1);
  let q = interleaveLowWords(t2, t3);
  let r = interleaveHighWords(t0, t1);
  let s = interleaveHighWords(t2, t3);
  const l0 = v128.shuffle<u32>(p, q, 0, 4, 1, 5);
  const l1 = v128.shuffle<u32>(p, q, 2, 6, 3, 7);
  const h0 = v128.shuffle<u32>(r, s, 0, 4, 1, 5);
  const h1 = v128.shuffle<u32>(r, s, 2, 6, 3, 7);
  const s0 = v128.shuffle<u64>(l0, h0, 0, 2);
  const s1 = v128.shuffle<u64>(l0, h0, 1, 3);
  const s2 = v128.shuffle<u64>(l1, h1, 0, 2);
  const s3 = v128.shuffle<u64>(l1, h1, 1, 3);

  a0 = i16x8.add(s0, s3);
  a1 = i16x8.add(s1, s2);
  a2 = i16x8.sub(s1, s2);
  a3 = i16x8.sub(s0, s3);
  low = interleaveLowWords(a2, a3);
  high = interleaveHighWords(a2, a3);
  const seven = i16x8.splat(7);
  const o0 = i16x8.shr_s(i16x8.add(i16x8.add(a0, a1), seven), 4);
  // A true comparison is -1.
  const isOdd = i16x8.ne(a3, i16x8.splat(0));
  const o1 = i16x8.sub(turn(low, high, even, 12000, 16), isOdd);
  const o2 = i16x8.shr_s(i16x8.add(i16x8.sub(a0, a1), seven), 4);
  const o3 = turn(low, high, odd, 51000, 16);

  // And rows columns again.
  p = interleaveLowWords(o0, o1);
  q = interleaveLowWords(o2, o3);
  r = interleaveHighWords(o0, o1);
  s = interleaveHighWords(o2, o3);
  v128.store(to, v128.shuffle<u32>(p, q, 0, 4, 1, 5));
  v128.store(to, v128.shuffle<u32>(p, q, 2, 6, 3, 7), 16);
  v128.store(to, v128.shuffle<u32>(r, s, 0, 4, 1, 5), 32);
  v128.store(to, v128.shuffle<u32>(r, s, 2, 6, 3, 7), 48);
}

/** The products of pairs of words with a pair of factors, added, rounded and shifted, of eight pairs. */
// @ts-ignore: decorator
@inline
function turn(low: v128, high: v128, factors: v128, rounding: i32, shift: i32): v128 {
  const half = i32x4.splat(rounding);
  return i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(low, factors), half), shift),
    i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(high, factors), half), shift),
  );
}

/** Transforms two blocks of coefficients at `from` back into `residual`, to the bit as decoders do. */
// @ts-ignore: decorator
@inline
export function inverseTransform(from: usize): void {
  const b0 = v128.load(from);
  const b1 = v128.load(from, 16);
  const b2 = v128.load(from, 32);
  const b3 = v128.load(from, 48);
  const i0 = v128.shuffle<u64>(b0, b2, 0, 2);
  const i1 = v128.shuffle<u64>(b0, b2, 1, 3);
  const i2 = v128.shuffle<u64>(b1, b3, 0, 2);
  const i3 = v128.shuffle<u64>(b1, b3, 1, 3);
  let a = i16x8.add(i0, i2);
  let b = i16x8.sub(i0, i2);
  let c = i16x8.sub(timesSine(i1), timesCosine(i3));
  let d = i16x8.add(timesCosine(i1), timesSine(i3));
  const t0 = i16x8.add(a, d);
  const t1 = i16x8.add(b, c);
  const t2 = i16x8.sub(b, c);
  const t3 = i16x8.sub(a, d);

  let p = interleaveLowWords(t0, t1);
  let q = interleaveLowWords(t2, t3);
  let r = interleaveHighWords(t0, t1);
  let s = interleaveHighWords(t2, t3);
  let l0 = v128.shuffle<u32>(p, q, 0, 4, 1, 5);
  let l1 = v128.shuffle<u32>(p, q, 2, 6, 3, 7);
  let h0 = v128.shuffle<u32>(r, s, 0, 4, 1, 5);
  let h1 = v128.shuffle<u32>(r, s, 2, 6, 3, 7);
  const u0 = i16x8.add(v128.shuffle<u64>(l0, h0, 0, 2), i16x8.splat(4));
  const u1 = v128.shuffle<u64>(l0, h0, 1, 3);
  const u2 = v128.shuffle<u64>(l1, h1, 0, 2);
  const u3 = v128.shuffle<u64>(l1, h1, 1, 3);
  a = i16x8.add(u0, u2);
  b = i16x8.sub(u0, u2);
  c = i16x8.sub(timesSine(u1), timesCosine(u3));
  d = i16x8.add(timesCosine(u1), timesSine(u3));
  const v0 = i16x8.shr_s(i16x8.add(a, d), 3);
  const v1 = i16x8.shr_s(i16x8.add(b, c), 3);
  const v2 = i16x8.shr_s(i16x8.sub(b, c), 3);
  const v3 = i16x8.shr_s(i16x8.sub(a, d), 3);

  p = interleaveLowWords(v0, v1);
  q = interleaveLowWords(v2, v3);
  r = interleaveHighWords(v0, v1);
  s = interleaveHighWords(v2, v3);
  l0 = v128.shuffle<u32>(p, q, 0, 4, 1, 5);
  l1 = v128.shuffle<u32>(p, q, 2, 6, 3, 7);
  h0 = v128.shuffle<u32>(r, s, 0, 4, 1, 5);
  h1 = v128.shuffle<u32>(r, s, 2, 6, 3, 7);
  v128.store(residual, v128.shuffle<u64>(l0, h0, 0, 2));
  v128.store(residual, v128.shuffle<u64>(l0, h0, 1, 3), 16);
  v128.store(residual, v128.shuffle<u64>(l1, h1, 0, 2), 32);
  v128.store(residual, v128.shuffle<u64>(l1, h1, 1, 3), 48);
}

/** Times sqrt(2) * cos(pi / 8), as 1 + 20091 / 65536. */
// @ts-ignore: decorator
@inline
function timesCosine(words: v128): v128 {
  return i16x8.add(words, highProduct(words, i16x8.splat(20091)));
}

/** Times sqrt(2) * sin(pi / 8), 35468 / 65536: one less than it, and one more. */
// @ts-ignore: decorator
@inline
function timesSine(words: v128): v128 {
  return i16x8.add(words, highProduct(words, i16x8.splat(-30068)));
}

/** The upper words of products of words. */
// @ts-ignore: decorator
@inline
function highProduct(a: v128, b: v128): v128 {
  const low = i32x4.extmul_low_i16x8_s(a, b);
  const high = i32x4.extmul_high_i16x8_s(a, b);
  return v128.shuffle<u16>(low, high, 1, 3, 5, 7, 9, 11, 13, 15);
}

/** Transforms the DC coefficients of 16 blocks, 32 bytes apart at `blocks`, into 16 words at `to`. */
export function forwardDc(blocks: usize, to: usize): void {
  for (let row: usize = 0; row < 4; row++) {
    const from = blocks + row * 128;
    const x0 = <i32>load<i16>(from);
    const x1 = <i32>load<i16>(from, 32);
    const x2 = <i32>load<i16>(from, 64);
    const x3 = <i32>load<i16>(from, 96);
    storeSums(to + row * 8, 2, x0 + x2, x1 + x3, x1 - x3, x0 - x2);
  }
  for (let column: usize = 0; column < 4; column++) {
    const at = to + column * 2;
    const x0 = <i32>load<i16>(at);
    const x1 = <i32>load<i16>(at, 8);
    const x2 = <i32>load<i16>(at, 16);
    const x3 = <i32>load<i16>(at, 24);
    const a0 = x0 + x2;
    const a1 = x1 + x3;
    const a2 = x1 - x3;
    const a3 = x0 - x2;
    store<i16>(at, (a0 + a1) >> 1);
    store<i16>(at, (a3 + a2) >> 1, 8);
    store<i16>(at, (a3 - a2) >> 1, 16);
    store<i16>(at, (a0 - a1) >> 1, 24);
  }
}

function storeSums(at: usize, step: usize, a0: i32, a1: i32, a2: i32, a3: i32): void {
  store<i16>(at, a0 + a1);
  store<i16>(at + step, a3 + a2);
  store<i16>(at + 2 * step, a3 - a2);
  store<i16>(at + 3 * step, a0 - a1);
}

/** Transforms 16 words at `from` back into the DC coefficients of 16 blocks, 32 bytes apart at `blocks`. */
export function inverseDc(from: usize, blocks: usize): void {
  for (let column: usize = 0; column < 4; column++) {
    const at = from + column * 2;
    const x0 = <i32>load<i16>(at);
    const x1 = <i32>load<i16>(at, 8);
    const x2 = <i32>load<i16>(at, 16);
    const x3 = <i32>load<i16>(at, 24);
    const a0 = x0 + x3;
    const a1 = x1 + x2;
    const a2 = x1 - x2;
    const a3 = x0 - x3;
    store<i16>(at, a0 + a1);
    store<i16>(at, a3 + a2, 8);
    store<i16>(at, a0 - a1, 16);
    store<i16>(at, a3 - a2, 24);
  }
  for (let row: usize = 0; row < 4; row++) {
    const at = from + row * 8;
    const to = blocks + row * 128;
    const dc = <i32>load<i16>(at) + 3;
    const x1 = <i32>load<i16>(at, 2);
    const x2 = <i32>load<i16>(at, 4);
    const x3 = <i32>load<i16>(at, 6);
    const a0 = dc + x3;
    const a1 = x1 + x2;
    const a2 = x1 - x2;
    const a3 = dc - x3;
    store<i16>(to, (a0 + a1) >> 3);
    store<i16>(to, (a3 + a2) >> 3, 32);
    store<i16>(to, (a0 - a1) >> 3, 64);
    store<i16>(to, (a3 - a2) >> 3, 96);
  }
}
