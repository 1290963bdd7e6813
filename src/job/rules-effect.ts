import { formatPolicy, type Policy } from "../access/policy.ts";
import { type AccessRules, findPattern, unknownNames } from "../access/rules.ts";
import { BucketError, type ServiceBuckets } from "../bucket/bucket.ts";
import { listObjects } from "../bucket/list-objects.ts";
import { collectionKey, parseCollection, topCollection } from "../catalogue/collection.ts";
import { parseImageRecord, recordKey, type StoredRecord } from "../catalogue/image-records.ts";
import type { Work } from "../catalogue/work.ts";
import { parseWork, workKey } from "../catalogue/work-record.ts";
import { ImageError } from "../error.ts";
import type { Identifier } from "../identity/identifier.ts";
import { dividePage } from "../identity/master-name.ts";
import { isClosedUnrecorded } from "../policies.ts";
import type { Naming } from "../settings/naming.ts";
import { inOrder } from "./at-once.ts";
import { listMasters } from "./stored-masters.ts";

/** Records that are read at once. */
const recordsAtOnce = 8;

/** Where that is which rules count for. */
export interface RulesGround {
  readonly buckets: Pick<ServiceBuckets, "masters" | "catalogue">;
  readonly naming: Naming;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (records: number) => void;
}

/** What rules count for of an object. */
export interface StatedObject extends Pick<Work, "key" | "access" | "collections"> {
  /** Images that it shows, and whose records do not name it. */
  readonly others: readonly string[];
}

/** What is stored that rules count for. */
export interface StatedThings {
  /** By identifier; undefined of those without a record. */
  readonly images: ReadonlyMap<string, Pick<StoredRecord, "policy" | "object"> | undefined>;
  readonly objects: readonly StatedObject[];
  /** The collections that each collection is in. */
  readonly parents: ReadonlyMap<string, readonly string[]>;
  /** Records that can't be read, a sentence each. */
  readonly damaged: readonly string[];
}

/** Reads all records of images, objects and collections, and lists all masters. Throws BucketError. */
export async function readStated({ buckets, naming, signal, onProgress }: RulesGround): Promise<StatedThings> {
  const { masters, catalogue } = buckets;
  const images = new Map<string, Pick<StoredRecord, "policy" | "object"> | undefined>();
  const objects: StatedObject[] = [];
  const parents = new Map<string, readonly string[]>();
  const damaged: string[] = [];
  for await (const { identifier } of listMasters(masters, { naming, prefix: "" })) images.set(identifier, undefined);
  let read = 0;
  const readAll = async (pattern: string, take: (bytes: Uint8Array, name: string) => boolean): Promise<void> => {
    const [prefix = "", suffix = ""] = pattern.split("|");
    const records = inOrder(listObjects(catalogue, prefix), recordsAtOnce, async ({ key }) => ({
      key,
      stored: await catalogue.get(key),
    }));
    for await (const { key, stored } of records) {
      if (signal?.aborted) throw new BucketError("stopped", "Stopped.");
      if (stored !== undefined && !take(stored.bytes, key.slice(prefix.length, -suffix.length)))
        damaged.push(`${key} can't be read`);
      read += 1;
      onProgress?.(read);
    }
  };
  await readAll(recordKey("|"), (bytes, name) => {
    const record = parseImageRecord(bytes, name);
    if (record !== undefined) images.set(name, record);
    return record !== undefined;
  });
  await readAll(workKey("|"), (bytes, name) =>
    isRead(() => {
      const { key, access, collections, pages } = parseWork(bytes, name);
      const names = pages.flatMap((page) => page.images.map(({ identifier }) => nameOf(identifier, naming)));
      const others = [...new Set(names)].filter((image) => images.get(image)?.object !== key);
      objects.push({ key, collections, others, ...(access === undefined ? {} : { access }) });
    }),
  );
  await readAll(collectionKey("|"), (bytes, name) =>
    isRead(() => {
      const { key, collections } = parseCollection(bytes, name);
      parents.set(key, keysOf(collections));
    }),
  );
  return { images, objects, parents, damaged };
}

/** A policy is that of all pages of a file. */
function nameOf(identifier: string, { pageSuffix }: Naming): string {
  return dividePage(identifier as Identifier, pageSuffix).name;
}

