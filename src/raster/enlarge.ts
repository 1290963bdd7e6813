import type { Kernel } from "./kernel.ts";
import type { Plane } from "./raster.ts";
import { createResampler } from "./resampler.ts";
import { planWeights } from "./weights.ts";

/**
 * Enlarges a subsampled plane to `destination`, with `subsampling` pixels for each of its samples, by linear
 * interpolation as in JPEG decoders. The planes must not overlap. Throws `render-memory`.
 */
export function enlargePlane(
  kernel: Kernel,
  source: Plane,
  destination: Plane,
  subsampling: { readonly x: number; readonly y: number },
): void {
  const mark = kernel.mark();
  const axis = (sourceLength: number, outputLength: number, factor: number) =>
    planWeights({ sourceLength, start: 0, step: 1 / factor, outputLength, filter: factor === 1 ? "box" : "triangle" });
  const horizontal = axis(source.width, destination.width, subsampling.x);
  const vertical = axis(source.height, destination.height, subsampling.y);
  const outputCount = destination.height;
  createResampler(kernel, { horizontal, vertical }).resample({
    source,
    sourceFirstRow: 0,
    outputFirst: 0,
    outputCount,
    destination,
  });
  kernel.release(mark);
}
