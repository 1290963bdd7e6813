import type { ByteSource } from "../source/byte-source.ts";

/** Most bytes that are held: the directories of a file are a few megabytes at most. */
const maxHeldBytes = 16 << 20;

/**
 * Returns the same source, which answers repeated reads from memory: each image of a file is opened on its own and
 * reads the directories of all. Holds up to 16 MB until it is dropped. Its reads throw what the source throws.
 */
export function holdReads(source: ByteSource): ByteSource {
  const held = new Map<string, Uint8Array>();
  let heldBytes = 0;
  return {
    size: source.size,
    version: source.version,
    async read(offset, length) {
      const key = `${offset} ${length}`;
      const known = held.get(key);
      if (known !== undefined) return known;
      const bytes = await source.read(offset, length);
      if (heldBytes + bytes.byteLength <= maxHeldBytes) {
        held.set(key, bytes);
        heldBytes += bytes.byteLength;
      }
      return bytes;
    },
  };
}
