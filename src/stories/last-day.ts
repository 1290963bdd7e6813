import { whileRenewing } from "../budget/renewal.ts";
import { readRollUp } from "../operation/roll-up-store.ts";
import type { Services } from "../services.ts";
import { figureOf } from "../statistics/figures.ts";
import { hourMilliseconds, hourOf, hoursBetween } from "../statistics/hour.ts";
import { StatisticsSum } from "../statistics/report.ts";
import { parseRollUp } from "../statistics/roll-up.ts";
import type { Tally } from "../statistics/tally.ts";
import type { Visit } from "../visit.ts";
import { handOverNow } from "./counting.ts";
import { rollUpLoan, rollUpStore } from "./roll-up.ts";
import { findWaitingHours } from "./statistics.ts";

/** Roll-ups that are read at once. */
const readsAtOnce = 4;

/** What was counted in the last 24 hours. */
export interface LastDay {
  /** All of it together. */
  readonly tally: Tally;
  /** Requests by the hour, the one that is running last. */
  readonly hours: readonly { readonly hour: string; readonly requests: number }[];
}

/** Returns what was counted in the last 24 hours, the one that is running included. Throws `storage-failed`, `render-busy`. */
export async function readLastDay(services: Services, visit: Visit): Promise<LastDay> {
  const { budget, clock } = services;
  await handOverNow(services, visit.log);
  const lease = await budget.take(rollUpLoan, visit.patience);
  try {
    return await whileRenewing(clock, lease, () => addUp(services, clock.now()));
  } finally {
    lease.release();
  }
}

async function addUp(services: Services, now: number): Promise<LastDay> {
  const since = now - 23 * hourMilliseconds;
  const asked = hoursBetween(hourOf(since), hourOf(now));
  const sum = new StatisticsSum(since);
  const store = rollUpStore(services);
  for (let at = 0; at < asked.length; at += readsAtOnce) {
    const read = await Promise.all(asked.slice(at, at + readsAtOnce).map((hour) => readRollUp(store, hour)));
    for (const rollUp of read) if (rollUp !== undefined) sum.add(rollUp);
  }
  // Last: what was written meanwhile is known by its name.
  for (let before: string | undefined, isMore = true; isMore; ) {
    const { rollUps, next } = await findWaitingHours(services, before);
    for (const text of rollUps) sum.add(parseRollUp(text));
    before = next;
    isMore = next !== undefined && sum.isWithin(next);
  }
  const requests = new Map(sum.rows("hour").map(({ name, figures }) => [name, figureOf(figures, "requests")]));
  return { tally: sum.tally, hours: asked.map((hour) => ({ hour, requests: requests.get(hour) ?? 0 })) };
}
