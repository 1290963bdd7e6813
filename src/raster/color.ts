import type { Kernel } from "./kernel.ts";
import { type Plane, planeSlackBytes, type RasterOf, type ThreePlanes } from "./raster.ts";

/** Rows `first` to `first + count` of a picture. */
export interface RowRange {
  readonly first: number;
  readonly count: number;
}

/** A conversion of three planes to three others, which may be the same ones; without `rows`, of all rows. */
export interface ColorConversion {
  readonly source: ThreePlanes;
  readonly destination: ThreePlanes;
  readonly rows?: RowRange;
}

/** Converts Y, Cb, Cr to R, G, B within 1 level of the exact values; greys are unchanged. Source: JFIF 1.02. */
export function ycbcrToRgb(kernel: Kernel, { source, destination, rows }: ColorConversion): void {
  const [y, cb, cr] = source;
  const [r, g, b] = destination;
  forEachRow(rows, y, (row) => {
    kernel.exports.ycbcrToRgbRow(
      rowOf(y, row),
      rowOf(cb, row),
      rowOf(cr, row),
      rowOf(r, row),
      rowOf(g, row),
      rowOf(b, row),
      y.width,
    );
  });
}

/** Converts R, G, B to Y, Cb, Cr within 1 level of the exact values; greys get Cb = Cr = 128. Source: JFIF 1.02. */
export function rgbToYcbcr(kernel: Kernel, { source, destination, rows }: ColorConversion): void {
  const [r, g, b] = source;
  const [y, cb, cr] = destination;
  forEachRow(rows, r, (row) => {
    kernel.exports.rgbToYcbcrRow(
      rowOf(r, row),
      rowOf(g, row),
      rowOf(b, row),
      rowOf(y, row),
      rowOf(cb, row),
      rowOf(cr, row),
      r.width,
    );
  });
}

/**
 * Converts R, G, B to Y, Cb, Cr with chroma halved on both axes: a chroma sample comes from the mean of 2 x 2 pixels,
 * or of fewer at odd edges. Y and chroma are within 1 level of the exact values; greys get Cb = Cr = 128. Luma may
 * replace a source plane, chroma may not. Source: JFIF 1.02.
 */
export function rgbToYcbcrHalved(kernel: Kernel, { source, destination }: Omit<ColorConversion, "rows">): void {
  const [r, g, b] = source;
  const [y, cb, cr] = destination;
  for (let row = 0; row < r.height; row += 2) {
    const hasNext = row + 1 < r.height;
    kernel.exports.rgbToHalvedChromaRow(
      rowOf(r, row),
      hasNext ? r.stride : 0,
      rowOf(g, row),
      hasNext ? g.stride : 0,
      rowOf(b, row),
      hasNext ? b.stride : 0,
      rowOf(cb, row >> 1),
      rowOf(cr, row >> 1),
      r.width,
    );
    rgbToGray(kernel, { source, destination: y, rows: { first: row, count: hasNext ? 2 : 1 } });
  }
}

/** Writes the luma of R, G, B to `destination`, which may be one of them. Source: JFIF 1.02. */
export function rgbToGray(
  kernel: Kernel,
  {
    source,
    destination,
    rows,
  }: { readonly source: ThreePlanes; readonly destination: Plane; readonly rows?: RowRange },
): void {
  const [r, g, b] = source;
  forEachRow(rows, r, (row) => {
    kernel.exports.rgbToGrayRow(rowOf(r, row), rowOf(g, row), rowOf(b, row), rowOf(destination, row), r.width);
  });
}

/** Composites a plane of a `gray` or `rgb` raster on white by its alpha plane, in place. */
export function composeOnWhite(
  kernel: Kernel,
  { plane, alpha, rows }: { readonly plane: Plane; readonly alpha: Plane; readonly rows?: RowRange },
): void {
  forEachRow(rows, plane, (row) => {
    kernel.exports.composeOnWhiteRow(rowOf(plane, row), rowOf(alpha, row), plane.width);
  });
}

/**
 * Returns a copy of a `gray` or `rgb` raster as interleaved RGBA, 4 bytes per pixel without padding; alpha is 255 if
 * the raster has none. Copies all rows without `rows`. Throws `render-memory`.
 */
export function interleaveRgba(
  kernel: Kernel,
  raster: RasterOf<"gray" | "rgb">,
  rows?: RowRange,
): Uint8Array<ArrayBuffer> {
  const [first, second = first, third = first] = raster.planes;
  const { alpha } = raster;
  const { first: firstRow, count } = rows ?? { first: 0, count: raster.height };
  const rowBytes = raster.width * 4;
  const mark = kernel.mark();
  const pointer = kernel.allocate(rowBytes * count + planeSlackBytes);
  forEachRow(rows, first, (row) => {
    kernel.exports.interleaveRgbaRow(
      rowOf(first, row),
      rowOf(second, row),
      rowOf(third, row),
      alpha === undefined ? 0 : rowOf(alpha, row),
      pointer + (row - firstRow) * rowBytes,
      raster.width,
    );
  });
  const copy = kernel.bytes.slice(pointer, pointer + rowBytes * count);
  kernel.release(mark);
  return copy;
}

function forEachRow(rows: RowRange | undefined, plane: Plane, visit: (row: number) => void): void {
  const { first, count } = rows ?? { first: 0, count: plane.height };
  for (let row = first; row < first + count; row += 1) visit(row);
}

function rowOf(plane: Plane, row: number): number {
  return plane.pointer + row * plane.stride;
}
