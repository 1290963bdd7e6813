import { type Bucket, BucketError } from "../bucket/bucket.ts";
import { checkedBytes } from "../bucket/upload.ts";
import {
  type Activity,
  emptyFeed,
  emptyFeedPage,
  type FeedEnd,
  type FeedPage,
  feedEndKey,
  feedPageKey,
  formatFeedRecord,
  mostPageActivities,
  parseFeedEnd,
  parseFeedPage,
} from "../catalogue/feed.ts";
import { recordHeaders, rewriteRecord } from "./catalogue-record.ts";

/** A change that the feed has not told. */
export type Change = Omit<Activity, "endTime">;

/** What a run has to tell. */
export interface RunChanges {
  /** Tells it from all other runs. */
  readonly run: string;
  readonly changes: readonly Change[];
  /** Changes of runs that broke off, which this one tells in their place. */
  readonly recovered: readonly { readonly run: string; readonly changes: readonly Change[] }[];
  /** The time, in milliseconds since 1970. */
  readonly now: () => number;
}

/** How often another run may come first. Each time it does, its own changes are told. */
const mostTries = 50;

/**
 * Puts changes at the end of the feed and returns how many. The last page is written in place of the one that was read
 * alone, so that of runs at once none loses anything; the page says which runs are on it, so that an answer that was lost
 * tells nothing twice. The end of the feed is written last, and never further back than it is. Throws BucketError and
 * `record-malformed`.
 */
export async function appendToFeed(catalogue: Bucket, told: RunChanges): Promise<number> {
  const { run, now } = told;
  const runs = new Set<string>();
  let number = (await readEnd(catalogue)).pages;
  let startIndex = 0;
  let time = "";
  let rest: readonly Change[] | undefined;
  let total = 0;
  /** What was sent and not answered. */
  let underWay: { readonly number: number; readonly count: number } | undefined;
  for (let tries = 0; tries < mostTries; ) {
    const stored = await catalogue.get(feedPageKey(number));
    const page = stored === undefined ? emptyFeedPage(number, startIndex) : parseFeedPage(stored.bytes, number);
    for (const one of page.runs) runs.add(one);
    if (underWay?.number === number && page.runs.includes(run)) rest = rest?.slice(underWay.count);
    underWay = undefined;
    time = page.activities.at(-1)?.endTime ?? time;
    if (page.isFull) {
      startIndex = page.startIndex + page.activities.length;
      number += 1;
      continue;
    }
    rest ??= changesOf(told, runs);
    total ||= rest.length;
    if (rest.length === 0) {
      if (stored !== undefined) await writeEnd(catalogue, page);
      return total;
    }
    const next = fillPage(page, rest, { run, time: [time, new Date(now()).toISOString()].toSorted().at(-1) ?? "" });
    const count = next.activities.length - page.activities.length;
    if (await writePage(catalogue, next, stored?.etag)) {
      rest = rest.slice(count);
      if (rest.length > 0) continue;
      await writeEnd(catalogue, next);
      return total;
    }
    underWay = { number, count };
    tries += 1;
  }
  throw new BucketError("changed", `${feedPageKey(number)} is changed by others again and again.`);
}

/** A run that broke off may have told its changes before it did. */
function changesOf({ changes, recovered }: RunChanges, runs: ReadonlySet<string>): readonly Change[] {
  return [...recovered.filter(({ run }) => !runs.has(run)).flatMap(({ changes }) => changes), ...changes];
}

/** A page on which not all changes have room is full: there will be another. */
function fillPage(
  page: FeedPage,
  changes: readonly Change[],
  { run, time }: { readonly run: string; readonly time: string },
): FeedPage {
  const room = mostPageActivities - page.activities.length;
  const added = changes.slice(0, room).map((change): Activity => ({ ...change, endTime: time }));
  return {
    ...page,
    activities: [...page.activities, ...added],
    runs: added.length === 0 ? page.runs : [...page.runs, run],
    isFull: changes.length > room,
  };
}

async function writePage(catalogue: Bucket, page: FeedPage, etag: string | undefined): Promise<boolean> {
  const bytes = formatFeedRecord(page);
  const headers = recordHeaders(bytes);
  const key = feedPageKey(page.number);
  const written =
    etag === undefined
      ? await catalogue.create(key, checkedBytes(bytes), headers)
      : await catalogue.replace(key, checkedBytes(bytes), { etag, headers });
  return written !== undefined;
}

async function readEnd(catalogue: Bucket): Promise<FeedEnd> {
  const stored = await catalogue.get(feedEndKey);
  return stored === undefined ? emptyFeed : parseFeedEnd(stored.bytes);
}

async function writeEnd(catalogue: Bucket, { number, startIndex, activities }: FeedPage): Promise<void> {
  const end: FeedEnd = { pages: number, activities: startIndex + activities.length };
  await rewriteRecord(catalogue, feedEndKey, (bytes) => {
    const isFurther = bytes !== undefined && parseFeedEnd(bytes).activities >= end.activities;
    return isFurther ? bytes : formatFeedRecord(end);
  });
}
