// Chunky samples, as in TIFF's PlanarConfiguration 1: all samples of a pixel are interleaved.
import { storeFirst } from "./lanes";
import { copyRows } from "./samples";

/** Lane numbers for `i8x16.swizzle`; a number of 16 and above gives zero. */
const lanes = memory.data(64, 16);

/** Writes sample number `sample` of every pixel to rows of its own. Source rows are read up to 60 bytes past their end. */
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
  if (samplesPerPixel == 1) copyRows(source, sourceStride, target, targetStride, width, height);
  else if (samplesPerPixel <= 4) {
    takeFromVectors(source, sourceStride, samplesPerPixel, sample, target, targetStride, width, height);
  } else takeFromPixels(source + sample, sourceStride, samplesPerPixel, target, targetStride, width, height);
}

function takeFromPixels(
  source: usize,
  sourceStride: i32,
  samplesPerPixel: i32,
  target: usize,
  targetStride: i32,
  width: i32,
  height: i32,
): void {
  for (let row = 0; row < height; row++) {
    let from = source;
    for (let column = 0; column < width; column++) {
      store<u8>(target + column, load<u8>(from));
      from += samplesPerPixel;
    }
    source += sourceStride;
    target += targetStride;
  }
}

function takeFromVectors(
  source: usize,
  sourceStride: i32,
  samplesPerPixel: i32,
  sample: i32,
  target: usize,
  targetStride: i32,
  width: i32,
  height: i32,
): void {
  // The samples of 16 pixels are in `samplesPerPixel` vectors: each provides its lanes, the others are zero there.
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
