/**
 * Samples of one channel in kernel memory: `height` rows of `width` unsigned 8-bit samples, `stride` bytes apart.
 * `pointer` is the byte offset of the first sample. Behind the last row lie at least `planeSlackBytes` writable bytes,
 * so that a kernel may read or write whole SIMD vectors past the end of a row.
 */
export interface Plane {
  readonly pointer: number;
  readonly stride: number;
  readonly width: number;
  readonly height: number;
}

/** What the planes of a raster mean. `ycbcr` is full-range BT.601 as JFIF has it. */
export type ColorModel = "gray" | "rgb" | "ycbcr";

/**
 * A picture in kernel memory: one plane for `gray`, three for `rgb` and `ycbcr`. The second and third plane of `ycbcr`
 * may be subsampled: each has `ceil(width / subsampling.x)` x `ceil(height / subsampling.y)` samples, centred on the
 * pixels they cover (the siting of JPEG). `alpha`, when there, is a full-size plane: 0 transparent, 255 opaque.
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

/** Spare bytes behind every plane, in bytes. */
export const planeSlackBytes = 64;

/** Rows of a plane start on multiples of this many bytes. */
export const strideAlignment = 16;
