import type { Kernel } from "../../raster/kernel.ts";
import type { PngData } from "./data.ts";

/**
 * Rows in kernel memory, each with the samples of its pixels interleaved, packed from the highest bit of a byte down.
 */
export interface PngRows {
  /** The byte where the first row starts; rows are `stride` bytes apart. */
  readonly pointer: number;
  readonly stride: number;
  /** Index of the first row in the picture, and the number of rows. */
  readonly first: number;
  readonly count: number;
}

/** Rows that are filtered one after another: those of a picture, or of one pass of it. */
export interface FilteredRows {
  readonly rowBytes: number;
  readonly pixelBits: number;
  readonly rowCount: number;
  /** How many rows come at once. */
  readonly rowsAtOnce: number;
  /** Room for one more row than these, each with the byte of its filter. */
  readonly room: number;
}

/**
 * Yields rows without their filters as `decodePng` does; returns how many there were before the data ended or
 * broke off. Source: W3C PNG specification, third edition, 9.
 */
export function* unfilteredRows(
  kernel: Kernel,
  data: PngData,
  { rowBytes, pixelBits, rowCount, rowsAtOnce, room }: FilteredRows,
): Generator<PngRows, number> {
  const stride = rowBytes + 1;
  const pixelBytes = Math.max(1, pixelBits / 8);
  // The row above the first counts as zeros.
  kernel.bytes.fill(0, room, room + stride);
  for (let first = 0; first < rowCount; ) {
    const wanted = Math.min(rowsAtOnce, rowCount - first);
    const filled = data.take(room + stride, wanted * stride);
    const count = Math.floor(filled / stride);
    const done = kernel.exports.unfilterPngRows(room + stride, rowBytes, pixelBytes, count);
    if (done > 0) yield { pointer: room + stride + 1, stride, first, count: done };
    first += done;
    if (done < wanted) return first;
    kernel.bytes.copyWithin(room, room + count * stride, room + (count + 1) * stride);
  }
  return rowCount;
}
