// Rows of a PNG before filtering: interleaved samples, or eight one-bit pixels per byte.
import { interleaveRgbaRow } from "../color";
import { interleaveHighBytes, interleaveLowBytes } from "../lanes";

/** Lays gray and alpha side by side. Writes whole groups of 16 pixels. */
function interleaveGrayAlphaRow(gray: usize, alpha: usize, target: usize, width: i32): void {
  for (let column = 0; column < width; column += 16) {
    const grays = v128.load(gray + column);
    const alphas = v128.load(alpha + column);
    v128.store(target, interleaveLowBytes(grays, alphas));
    v128.store(target, interleaveHighBytes(grays, alphas), 16);
    target += 32;
  }
}

/** Lays red, green and blue side by side. Writes whole groups of 16 pixels. */
function interleaveRgbRow(r: usize, g: usize, b: usize, target: usize, width: i32): void {
  for (let column = 0; column < width; column += 16) {
    const reds = v128.load(r + column);
    const greens = v128.load(g + column);
    const blues = v128.load(b + column);
    const low = interleaveLowBytes(reds, greens);
    const high = interleaveHighBytes(reds, greens);
    const middle = i64x2.shuffle(low, high, 1, 2);
    v128.store(target, i8x16.shuffle(low, blues, 0, 1, 16, 2, 3, 17, 4, 5, 18, 6, 7, 19, 8, 9, 20, 10));
    v128.store(target, i8x16.shuffle(middle, blues, 3, 21, 4, 5, 22, 6, 7, 23, 8, 9, 24, 10, 11, 25, 12, 13), 16);
    v128.store(target, i8x16.shuffle(high, blues, 26, 6, 7, 27, 8, 9, 28, 10, 11, 29, 12, 13, 30, 14, 15, 31), 32);
    target += 48;
  }
}

/** Packs samples from 128 on to ones and the others to zeros, the leftmost highest. Writes whole groups of 16 pixels. */
function packBitsRow(gray: usize, target: usize, width: i32): void {
  for (let column = 0; column < width; column += 16) {
    const samples = v128.load(gray + column);
    const turned = i8x16.shuffle(samples, samples, 7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);
    store<u16>(target, <u16>i8x16.bitmask(turned));
    target += 2;
  }
  // The bits after the last pixel are undefined: zeros compress best and are the same in every run.
  const spare = width & 7;
  if (spare != 0) {
    const last = target - ((width - 1) & 8 ? 1 : 2);
    store<u8>(last, <u32>load<u8>(last) & (0xff00 >> spare));
  }
}

/**
 * Lays out one row as PNG and TIFF store it: `a` is 0 without alpha, `g` and `b` are 0 for gray. May write 63 bytes past its
 * end.
 */
export function layOutRow(r: usize, g: usize, b: usize, a: usize, target: usize, width: i32, bitDepth: i32): void {
  if (bitDepth == 1) packBitsRow(r, target, width);
  else if (g == 0 && a == 0) memory.copy(target, r, width);
  else if (g == 0) interleaveGrayAlphaRow(r, a, target, width);
  else if (a == 0) interleaveRgbRow(r, g, b, target, width);
  else interleaveRgbaRow(r, g, b, a, target, width);
}

/** Lays out rows one after another without padding, as TIFF stores them. May write 63 bytes past the end of the last. */
export function layOutRows(
  r: usize,
  g: usize,
  b: usize,
  a: usize,
  rStride: usize,
  gStride: usize,
  bStride: usize,
  aStride: usize,
  target: usize,
  width: i32,
  bitDepth: i32,
  rows: i32,
): void {
  const samples = (g == 0 ? 1 : 3) + (a == 0 ? 0 : 1);
  const rowBytes = <usize>((<u64>width * samples * bitDepth + 7) >> 3);
  for (let row = 0; row < rows; row++) {
    layOutRow(r, g, b, a, target, width, bitDepth);
    target += rowBytes;
    r += rStride;
    if (g != 0) {
      g += gStride;
      b += bStride;
    }
    if (a != 0) a += aStride;
  }
}
