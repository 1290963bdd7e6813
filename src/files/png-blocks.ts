import { inflateBlock } from "../codec/inflate-block.ts";
import { isPngChunkIntact, type PngChunk } from "../codec/png/reader.ts";
import { maxMetadataReadBytes, maxProfileBytes } from "../limits.ts";

const xmpKeyword = new TextEncoder().encode("XML:com.adobe.xmp\0");

/** Returns the profile of an iCCP chunk; undefined if it is broken or too large. */
export function inflateProfile(data: Uint8Array): Uint8Array | undefined {
  const nameEnd = data.subarray(0, 80).indexOf(0);
  if (nameEnd < 1 || data[nameEnd + 1] !== 0) return undefined;
  return inflateBlock(data.subarray(nameEnd + 2), maxProfileBytes);
}

/** Text chunks that may hold XMP: the standard says iTXt, libpng compresses to zTXt. */
export const textTypes: readonly string[] = ["iTXt", "zTXt", "tEXt"];

/**
 * Returns the XMP packet in a text chunk; undefined if it is other text, broken or too large.
 * Source: XMP part 3 §1.1.5; W3C PNG specification, third edition, 11.3.3.
 */
export function xmpOfText(type: string, data: Uint8Array): Uint8Array | undefined {
  if (xmpKeyword.some((byte, index) => data[index] !== byte)) return undefined;
  const rest = data.subarray(xmpKeyword.length);
  if (type === "tEXt") return rest;
  if (type === "zTXt") return rest[0] === 0 ? inflateBlock(rest.subarray(1), maxMetadataReadBytes) : undefined;
  const [isCompressed, method] = rest;
  const languageEnd = rest.indexOf(0, 2);
  const translationEnd = languageEnd < 0 ? -1 : rest.indexOf(0, languageEnd + 1);
  if (translationEnd < 0) return undefined;
  const text = rest.subarray(translationEnd + 1);
  if (isCompressed === 0) return text;
  return isCompressed === 1 && method === 0 ? inflateBlock(text, maxMetadataReadBytes) : undefined;
}

/** Each candidate costs a CRC to confirm. */
const maxAttempts = 64;

/**
 * Finds chunks of some types that end within `bytes`, the end of a file, wherever its first chunk starts: their CRCs
 * distinguish them from bytes that look similar. Places are counted from the first of `bytes`.
 */
export function findChunksAtEnd(bytes: Uint8Array, types: readonly string[]): PngChunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wanted = new Map(
    types.map((type) => [[...type].reduce((code, letter) => code * 256 + letter.charCodeAt(0), 0), type]),
  );
  const chunks: PngChunk[] = [];
  let attempts = 0;
  for (let at = 4; at + 8 <= bytes.byteLength && attempts < maxAttempts; at += 1) {
    const type = wanted.get(view.getUint32(at));
    if (type === undefined) continue;
    attempts += 1;
    const chunk = { type, start: at + 4, end: at + 4 + view.getUint32(at - 4) };
    if (!isPngChunkIntact(bytes, chunk)) continue;
    chunks.push(chunk);
    at = chunk.end;
  }
  return chunks;
}
