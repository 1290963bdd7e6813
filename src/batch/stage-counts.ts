import { type Stage, type StageSeconds, stages } from "../task/states.ts";

/** The next bound is by so much larger than the one before. */
const ratio = 1.01;

/** What is shorter is counted together, in seconds. */
const leastSeconds = 1e-4;

/** Counts seconds of stages by their size, so that shares of many items are told without holding any. */
export class StageCounts {
  /** By stage and bound: how many, and the most seconds of them. */
  readonly #counts = new Map<Stage, Map<number, { many: number; most: number }>>();

  add(seconds: StageSeconds): void {
    for (const stage of stages) {
      const value = seconds[stage];
      if (value === undefined) continue;
      const bounds = this.#counts.get(stage) ?? new Map<number, { many: number; most: number }>();
      this.#counts.set(stage, bounds);
      const bound = value <= leastSeconds ? 0 : 1 + Math.floor(Math.log(value / leastSeconds) / Math.log(ratio));
      const counted = bounds.get(bound) ?? { many: 0, most: 0 };
      bounds.set(bound, { many: counted.many + 1, most: Math.max(counted.most, value) });
    }
  }

  /** Returns the seconds that a share of the items took no longer than, of each stage that there was. */
  quantile(share: number): StageSeconds {
    return Object.fromEntries(
      [...this.#counts].map(([stage, bounds]) => {
        const sorted = [...bounds].toSorted(([a], [b]) => a - b).map(([, counted]) => counted);
        const all = sorted.reduce((sum, { many }) => sum + many, 0);
        const place = Math.min(all - 1, Math.floor(all * share));
        let before = 0;
        const found = sorted.find(({ many }) => {
          before += many;
          return before > place;
        });
        return [stage, found?.most ?? 0] as const;
      }),
    );
  }
}
