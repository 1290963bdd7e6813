import type { ByteSource } from "./byte-source.ts";

/** What one request has read from a source so far. */
export interface ReadCounts {
  reads: number;
  bytes: number;
}

/** Returns the same source, which adds every read to `counts`. */
export function countReads(source: ByteSource, counts: ReadCounts): ByteSource {
  return {
    size: source.size,
    version: source.version,
    async read(offset, length) {
      const bytes = await source.read(offset, length);
      counts.reads += 1;
      counts.bytes += bytes.byteLength;
      return bytes;
    },
  };
}
