import * as v from "valibot";
import { collectionKey } from "./collection.ts";
import type { Activity } from "./feed.ts";
import { parseRecord, workKey } from "./work-record.ts";

/** An object or a collection whose record may change. */
export type Resource = Pick<Activity, "kind" | "key">;

/** What a run is about to write, and has not told the feed: a later run does, if this one breaks off. */
export interface FeedRun {
  readonly run: string;
  /** When the run was seen alive: in UTC, as JavaScript writes it. */
  readonly at: string;
  readonly objects: readonly string[];
  readonly collections: readonly string[];
}

/** What the keys of these records start with. */
export const feedRunPrefix = "feed/runs/";

/** Returns the key, in the catalogue, of what a run is about to write; a run may have several such records. */
export function feedRunKey(run: string, number: number): string {
  return `${feedRunPrefix}${run}-${number}.json`;
}

/** Returns the key of the record of an object or a collection. */
export function resourceKey({ kind, key }: Resource): string {
  return kind === "object" ? workKey(key) : collectionKey(key);
}

/** Returns the resources that a run is about to write. */
export function resourcesOf({ objects, collections }: Pick<FeedRun, "objects" | "collections">): readonly Resource[] {
  return [
    ...objects.map((key): Resource => ({ kind: "object", key })),
    ...collections.map((key): Resource => ({ kind: "collection", key })),
  ];
}

/** Returns resources as a record has them. */
export function byKind(resources: readonly Resource[]): Pick<FeedRun, "objects" | "collections"> {
  const keysOf = (kind: Resource["kind"]) => resources.filter((one) => one.kind === kind).map(({ key }) => key);
  return { objects: keysOf("object"), collections: keysOf("collection") };
}

const text = v.pipe(v.string(), v.minLength(1));

const runSchema: v.GenericSchema<unknown, FeedRun> = v.object({
  run: text,
  at: v.pipe(v.string(), v.isoTimestamp()),
  objects: v.array(text),
  collections: v.array(text),
});

/** Reads what a run is about to write. Throws `record-malformed`, whose detail says what is wrong and where. */
export function parseFeedRun(bytes: Uint8Array, name: string): FeedRun {
  return parseRecord(bytes, { name, schema: runSchema });
}

/** Returns what a run is about to write, as it is stored. */
export function formatFeedRun(run: FeedRun): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(run));
}