function isRead(read: () => void): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof ImageError) return false;
    throw error;
  }
}

function keysOf(collections: readonly { readonly key: string }[]): readonly string[] {
  return collections.map(({ key }) => key);
}

/** Returns a sentence, without a full stop, for each record that uses a name that rules don't describe. Pure. */
export function undescribed({ images, objects }: StatedThings, rules: AccessRules): readonly string[] {
  return [
    ...[...images].flatMap(([identifier, record]) =>
      unknownNames(record?.policy ?? {}, rules).map((fault) => `${identifier}: ${fault}`),
    ),
    ...objects.flatMap(({ key, access }) =>
      unknownNames(access === undefined ? {} : { access }, rules).map((fault) => `the object ${key}: ${fault}`),
    ),
  ];
}

/**
 * Returns a sentence, without a full stop, for each rule that counts for no image that is stored: a slip of the pen, or one
 * that waits for its images. Pure.
 */
export function idleRules({ images }: Pick<StatedThings, "images">, rules: AccessRules): readonly string[] {
  const identifiers = [...images.keys()];
  const counting = new Set(identifiers.map((identifier) => findPattern(rules, identifier)));
  const idle = rules.patterns.filter((pattern) => !counting.has(pattern));
  return idle.map(({ match, matches }) => {
    const taken = identifiers.find(matches);
    const front = taken === undefined ? undefined : findPattern(rules, taken)?.match;
    return front === undefined
      ? `${match} is the form of no image that is stored`
      : `${match} counts for nothing that is stored: ${front} stands in front of it, and is the form of ${taken} too`;
  });
}

/** What other rules change something for. */
export interface AffectedThings {
  readonly images: readonly string[];
  readonly objects: readonly string[];
  readonly collections: readonly string[];
}

/**
 * Returns what may be shown to others, or with other texts and marks, once rules take the place of others, and the objects
 * and collections that show it. Pure.
 */
export function affectedBy(
  { images, objects, parents }: StatedThings,
  { before, after }: { readonly before: AccessRules; readonly after: AccessRules },
): AffectedThings {
  const changed = [...images].filter(([identifier, record]) => {
    const effect = (rules: AccessRules): string => {
      const byPattern = findPattern(rules, identifier)?.policy;
      const isClosed = record === undefined && isClosedUnrecorded(rules, identifier);
      const named = [byPattern ?? {}, record?.policy ?? {}].map((policy) => describedNames(policy, rules));
      return text([formatPolicy(byPattern ?? {}), isClosed, named]);
    };
    return effect(before) !== effect(after);
  });
  const ofOthers = new Set(changed.map(([identifier]) => identifier));
  const ofImages = new Set(changed.flatMap(([, record]) => record?.object ?? []));
  const shown = objects.filter(({ key, access, others }) => {
    const policy: Policy = access === undefined ? {} : { access };
    const effect = (rules: AccessRules): string => text(describedNames(policy, rules));
    return ofImages.has(key) || others.some((image) => ofOthers.has(image)) || effect(before) !== effect(after);
  });
  return {
    images: changed.map(([identifier]) => identifier),
    objects: shown.map(({ key }) => key),
    collections: shown.length === 0 ? [] : collectionsAround(shown, parents),
  };
}

/** The collections that objects are in, those that these are in, and the one of all that is in no other. */
function collectionsAround(
  objects: StatedThings["objects"],
  parents: StatedThings["parents"],
): AffectedThings["collections"] {
  const found = new Set(objects.flatMap(({ collections }) => keysOf(collections)));
  // A set goes on with what is added to it meanwhile.
  for (const key of found) for (const parent of parents.get(key) ?? []) found.add(parent);
  return [...found.add(topCollection)];
}

/** What rules say of the names in a policy. */
function describedNames({ access, embargoAccess, watermark }: Policy, rules: AccessRules): readonly unknown[] {
  const known = { network: rules.networks, click: rules.clicks, role: rules.roles };
  const ofAccess = [access, embargoAccess].flatMap((one) =>
    one !== undefined && "names" in one ? one.names.map((name) => known[one.kind].get(name)) : [],
  );
  return [ofAccess, watermark === undefined ? undefined : rules.watermarks.get(watermark)];
}

/** Addresses are numbers that JSON does not hold. */
function text(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part));
}
