import type { Bucket } from "../bucket/bucket.ts";
import { BucketError } from "../bucket/bucket.ts";
import { listObjects } from "../bucket/list-objects.ts";
import { hourBefore } from "../statistics/hour.ts";
import { addRollUp, parseRollUp, periodOf, type RollUp, rollUpPrefix } from "../statistics/roll-up.ts";
import { newTally } from "../statistics/tally.ts";
import { inOrder } from "./at-once.ts";

/** The roll-ups of some time, added up. */
export interface RollUpSum {
  readonly sum: RollUp;
  /** The first and the last time that there is a roll-up of, in UTC; undefined where there is none. */
  readonly first: string | undefined;
  readonly last: string | undefined;
  /** How many hours the roll-ups are of: a day counts as 24. */
  readonly hours: number;
}

const readsAtOnce = 8;

const dayMilliseconds = 86_400_000;

/**
 * Adds up the roll-ups in the catalogue that begin in the last `days` days before `now`, in milliseconds since 1970. What a
 * service has counted and not written yet is not in them. Throws BucketError, `failed` also for one that is damaged.
 */
export async function readRollUps(
  catalogue: Bucket,
  { days, now }: { readonly days: number; readonly now: number },
): Promise<RollUpSum> {
  const since = hourBefore(now, days * dayMilliseconds);
  const keys: { readonly key: string; readonly period: string; readonly hours: number }[] = [];
  for await (const { key } of listObjects(catalogue, rollUpPrefix)) {
    const found = periodOf(key);
    // The beginning of a day or a month that lies before `since` would bring more than was asked for.
    if (found === undefined || found.period.padEnd(since.length, "-") < since.slice(0, 13)) continue;
    keys.push({ key, period: found.period, hours: hoursOf(found.period) });
  }
  let sum: RollUp = { period: since, from: [], tally: newTally() };
  const read = inOrder(keys, readsAtOnce, async ({ key }) => ({ key, object: await catalogue.get(key) }));
  for await (const { key, object } of read) {
    // It was joined to a longer one meanwhile.
    if (object !== undefined) sum = addRollUp(sum, parseStored(key, object.bytes));
  }
  const periods = keys.map(({ period }) => period).sort();
  const hours = keys.reduce((total, one) => total + one.hours, 0);
  return { sum, first: periods[0], last: periods.at(-1), hours };
}

function parseStored(key: string, bytes: Uint8Array): RollUp {
  try {
    return parseRollUp(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new BucketError("failed", `${key} can't be read: ${(error as Error).message}.`);
  }
}

function hoursOf(period: string): number {
  if (period.length === 13) return 1;
  if (period.length === 10) return 24;
  const [year = 0, month = 1] = period.split("-").map(Number);
  return 24 * new Date(Date.UTC(year, month, 0)).getUTCDate();
}
