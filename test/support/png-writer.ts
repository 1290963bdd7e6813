import { deflateSync } from "node:zlib";
import { concatenate } from "../../src/bytes.ts";
import { formatChunk, pngSignature } from "../../src/codec/png/chunk.ts";

/** The parts of a PNG. */
export interface PngParts {
  readonly width: number;
  readonly height: number;
  readonly bitDepth: number;
  readonly colorType: number;
  readonly interlace?: number;
  /** All rows, each after the number of its filter. */
  readonly rows: Uint8Array | readonly number[];
  /** Chunks before the image data and after it. */
  readonly chunks?: readonly Uint8Array[];
  readonly chunksBehind?: readonly Uint8Array[];
  /** Bytes of each IDAT; all in one where it is left out. */
  readonly dataBytes?: number;
  /** Changes the compressed rows before they are cut into chunks. */
  readonly changeData?: (data: Uint8Array) => Uint8Array;
}

/** Puts a PNG together, whether or not it makes sense; its CRCs are right. */
export function writePng(parts: PngParts): Uint8Array {
  const { rows, chunks = [], chunksBehind = [], dataBytes = Number.POSITIVE_INFINITY, changeData } = parts;
  const compressed = deflateSync(Uint8Array.from(rows));
  const data = changeData?.(compressed) ?? compressed;
  const images: Uint8Array[] = [];
  for (let at = 0; at < data.length; at += dataBytes)
    images.push(formatChunk("IDAT", data.subarray(at, at + dataBytes)));
  return concatenate([pngSignature, headerOf(parts), ...chunks, ...images, ...chunksBehind, formatChunk("IEND")]);
}

function headerOf({ width, height, bitDepth, colorType, interlace = 0 }: PngParts): Uint8Array {
  const data = new Uint8Array(13);
  const view = new DataView(data.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  data.set([bitDepth, colorType, 0, 0, interlace], 8);
  return formatChunk("IHDR", data);
}
