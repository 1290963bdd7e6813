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

/** A whole file, and its expected dimensions in pixels. */
export interface PngFile {
  readonly bytes: Uint8Array;
  readonly size: Size;
}

/** Rows are passed on when they fill this many bytes, or one by one if they are longer. */
const batchBytes = 1 << 17;

/**
 * Decodes a PNG and passes its rows from the top down to `take`, in kernel memory that only holds them: samples of 16
 * bits have their high byte first, rows of fewer than 8 bits end within a byte. Kernel memory is 128 KiB, or two rows
 * if that is more, and what `inflate` takes, and is returned. What follows the last row is not looked at. Throws `source-malformed`, also for unexpected dimensions; `source-unsupported` for
 * interlaced pictures, `render-too-costly`, `render-memory`, and what `take` throws.
 * Source: W3C PNG specification, third edition.
 */
export async function decodePng(
  kernel: Kernel,
  { bytes, size }: PngFile,
  take: (rows: PngRows) => void,
): Promise<void> {
  const header = readPngHeader(bytes);
  checkHeader(header, size);
  const samples = pngSamples[header.colorType];
  const rowBytes = Math.ceil((size.width * samples * header.bitDepth) / 8);
  const pixelBytes = Math.max(1, (samples * header.bitDepth) / 8);
  const stride = rowBytes + 1;
  const batchRows = Math.max(1, Math.min(size.height, Math.floor(batchBytes / stride)));
  const mark = kernel.mark();
  // Before the rows is the row above them, which starts as zeros.
  const above = kernel.allocate((batchRows + 1) * stride + planeSlackBytes);
  kernel.bytes.fill(0, above, above + stride);
  let first = 0;
  let filled = 0;
  /** Takes bytes up to the end of a batch, passing it on when it is full; returns how many it took. */
  const add = (inflated: Uint8Array): number => {
    const count = Math.min(batchRows, size.height - first);
    const part = inflated.subarray(0, count * stride - filled);
    kernel.bytes.set(part, above + stride + filled);
    filled += part.byteLength;
    if (filled < count * stride) return part.byteLength;
    const done = kernel.exports.unfilterPngRows(above + stride, rowBytes, pixelBytes, count);
    if (done < count) throw malformedPng(`row ${first + done} has an unknown filter`);
    take({ pointer: above + stride + 1, stride, first, count });
    kernel.bytes.copyWithin(above, above + count * stride, above + (count + 1) * stride);
    first += count;
    filled = 0;
    return part.byteLength;
  };
  try {
    for (const inflated of inflate(kernel, dataOf(bytes))) {
      for (let at = 0; at < inflated.byteLength && first < size.height; ) at += add(inflated.subarray(at));
      if (first === size.height) return;
    }
  } finally {
    kernel.release(mark);
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

/**
 * Returns the data of the IDAT chunks, which are consecutive. Their CRCs are not computed: damage shows in the rows.
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
