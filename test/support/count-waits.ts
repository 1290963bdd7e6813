import type { ByteSource } from "../../src/source/byte-source.ts";

/** What was read of a source, as `offset+length` for each read, and how often all that went on had to wait for it. */
export interface Waits {
  readonly reads: string[];
  waits: number;
}

/**
 * Returns the same source, whose reads are answered together once nothing else goes on: so reads that begin before others
 * have ended count as one wait, however long each takes.
 */
export function countWaits(source: ByteSource, counted: Waits): ByteSource {
  let waiting: (() => void)[] = [];
  const answer = (): void => {
    counted.waits += 1;
    const answered = waiting;
    waiting = [];
    for (const go of answered) go();
  };
  return {
    size: source.size,
    version: source.version,
    async read(offset, length) {
      counted.reads.push(`${offset}+${length}`);
      await new Promise<void>((go) => {
        if (waiting.length === 0) setTimeout(answer);
        waiting.push(go);
      });
      return source.read(offset, length);
    },
  };
}
