import { crc32 } from "node:zlib";
import { ImageError } from "../../error.ts";
import type { Size } from "../../geometry.ts";
import { pngSignature } from "./chunk.ts";

/** The content of IHDR. */
export interface PngHeader extends Size {
  readonly bitDepth: 1 | 2 | 4 | 8 | 16;
  /** 0 gray, 2 RGB, 3 palette, 4 gray with alpha, 6 RGB with alpha. */
  readonly colorType: PngColorType;
  /** Adam7. */
  readonly isInterlaced: boolean;
}

/** The valid colour types. */
export type PngColorType = 0 | 2 | 3 | 4 | 6;

/** Where a chunk is in its file, in bytes. */
export interface PngChunk {
  readonly type: string;
  /** Where its data starts; length and type are the 8 bytes before. */
  readonly start: number;
  /** Where its data ends; the CRC is the 4 bytes after. */
  readonly end: number;
}

/** Size of the signature and IHDR at the start of a file. */
export const pngHeaderBytes = 33;

/** Samples per pixel of each colour type. */
export const pngSamples: Readonly<Record<PngColorType, 1 | 2 | 3 | 4>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Source: W3C PNG specification, third edition, table 11.1. */
const depths: Readonly<Record<PngColorType, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/** Returns whether bytes begin like a PNG. */
export function isPng(bytes: Uint8Array): boolean {
  return pngSignature.every((byte, index) => bytes[index] === byte);
}

/** Reads the signature and IHDR. Throws `source-malformed`. Source: W3C PNG specification, third edition, 11.2.1. */
export function readPngHeader(bytes: Uint8Array): PngHeader {
  if (!isPng(bytes)) throw malformedPng("no signature");
  if (bytes.byteLength < pngHeaderBytes) throw malformedPng("the header is cut off");
  const chunk = readPngChunk(bytes.subarray(8), 8);
  if (chunk.type !== "IHDR" || chunk.end - chunk.start !== 13) throw malformedPng("no IHDR at the start");
  if (!isPngChunkIntact(bytes, chunk)) throw malformedPng("the CRC of IHDR");
  const view = new DataView(bytes.buffer, bytes.byteOffset + chunk.start, 13);
  const [width, height] = [view.getUint32(0), view.getUint32(4)];
  const [bitDepth, colorType, compression, filter, interlace] = bytes.subarray(chunk.start + 8, chunk.end);
  const isKnown = compression === 0 && filter === 0 && (interlace === 0 || interlace === 1);
  if (width === 0 || height === 0 || width > maxSide || height > maxSide)
    throw malformedPng(`${width} by ${height} pixels`);
  if (!isKnown || !depths[colorType as PngColorType]?.includes(bitDepth!)) {
    throw malformedPng(`${bitDepth} bits of colour type ${colorType}`);
  }
  return {
    width,
    height,
    bitDepth: bitDepth as PngHeader["bitDepth"],
    colorType: colorType as PngColorType,
    isInterlaced: interlace === 1,
  };
}

/** Source: W3C PNG specification, third edition, 11.2.1. */
const maxSide = 2 ** 31 - 1;

/** Reads the head of a chunk, the 8 bytes at `offset` of the file. Throws `source-malformed`. */
export function readPngChunk(head: Uint8Array, offset: number): PngChunk {
  if (head.byteLength < 8) throw malformedPng("a chunk is cut off");
  const length = new DataView(head.buffer, head.byteOffset).getUint32(0);
  const type = String.fromCharCode(...head.subarray(4, 8));
  if (length > maxSide || !/^[A-Za-z]{4}$/.test(type)) throw malformedPng("no chunk where one should be");
  return { type, start: offset + 8, end: offset + 8 + length };
}

/** Returns whether a chunk matches its CRC; `bytes` are those of the file from its start. */
export function isPngChunkIntact(bytes: Uint8Array, { start, end }: PngChunk): boolean {
  if (end + 4 > bytes.byteLength) return false;
  return crc32(bytes.subarray(start - 4, end)) === new DataView(bytes.buffer, bytes.byteOffset).getUint32(end);
}

/** Returns the error for a broken PNG; `detail` says where, for the log. */
export function malformedPng(detail: string, cause?: unknown): ImageError {
  return new ImageError("source-malformed", "The PNG data is damaged.", { detail: `PNG: ${detail}`, cause });
}
