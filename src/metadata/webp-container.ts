import { concatenate } from "../bytes.ts";
import { ImageError } from "../error.ts";
import type { Size } from "../geometry.ts";
import type { WrittenBlocks } from "./jpeg-segments.ts";
import { resolutionExif } from "./kept-metadata.ts";

/** One chunk of a RIFF file, without its padding. */
interface RiffChunk {
  readonly type: string;
  readonly data: Uint8Array;
}

/** Flags of VP8X. Source: RFC 9649 §2.7.1. */
const flags = { icc: 0x20, alpha: 0x10, exif: 0x08, xmp: 0x04 } as const;

const metadataChunks: ReadonlySet<string> = new Set(["VP8X", "ICCP", "EXIF", "XMP "]);

/**
 * What a WebP carries next to its pixels. The resolution is written as EXIF if there is no other: WebP has no place for it,
 * nor for IPTC.
 */
type WebpBlocks = Omit<WrittenBlocks, "iptc"> & { readonly dotsPerInch?: number | undefined };

/**
 * Returns a WebP from an encoder with these blocks added; the same bytes if there are none. Throws `internal` for bytes
 * that are not a WebP. Source: RFC 9649 §2.
 */
export function wrapWebp(webp: Uint8Array, blocks: WebpBlocks): Uint8Array {
  const chunks = readChunks(webp);
  const { before, after } = chunksAround(blocks, readExtent(chunks));
  if (before.length === 0) return webp;
  const pixels = chunks.filter(({ type }) => !metadataChunks.has(type));
  const all = [...before, ...pixels, ...after].flatMap(formatChunk);
  return concatenate([formatHeader(all), ...all]);
}

/** Returns a WebP, in pieces, of a frame of VP8 in pieces and of these blocks. Source: RFC 9649 §2. */
export function formatWebp(frame: readonly Uint8Array[], size: Size, blocks: WebpBlocks): readonly Uint8Array[] {
  const { before, after } = chunksAround(blocks, { size, hasAlpha: false });
  const byteLength = lengthOf(frame);
  const all = [
    ...before.flatMap(formatChunk),
    chunkHead("VP8 ", byteLength),
    ...frame,
    new Uint8Array(byteLength % 2),
    ...after.flatMap(formatChunk),
  ];
  return [formatHeader(all), ...all];
}

/** What the picture of a WebP is. */
interface Extent {
  readonly size: Size;
  readonly hasAlpha: boolean;
}

/** The chunks in front of the pixels and behind them; none if there are no blocks. */
function chunksAround(
  { exif: written, xmp, icc, dotsPerInch }: WebpBlocks,
  { size, hasAlpha }: Extent,
): { readonly before: readonly RiffChunk[]; readonly after: readonly RiffChunk[] } {
  const exif = written ?? (dotsPerInch === undefined ? undefined : resolutionExif(dotsPerInch));
  if (exif === undefined && xmp === undefined && icc === undefined) return { before: [], after: [] };
  const header = new Uint8Array(10);
  header[0] = (icc ? flags.icc : 0) | (hasAlpha ? flags.alpha : 0) | (exif ? flags.exif : 0) | (xmp ? flags.xmp : 0);
  const view = new DataView(header.buffer);
  // 24 bits each: the fourth byte of the first is the first byte of the second.
  view.setUint32(4, size.width - 1, true);
  header.set([(size.height - 1) & 255, ((size.height - 1) >> 8) & 255, (size.height - 1) >> 16], 7);
  return {
    before: [{ type: "VP8X", data: header }, ...(icc ? [{ type: "ICCP", data: icc }] : [])],
    after: [...(exif ? [{ type: "EXIF", data: exif }] : []), ...(xmp ? [{ type: "XMP ", data: xmp }] : [])],
  };
}

function readChunks(webp: Uint8Array): RiffChunk[] {
  const view = new DataView(webp.buffer, webp.byteOffset, webp.byteLength);
  if (webp.byteLength < 12 || typeAt(webp, 0) !== "RIFF" || typeAt(webp, 8) !== "WEBP") throw notWebp("no RIFF header");
  const chunks: RiffChunk[] = [];
  for (let at = 12; at + 8 <= webp.byteLength; ) {
    const length = view.getUint32(at + 4, true);
    if (at + 8 + length > webp.byteLength) throw notWebp("a chunk is cut off");
    chunks.push({ type: typeAt(webp, at), data: webp.subarray(at + 8, at + 8 + length) });
    at += 8 + length + (length % 2);
  }
  return chunks;
}

/** The size of the picture and whether it has alpha, from the header of its first chunk. Source: RFC 9649 §2.5 to §2.7; RFC 6386 §9.1. */
function readExtent(chunks: readonly RiffChunk[]): Extent {
  const { type, data } = chunks[0] ?? { type: "", data: new Uint8Array(0) };
  if (data.byteLength < 10) throw notWebp("no picture");
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (type === "VP8X") {
    const width = (view.getUint32(4, true) & 0xffffff) + 1;
    const height = (view.getUint32(6, true) >>> 8) + 1;
    return { size: { width, height }, hasAlpha: (view.getUint8(0) & flags.alpha) !== 0 };
  }
  if (type === "VP8 ") {
    const width = view.getUint16(6, true) & 0x3fff;
    const height = view.getUint16(8, true) & 0x3fff;
    return { size: { width, height }, hasAlpha: false };
  }
  if (type !== "VP8L") throw notWebp(`it begins with ${type}`);
  const bits = view.getUint32(1, true);
  const size = { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  return { size, hasAlpha: ((bits >>> 28) & 1) === 1 };
}

function formatHeader(chunks: readonly Uint8Array[]): Uint8Array {
  const header = new TextEncoder().encode("RIFF\0\0\0\0WEBP");
  new DataView(header.buffer).setUint32(4, 4 + lengthOf(chunks), true);
  return header;
}

function formatChunk({ type, data }: RiffChunk): readonly Uint8Array[] {
  return [chunkHead(type, data.byteLength), data, new Uint8Array(data.byteLength % 2)];
}

function chunkHead(type: string, byteLength: number): Uint8Array {
  const head = new Uint8Array(8);
  head.set(new TextEncoder().encode(type));
  new DataView(head.buffer).setUint32(4, byteLength, true);
  return head;
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

function typeAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

function notWebp(detail: string): ImageError {
  return new ImageError("internal", "The image could not be encoded as WebP.", { detail });
}
