import type { Size } from "../geometry.ts";

/**
 * Samples of one channel in kernel memory: `height` rows of `width` unsigned 8-bit samples, `stride` bytes apart.
 * `pointer` is the byte offset of the first sample. At least `planeSlackBytes` writable bytes follow the last row, so
 * that a kernel may read or write whole SIMD vectors past the end of a row.
 */
export interface Plane {
  readonly pointer: number;
  readonly stride: number;
  readonly width: number;
  readonly height: number;
}

/**
 * What the planes of a raster mean. `ycbcr` is full-range BT.601 as in JFIF; `cmyk` is 0 for no ink; `lab` is CIELab
 * for D50 with L* from 0 to 100 as 0 to 255 and 128 added to a* and b*.
 */
export type ColorModel = "gray" | "rgb" | "ycbcr" | "cmyk" | "lab";

/** Number of planes that make up a colour. */
export const colorPlanes: Readonly<Record<ColorModel, number>> = { gray: 1, rgb: 3, ycbcr: 3, cmyk: 4, lab: 3 };

/** Three planes, of equal size unless stated otherwise. */
export type ThreePlanes = readonly [Plane, Plane, Plane];

/** Four planes of equal size. */
export type FourPlanes = readonly [Plane, Plane, Plane, Plane];

interface PlanesByModel {
  readonly gray: readonly [Plane];
  readonly rgb: ThreePlanes;
  readonly ycbcr: ThreePlanes;
  readonly cmyk: FourPlanes;
  readonly lab: ThreePlanes;
}

/** What is known of a picture before its samples. The second and third plane of `ycbcr` may be subsampled. */
export interface RasterForm<Model extends ColorModel = ColorModel> extends Size {
  readonly model: Model;
  readonly subsampling: Subsampling;
}

/**
 * A picture of one colour model in kernel memory. A subsampled plane has `ceil(width / subsampling.x)` x
 * `ceil(height / subsampling.y)` samples, centred on the pixels they cover (the siting of JPEG). `alpha`, when there, is
 * a full-size plane: 0 transparent, 255 opaque.
 */
export interface RasterOf<Model extends ColorModel> extends RasterForm<Model> {
  readonly planes: PlanesByModel[Model];
  readonly alpha?: Plane | undefined;
}

/** A picture in kernel memory: as many planes as its model has. */
export type Raster = { readonly [Model in ColorModel]: RasterOf<Model> }[ColorModel];

/** Returns the picture that planes make: those of its model, then alpha if there is one more. Throws RangeError if planes are missing. */
export function rasterOf({ model, width, height, subsampling }: RasterForm, planes: readonly Plane[]): Raster {
  const form = { width, height, subsampling, alpha: planes[colorPlanes[model]] };
  switch (model) {
    case "gray":
      return { ...form, model, planes: [planeAt(planes, 0)] };
    case "cmyk":
      return { ...form, model, planes: [...threePlanes(planes), planeAt(planes, 3)] };
    default:
      return { ...form, model, planes: threePlanes(planes) };
  }
}

/** Returns the first three planes. Throws RangeError if there are fewer. */
export function threePlanes(planes: readonly Plane[]): ThreePlanes {
  return [planeAt(planes, 0), planeAt(planes, 1), planeAt(planes, 2)];
}

function planeAt(planes: readonly Plane[], index: number): Plane {
  const plane = planes[index];
  if (plane === undefined) throw new RangeError(`no plane ${index} of ${planes.length}`);
  return plane;
}

/** How many pixels one chroma sample covers on each axis. */
export interface Subsampling {
  readonly x: 1 | 2 | 4;
  readonly y: 1 | 2 | 4;
}

/** Spare bytes after every plane. */
export const planeSlackBytes = 64;

/** Rows of a plane start at multiples of this many bytes. */
export const strideAlignment = 16;

/** Returns how many pixels a sample of plane number `index` covers: only the chroma of `ycbcr` is subsampled. */
export function subsamplingOf(
  { model, subsampling }: { readonly model: ColorModel; readonly subsampling: Subsampling },
  index: number,
): Subsampling {
  return model === "ycbcr" && (index === 1 || index === 2) ? subsampling : { x: 1, y: 1 };
}
