import { availableBytes, type ByteSource } from "./byte-source.ts";

/**
 * Returns the same source, whose first read has the last `tailBytes` of the file read beside it: directories that lead
 * from one to the next towards the end cost a wait each only as far as that. A file that needs no read costs none. Meant
 * for the opening of one file; throws what the source throws.
 */
export function withTail(source: ByteSource, tailBytes: number): ByteSource {
  const { size, version } = source;
  const tailOffset = Math.max(0, size - tailBytes);
  let tail: Promise<Uint8Array> | undefined;
  return {
    size,
    version,
    async read(offset, length) {
      if (offset >= tailOffset) {
        if (tail === undefined) return source.read(offset, length);
        const start = offset - tailOffset;
        return (await tail).subarray(start, start + availableBytes(offset, length, size));
      }
      if (tail === undefined) {
        tail = source.read(tailOffset, size - tailOffset);
        // A failure shows to whoever asks for the tail, which may be nobody.
        tail.catch(() => undefined);
      }
      return source.read(offset, length);
    },
  };
}
