import { withDeadline } from "../budget/deadline.ts";
import type { Work } from "../catalogue/work.ts";
import { ImageError } from "../error.ts";
import { collectionTag, feedTag, objectTag, searchTag } from "../identity/cache-tags.ts";
import { identifierOf } from "../identity/identifier.ts";
import {
  identifierOfKey,
  keyPrefixOf,
  type MasterKey,
  type MasterNaming,
  nameMaster,
} from "../identity/master-name.ts";
import { mostPurgedImages } from "../limits.ts";
import { type RecordStore, type Stored, withWork } from "../records.ts";
import type { Visit } from "../visit.ts";
import type { PurgeOrder } from "./purge-order.ts";

/** What one call purges. */
export interface PurgeChoice {
  readonly keys: readonly MasterKey[];
  /** Tags besides those of the masters. */
  readonly tags: readonly string[];
  /** The order that goes on with what is left; undefined when nothing is. */
  readonly next?: PurgeOrder;
}

/** Where that is found what an order names. */
export interface PurgeGround {
  readonly records: RecordStore;
  readonly masters: Pick<R2Bucket, "list">;
  readonly naming: MasterNaming;
  readonly visit: Visit;
}

/** An order that names what it means. */
export type NamedOrder = Exclude<PurgeOrder, { readonly kind: "everything" }>;

/**
 * Returns what an order means, as much of it as one call purges. An object without a record is purged by its name: it may
 * have been withdrawn. Throws `identifier-malformed`, `not-found`, `record-malformed`, `storage-failed`.
 */
export async function choosePurge(ground: PurgeGround, order: NamedOrder): Promise<PurgeChoice> {
  switch (order.kind) {
    case "images":
      return { keys: keysOf(ground, order.identifiers), tags: [] };
    case "collection":
      return { keys: [], tags: [await collectionTag(order.key)] };
    case "prefix":
      return choosePrefix(ground, order);
    case "object":
      return chooseObject(ground, order);
  }
}

function keysOf({ naming }: PurgeGround, identifiers: readonly string[]): readonly MasterKey[] {
  return [...new Set(identifiers.map((identifier) => nameMaster(identifierOf(identifier), naming).key))];
}

async function chooseObject(
  ground: PurgeGround,
  { key, only, after = 0 }: Extract<PurgeOrder, { readonly kind: "object" }>,
): Promise<PurgeChoice> {
  // Whether the feed tells of it, and what is found, depends on who may see it.
  const tags = after === 0 ? [await objectTag(key), searchTag, feedTag] : [];
  if (only === "documents") return { keys: [], tags };
  const keys = await masterKeys(ground, key);
  const end = after + mostPurgedImages;
  const choice = { keys: keys.slice(after, end), tags };
  return end < keys.length ? { ...choice, next: { kind: "object", key, after: end } } : choice;
}

async function masterKeys(ground: PurgeGround, key: string): Promise<readonly MasterKey[]> {
  const identifiersOf = async (work: Stored<Work>) =>
    work.read().pages.flatMap(({ images }) => images.map(({ identifier }) => identifier));
  try {
    return keysOf(ground, await withWork(ground.records, { key, visit: ground.visit }, identifiersOf));
  } catch (error) {
    if (error instanceof ImageError && error.code === "not-found") return [];
    throw error;
  }
}

async function choosePrefix(
  { masters, naming, records }: PurgeGround,
  { prefix, after }: Extract<PurgeOrder, { readonly kind: "prefix" }>,
): Promise<PurgeChoice> {
  refuseElsewhere(naming, prefix);
  const asked = {
    prefix: keyPrefixOf(prefix, naming),
    limit: mostPurgedImages,
    ...(after === undefined ? {} : { startAfter: after }),
  };
  const { clock, timeoutSeconds } = records.storage;
  const { objects, truncated } = await withDeadline(clock, timeoutSeconds, () => masters.list(asked)).catch(
    (cause: unknown) => {
      throw new ImageError("storage-failed", "The bucket of masters can't be listed now.", { cause });
    },
  );
  const keys = objects.flatMap(({ key }) => identifierOfKey(key, naming)?.key ?? []);
  const last = objects.at(-1)?.key;
  const choice = { keys, tags: [] };
  return truncated && last !== undefined ? { ...choice, next: { kind: "prefix", prefix, after: last } } : choice;
}

/** What is in the bucket alone can be listed. Throws `body-malformed` for a prefix of masters that are elsewhere. */
function refuseElsewhere({ origins = [] }: MasterNaming, prefix: string): void {
  const there = origins.find((origin) => origin.prefix.startsWith(prefix) || prefix.startsWith(origin.prefix));
  if (there === undefined) return;
  const what = `Images whose identifiers start with ${JSON.stringify(there.prefix)} are on another server, where they are not listed.`;
  throw new ImageError("body-malformed", what, { hint: "Purge them by their identifiers, or purge everything." });
}
