import * as v from "valibot";
import { collectionKey } from "./collection.ts";
import type { Activity } from "./feed.ts";
import { parseRecord, workKey } from "./work-record.ts";

/** An object or a collection whose record may change. */
export type Resource = Pick<Activity, "kind" | "key">;

/** What a run may do to a resource: write its record, or take it away. */
export interface Announced extends Resource {
  readonly isRemoved?: true;
}

/** What a run is about to write, and has not told the feed: a later run does, if this one breaks off. */
export interface FeedRun {
  readonly run: string;
  /** When the run was seen alive: in UTC, as JavaScript writes it. */
  readonly at: string;
  readonly objects: readonly string[];
  readonly collections: readonly string[];
  /** Objects whose records are to be taken away. */
  readonly removed?: readonly string[];
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

/** Names what a run announces among all that it does. */
export function announcedName(announced: Announced): string {
  return announced.isRemoved ? `removed ${resourceKey(announced)}` : resourceKey(announced);
}

/** Returns what a run is about to do. */
export function announcedBy({
  objects,
  collections,
  removed = [],
}: Pick<FeedRun, "objects" | "collections" | "removed">): readonly Announced[] {
  return [
    ...objects.map((key): Announced => ({ kind: "object", key })),
    ...collections.map((key): Announced => ({ kind: "collection", key })),
    ...removed.map((key): Announced => ({ kind: "object", key, isRemoved: true })),
  ];
}

/** Returns what is announced as a record has it. */
export function byKind(announced: readonly Announced[]): Pick<FeedRun, "objects" | "collections" | "removed"> {
  const keysOf = (kind: Resource["kind"], isRemoved?: true) =>
    announced.filter((one) => one.kind === kind && one.isRemoved === isRemoved).map(({ key }) => key);
  const removed = keysOf("object", true);
  const written = { objects: keysOf("object"), collections: keysOf("collection") };
  return removed.length === 0 ? written : { ...written, removed };
}

const text = v.pipe(v.string(), v.minLength(1));

const runSchema: v.GenericSchema<unknown, FeedRun> = v.object({
  run: text,
  at: v.pipe(v.string(), v.isoTimestamp()),
  objects: v.array(text),
  collections: v.array(text),
  removed: v.exactOptional(v.array(text)),
});

/** Reads what a run is about to write. Throws `record-malformed`, whose detail says what is wrong and where. */
export function parseFeedRun(bytes: Uint8Array, name: string): FeedRun {
  return parseRecord(bytes, { name, schema: runSchema });
}

/** Returns what a run is about to write, as it is stored. */
export function formatFeedRun(run: FeedRun): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(run));
}
