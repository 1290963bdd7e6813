import * as v from "valibot";
import { parseRecord } from "./work-record.ts";

/** What happened to an object or a collection. */
export interface Activity {
  readonly type: "Create" | "Update" | "Delete";
  readonly kind: "object" | "collection";
  readonly key: string;
  /** When it was told: in UTC, as JavaScript writes it. No activity of the feed is earlier than the one before it. */
  readonly endTime: string;
}

/** A page of the feed. One that is full is never written again. */
export interface FeedPage {
  /** From 1 on. */
  readonly number: number;
  /** How many activities stand on the pages before it. */
  readonly startIndex: number;
  readonly activities: readonly Activity[];
  /** The runs whose activities end on this page: a run that finds itself here has told all it had to. */
  readonly runs: readonly string[];
  /** There is a page behind it. */
  readonly isFull: boolean;
}

/** How far the feed goes. */
export interface FeedEnd {
  /** The number of the last page. */
  readonly pages: number;
  readonly activities: number;
}

/** The most activities of a page. */
export const mostPageActivities = 1000;

/** The end of a feed in which nothing has been told. Harvesters begin at the last page, so there is one. */
export const emptyFeed: FeedEnd = { pages: 1, activities: 0 };

/** The key, in the catalogue, of the record that says how far the feed goes. */
export const feedEndKey = "feed/end.json";

/** Returns the key, in the catalogue, of a page of the feed. */
export function feedPageKey(number: number): string {
  return `feed/pages/${number}.json`;
}

/** Returns a page that has nothing on it yet. */
export function emptyFeedPage(number: number, startIndex: number): FeedPage {
  return { number, startIndex, activities: [], runs: [], isFull: false };
}

const text = v.pipe(v.string(), v.minLength(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const activitySchema: v.GenericSchema<unknown, Activity> = v.object({
  type: v.picklist(["Create", "Update", "Delete"]),
  kind: v.picklist(["object", "collection"]),
  key: text,
  endTime: v.pipe(v.string(), v.isoTimestamp()),
});

const pageSchema: v.GenericSchema<unknown, FeedPage> = v.object({
  number: v.pipe(count, v.minValue(1)),
  startIndex: count,
  activities: v.pipe(v.array(activitySchema), v.maxLength(mostPageActivities)),
  runs: v.array(text),
  isFull: v.boolean(),
});

const endSchema: v.GenericSchema<unknown, FeedEnd> = v.object({
  pages: v.pipe(count, v.minValue(1)),
  activities: count,
});

/** Reads a page of the feed. Throws `record-malformed`, whose detail says what is wrong and where. */
export function parseFeedPage(bytes: Uint8Array, number: number): FeedPage {
  return parseRecord(bytes, { name: feedPageKey(number), schema: pageSchema });
}

/** Reads how far the feed goes. Throws `record-malformed`, whose detail says what is wrong and where. */
export function parseFeedEnd(bytes: Uint8Array): FeedEnd {
  return parseRecord(bytes, { name: feedEndKey, schema: endSchema });
}

/** Returns a page, or the end, of the feed as it is stored. */
export function formatFeedRecord(record: FeedPage | FeedEnd): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(record));
}
