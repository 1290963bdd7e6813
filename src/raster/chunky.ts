import type { Kernel } from "./kernel.ts";
import type { Plane } from "./raster.ts";

/**
 * Interleaved 8-bit samples in kernel memory: rows of `width` pixels of 1 to 4 samples, `stride` bytes apart.
 * Behind the last row lie at least `planeSlackBytes` readable bytes.
 */
export interface Chunky {
  readonly pointer: number;
  readonly stride: number;
  readonly width: number;
  readonly height: number;
  readonly samplesPerPixel: number;
}

/** Copies the first samples of every pixel to one plane each; samples without a plane are left out. Never throws. */
export function deinterleave(kernel: Kernel, source: Chunky, planes: readonly Plane[]): void {
  planes.forEach((plane, sample) => {
    kernel.exports.takeSample(
      source.pointer,
      source.stride,
      source.samplesPerPixel,
      sample,
      plane.pointer,
      plane.stride,
      Math.min(source.width, plane.width),
      Math.min(source.height, plane.height),
    );
  });
}

/** Undoes horizontal differencing in place. Never throws. Source: TIFF 6.0 section 14, Predictor 2. */
export function undoPredictor(kernel: Kernel, { pointer, stride, width, height, samplesPerPixel }: Chunky): void {
  kernel.exports.undoPredictorRows(pointer, stride, width, height, samplesPerPixel);
}
