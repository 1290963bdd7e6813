import { ImageError } from "../../error.ts";
import type { Kernel } from "../../raster/kernel.ts";
import { RowDeflater } from "../row-deflater.ts";
import { type SampleRows, samplesOfForm } from "../sample-rows.ts";
import { formatChunk, formatHeaderChunk, formatResolutionChunk, pngSignature } from "./chunk.ts";

/** How a picture is encoded. */
export interface PngEncodeOptions {
  /** Pixels, 1 to 2^24. */
  readonly width: number;
  /** Pixels, 1 to 2^31 - 1. */
  readonly height: number;
  readonly model: "gray" | "rgb";
  readonly hasAlpha: boolean;
  /** 1 only for `gray` without alpha: samples from 128 on are then white and the others black. */
  readonly bitDepth?: 1 | 8;
  readonly dotsPerInch?: number | undefined;
  /** Whole chunks, including length and CRC, that follow IHDR. */
  readonly chunks?: readonly Uint8Array[];
}

/** A picture being encoded as PNG; its kernel memory is returned with the arena. */
export interface PngEncoder {
  /**
   * Encodes the next rows, any number of them, and returns a copy of the bytes that are ready, starting with the
   * header. Throws `internal` for rows beyond the picture and planes that do not fit its model.
   */
  write(rows: SampleRows): Uint8Array[];
  /** Returns the last bytes. Throws `internal` while rows are missing. */
  finish(): Uint8Array[];
}

const dataType = new TextEncoder().encode("IDAT");

/**
 * Begins a PNG. Its kernel memory, 430 KiB and three rows whatever the height, is allocated here, so begin before
 * marking the arena for temporary memory of each strip. Throws `internal` for a picture that PNG can't hold and
 * `render-memory`. Source: W3C PNG specification, third edition; RFC 1950, RFC 1951.
 */
export function createPngEncoder(kernel: Kernel, options: PngEncodeOptions): PngEncoder {
  const { width, height, model, hasAlpha, bitDepth = 8, dotsPerInch, chunks = [] } = options;
  if (!isWithin(width, 2 ** 24) || !isWithin(height, 2 ** 31 - 1))
    throw new ImageError("internal", "A PNG can't have this size.");
  if (bitDepth === 1 && samplesOfForm({ model, hasAlpha }) > 1)
    throw new ImageError("internal", "Only gray without alpha can have one bit per pixel.");

  const deflater = new RowDeflater(kernel, { width, model, hasAlpha, bitDepth }, "png");

  /** Copies the data in the kernel out as a chunk: 8 bytes are before it and 4 after it. */
  const copyChunk = (dataBytes: number): Uint8Array => {
    const { data } = deflater;
    kernel.bytes.set(dataType, data - 4);
    deflater.sealChunk(dataBytes);
    return kernel.bytes.slice(data - 8, data + dataBytes + 4);
  };

  const colorType = (model === "gray" ? 0 : 2) + (hasAlpha ? 4 : 0);
  let header: Uint8Array[] = [
    pngSignature,
    formatHeaderChunk({ width, height, bitDepth, colorType }),
    ...chunks,
    ...(dotsPerInch === undefined ? [] : [formatResolutionChunk(dotsPerInch)]),
  ];
  let rowsDone = 0;

  return {
    write(rows) {
      const left = height - rowsDone;
      if (!Number.isInteger(rows.rows) || rows.rows <= 0 || rows.rows > left) {
        throw new ImageError("internal", "The rows do not fit the PNG.", { detail: `${rows.rows} rows of ${left}` });
      }
      const ready = [...header, ...Array.from(deflater.write(rows), copyChunk)];
      header = [];
      rowsDone += rows.rows;
      return ready;
    },
    finish() {
      if (rowsDone < height) throw new ImageError("internal", "Rows of the PNG are missing.");
      return [copyChunk(deflater.finish()), formatChunk("IEND")];
    },
  };
}

function isWithin(value: number, maximum: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= maximum;
}
