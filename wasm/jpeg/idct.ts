// The inverse discrete cosine transform of an 8x8 block. Source: ITU-T T.81 A.3.3.

import {
  c0298,
  c0390,
  c0541,
  c0765,
  c0899,
  c1175,
  c1501,
  c1847,
  c1961,
  c2053,
  c2562,
  c3072,
  constantBits,
  descale,
  interleaveHigh,
  interleaveLow,
  one,
  pair,
  passBits,
} from "./rotation";
import { transposeBlock } from "./transpose";

/**
 * Transforms the eight vectors at `block` in place, lane by lane, and scales the result down by `shift` bits after
 * adding `bias`, which rounds and may move the level.
 */
// @ts-ignore: decorator
@inline
function transformVectors(block: usize, shift: i32, bias: i32): void {
  const in0 = v128.load(block);
  const in4 = v128.load(block, 64);
  const pair04L = interleaveLow(in0, in4);
  const pair04H = interleaveHigh(in0, in4);
  const in2 = v128.load(block, 32);
  const in6 = v128.load(block, 96);
  const pair26L = interleaveLow(in2, in6);
  const pair26H = interleaveHigh(in2, in6);
  const rounding = i32x4.splat(bias);
  const sum04L = i32x4.add(i32x4.dot_i16x8_s(pair04L, pair(one, one)), rounding);
  const difference04L = i32x4.add(i32x4.dot_i16x8_s(pair04L, pair(one, -one)), rounding);
  const rotatedAL = i32x4.dot_i16x8_s(pair26L, pair(c0541 + c0765, c0541));
  const rotatedBL = i32x4.dot_i16x8_s(pair26L, pair(c0541, c0541 - c1847));
  const even0L = i32x4.add(sum04L, rotatedAL);
  const even3L = i32x4.sub(sum04L, rotatedAL);
  const even1L = i32x4.add(difference04L, rotatedBL);
  const even2L = i32x4.sub(difference04L, rotatedBL);
  const sum04H = i32x4.add(i32x4.dot_i16x8_s(pair04H, pair(one, one)), rounding);
  const difference04H = i32x4.add(i32x4.dot_i16x8_s(pair04H, pair(one, -one)), rounding);
  const rotatedAH = i32x4.dot_i16x8_s(pair26H, pair(c0541 + c0765, c0541));
  const rotatedBH = i32x4.dot_i16x8_s(pair26H, pair(c0541, c0541 - c1847));
  const even0H = i32x4.add(sum04H, rotatedAH);
  const even3H = i32x4.sub(sum04H, rotatedAH);
  const even1H = i32x4.add(difference04H, rotatedBH);
  const even2H = i32x4.sub(difference04H, rotatedBH);

  const in1 = v128.load(block, 16);
  const in3 = v128.load(block, 48);
  const in5 = v128.load(block, 80);
  const in7 = v128.load(block, 112);
  const sum37 = i16x8.add(in3, in7);
  const sum15 = i16x8.add(in1, in5);
  const sumsL = interleaveLow(sum37, sum15);
  const common37L = i32x4.dot_i16x8_s(sumsL, pair(c1175 - c1961, c1175));
  const common15L = i32x4.dot_i16x8_s(sumsL, pair(c1175, c1175 - c0390));
  const pair71L = interleaveLow(in7, in1);
  const pair53L = interleaveLow(in5, in3);
  const odd3L = i32x4.add(i32x4.dot_i16x8_s(pair71L, pair(c0298 - c0899, -c0899)), common37L);
  const odd0L = i32x4.add(i32x4.dot_i16x8_s(pair71L, pair(-c0899, c1501 - c0899)), common15L);
  const odd2L = i32x4.add(i32x4.dot_i16x8_s(pair53L, pair(c2053 - c2562, -c2562)), common15L);
  const odd1L = i32x4.add(i32x4.dot_i16x8_s(pair53L, pair(-c2562, c3072 - c2562)), common37L);
  const sumsH = interleaveHigh(sum37, sum15);
  const common37H = i32x4.dot_i16x8_s(sumsH, pair(c1175 - c1961, c1175));
  const common15H = i32x4.dot_i16x8_s(sumsH, pair(c1175, c1175 - c0390));
  const pair71H = interleaveHigh(in7, in1);
  const pair53H = interleaveHigh(in5, in3);
  const odd3H = i32x4.add(i32x4.dot_i16x8_s(pair71H, pair(c0298 - c0899, -c0899)), common37H);
  const odd0H = i32x4.add(i32x4.dot_i16x8_s(pair71H, pair(-c0899, c1501 - c0899)), common15H);
  const odd2H = i32x4.add(i32x4.dot_i16x8_s(pair53H, pair(c2053 - c2562, -c2562)), common15H);
  const odd1H = i32x4.add(i32x4.dot_i16x8_s(pair53H, pair(-c2562, c3072 - c2562)), common37H);

  v128.store(block, descale(i32x4.add(even0L, odd0L), i32x4.add(even0H, odd0H), shift), 0);
  v128.store(block, descale(i32x4.sub(even0L, odd0L), i32x4.sub(even0H, odd0H), shift), 112);
  v128.store(block, descale(i32x4.add(even1L, odd1L), i32x4.add(even1H, odd1H), shift), 16);
  v128.store(block, descale(i32x4.sub(even1L, odd1L), i32x4.sub(even1H, odd1H), shift), 96);
  v128.store(block, descale(i32x4.add(even2L, odd2L), i32x4.add(even2H, odd2H), shift), 32);
  v128.store(block, descale(i32x4.sub(even2L, odd2L), i32x4.sub(even2H, odd2H), shift), 80);
  v128.store(block, descale(i32x4.add(even3L, odd3L), i32x4.add(even3H, odd3H), shift), 48);
  v128.store(block, descale(i32x4.sub(even3L, odd3L), i32x4.sub(even3H, odd3H), shift), 64);
}

