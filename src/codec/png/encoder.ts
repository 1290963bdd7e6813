import { ImageError } from "../../error.ts";
import type { Kernel } from "../../raster/kernel.ts";
import type { Plane } from "../../raster/raster.ts";
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

/** The next rows of the picture: planes of gray or of red, green and blue, and of alpha if the picture has it. */
export interface PngRows {
  readonly planes: readonly Pick<Plane, "pointer" | "stride">[];
  readonly alpha?: Pick<Plane, "pointer" | "stride"> | undefined;
  readonly rows: number;
}

/** A picture being encoded as PNG; its kernel memory is returned with the arena. */
export interface PngEncoder {
  /**
   * Encodes the next rows, any number of them, and returns a copy of the bytes that are ready, starting with the
   * header. Throws `internal` for rows beyond the picture and planes that do not fit its model.
   */
  write(rows: PngRows): Uint8Array[];
  /** Returns the last bytes. Throws `internal` while rows are missing. */
  finish(): Uint8Array[];
}

/** The 32-bit words of `Encoder` in `wasm/png/encode.ts` that are written or read here. */
const encoderWords = 13;

const dataType = new TextEncoder().encode("IDAT");

/** Memory of an encoder besides its rows, and room to align each row. */
const fixedBytes = 430 << 10;

/** Returns the most kernel memory that an encoder takes, in bytes: it holds three rows. */
export function pngEncoderBytes({ width, samples }: { readonly width: number; readonly samples: number }): number {
  return fixedBytes + 3 * width * samples;
}

/**
 * Begins a PNG. Its kernel memory, 430 KiB and three rows whatever the height, is allocated here, so begin before
 * marking the arena for temporary memory of each strip. Throws `internal` for a picture that PNG can't hold and
 * `render-memory`. Source: W3C PNG specification, third edition; RFC 1950, RFC 1951.
 */
export function createPngEncoder(kernel: Kernel, options: PngEncodeOptions): PngEncoder {
  const { width, height, model, hasAlpha, bitDepth = 8, dotsPerInch, chunks = [] } = options;
  const colors = model === "gray" ? 1 : 3;
  const samples = colors + (hasAlpha ? 1 : 0);
  if (!isWithin(width, 2 ** 24) || !isWithin(height, 2 ** 31 - 1))
    throw new ImageError("internal", "A PNG can't have this size.");
  if (bitDepth === 1 && samples > 1)
    throw new ImageError("internal", "Only gray without alpha can have one bit per pixel.");

  const byteLength = kernel.exports.pngEncoderBytes(width, samples, bitDepth);
  const encoder = kernel.allocate(byteLength);
  const words = (): Uint32Array => new Uint32Array(kernel.exports.memory.buffer, encoder, encoderWords);
  words().set([width, bitDepth, samples]);
  kernel.exports.openPngEncoder(encoder);
  const data = words()[12]!;

  /** Copies the data in the kernel out as a chunk: 8 bytes are before it and 4 after it. */
  const copyChunk = (dataBytes: number): Uint8Array => {
    kernel.bytes.set(dataType, data - 4);
    kernel.exports.sealPngChunk(encoder, dataBytes);
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
    write({ planes, alpha, rows }) {
      const left = height - rowsDone;
      if (!Number.isInteger(rows) || rows <= 0 || rows > left) {
        throw new ImageError("internal", "The rows do not fit the PNG.", { detail: `${rows} rows of ${left}` });
      }
      if (planes.length !== colors || (alpha !== undefined) !== hasAlpha) {
        throw new ImageError("internal", "The planes do not fit the PNG.");
      }
      const all = [planes[0], planes[1], planes[2], alpha];
      words().set([rows, ...all.map((plane) => plane?.pointer ?? 0), ...all.map((plane) => plane?.stride ?? 0)], 3);
      const ready = header;
      header = [];
      for (let size = kernel.exports.encodePng(encoder); size > 0; size = kernel.exports.encodePng(encoder)) {
        ready.push(copyChunk(size));
      }
      rowsDone += rows;
      return ready;
    },
    finish() {
      if (rowsDone < height) throw new ImageError("internal", "Rows of the PNG are missing.");
      return [copyChunk(kernel.exports.finishPng(encoder)), formatChunk("IEND")];
    },
  };
}

function isWithin(value: number, maximum: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= maximum;
}
