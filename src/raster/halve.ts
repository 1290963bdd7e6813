import type { Kernel } from "./kernel.ts";
import type { Plane } from "./raster.ts";

/**
 * Writes each sample of `half` as the mean of 2 by 2 of `source`, rounded up from a half. The source has at least twice
 * the rows and columns. Source: libvips' vips_region_shrink, to the same samples.
 */
export function halvePlane(kernel: Kernel, source: Plane, half: Plane): void {
  kernel.exports.halveRows(source.pointer, source.stride, half.pointer, half.stride, half.width, half.height);
}

/**
 * Does what `halvePlane` does with each sample weighed by its alpha, so that colours of what is invisible do not show.
 * Means are rounded, where libvips cuts fractions off and gets darker from level to level.
 */
export function halveWeighed(
  kernel: Kernel,
  { source, alpha, half }: { readonly source: Plane; readonly alpha: Plane; readonly half: Plane },
): void {
  kernel.exports.halveWeighedRows(
    source.pointer,
    source.stride,
    alpha.pointer,
    alpha.stride,
    half.pointer,
    half.stride,
    half.width,
    half.height,
  );
}
