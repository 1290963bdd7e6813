import type { Clock } from "./clock.ts";
import type { Patience } from "./lease.ts";
import { MemoryBudget } from "./memory-budget.ts";
import { ofEachShare, type ShareLimit, shareLimits } from "./shares.ts";

/** Where a request gets its memory and its turns to compute, and how long it waits for memory. */
export interface Admission {
  readonly budget: MemoryBudget;
  readonly clock: Clock;
  readonly patience: Patience;
  /** Returns whether no other request is being answered now. */
  readonly isAlone: () => boolean;
  /** Within what time a read ends, in milliseconds; undefined where nothing ends it. */
  readonly readMilliseconds?: number | undefined;
}

/** Time for a caller with nobody to wait for: pauses end at once, and nothing needs to be renewed. */
const idleClock: Clock = {
  now: () => 0,
  after: (_, action) => {
    queueMicrotask(action);
    return () => undefined;
  },
  every: () => () => undefined,
};

/**
 * Returns the admission of a caller that has all memory for itself, outside the service: a check, a benchmark, a test.
 */
export function soleAdmission(): Admission {
  const limitBytes = Number.POSITIVE_INFINITY;
  const limits = ofEachShare(
    (share): ShareLimit => ({ limitBytes, pool: shareLimits[share].pool, guaranteedBytes: limitBytes }),
  );
  return {
    budget: new MemoryBudget(idleClock, limits),
    clock: idleClock,
    patience: { milliseconds: 0, signal: undefined },
    isAlone: () => true,
  };
}
