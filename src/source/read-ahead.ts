import { availableBytes, type ByteSource } from "./byte-source.ts";

/** A run of bytes that is held already. */
export interface HeldRun {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * Returns the same source, reading at least `aheadBytes` at a time and answering from what it holds: directories and
 * their arrays lie close together, so that most of their small reads cost none. Holds what it has read until it is
 * dropped, but for what is longer than `aheadBytes`, which was asked for as a whole; meant for the opening of one file.
 * `held` is what has been read before.
 */
export function readAhead(source: ByteSource, aheadBytes: number, held: readonly HeldRun[]): ByteSource {
  const runs = [...held];
  return {
    size: source.size,
    version: source.version,
    async read(offset, length) {
      const wanted = availableBytes(offset, length, source.size);
      const known = runs.find((run) => run.offset <= offset && offset + wanted <= run.offset + run.bytes.byteLength);
      if (known !== undefined) return known.bytes.subarray(offset - known.offset, offset - known.offset + wanted);
      const bytes = await source.read(offset, availableBytes(offset, Math.max(wanted, aheadBytes), source.size));
      if (bytes.byteLength <= aheadBytes) runs.push({ offset, bytes });
      return bytes.subarray(0, wanted);
    },
  };
}
