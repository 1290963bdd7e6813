import type { Size } from "../geometry.ts";
import type { Kernel } from "../raster/kernel.ts";
import type { Plane, Subsampling } from "../raster/raster.ts";

/** Returns the bytes of a tile of subsampled YCbCr units. Source: TIFF 6.0 §21, ordering of component samples. */
export function unitBytes({ width, height, subsampling }: Size & { readonly subsampling: Subsampling }): number {
  const { x, y } = subsampling;
  return Math.ceil(width / x) * Math.ceil(height / y) * (x * y + 2);
}

/**
 * Separates units into planes: each unit is `x` x `y` luma samples, row by row, then one Cb and one Cr. Planes contain
 * whole units. Source: TIFF 6.0 §21.
 */
export function separateUnits(
  kernel: Kernel,
  {
    pointer,
    planes,
    subsampling,
  }: { readonly pointer: number; readonly planes: readonly Plane[]; readonly subsampling: Subsampling },
): void {
  const bytes = kernel.bytes;
  const [luma, blue, red] = planes;
  if (luma === undefined || blue === undefined || red === undefined) throw new RangeError("three planes are needed");
  let at = pointer;
  for (let row = 0; row < blue.height; row++) {
    for (let column = 0; column < blue.width; column++) {
      for (let y = 0; y < subsampling.y; y++) {
        const target = luma.pointer + (row * subsampling.y + y) * luma.stride + column * subsampling.x;
        for (let x = 0; x < subsampling.x; x++) bytes[target + x] = bytes[at++] as number;
      }
      bytes[blue.pointer + row * blue.stride + column] = bytes[at++] as number;
      bytes[red.pointer + row * red.stride + column] = bytes[at++] as number;
    }
  }
}
