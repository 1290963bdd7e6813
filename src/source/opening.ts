import { ImageError } from "../error.ts";
import { maxOpeningBytes, maxOpeningReads } from "../limits.ts";
import type { ByteSource } from "./byte-source.ts";

/**
 * Returns the same source for the opening of one file, which takes a bounded number of reads and bytes: those past
 * `maxOpeningReads` and `maxOpeningBytes` throw `source-unsupported` and are not made.
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
          "What describes the stored image lies all over its file, which takes too many reads to open. Write it anew.",
          { detail: `${reads} reads of ${bytes} bytes` },
        );
      }
      return source.read(offset, length);
    },
  };
}
