import { ImageError } from "../../error.ts";
import { isSameSize, type Size } from "../../geometry.ts";
import { maxFilePixels } from "../../limits.ts";
import type { Kernel } from "../../raster/kernel.ts";
import { planeSlackBytes } from "../../raster/raster.ts";
import { PngData } from "./data.ts";
import { interlacedRows } from "./interlaced.ts";
import { malformedPng, type PngHeader, pngHeaderBytes, pngSamples, readPngChunk, readPngHeader } from "./reader.ts";
import { type PngRows, unfilteredRows } from "./rows.ts";

/** A whole file, its expected dimensions in pixels, and which rows are wanted. */
export interface PngFile {
  readonly bytes: Uint8Array;
  readonly size: Size;
  /** How many rows come at once. */
  readonly rowsAtOnce: number;
  /** One past the last row that is needed; the height if it is left out. */
  readonly endRow?: number | undefined;
}

/**
 * Decodes a PNG and yields its rows from the top down, as many as are wanted and at the end the rest, in kernel memory
 * that only holds them until the next are asked for: samples of 16 bits have their high byte first, rows of fewer than 8
 * bits end within a byte. What follows `endRow` is not looked at; where the stream ends, is cut off or broken before it,
 * the last rows that are whole are yielded and no more. The memory and what `inflate` takes is returned: whoever allocates
 * in between has to give it back before the next rows. An interlaced picture takes as much as all of its samples. Throws
 * `source-malformed` for a header that is broken or has unexpected dimensions; `render-too-costly`, `render-memory`. Source: W3C PNG specification, third edition.
 */
export function* decodePng(
  kernel: Kernel,
  { bytes, size, rowsAtOnce, endRow = size.height }: PngFile,
): Generator<PngRows, void> {
  const header = readPngHeader(bytes);
  checkHeader(header, size);
  const pixelBits = pngSamples[header.colorType] * header.bitDepth;
  const rowBytes = Math.ceil((size.width * pixelBits) / 8);
  const mark = kernel.mark();
  const data = new PngData(kernel, dataOf(bytes));
  // Before the rows is the row above them.
  const room = kernel.allocate((rowsAtOnce + 1) * (rowBytes + 1) + planeSlackBytes);
  try {
    if (header.isInterlaced) yield* interlacedRows(kernel, data, { size, pixelBits, rowsAtOnce, endRow, room });
    else yield* unfilteredRows(kernel, data, { rowBytes, pixelBits, rowCount: endRow, rowsAtOnce, room });
  } finally {
    data.close();
    kernel.release(mark);
  }
}

function checkHeader(header: PngHeader, size: Size): void {
  if (!isSameSize(header, size)) {
    throw malformedPng(`${header.width} by ${header.height} pixels instead of ${size.width} by ${size.height}`);
  }
  if (size.width * size.height > maxFilePixels) {
    throw new ImageError("render-too-costly", "The PNG picture is too large to decode here.");
  }
}

/**
 * Returns the data of the IDAT chunks, which are consecutive. Their CRCs are not computed: damage shows in the rows.
 */
function* dataOf(bytes: Uint8Array): Generator<Uint8Array, void> {
  let hasData = false;
  for (let at = pngHeaderBytes; at < bytes.byteLength; ) {
    // What can't be followed any further is a file that is cut off there.
    if (at + 8 > bytes.byteLength) return;
    const { type, start, end } = readPngChunk(bytes.subarray(at), at);
    if (type === "IDAT") {
      hasData = true;
      // For a truncated file, whatever there is: the stream then turns out too short.
      yield bytes.subarray(start, end);
    } else if (hasData || type === "IEND") return;
    at = end + 4;
  }
}
