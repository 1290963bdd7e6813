import type { Size } from "../../geometry.ts";
import type { Kernel } from "../../raster/kernel.ts";
import { planeSlackBytes } from "../../raster/raster.ts";
import type { PngData } from "./data.ts";
import { type FilteredRows, type PngRows, unfilteredRows } from "./rows.ts";

/** The pixels of a pass: every so many columns and rows, from the first on. */
interface Pass {
  readonly x: number;
  readonly y: number;
  readonly columns: number;
  readonly rows: number;
}

/** Source: W3C PNG specification, third edition, 8.1. */
const passes: readonly Pass[] = [
  { x: 0, y: 0, columns: 8, rows: 8 },
  { x: 4, y: 0, columns: 8, rows: 8 },
  { x: 0, y: 4, columns: 4, rows: 8 },
  { x: 2, y: 0, columns: 4, rows: 4 },
  { x: 0, y: 2, columns: 2, rows: 4 },
  { x: 1, y: 0, columns: 2, rows: 2 },
  { x: 0, y: 1, columns: 1, rows: 2 },
];

/** An interlaced picture, and the room that its rows are unfiltered in. */
export interface InterlacedPicture extends Pick<FilteredRows, "pixelBits" | "rowsAtOnce" | "room"> {
  readonly size: Size;
  /** One past the last row that is needed. */
  readonly endRow: number;
}

/**
 * Yields the rows of an interlaced picture as `decodePng` does: all of its samples are held, for the last pass brings
 * half of them. Throws `render-memory`.
 */
export function* interlacedRows(
  kernel: Kernel,
  data: PngData,
  { size, pixelBits, rowsAtOnce, endRow, room }: InterlacedPicture,
): Generator<PngRows, void> {
  const stride = Math.ceil((size.width * pixelBits) / 8);
  const pointer = kernel.allocate(stride * size.height + planeSlackBytes);
  kernel.bytes.fill(0, pointer, pointer + stride * size.height);
  let end = endRow;
  let isBroken = false;
  for (const pass of passes) {
    const width = Math.ceil((size.width - pass.x) / pass.columns);
    const rowCount = Math.ceil((size.height - pass.y) / pass.rows);
    if (width <= 0 || rowCount <= 0) continue;
    if (isBroken) {
      end = Math.min(end, pass.y);
      continue;
    }
    const rowBytes = Math.ceil((width * pixelBits) / 8);
    const reading = unfilteredRows(kernel, data, { rowBytes, pixelBits, rowCount, rowsAtOnce, room });
    let read = reading.next();
    for (; !read.done; read = reading.next()) {
      spread(kernel.bytes, read.value, { pass, width, pixelBits, pointer, stride });
    }
    isBroken = read.value < rowCount;
    if (isBroken) end = Math.min(end, pass.y + read.value * pass.rows);
  }
  for (let first = 0; first < end; first += rowsAtOnce) {
    yield { pointer: pointer + first * stride, stride, first, count: Math.min(rowsAtOnce, end - first) };
  }
}

interface Spreading {
  readonly pass: Pass;
  /** Pixels in a row of the pass. */
  readonly width: number;
  readonly pixelBits: number;
  /** Where the picture is, and how far its rows are apart. */
  readonly pointer: number;
  readonly stride: number;
}

/** Puts the pixels of some rows of a pass where they belong. */
function spread(bytes: Uint8Array, rows: PngRows, { pass, width, pixelBits, pointer, stride }: Spreading): void {
  const place = pixelBits < 8 ? spreadBits : spreadBytes;
  for (let row = 0; row < rows.count; row += 1) {
    const from = rows.pointer + row * rows.stride;
    const to = pointer + (pass.y + (rows.first + row) * pass.rows) * stride;
    place(bytes, { from, to, width, first: pass.x, step: pass.columns }, pixelBits);
  }
}

interface SpreadRow {
  readonly from: number;
  readonly to: number;
  readonly width: number;
  /** The column of the first pixel, and how far they are apart. */
  readonly first: number;
  readonly step: number;
}

function spreadBytes(bytes: Uint8Array, { from, to, width, first, step }: SpreadRow, pixelBits: number): void {
  const pixelBytes = pixelBits / 8;
  let source = from;
  for (let pixel = 0, at = to + first * pixelBytes; pixel < width; pixel += 1, at += step * pixelBytes) {
    for (let byte = 0; byte < pixelBytes; byte += 1) bytes[at + byte] = bytes[source++] ?? 0;
  }
}

function spreadBits(bytes: Uint8Array, { from, to, width, first, step }: SpreadRow, pixelBits: number): void {
  const mask = (1 << pixelBits) - 1;
  for (let pixel = 0; pixel < width; pixel += 1) {
    const source = pixel * pixelBits;
    const value = ((bytes[from + (source >> 3)] ?? 0) >> (8 - pixelBits - (source & 7))) & mask;
    const target = (first + pixel * step) * pixelBits;
    bytes[to + (target >> 3)]! |= value << (8 - pixelBits - (target & 7));
  }
}
