import { maxReadsAtOnce } from "../limits.ts";
import type { TileRange } from "../pyramid/tile-index.ts";
import type { ByteSource } from "../source/byte-source.ts";
import type { ReadPlan } from "./reads.ts";

/** The compressed bytes of a batch of tiles. */
export interface GatheredBytes {
  /** Returns the bytes of a tile whose range the reads covered. */
  bytesOf(range: TileRange): Uint8Array;
}

/** Says whether reads are all under way at once, and so over within the time that one may take. */
export function areMadeAtOnce(reads: readonly ReadPlan[]): boolean {
  return reads.length <= maxReadsAtOnce;
}

/** Makes the reads, at most `maxReadsAtOnce` at a time. Throws what the source throws. */
export async function gatherReads(source: ByteSource, reads: readonly ReadPlan[]): Promise<GatheredBytes> {
  const runs: { offset: number; bytes: Uint8Array }[] = [];
  const queue = reads.values();
  const worker = async (): Promise<void> => {
    for (const { offset, length } of queue) runs.push({ offset, bytes: await source.read(offset, length) });
  };
  await Promise.all(Array.from({ length: Math.min(maxReadsAtOnce, reads.length) }, worker));
  return {
    bytesOf({ offset, length }) {
      const run = runs.find((held) => held.offset <= offset && offset + length <= held.offset + held.bytes.byteLength);
      if (run === undefined) throw new RangeError(`no read covers ${length} bytes at ${offset}`);
      return run.bytes.subarray(offset - run.offset, offset - run.offset + length);
    },
  };
}
