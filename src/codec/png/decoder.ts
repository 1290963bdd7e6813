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

/** A whole file, its expected dimensions in pixels, and how many rows are wanted at once. */
export interface PngFile {
  readonly bytes: Uint8Array;
  readonly size: Size;
  readonly rowsAtOnce: number;
}

/**
 * Decodes a PNG and yields its rows from the top down, as many as are wanted and at the end the rest, in kernel memory that only holds them until the next are asked for: samples of 16 bits have their high byte first, rows of fewer
 * than 8 bits end within a byte. The memory is returned, unless something was allocated since. Throws
 * `source-malformed`, also for unexpected dimensions; `source-unsupported` for interlaced pictures; `render-too-costly`,
 * `render-memory`. Source: W3C PNG specification, third edition.
 */
export async function* decodePng(
  kernel: Kernel,
  { bytes, size, rowsAtOnce }: PngFile,
): AsyncGenerator<PngRows, void, undefined> {
  const header = readPngHeader(bytes);
  checkHeader(header, size);
  const samples = pngSamples[header.colorType];
  const rowBytes = Math.ceil((size.width * samples * header.bitDepth) / 8);
  const pixelBytes = Math.max(1, (samples * header.bitDepth) / 8);
  const stride = rowBytes + 1;
  const mark = kernel.mark();
  // Before the rows is the row above them, which starts as zeros.
  const above = kernel.allocate((rowsAtOnce + 1) * stride + planeSlackBytes);
  const top = kernel.mark();
  kernel.bytes.fill(0, above, above + stride);
  let first = 0;
  let filled = 0;
  try {
    for await (const inflated of inflatedData(bytes)) {
      for (let at = 0; at < inflated.byteLength; ) {
        const count = Math.min(rowsAtOnce, size.height - first);
        const part = inflated.subarray(at, at + count * stride - filled);
        kernel.bytes.set(part, above + stride + filled);
        at += part.byteLength;
        filled += part.byteLength;
        if (filled < count * stride) break;
        const done = kernel.exports.unfilterPngRows(above + stride, rowBytes, pixelBytes, count);
        if (done < count) throw malformedPng(`row ${first + done} has an unknown filter`);
        yield { pointer: above + stride + 1, stride, first, count };
        kernel.bytes.copyWithin(above, above + count * stride, above + (count + 1) * stride);
        first += count;
        filled = 0;
        if (first === size.height) return;
      }
    }
  } finally {
    if (kernel.mark() === top) kernel.release(mark);
  }
  throw malformedPng(`${first} of ${size.height} rows`);
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

/** Separates what is wrong with the stream from errors in handling its rows. */
async function* inflatedData(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  const stream = inflate(() => dataOf(bytes));
  try {
    yield* stream;
  } catch (cause) {
    throw cause instanceof ImageError ? cause : malformedPng("its compressed data", cause);
  }
}

/**
 * Returns the data of the IDAT chunks, which are consecutive. Their CRCs are not computed: the stream has a checksum.
 */
function* dataOf(bytes: Uint8Array): Generator<Uint8Array, void> {
  let hasData = false;
  for (let at = pngHeaderBytes; at < bytes.byteLength; ) {
    const { type, start, end } = readPngChunk(bytes.subarray(at), at);
    if (type === "IDAT") {
      hasData = true;
      // For a truncated file, whatever there is: the stream then turns out too short.
      yield bytes.subarray(start, end);
    } else if (hasData || type === "IEND") return;
    at = end + 4;
  }
}
