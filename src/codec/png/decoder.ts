import { ImageError } from "../../error.ts";
import { isSameSize, type Size } from "../../geometry.ts";
import { maxFilePixels } from "../../limits.ts";
import type { Kernel } from "../../raster/kernel.ts";
import { planeSlackBytes } from "../../raster/raster.ts";
import { inflateUntil } from "../inflate.ts";
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
  /** One past the last row that is needed; the height if it is left out. */
  readonly endRow?: number | undefined;
}

/** Rows are passed on when they fill this many bytes, or one by one if they are longer. */
const batchBytes = 1 << 17;

/**
 * Decodes a PNG and passes its rows from the top down to `take`, in kernel memory that only holds them: samples of 16
 * bits have their high byte first, rows of fewer than 8 bits end within a byte. Returns how many rows were passed: fewer
 * than `endRow` where the file is cut off or broken. What follows that row is not looked at. Kernel memory is 128 KiB,
 * or two rows if that is more, and what `inflate` takes, and is returned. Throws `source-malformed` for a header that is
 * broken or has unexpected dimensions, and for a stream that ends as it should before the rows do; `source-unsupported` for interlaced pictures, `render-too-costly`,
 * `render-memory`, and what `take` throws. Source: W3C PNG specification, third edition.
 */
export async function decodePng(
  kernel: Kernel,
  { bytes, size, endRow = size.height }: PngFile,
  take: (rows: PngRows) => void,
): Promise<number> {
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
  /** Passes on the rows that are there whole; returns whether all of them could be read. */
  const pass = (): boolean => {
    const count = Math.floor(filled / stride);
    const done = kernel.exports.unfilterPngRows(above + stride, rowBytes, pixelBytes, count);
    if (done > 0) take({ pointer: above + stride + 1, stride, first, count: done });
    kernel.bytes.copyWithin(above, above + count * stride, above + (count + 1) * stride);
    first += done;
    filled = 0;
    return done === count;
  };
  /** Takes bytes up to the end of a batch; returns how many it took. */
  const add = (inflated: Uint8Array): number => {
    const count = Math.min(batchRows, endRow - first);
    const part = inflated.subarray(0, count * stride - filled);
    kernel.bytes.set(part, above + stride + filled);
    filled += part.byteLength;
    return part.byteLength;
  };
  const isFull = (): boolean => filled === Math.min(batchRows, endRow - first) * stride;
  try {
    let isBroken = false;
    const end = inflateUntil(kernel, dataOf(bytes), (view) => {
      // Taking rows may let kernel memory grow, and no view of it outlives that.
      const inflated = view.slice();
      for (let at = 0; at < inflated.byteLength && first < endRow && !isBroken; ) {
        at += add(inflated.subarray(at));
        if (isFull()) isBroken = !pass();
      }
      return isBroken || first === endRow ? "enough" : "more";
    });
    if (end === "whole") throw malformedPng(`${first} of ${size.height} rows`);
    if (!isBroken) pass();
    return first;
  } finally {
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
