import { availableBytes, type ByteSource } from "./byte-source.ts";

/** A run of bytes that is already held. */
export interface HeldRun {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * Returns the same source, which reads at least `aheadBytes` at a time and answers from what it holds: directories and
 * their arrays are close together, so most of their small reads are free. Holds what it has read until it is dropped,
 * except single reads longer than `aheadBytes`; meant for opening one file. `held` is what was read before.
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
