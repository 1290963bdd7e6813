/** The stages of a conversion that are timed. */
export type Stage = "read" | "decode" | "resample" | "encode" | "write" | "verify";

/** Seconds that each stage took. */
export type StageSeconds = Readonly<Record<Stage, number>>;

/**
 * Adds up what stages take, by a clock that counts milliseconds. `read` is what was waited for: what comes while something is
 * computed takes nothing. `decode` is what is left of drawing, and `encode` has all that is done to tiles.
 */
export class Stages {
  readonly #now: () => number;
  readonly #milliseconds: Record<Stage, number> = { read: 0, decode: 0, resample: 0, encode: 0, write: 0, verify: 0 };

  constructor(now: () => number) {
    this.#now = now;
  }

  /** What has been counted so far. */
  get seconds(): StageSeconds {
    const { read, decode, resample, encode, write, verify } = this.#milliseconds;
    const [r, d, s, e, w, v] = [read, decode, resample, encode, write, verify].map((spent) => spent / 1000);
    return { read: r ?? 0, decode: d ?? 0, resample: s ?? 0, encode: e ?? 0, write: w ?? 0, verify: v ?? 0 };
  }

  /** Counts work that is done at once. */
  count<T>(stage: Stage, work: () => T): T {
    const start = this.#now();
    try {
      return work();
    } finally {
      this.#milliseconds[stage] += this.#now() - start;
    }
  }

  /** Counts work that is waited for. */
  async time<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    const start = this.#now();
    try {
      return await work();
    } finally {
      this.#milliseconds[stage] += this.#now() - start;
    }
  }

  /** Counts work as a stage as far as no other stage is counted meanwhile. */
  async timeRest<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    const start = this.#now();
    const others = this.#sum();
    try {
      return await work();
    } finally {
      this.#milliseconds[stage] += Math.max(0, this.#now() - start - (this.#sum() - others));
    }
  }

  #sum(): number {
    return Object.values(this.#milliseconds).reduce((sum, spent) => sum + spent, 0);
  }
}
