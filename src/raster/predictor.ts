import { ImageError } from "../error.ts";
import type { Kernel } from "./kernel.ts";
import type { PackedSamples } from "./unpack.ts";

/**
 * Undoes horizontal differencing in place: each sample becomes the sum of those before it in its row. Writes nothing
 * outside the rows. Throws `source-unsupported` for samples of other than 8, 16 and 32 bits.
 * Source: TIFF 6.0 §14, Predictor 2.
 */
export function undoPredictor(kernel: Kernel, packed: PackedSamples): void {
  const { pointer, rowBytes, width, height, samplesPerPixel, bits, isLittleEndian } = packed;
  if (bits !== 8 && bits !== 16 && bits !== 32) throw unread("horizontal", bits);
  const sampleBytes = bits / 8;
  const pixelBytes = samplesPerPixel * sampleBytes;
  const usedBytes = width * pixelBytes;
  kernel.exports.undoDifferenceRows(pointer, rowBytes, usedBytes, height, pixelBytes, sampleBytes, isLittleEndian);
}

/**
 * Undoes the floating point predictor in place: sums bytes, then joins those of each sample in the samples' byte order.
 * Writes nothing outside the rows. Throws `source-unsupported` for samples of other than 16, 24, 32 and 64 bits;
 * `render-memory`. Source: TIFF Technical Note 3, Predictor 3.
 */
export function undoFloatPredictor(kernel: Kernel, packed: PackedSamples): void {
  const { pointer, rowBytes, width, height, samplesPerPixel, bits, isLittleEndian } = packed;
  if (bits !== 16 && bits !== 24 && bits !== 32 && bits !== 64) throw unread("floating point", bits);
  const { exports } = kernel;
  const sampleBytes = bits / 8;
  const count = width * samplesPerPixel;
  const usedBytes = count * sampleBytes;
  exports.undoDifferenceRows(pointer, rowBytes, usedBytes, height, samplesPerPixel, 1, isLittleEndian);
  const mark = kernel.mark();
  const scratch = kernel.allocate(usedBytes);
  exports.joinByteRows(pointer, rowBytes, count, height, sampleBytes, isLittleEndian, scratch);
  kernel.release(mark);
}

function unread(predictor: string, bits: number): ImageError {
  return new ImageError(
    "source-unsupported",
    `This image has the ${predictor} predictor with ${bits} bits per sample, which is not supported.`,
  );
}
