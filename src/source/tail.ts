import { availableBytes, type ByteSource } from "./byte-source.ts";

/**
 * Returns the same source; its first read also reads the last `tailBytes` of the file at the same time, so that a chain
 * of directories that leads towards the end costs a wait each only until it gets there. A file that needs no read costs
 * none. Meant for opening one file; throws what the source throws.
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
        // A failure is reported to whoever reads the tail, which may be nobody.
        tail.catch(() => undefined);
      }
      return source.read(offset, length);
    },
  };
}
