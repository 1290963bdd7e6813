import { MemoryBudget } from "../../src/budget/memory-budget.ts";
import { TierGuard } from "../../src/cache/guard.ts";
import { TierPause } from "../../src/cache/pause.ts";
import type { Asking } from "../../src/cache/tier.ts";
import { platformClock } from "../../src/timers.ts";

const deferred: Promise<unknown>[] = [];

/** Holds all, and remembers what is put off. */
export const holdAll: Asking = {
  hold: (byteLength) => new MemoryBudget(platformClock).tryTake("copies", byteLength),
  defer: (work) => void deferred.push(work),
};

/** What a test changes about a guard. */
export interface GuardChanges {
  readonly timeoutSeconds?: number;
  readonly pause?: TierPause;
  readonly now?: () => number;
}

/** Returns the guard of a tier as the service makes it, what it logs, and a wait for what was put off. */
export function testGuard(tier: "edge" | "bucket", changes: GuardChanges = {}) {
  const { timeoutSeconds = 5, pause = new TierPause(), now = () => 1_000_000 } = changes;
  const lines: Record<string, unknown>[] = [];
  const guard = new TierGuard({
    tier,
    timeoutSeconds,
    pause,
    clock: { ...platformClock, now: () => 1000 * now() },
    log: (line) => lines.push({ ...line }),
  });
  return { guard, lines, settle: () => Promise.all(deferred.splice(0)) };
}

/** Returns bytes without order, the same for the same seed. */
export function patternBytes(byteLength: number, seed = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(byteLength);
  for (let index = 0; index < byteLength; index++) bytes[index] = Math.imul(index + seed, 2_654_435_761) >>> 24;
  return bytes;
}

/** Returns a real bucket with some of its calls changed. */
export function changedBucket(bucket: R2Bucket, changed: Partial<Record<keyof R2Bucket, unknown>>): R2Bucket {
  return new Proxy(bucket, {
    get(target, name) {
      if (name in changed) return changed[name as keyof R2Bucket];
      const value = Reflect.get(target, name) as unknown;
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
