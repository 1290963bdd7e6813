import type { Clock } from "./clock.ts";
import type { Lease } from "./lease.ts";
import { renewalMilliseconds } from "./memory-budget.ts";

/** Renews a lease by a timer of this request, until the function that is returned is called. */
export function keepRenewed(clock: Clock, lease: Lease): () => void {
  return clock.every(renewalMilliseconds, () => lease.renew());
}

/** Runs `work` while a timer of this request renews a lease. Throws what the work throws. */
export async function whileRenewing<T>(clock: Clock, lease: Lease, work: () => Promise<T>): Promise<T> {
  const stop = keepRenewed(clock, lease);
  try {
    return await work();
  } finally {
    stop();
  }
}
