// Chunky samples, as TIFF's PlanarConfiguration 1 stores them: all samples of a pixel side by side.
import { storeFirst, storeTail } from "./lanes";

/** Lane numbers for `i8x16.swizzle`; a number of 16 and above gives zero. */
const lanes = memory.data(80, 16);

/** Writes sample number `sample` of every pixel to rows of its own. */
export function takeSample(
  source: usize,
  sourceStride: i32,
  samplesPerPixel: i32,
  sample: i32,
  target: usize,
  targetStride: i32,
  width: i32,
  height: i32,
): void {
  // The samples of 16 pixels lie in `samplesPerPixel` vectors: each gives its lanes, the others are zero there.
  for (let lane = 0; lane < 16; lane++) {
    const at = lane * samplesPerPixel + sample;
    for (let vector = 0; vector < samplesPerPixel; vector++) {
      store<u8>(lanes + (vector << 4) + lane, at >> 4 == vector ? at & 15 : 0x80);
    }
  }
  const groupBytes = samplesPerPixel << 4;
  for (let row = 0; row < height; row++) {
    let from = source;
    for (let column = 0; column < width; column += 16) {
      let taken = i8x16.splat(0);
      for (let offset = 0; offset < groupBytes; offset += 16) {
        taken = v128.or(taken, i8x16.swizzle(v128.load(from + offset), v128.load(lanes + offset)));
      }
      storeFirst(target + column, taken, width - column);
      from += groupBytes;
    }
    source += sourceStride;
    target += targetStride;
  }
}

/**
 * Undoes horizontal differencing of 8-bit samples in place: each becomes the sum of all before it in its row.
 * Sums run within a vector by doubling distances; the last pixel of a vector is carried into the next.
 */
export function undoPredictorRows(pointer: usize, stride: i32, width: i32, height: i32, samplesPerPixel: i32): void {
  const rowBytes = width * samplesPerPixel;
  const groupBytes = 16 - (16 % samplesPerPixel);
  for (let lane = 0; lane < 16; lane++) {
    for (let step = 0; step < 4; step++) {
      const from = lane - (samplesPerPixel << step);
      store<u8>(lanes + (step << 4) + lane, from >= 0 ? from : 0x80);
    }
    store<u8>(lanes + 64 + lane, groupBytes - samplesPerPixel + (lane % samplesPerPixel));
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
      let sums = next;
      // Groups of 15 bytes overlap by one: it is loaded before the store spoils it.
      next = v128.load(pointer + at + groupBytes);
      sums = i8x16.add(sums, i8x16.swizzle(sums, by1));
      sums = i8x16.add(sums, i8x16.swizzle(sums, by2));
      sums = i8x16.add(sums, i8x16.swizzle(sums, by4));
      sums = i8x16.add(sums, i8x16.swizzle(sums, by8));
      sums = i8x16.add(sums, carried);
      carried = i8x16.swizzle(sums, lastPixel);
      if (rowBytes - at >= 16) v128.store(pointer + at, sums);
      else storeTail(pointer + at, sums, min(groupBytes, rowBytes - at));
    }
    pointer += stride;
  }
}
