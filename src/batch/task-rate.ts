import type { Tally } from "./item-table.ts";

/** Over how many minutes the rate is taken. */
const rateMinutes = 5;

/** Returns how many items have ended a minute, of late or since the task began, to a tenth. Times are milliseconds since 1970. */
export function ratePerMinute(
  { minutes }: Pick<Tally, "minutes">,
  { since: createdAt, now }: { readonly since: number; readonly now: number },
): number {
  const minute = Math.floor(now / 60_000);
  const ended = Object.entries(minutes).reduce(
    (sum, [at, count]) => (Number(at) > minute - rateMinutes ? sum + count : sum),
    0,
  );
  const since = Math.max(createdAt, 60_000 * (minute - rateMinutes + 1));
  return Math.round((60_000 * 10 * ended) / Math.max(1000, now - since)) / 10;
}
