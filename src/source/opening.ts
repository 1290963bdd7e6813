import { ImageError } from "../error.ts";
import { maxOpeningBytes, maxOpeningReads } from "../limits.ts";
import type { ByteSource } from "./byte-source.ts";

/**
 * Returns the same source for opening one file with a bounded number of reads and bytes: those above `maxOpeningReads`
 * and `maxOpeningBytes` are not made and throw `source-unsupported`.
 */
export function limitOpening(source: ByteSource): ByteSource {
  let reads = 0;
  let bytes = 0;
  return {
    size: source.size,
    version: source.version,
    async read(offset, length) {
      reads += 1;
      bytes += length;
      if (reads > maxOpeningReads || bytes > maxOpeningBytes) {
        throw new ImageError(
          "source-unsupported",
          "The headers of the stored image are scattered over its file, so opening it needs too many reads.",
          { detail: `${reads} reads of ${bytes} bytes` },
        );
      }
      return source.read(offset, length);
    },
  };
}

/** What an opening may read before it has to reserve memory for more, in bytes. */
const unreservedBytes = 256 << 10;

/** Returns the same source for opening one file, which calls `reserve` once, and waits for it, before it reads much. */
export function reserveForMuch(source: ByteSource, reserve: () => Promise<void>): ByteSource {
  let bytes = 0;
  return {
    size: source.size,
    version: source.version,
    async read(offset, length) {
      const isFirst = bytes <= unreservedBytes;
      bytes += length;
      if (isFirst && bytes > unreservedBytes) await reserve();
      return source.read(offset, length);
    },
  };
}
