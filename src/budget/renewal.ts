import type { Clock } from "./clock.ts";
import type { Lease } from "./lease.ts";
import { renewalMilliseconds } from "./memory-budget.ts";

/** Runs `work` while a timer of this request renews a lease. Throws what the work throws. */
export async function whileRenewing<T>(clock: Clock, lease: Lease, work: () => Promise<T>): Promise<T> {
  const stop = clock.every(renewalMilliseconds, () => lease.renew());
  try {
    return await work();
  } finally {
    stop();
  }
}
