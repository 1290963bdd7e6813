import type { RowRange } from "./color.ts";
import type { Kernel } from "./kernel.ts";
import type { Plane } from "./raster.ts";

/** A plane of colour samples and the alpha plane of the same size; all rows without `rows`. */
export interface WeighedPlane {
  readonly plane: Plane;
  readonly alpha: Plane;
  readonly rows?: RowRange;
}

/** Multiplies samples by their alpha, in place, exactly rounded. Writes nothing outside the rows. */
export function premultiply(kernel: Kernel, weighed: WeighedPlane): void {
  kernel.exports.premultiplyRows(...rowsOf(weighed));
}

/**
 * Divides samples by their alpha, in place, exactly rounded: 255 if they were above it, 0 if alpha is 0. Writes nothing
 * outside the rows.
 */
export function unpremultiply(kernel: Kernel, weighed: WeighedPlane): void {
  kernel.exports.unpremultiplyRows(...rowsOf(weighed));
}

/**
 * Composites premultiplied samples of a `gray` or `rgb` raster on white, in place: 255 if they were above their alpha.
 * Writes nothing outside the rows.
 */
export function composePremultipliedOnWhite(kernel: Kernel, weighed: WeighedPlane): void {
  kernel.exports.composePremultipliedOnWhiteRows(...rowsOf(weighed));
}

/** Returns pointers and strides of samples and alpha, width and number of rows. */
function rowsOf({ plane, alpha, rows }: WeighedPlane): [number, number, number, number, number, number] {
  const { first, count } = rows ?? { first: 0, count: plane.height };
  const samples = plane.pointer + first * plane.stride;
  return [samples, plane.stride, alpha.pointer + first * alpha.stride, alpha.stride, plane.width, count];
}
