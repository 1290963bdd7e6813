import { whileRenewing } from "../budget/renewal.ts";
import { readRollUp } from "../operation/roll-up-store.ts";
import type { Services } from "../services.ts";
import { hourBefore, hourOf, hoursBetween } from "../statistics/hour.ts";
import { addRollUp, parseRollUp, type RollUp } from "../statistics/roll-up.ts";
import { newTally } from "../statistics/tally.ts";
import type { Visit } from "../visit.ts";
import { handOverNow } from "./counting.ts";
import { rollUpLoan, rollUpStore } from "./roll-up.ts";
import { findWaitingHours } from "./statistics.ts";

/** Roll-ups that are read at once. */
const readsAtOnce = 4;

const hourMilliseconds = 3_600_000;

/** What was counted in the last 24 hours. */
export interface LastDay {
  /** All of it together. */
  readonly sum: RollUp;
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
  const asked = hoursBetween(hourBefore(now, 23 * hourMilliseconds), hourOf(now));
  const requests = new Map(asked.map((hour) => [hour, 0]));
  let sum: RollUp = { period: "", from: [], tally: newTally() };
  const add = (rollUp: RollUp): void => {
    const before = requests.get(rollUp.period);
    const next = before === undefined ? sum : addRollUp(sum, rollUp);
    if (next === sum) return;
    sum = next;
    requests.set(rollUp.period, (before ?? 0) + rollUp.tally.total[0]);
  };
  const store = rollUpStore(services);
  for (let at = 0; at < asked.length; at += readsAtOnce) {
    const read = await Promise.all(asked.slice(at, at + readsAtOnce).map((hour) => readRollUp(store, hour)));
    for (const rollUp of read) if (rollUp !== undefined) add(rollUp);
  }
  // Last: what was written meanwhile is known by its name.
  for (let before: string | undefined, isMore = true; isMore; ) {
    const { rollUps, next } = await findWaitingHours(services, before);
    for (const text of rollUps) add(parseRollUp(text));
    before = next;
    isMore = next !== undefined && next > (asked[0] ?? "");
  }
  return { sum, hours: [...requests].map(([hour, count]) => ({ hour, requests: count })) };
}
