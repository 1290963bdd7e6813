import { type Bucket, isOfOneObject } from "../bucket/bucket.ts";
import { collectionKey, formatCollection, type Member, parseCollection } from "../catalogue/collection.ts";
import type { CollectionPlan } from "../catalogue/collection-plan.ts";
import { resourceKey } from "../catalogue/feed-run.ts";
import type { LanguageMap } from "../catalogue/language-map.ts";
import type { CollectionName } from "../catalogue/work.ts";
import { formatWork, parseWork } from "../catalogue/work-record.ts";
import { ImageError } from "../error.ts";
import { atOnce } from "./at-once.ts";
import { rewriteRecord } from "./catalogue-record.ts";
import type { RunJournal } from "./run-journal.ts";

const recordsAtOnce = 8;

/**
 * Returns the labels of planned collections, by key: those of their rows, else of their records. One that has neither, or a
 * record that can't be read, is left out. Throws BucketError.
 */
export async function readCollectionLabels(
  planned: readonly CollectionPlan[],
  catalogue: Bucket,
): Promise<ReadonlyMap<string, LanguageMap>> {
  const labels = await atOnce(planned, recordsAtOnce, async ({ key, row }): Promise<[string, LanguageMap][]> => {
    if (row?.label !== undefined) return [[key, row.label]];
    const stored = await catalogue.get(collectionKey(key));
    try {
      return stored === undefined ? [] : [[key, parseCollection(stored.bytes, key).label]];
    } catch (error) {
      if (!(error instanceof ImageError)) throw error;
      return [];
    }
  });
  return new Map(labels.flat());
}

/** With the labels that are known by now. */
function relabel(
  collections: readonly CollectionName[],
  labels: ReadonlyMap<string, LanguageMap>,
): readonly CollectionName[] {
  return collections.map(({ key, label }) => ({ key, label: labels.get(key) ?? label }));
}

/**
 * Writes the labels of renamed collections into the records of members that this run has not written. One that is gone is
 * left alone; one that can't be read, or written, keeps them as they were, and a note says so. Throws BucketError when a
 * bucket can't be used at all.
 */
export async function relabelMembers(
  members: readonly Pick<Member, "kind" | "key">[],
  labels: ReadonlyMap<string, LanguageMap>,
  { catalogue, journal, notes }: { readonly catalogue: Bucket; readonly journal: RunJournal; readonly notes: string[] },
): Promise<void> {
  journal.plan(members);
  await atOnce(members, recordsAtOnce, async ({ kind, key }) => {
    const name = resourceKey({ kind, key });
    if ((await catalogue.head(name)) === undefined) return;
    const make = (bytes: Uint8Array | undefined): Uint8Array => {
      const former = bytes ?? new Uint8Array();
      const record = kind === "object" ? parseWork(former, key) : parseCollection(former, key);
      const collections = relabel(record.collections, labels);
      if (JSON.stringify(collections) === JSON.stringify(record.collections)) return former;
      return "members" in record
        ? formatCollection({ ...record, collections })
        : formatWork({ ...record, collections });
    };
    try {
      await rewriteRecord(catalogue, name, make, journal.of({ kind, key }));
    } catch (error) {
      notes.push(`the ${kind} ${key} keeps the former label of a collection: ${reasonOf(error)}`);
    }
  });
}

/** Throws what ends the run. */
function reasonOf(error: unknown): string {
  if (isOfOneObject(error)) return error.message;
  if (error instanceof ImageError) return error.detail ?? error.message;
  throw error;
}
