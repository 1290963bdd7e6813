import { crc32, type Inflate, inflateSync } from "node:zlib";

/** A chunk of a PNG whose CRC is right. */
export interface PngChunk {
  readonly type: string;
  readonly data: Uint8Array;
}

/** Parts a PNG into its chunks. Throws for a wrong signature, length or CRC. */
export function readPngChunks(png: Uint8Array): PngChunk[] {
  const bytes = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
  if (bytes.toString("latin1", 0, 8) !== "\x89PNG\r\n\x1a\n") throw new Error("not a PNG");
  const chunks: PngChunk[] = [];
  for (let at = 8; at < bytes.length; ) {
    const end = at + 8 + bytes.readUInt32BE(at);
    if (crc32(bytes.subarray(at + 4, end)) !== bytes.readUInt32BE(end)) throw new Error(`wrong CRC at ${at}`);
    chunks.push({ type: bytes.toString("latin1", at + 4, at + 8), data: bytes.subarray(at + 8, end) });
    at = end + 4;
  }
  return chunks;
}

/** Inflates the image data of a PNG: filtered rows. Throws for a damaged stream, a wrong Adler-32 or bytes after it. */
export function inflatePng(png: Uint8Array): Uint8Array {
  const data = readPngChunks(png).filter(({ type }) => type === "IDAT");
  const stream = Buffer.concat(data.map((chunk) => chunk.data));
  const { buffer, engine } = inflateSync(stream, { info: true }) as unknown as { buffer: Buffer; engine: Inflate };
  if (engine.bytesWritten !== stream.length) throw new Error("bytes behind the stream");
  return buffer;
}