/**
 * Transforms the transposed coefficients at `block` into 8 rows of 8 samples, `stride` bytes apart, and clears the
 * block. Within one level of the exact transform for coefficients that a forward transform can give.
 */
export function inverseTransform(block: usize, samples: usize, stride: usize): void {
  transformVectors(block, constantBits - passBits, 1 << (constantBits - passBits - 1));
  transposeBlock(block);
  const shift = constantBits + passBits + 3;
  transformVectors(block, shift, (1 << (shift - 1)) + (128 << shift));
  storeRowPair(block, samples, stride);
  storeRowPair(block + 32, samples + 2 * stride, stride);
  storeRowPair(block + 64, samples + 4 * stride, stride);
  storeRowPair(block + 96, samples + 6 * stride, stride);
}

/** Saturates two rows to bytes, stores them and clears them. */
// @ts-ignore: decorator
@inline
function storeRowPair(rows: usize, samples: usize, stride: usize): void {
  const bytes = i8x16.narrow_i16x8_u(v128.load(rows), v128.load(rows, 16));
  v128.store64_lane(samples, bytes, 0);
  v128.store64_lane(samples + stride, bytes, 1);
  v128.store(rows, i64x2.splat(0));
  v128.store(rows, i64x2.splat(0), 16);
}

/** Returns the sample that every pixel of a block has whose only coefficient is `dc`. */
// @ts-ignore: decorator
@inline
export function flatSample(dc: i32): i32 {
  return min(max(((dc + 4) >> 3) + 128, 0), 255);
}

/** Fills 8 rows of 8 samples with `sample`. */
export function fillBlock(sample: i32, samples: usize, stride: usize): void {
  const bytes = <u64>sample * 0x0101010101010101;
  for (let row: i32 = 0; row < 8; row++) {
    store<u64>(samples, bytes);
    samples += stride;
  }
}
