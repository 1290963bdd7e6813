import type { Kernel } from "./kernel.ts";
import type { Plane } from "./raster.ts";

/**
 * Interleaved 8-bit samples in kernel memory: rows of `width` pixels, `stride` bytes apart. At least `planeSlackBytes`
 * readable bytes follow the last row.
 */
export interface Chunky {
  readonly pointer: number;
  readonly stride: number;
  readonly width: number;
  readonly height: number;
  readonly samplesPerPixel: number;
}

/** Copies the first samples of every pixel to one plane each; samples without a plane are left out. */
export function deinterleave(kernel: Kernel, source: Chunky, planes: readonly Plane[]): void {
  planes.forEach((plane, sample) => {
    takeSample(kernel, source, { sample, plane });
  });
}

/**
 * Copies sample number `sample` of every pixel, counted from 0, to a plane, aligned at the top left and only as far as
 * both extend. Writes nothing outside the plane's rows.
 */
export function takeSample(
  kernel: Kernel,
  source: Chunky,
  { sample, plane }: { readonly sample: number; readonly plane: Plane },
): void {
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
}
