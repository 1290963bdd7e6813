import { ImageError } from "../error.ts";

/** What stands in front of the chunks of a file, and in front of the data of each, in bytes. Source: RFC 9649 §2.3, §2.4. */
export const fileHeadBytes = 12;
export const chunkHeadBytes = 8;

/** One chunk of a file, without its padding. */
export interface WebpChunk {
  readonly type: string;
  readonly data: Uint8Array;
}

/** What stands in front of a chunk. */
export interface ChunkHead {
  readonly type: string;
  /** Bytes of its data, and with those the bytes from its head to the next one. */
  readonly dataBytes: number;
  readonly byteLength: number;
}

/** Returns whether bytes begin like a WebP. Source: RFC 9649 §2.4. */
export function isWebp(bytes: Uint8Array): boolean {
  return typeAt(bytes, 0) === "RIFF" && typeAt(bytes, 8) === "WEBP";
}

/** Reads the head of the chunk that begins at `at`, where there are `chunkHeadBytes`. Source: RFC 9649 §2.3. */
export function readChunkHead(bytes: Uint8Array, at: number): ChunkHead {
  const dataBytes = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at + 4, true);
  return { type: typeAt(bytes, at), dataBytes, byteLength: chunkHeadBytes + dataBytes + (dataBytes % 2) };
}

/**
 * Reads the chunks of a WebP one after another; bytes behind the last that are too few for a head are left out, and the
 * last needs no padding. Throws `source-malformed` for what is no WebP, and at a chunk that is cut off.
 */
export function* readChunks(webp: Uint8Array): Generator<WebpChunk, void, undefined> {
  if (!isWebp(webp)) throw damagedWebp("no RIFF header");
  for (let at = fileHeadBytes; at + chunkHeadBytes <= webp.byteLength; ) {
    const { type, dataBytes, byteLength } = readChunkHead(webp, at);
    const data = webp.subarray(at + chunkHeadBytes, at + chunkHeadBytes + dataBytes);
    if (data.byteLength < dataBytes) throw damagedWebp("a chunk is cut off");
    yield { type, data };
    at += byteLength;
  }
}

/** Returns a chunk in pieces, of data in pieces. */
export function formatChunk(type: string, data: readonly Uint8Array[]): readonly Uint8Array[] {
  const byteLength = lengthOf(data);
  const head = new Uint8Array(chunkHeadBytes);
  head.set(new TextEncoder().encode(type));
  new DataView(head.buffer).setUint32(4, byteLength, true);
  return [head, ...data, new Uint8Array(byteLength % 2)];
}

/** Returns a WebP in pieces, of its chunks in pieces. */
export function formatFile(chunks: readonly Uint8Array[]): readonly Uint8Array[] {
  const head = new TextEncoder().encode("RIFF\0\0\0\0WEBP");
  new DataView(head.buffer).setUint32(4, head.byteLength - 8 + lengthOf(chunks), true);
  return [head, ...chunks];
}

/** Returns what is thrown for bytes that are no WebP. */
export function damagedWebp(detail: string, cause?: unknown): ImageError {
  return new ImageError("source-malformed", "The WebP data is damaged.", { detail: `WebP: ${detail}`, cause });
}

function lengthOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

function typeAt(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}
