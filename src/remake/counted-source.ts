import type { ByteSource } from "../source/byte-source.ts";

/** What has been read of a source. */
export interface ReadCount {
  readonly reads: number;
  readonly bytes: number;
}

/** Returns a source that counts what is read of it. */
export function countingSource(source: ByteSource): { source: ByteSource; read: ReadCount } {
  const read = { reads: 0, bytes: 0 };
  const counted: ByteSource = {
    size: source.size,
    version: source.version,
    async read(offset, length) {
      const bytes = await source.read(offset, length);
      read.reads += 1;
      read.bytes += bytes.byteLength;
      return bytes;
    },
  };
  return { source: counted, read };
}
