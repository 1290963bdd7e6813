// Undoes predictors in place: samples are stored as differences from the pixel before. Rows are read up to 31 bytes
// past their end and never written there. Source: TIFF 6.0 §14; TIFF Technical Note 3.
import {
  interleaveHighBytes,
  interleaveHighWords,
  interleaveLowBytes,
  interleaveLowWords,
  storeFirst,
  storeTail,
} from "./lanes";

/** Lane numbers for `i8x16.swizzle`; a number of 16 and above gives zero. */
const lanes = memory.data(80, 16);

/** Makes each sample of 1, 2 or 4 bytes the sum of those before it in its row, a pixel apart. */
export function undoDifferenceRows(
  pointer: usize,
  stride: i32,
  rowBytes: i32,
  height: i32,
  pixelBytes: i32,
  sampleBytes: i32,
  isLittleEndian: bool,
): void {
  const order = orderBytes(isLittleEndian ? 1 : sampleBytes);
  if (sampleBytes == 1) undoDifferences<u8>(pointer, stride, rowBytes, height, pixelBytes, order);
  else if (sampleBytes == 2) undoDifferences<u16>(pointer, stride, rowBytes, height, pixelBytes, order);
  else undoDifferences<u32>(pointer, stride, rowBytes, height, pixelBytes, order);
}

/** Returns the lane numbers that reverse every `turnedBytes` bytes, which is a power of two. */
function orderBytes(turnedBytes: i32): v128 {
  for (let lane = 0; lane < 16; lane++) store<u8>(lanes + lane, lane ^ (turnedBytes - 1));
  return v128.load(lanes);
}

// @ts-ignore: decorator
@inline
function undoDifferences<T>(
  pointer: usize,
  stride: i32,
  rowBytes: i32,
  height: i32,
  pixelBytes: i32,
  order: v128,
): void {
  if (pixelBytes < 16) sumWithinVectors<T>(pointer, stride, rowBytes, height, pixelBytes, order);
  else sumAcrossVectors<T>(pointer, stride, rowBytes, height, pixelBytes, order);
}

/** Sums run within a vector by doubling distances; the last pixel of a vector is carried into the next. */
function sumWithinVectors<T>(
  pointer: usize,
  stride: i32,
  rowBytes: i32,
  height: i32,
  pixelBytes: i32,
  order: v128,
): void {
  const groupBytes = 16 - (16 % pixelBytes);
  for (let lane = 0; lane < 16; lane++) {
    for (let step = 0; step < 4; step++) {
      const from = lane - (pixelBytes << step);
      store<u8>(lanes + (step << 4) + lane, from >= 0 ? from : 0x80);
    }
    store<u8>(lanes + 64 + lane, groupBytes - pixelBytes + (lane % pixelBytes));
  }
  const by1 = v128.load(lanes);
  const by2 = v128.load(lanes, 16);
  const by4 = v128.load(lanes, 32);
  const by8 = v128.load(lanes, 48);
  const lastPixel = v128.load(lanes, 64);
  for (let row = 0; row < height; row++) {
    let carried = i8x16.splat(0);
    let next = v128.load(pointer);
    for (let at = 0; at < rowBytes; at += groupBytes) {
      let sums = sizeof<T>() == 1 ? next : i8x16.swizzle(next, order);
      // Groups below 16 bytes overlap: the next is loaded before the store overwrites it.
      next = v128.load(pointer + at + groupBytes);
      sums = v128.add<T>(sums, i8x16.swizzle(sums, by1));
      sums = v128.add<T>(sums, i8x16.swizzle(sums, by2));
      if (sizeof<T>() < 4) sums = v128.add<T>(sums, i8x16.swizzle(sums, by4));
      if (sizeof<T>() < 2) sums = v128.add<T>(sums, i8x16.swizzle(sums, by8));
      sums = v128.add<T>(sums, carried);
      carried = i8x16.swizzle(sums, lastPixel);
      if (sizeof<T>() > 1) sums = i8x16.swizzle(sums, order);
      if (rowBytes - at >= 16) v128.store(pointer + at, sums);
      else storeTail(pointer + at, sums, min(groupBytes, rowBytes - at));
    }
    pointer += stride;
  }
}

/** The previous pixel is outside a vector: whole vectors are summed with those one pixel before. */
function sumAcrossVectors<T>(
  pointer: usize,
  stride: i32,
  rowBytes: i32,
  height: i32,
  pixelBytes: i32,
  order: v128,
): void {
  for (let row = 0; row < height; row++) {
    for (let at = pixelBytes; at < rowBytes; at += 16) {
      const differences = i8x16.swizzle(v128.load(pointer + at), order);
      const before = i8x16.swizzle(v128.load(pointer + at - pixelBytes), order);
      storeFirst(pointer + at, i8x16.swizzle(v128.add<T>(differences, before), order), rowBytes - at);
    }
    pointer += stride;
  }
}

/**
 * Joins the bytes of samples whose rows store all most significant bytes first, then all of the next and so on.
 * `scratch` has room for a row.
 */
export function joinByteRows(
  pointer: usize,
  stride: i32,
  count: i32,
  height: i32,
  sampleBytes: i32,
  isLittleEndian: bool,
  scratch: usize,
): void {
  for (let row = 0; row < height; row++) {
    memory.copy(scratch, pointer, count * sampleBytes);
    const joined = sampleBytes == 4 ? joinFourBytes(pointer, count, isLittleEndian, scratch) : 0;
    for (let byte = 0; byte < sampleBytes; byte++) {
      const place = isLittleEndian ? sampleBytes - 1 - byte : byte;
      const bytes = scratch + byte * count;
      let to = pointer + joined * sampleBytes + place;
      for (let sample = joined; sample < count; sample++) {
        store<u8>(to, load<u8>(bytes + sample));
        to += sampleBytes;
      }
    }
    pointer += stride;
  }
}

/** Joins samples of four bytes, 16 at a time; returns how many. */
function joinFourBytes(pointer: usize, count: i32, isLittleEndian: bool, scratch: usize): i32 {
  const step = isLittleEndian ? -count : count;
  const first = isLittleEndian ? scratch + 3 * count : scratch;
  const whole = count & ~15;
  for (let sample = 0; sample < whole; sample += 16) {
    const from = first + sample;
    const bytes0 = v128.load(from);
    const bytes1 = v128.load(from + step);
    const bytes2 = v128.load(from + 2 * step);
    const bytes3 = v128.load(from + 3 * step);
    const front = interleaveLowBytes(bytes0, bytes1);
    const back = interleaveLowBytes(bytes2, bytes3);
    const frontHigh = interleaveHighBytes(bytes0, bytes1);
    const backHigh = interleaveHighBytes(bytes2, bytes3);
    v128.store(pointer, interleaveLowWords(front, back));
    v128.store(pointer, interleaveHighWords(front, back), 16);
    v128.store(pointer, interleaveLowWords(frontHigh, backHigh), 32);
    v128.store(pointer, interleaveHighWords(frontHigh, backHigh), 48);
    pointer += 64;
  }
  return whole;
}
