import { fstatSync, openSync, readSync } from "node:fs";
import { availableBytes, type ByteSource } from "../src/source/byte-source.ts";

/** Returns a ByteSource over a file, read without waiting: what storage costs is left out. Throws when it can't be opened. */
export function fileSource(path: string): ByteSource {
  const file = openSync(path, "r");
  const { size } = fstatSync(file);
  return {
    size,
    version: path,
    async read(offset, length) {
      const bytes = new Uint8Array(availableBytes(offset, length, size));
      readSync(file, bytes, 0, bytes.byteLength, offset);
      return bytes;
    },
  };
}
