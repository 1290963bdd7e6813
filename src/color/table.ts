import type { RowRange } from "../raster/color.ts";
import type { Kernel } from "../raster/kernel.ts";
import type { Plane } from "../raster/raster.ts";

/**
 * What a table does with samples: looks up greys, converts RGB or CIELAB through linear light, or interpolates in a
 * grid.
 */
export type TableKind = "curve" | "rgb-light" | "lab-light" | "grid";

/** A conversion to sRGB, or to grey with its curve: plain data that fits every image with the same profile. */
export interface ColorTable {
  readonly kind: TableKind;
  /** The model of the samples, without alpha. */
  readonly model: "gray" | "rgb" | "cmyk" | "lab";
  /** The model of the result: one plane or three. */
  readonly output: "gray" | "rgb";
  /** As the kernels read it: see `layOutGrid` and `layOutLight`. */
  readonly values: Uint8Array;
}

/** A table in kernel memory, at `pointer`. */
export interface StoredColorTable extends Omit<ColorTable, "values"> {
  readonly pointer: number;
}

/**
 * Planes of equal size: as many sources as the table's model has channels; one destination for grey, otherwise three.
 */
export interface TableConversion {
  readonly source: readonly Plane[];
  /** May be the same planes as the source. */
  readonly destination: readonly Plane[];
  /** All rows if absent. */
  readonly rows?: RowRange;
}

/** Copies a table into kernel memory, from which any number of rows can be converted. Throws `render-memory`. */
export function storeColorTable(kernel: Kernel, { values, ...table }: ColorTable): StoredColorTable {
  return { ...table, pointer: kernel.store(values) };
}

/** Converts rows of planes and rounds the result. Does nothing if planes are missing. */
export function applyColorTable(
  kernel: Kernel,
  { kind, model, pointer }: StoredColorTable,
  { source, destination, rows }: TableConversion,
): void {
  const [a, b, c, black] = source;
  const [red, green, blue] = destination;
  const k = model === "cmyk" ? black : undefined;
  if (a === undefined || red === undefined || (model === "cmyk" && k === undefined)) return;
  const first = rows?.first ?? 0;
  const end = first + (rows?.count ?? a.height);
  const { lookUpRow, convertRgbRow, convertLabRow, interpolateRow } = kernel.exports;
  for (let row = first; row < end; row += 1) {
    if (kind === "curve") {
      lookUpRow(pointer, rowOf(a, row), rowOf(red, row), a.width);
    } else if (b && c && green && blue) {
      const samples = [rowOf(a, row), rowOf(b, row), rowOf(c, row)] as const;
      const targets = [rowOf(red, row), rowOf(green, row), rowOf(blue, row)] as const;
      if (kind === "rgb-light") convertRgbRow(pointer, ...samples, ...targets, a.width);
      else if (kind === "lab-light") convertLabRow(pointer, ...samples, ...targets, a.width);
      else interpolateRow(pointer, ...samples, k ? rowOf(k, row) : 0, ...targets, a.width);
    }
  }
}

function rowOf(plane: Plane, row: number): number {
  return plane.pointer + row * plane.stride;
}
