import { concatenate } from "../bytes.ts";
import type { Size } from "../geometry.ts";
import { formatChunk, formatFile, readChunks, type WebpChunk } from "../webp/chunks.ts";
import { extendedFlags, readWebpHeader } from "../webp/header.ts";
import type { WrittenBlocks } from "./jpeg-segments.ts";
import { resolutionExif } from "./kept-metadata.ts";

const metadataChunks: ReadonlySet<string> = new Set(["VP8X", "ICCP", "EXIF", "XMP "]);

/**
 * What a WebP carries next to its pixels. The resolution is written as EXIF if there is no other: WebP has no place for it,
 * nor for IPTC.
 */
type WebpBlocks = Omit<WrittenBlocks, "iptc"> & { readonly dotsPerInch?: number | undefined };

/**
 * Returns a WebP with these blocks in place of those that it has; the same bytes if there are none. Throws `source-malformed`
 * for bytes that are not a WebP. Source: RFC 9649 §2.
 */
export function wrapWebp(webp: Uint8Array, blocks: WebpBlocks): Uint8Array {
  const { width, height, hasAlpha } = readWebpHeader(webp);
  const { hasBlocks, before, after } = chunksAround(blocks, { size: { width, height }, hasAlpha });
  if (!hasBlocks) return webp;
  const pixels = [...readChunks(webp)].filter(({ type }) => !metadataChunks.has(type));
  return concatenate(formatFile(formatChunks([...before, ...pixels, ...after])));
}

/** A picture as it was encoded. */
export interface EncodedWebp {
  readonly size: Size;
  /** A frame of VP8, in pieces. */
  readonly frame: readonly Uint8Array[];
  /** The content of the chunk ALPH; none if the picture is opaque. */
  readonly alpha?: Uint8Array | undefined;
}

/** Returns a WebP, in pieces, of a picture and of these blocks. Source: RFC 9649 §2. */
export function formatWebp({ size, frame, alpha }: EncodedWebp, blocks: WebpBlocks): readonly Uint8Array[] {
  const { before, after } = chunksAround(blocks, { size, hasAlpha: alpha !== undefined });
  const alphaChunk = alpha === undefined ? [] : formatChunk("ALPH", [alpha]);
  return formatFile([...formatChunks(before), ...alphaChunk, ...formatChunk("VP8 ", frame), ...formatChunks(after)]);
}

/** What the picture of a WebP is. */
interface Extent {
  readonly size: Size;
  readonly hasAlpha: boolean;
}

/** The chunks in front of the pixels and behind them; none if there are no blocks and no alpha. */
function chunksAround(
  { exif: written, xmp, icc, dotsPerInch }: WebpBlocks,
  { size, hasAlpha }: Extent,
): { readonly hasBlocks: boolean; readonly before: readonly WebpChunk[]; readonly after: readonly WebpChunk[] } {
  const exif = written ?? (dotsPerInch === undefined ? undefined : resolutionExif(dotsPerInch));
  const hasBlocks = exif !== undefined || xmp !== undefined || icc !== undefined;
  if (!hasBlocks && !hasAlpha) return { hasBlocks, before: [], after: [] };
  const header = new Uint8Array(10);
  const flags = extendedFlags;
  header[0] = (icc ? flags.icc : 0) | (hasAlpha ? flags.alpha : 0) | (exif ? flags.exif : 0) | (xmp ? flags.xmp : 0);
  const view = new DataView(header.buffer);
  // 24 bits each: the fourth byte of the first is the first byte of the second.
  view.setUint32(4, size.width - 1, true);
  header.set([(size.height - 1) & 255, ((size.height - 1) >> 8) & 255, (size.height - 1) >> 16], 7);
  return {
    hasBlocks,
    before: [{ type: "VP8X", data: header }, ...(icc ? [{ type: "ICCP", data: icc }] : [])],
    after: [...(exif ? [{ type: "EXIF", data: exif }] : []), ...(xmp ? [{ type: "XMP ", data: xmp }] : [])],
  };
}

function formatChunks(chunks: readonly WebpChunk[]): readonly Uint8Array[] {
  return chunks.flatMap(({ type, data }) => formatChunk(type, [data]));
}
