import { ImageError } from "../../error.ts";
import { isSameSize, type Size } from "../../geometry.ts";
import { maxFilePixels } from "../../limits.ts";
import type { Kernel } from "../../raster/kernel.ts";
import { planeSlackBytes } from "../../raster/raster.ts";
import { inflate } from "../inflate.ts";
import { malformedPng, type PngHeader, pngHeaderBytes, pngSamples, readPngChunk, readPngHeader } from "./reader.ts";

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
 * in between has to give it back before the next rows. Throws `source-malformed` for a header that is broken or has
 * unexpected dimensions; `source-unsupported` for interlaced pictures, `render-too-costly`, `render-memory`. Source: W3C PNG specification, third edition.
 */
export function* decodePng(
  kernel: Kernel,
  { bytes, size, rowsAtOnce, endRow = size.height }: PngFile,
): Generator<PngRows, void> {
  const header = readPngHeader(bytes);
  checkHeader(header, size);
  const samples = pngSamples[header.colorType];
  const rowBytes = Math.ceil((size.width * samples * header.bitDepth) / 8);
  const pixelBytes = Math.max(1, (samples * header.bitDepth) / 8);
  const stride = rowBytes + 1;
  const mark = kernel.mark();
  // Before the rows is the row above them, which starts as zeros.
  const above = kernel.allocate((rowsAtOnce + 1) * stride + planeSlackBytes);
  kernel.bytes.fill(0, above, above + stride);
  const inflating = inflate(kernel, dataOf(bytes));
  let first = 0;
  let filled = 0;
  try {
    for (let piece = inflating.next(); ; piece = inflating.next()) {
      // A place rather than a view: memory may grow while the rows are used.
      const from = piece.done ? 0 : piece.value.byteOffset;
      const end = piece.done ? 0 : from + piece.value.byteLength;
      for (let at = from; at < end || piece.done; ) {
        const wanted = Math.min(rowsAtOnce, endRow - first);
        const length = Math.min(end - at, wanted * stride - filled);
        kernel.bytes.copyWithin(above + stride + filled, at, at + length);
        at += length;
        filled += length;
        if (filled < wanted * stride && !piece.done) break;
        const count = Math.floor(filled / stride);
        const done = kernel.exports.unfilterPngRows(above + stride, rowBytes, pixelBytes, count);
        if (done > 0) yield { pointer: above + stride + 1, stride, first, count: done };
        first += done;
        filled = 0;
        if (done < wanted || first === endRow) return;
        kernel.bytes.copyWithin(above, above + count * stride, above + (count + 1) * stride);
      }
    }
  } finally {
    inflating.return("whole");
    kernel.release(mark);
  }
}

function checkHeader(header: PngHeader, size: Size): void {
  if (!isSameSize(header, size)) {
    throw malformedPng(`${header.width} by ${header.height} pixels instead of ${size.width} by ${size.height}`);
  }
  if (header.isInterlaced) {
    throw new ImageError("source-unsupported", "The stored image is an interlaced PNG, which is not supported.");
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
