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

/**
 * A picture in kernel memory: as many planes as its model has. The second and third plane of `ycbcr` may be subsampled:
 * each has `ceil(width / subsampling.x)` x `ceil(height / subsampling.y)` samples, centred on the pixels they cover
 * (the siting of JPEG). `alpha`, if present, is a full-size plane: 0 transparent, 255 opaque.
 */
export interface Raster {
  readonly model: ColorModel;
  readonly width: number;
  readonly height: number;
  readonly subsampling: Subsampling;
  readonly planes: readonly Plane[];
  readonly alpha?: Plane;
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
