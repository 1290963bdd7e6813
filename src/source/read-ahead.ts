import { availableBytes, type ByteSource } from "./byte-source.ts";

/** A run of bytes that is already held. */
export interface HeldRun {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** A source that answers from runs that it holds, or that are on their way. */
export interface AheadSource extends ByteSource {
  /** Returns whether a byte is held or on its way. */
  readonly isKnown: (offset: number) => boolean;
  /** Starts to read a run that later reads are answered from. Throws what the source throws, and so do those reads. */
  readonly begin: (offset: number, length: number) => Promise<HeldRun>;
}

interface Run {
  readonly offset: number;
  readonly length: number;
  readonly bytes: Uint8Array | Promise<Uint8Array>;
}

/** How many bytes are read at a time, by how many were read so before. */
export type AheadBytes = (readBytes: number) => number;

/**
 * Returns the same source, which reads at least `aheadBytes` at a time and answers from what it holds: directories and
 * their arrays are close together, so most of their small reads are free. Holds what it has read until it is dropped,
 * except single reads longer than `aheadBytes`; meant for opening one file. `held` is what was read before.
 */
export function readAhead(source: ByteSource, aheadBytes: number | AheadBytes, held: readonly HeldRun[]): AheadSource {
  const aheadBytesOf: AheadBytes = typeof aheadBytes === "number" ? () => aheadBytes : aheadBytes;
  let readBytes = 0;
  const runs: Run[] = held.map(({ offset, bytes }) => ({ offset, length: bytes.byteLength, bytes }));
  const find = (from: number, to: number) => runs.find((run) => run.offset <= from && to <= run.offset + run.length);
  const start = (offset: number, length: number): Promise<Uint8Array> => {
    const bytes = source.read(offset, length);
    runs.push({ offset, length, bytes });
    // A failure is told to whoever reads the run, which may be nobody.
    bytes.catch(() => undefined);
    return bytes;
  };
  return {
    size: source.size,
    version: source.version,
    isKnown: (offset) => find(offset, offset + 1) !== undefined,
    begin: async (offset, length) => ({ offset, bytes: await start(offset, length) }),
    async read(offset, length) {
      const wanted = availableBytes(offset, length, source.size);
      const known = find(offset, offset + wanted);
      if (known !== undefined)
        return (await known.bytes).subarray(offset - known.offset, offset - known.offset + wanted);
      const mostBytes = aheadBytesOf(readBytes);
      if (wanted > mostBytes) return source.read(offset, wanted);
      const ahead = availableBytes(offset, mostBytes, source.size);
      readBytes += ahead;
      return (await start(offset, ahead)).subarray(0, wanted);
    },
  };
}
