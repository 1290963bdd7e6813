// Unpacks samples as TIFF packs them to bytes. All samples of a row are treated the same, whatever pixels they belong
// to. Rows are read up to 31 bytes past their end and never written there.
import { interleaveLowBytes, storeFirst } from "./lanes";

/** Lane numbers for `i8x16.swizzle`, or levels by value. */
const lanes = memory.data(16, 16);
/** A factor for each of four samples. */
const factors = memory.data(16, 16);

/** Unpacks samples of 1, 2 or 4 bits, the leftmost highest; a value of v becomes v times `step`. */
export function unpackBitRows(
  source: usize,
  sourceStride: i32,
  target: usize,
  targetStride: i32,
  count: i32,
  height: i32,
  bits: i32,
  step: i32,
): void {
  for (let value = 0; value < 16; value++) store<u8>(lanes + value, value * step);
  const levels = v128.load(lanes);
  const bitOfLane = i8x16(-128, 64, 32, 16, 8, 4, 2, 1, -128, 64, 32, 16, 8, 4, 2, 1);
  const eightTimes = i8x16(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
  const one = i8x16.splat(<i8>step);
  const nibble = i8x16.splat(15);
  const pair = i8x16.splat(3);
  for (let row = 0; row < height; row++) {
    let from = source;
    for (let at = 0; at < count; at += 16) {
      let samples: v128;
      if (bits == 1) {
        const bytes = i8x16.swizzle(v128.load_splat<u16>(from), eightTimes);
        samples = v128.and(i8x16.eq(v128.and(bytes, bitOfLane), bitOfLane), one);
      } else {
        const bytes = v128.load_splat<u64>(from);
        let values = interleaveLowBytes(v128.and(i16x8.shr_u(bytes, 4), nibble), v128.and(bytes, nibble));
        if (bits == 2) values = interleaveLowBytes(v128.and(i16x8.shr_u(values, 2), pair), v128.and(values, pair));
        samples = i8x16.swizzle(levels, values);
      }
      storeFirst(target + at, samples, count - at);
      from += bits << 1;
    }
    source += sourceStride;
    target += targetStride;
  }
}

/** Divides 16-bit lanes by 257, rounding, so that 65535 becomes 255: the upper halves of x * 255 + 32895 are exact. */
// @ts-ignore: decorator
@inline
function divideBy257(words: v128): v128 {
  const white = i16x8.splat(255);
  const raise = i32x4.splat(32895);
  const low = i32x4.add(i32x4.extmul_low_i16x8_u(words, white), raise);
  const high = i32x4.add(i32x4.extmul_high_i16x8_u(words, white), raise);
  return i16x8.shuffle(low, high, 1, 3, 5, 7, 9, 11, 13, 15);
}

/** Unpacks unsigned samples of 16 bits: 65535 becomes 255. */
export function unpackWordRows(
  source: usize,
  sourceStride: i32,
  target: usize,
  targetStride: i32,
  count: i32,
  height: i32,
  isLittleEndian: bool,
): void {
  const order = isLittleEndian
    ? i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    : i8x16(1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
  for (let row = 0; row < height; row++) {
    let from = source;
    for (let at = 0; at < count; at += 16) {
      const low = divideBy257(i8x16.swizzle(v128.load(from), order));
      const high = divideBy257(i8x16.swizzle(v128.load(from, 16), order));
      storeFirst(target + at, i8x16.narrow_i16x8_u(low, high), count - at);
      from += 32;
    }
    source += sourceStride;
    target += targetStride;
  }
}

/**
 * Fills `lanes` so that a swizzle moves each of four samples to the top of a 32-bit lane, and `factors` so that a
 * product then drops the bits of the sample before; those of the next are left below it.
 */
function orderFour(bits: i32, isLittleEndian: bool): void {
  const sampleBytes = bits >> 3;
  for (let sample = 0; sample < 4; sample++) {
    const firstBit = sample * bits;
    for (let byte = 0; byte < 4; byte++) {
      const forward = (firstBit >> 3) + byte;
      const backward = byte < sampleBytes ? sample * sampleBytes + sampleBytes - 1 - byte : 0x80;
      store<u8>(lanes + (sample << 2) + 3 - byte, isLittleEndian ? backward : forward);
    }
    store<u32>(factors + (sample << 2), 1 << (firstBit & 7));
  }
}

/** Rounds scaled values and leaves them as the first four bytes: clamped to 0 and 255, 0 for NaN. */
// @ts-ignore: decorator
@inline
function roundFour(low: v128, high: v128, least: v128, scale: v128): v128 {
  const half = f64x2.splat(0.5);
  const first = i32x4.trunc_sat_f64x2_s_zero(f64x2.add(f64x2.mul(f64x2.sub(low, least), scale), half));
  const last = i32x4.trunc_sat_f64x2_s_zero(f64x2.add(f64x2.mul(f64x2.sub(high, least), scale), half));
  const words = i16x8.narrow_i32x4_s(i32x4.shuffle(first, last, 0, 1, 4, 5), first);
  return i8x16.narrow_i16x8_u(words, words);
}

/**
 * Unpacks unsigned samples of 10 to 32 bits, with `exponentBits` 0, or floats of 16, 24 and 32 bits: a value v becomes
 * (v - least) * scale, rounded. Unsigned values are taken times 2 to the power of 32 - `bits`. Integers that don't end
 * on bytes are strings of bits, the highest first, and never little-endian.
 */
export function unpackScaledRows(
  source: usize,
  sourceStride: i32,
  target: usize,
  targetStride: i32,
  count: i32,
  height: i32,
  bits: i32,
  exponentBits: i32,
  isLittleEndian: bool,
  least: f64,
  scale: f64,
): void {
  orderFour(bits, isLittleEndian);
  const order = v128.load(lanes);
  const multipliers = v128.load(factors);
  const kept = i32x4.splat(-1 << (32 - bits));
  const leasts = f64x2.splat(least);
  const scales = f64x2.splat(scale);
  // A shorter float is shifted so that its fields match those of 32 bits; a product then corrects the bias, also for
  // subnormals.
  const gapBits = 8 - exponentBits;
  const unbiased = f32x4.splat(reinterpret<f32>((127 + 127 - ((1 << (exponentBits - 1)) - 1)) << 23));
  const endless = i32x4.splat(((1 << exponentBits) - 1) << 23);
  const endlessExponent = i32x4.splat(0xff << 23);
  const signs = i32x4.splat(1 << 31);
  // Four samples always begin on a byte.
  const groupBytes = bits >> 1;
  for (let row = 0; row < height; row++) {
    let from = source;
    for (let at = 0; at < count; at += 4) {
      const four = v128.and(i32x4.mul(i8x16.swizzle(v128.load(from), order), multipliers), kept);
      let low: v128;
      let high: v128;
      if (exponentBits == 0) {
        low = f64x2.convert_low_i32x4_u(four);
        high = f64x2.convert_low_i32x4_u(i32x4.shuffle(four, four, 2, 3, 2, 3));
      } else {
        const moved = i32x4.shr_u(v128.andnot(four, signs), gapBits);
        const exponents = v128.and(i32x4.ge_s(moved, endless), endlessExponent);
        const floats = v128.or(v128.or(f32x4.mul(moved, unbiased), exponents), v128.and(four, signs));
        low = f64x2.promote_low_f32x4(floats);
        high = f64x2.promote_low_f32x4(i32x4.shuffle(floats, floats, 2, 3, 2, 3));
      }
      storeFour(target + at, roundFour(low, high, leasts, scales), count - at);
      from += groupBytes;
    }
    source += sourceStride;
    target += targetStride;
  }
}

/** Unpacks floats of 64 bits: a value v becomes (v - least) * scale, rounded. */
export function unpackDoubleRows(
  source: usize,
  sourceStride: i32,
  target: usize,
  targetStride: i32,
  count: i32,
  height: i32,
  isLittleEndian: bool,
  least: f64,
  scale: f64,
): void {
  const order = isLittleEndian
    ? i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)
    : i8x16(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
  const leasts = f64x2.splat(least);
  const scales = f64x2.splat(scale);
  for (let row = 0; row < height; row++) {
    let from = source;
    for (let at = 0; at < count; at += 4) {
      const low = i8x16.swizzle(v128.load(from), order);
      const high = i8x16.swizzle(v128.load(from, 16), order);
      storeFour(target + at, roundFour(low, high, leasts, scales), count - at);
      from += 32;
    }
    source += sourceStride;
    target += targetStride;
  }
}

/** Stores the first four bytes, or as many as are `left`. */
// @ts-ignore: decorator
@inline
function storeFour(target: usize, samples: v128, left: i32): void {
  if (left >= 4) store<u32>(target, i32x4.extract_lane(samples, 0));
  else storeFirst(target, samples, left);
}
