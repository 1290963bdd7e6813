import type { Clock } from "../budget/clock.ts";
import { withDeadline } from "../budget/deadline.ts";
import { ImageError } from "../error.ts";
import {
  addRollUp,
  formatRollUp,
  mostRollUpBytes,
  parseRollUp,
  periodOf,
  type RollUp,
  rollUpKey,
  rollUpPrefix,
  type Span,
} from "../statistics/roll-up.ts";
import { newTally } from "../statistics/tally.ts";

/** Where roll-ups lie: the bucket of the catalogue. */
export interface RollUpStore {
  readonly bucket: Pick<R2Bucket, "get" | "put" | "list" | "delete">;
  readonly clock: Clock;
  readonly timeoutSeconds: number;
}

/** A time that there is a roll-up of. */
export interface RolledUp {
  readonly span: Span;
  readonly period: string;
}

/** How often a roll-up is read anew that somebody else wrote meanwhile. */
const tries = 3;

/** Returns the times that there are roll-ups of, in order: some hundreds. Throws `storage-failed`. */
export async function listRollUps(store: RollUpStore): Promise<readonly RolledUp[]> {
  const found: RolledUp[] = [];
  for (let cursor: string | undefined, isMore = true; isMore; ) {
    const asked = { prefix: rollUpPrefix, ...(cursor === undefined ? {} : { cursor }) };
    const listed = await answered(store, () => store.bucket.list(asked));
    for (const { key } of listed.objects) {
      const period = periodOf(key);
      if (period !== undefined) found.push(period);
    }
    isMore = listed.truncated;
    cursor = listed.truncated ? listed.cursor : undefined;
  }
  return found;
}

/** Reads a roll-up; undefined where there is none. Throws `storage-failed`, `record-malformed`. */
export async function readRollUp(store: RollUpStore, period: string): Promise<RollUp | undefined> {
  return (await readVersion(store, period))?.rollUp;
}

async function readVersion(
  store: RollUpStore,
  period: string,
): Promise<{ readonly rollUp: RollUp; readonly etag: string } | undefined> {
  const found = await answered(store, async () => {
    const object = await store.bucket.get(rollUpKey(period));
    if (object === null) return undefined;
    if (object.size > mostRollUpBytes) {
      await object.body.cancel();
      return { text: "", etag: object.etag };
    }
    return { text: await object.text(), etag: object.etag };
  });
  if (found === undefined) return undefined;
  try {
    return { rollUp: parseRollUp(found.text), etag: found.etag };
  } catch (cause) {
    const detail = `${rollUpKey(period)} can't be read: ${(cause as Error).message}`;
    throw new ImageError("record-malformed", "A record of statistics is damaged; see the service log.", { detail });
  }
}

/**
 * Adds a roll-up to the one that is stored of `period`, and makes that one where there is none. What it has already is not
 * added again, and what somebody else writes meanwhile is not lost. Throws `storage-failed`, `record-malformed`.
 */
export async function storeRollUp(store: RollUpStore, period: string, added: RollUp): Promise<void> {
  for (let left = tries; left > 0; left--) {
    const stored = await readVersion(store, period);
    const sum = addRollUp(stored?.rollUp ?? { period, from: [], tally: newTally() }, added);
    if (sum === stored?.rollUp) return;
    const onlyIf = stored === undefined ? { etagDoesNotMatch: "*" } : { etagMatches: stored.etag };
    const options = { onlyIf, httpMetadata: { contentType: "application/json" } };
    const written = await answered(store, () => store.bucket.put(rollUpKey(period), formatRollUp(sum), options));
    if (written !== null) return;
  }
  throw new ImageError("storage-failed", "A record of statistics was changed over and over while it was written.");
}

/** Deletes roll-ups, which are in another one by now. Throws `storage-failed`. */
export async function deleteRollUps(store: RollUpStore, periods: readonly string[]): Promise<void> {
  await answered(store, () => store.bucket.delete(periods.map(rollUpKey)));
}

async function answered<T>({ clock, timeoutSeconds }: RollUpStore, work: () => Promise<T>): Promise<T> {
  try {
    return await withDeadline(clock, timeoutSeconds, work);
  } catch (cause) {
    throw new ImageError("storage-failed", "The bucket of the catalogue does not answer.", { cause });
  }
}
