import type { ByteSource } from "../../src/source/byte-source.ts";

/**
 * Counts how often all that goes on has to wait for storage: reads are answered together once nothing else is done, so
 * those that begin before others have ended are one wait, however long each takes.
 */
export class Waits {
  /** The reads so far, each as the test names it. */
  readonly reads: string[] = [];
  count = 0;
  #waiting: (() => void)[] = [];

  /** Waits for an answer. */
  async next(read: string): Promise<void> {
    this.reads.push(read);
    await new Promise<void>((go) => {
      if (this.#waiting.length === 0) setTimeout(() => this.#answer());
      this.#waiting.push(go);
    });
  }

  #answer(): void {
    this.count += 1;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const go of waiting) go();
  }
}

/** Returns the same source, each read of which is named `offset+length` and waits for its answer. */
export function countWaits(source: ByteSource, waits: Waits): ByteSource {
  return {
    size: source.size,
    version: source.version,
    async read(offset, length) {
      await waits.next(`${offset}+${length}`);
      return source.read(offset, length);
    },
  };
}
