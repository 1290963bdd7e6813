import * as v from "valibot";
import { rollUpPrefix } from "./roll-up.ts";

/** The buckets of a service, in the order in which they are counted. */
export const countedBuckets = ["masters", "catalogue", "derivatives"] as const;

/** A bucket of a service. */
export type CountedBucket = (typeof countedBuckets)[number];

/** How many objects there are, and how long they are together. */
export interface StoredAmount {
  objects: number;
  bytes: number;
}

/** What is stored, by kind: there are as many entries as there are kinds. */
export type StorageCounts = Record<string, StoredAmount>;

/** What the keys of a kind start with. What starts otherwise is another object of the bucket. */
const kinds: Readonly<Record<CountedBucket, Readonly<Record<string, string>>>> = {
  masters: { masters: "" },
  catalogue: {
    "records of images": "records/",
    objects: "objects/",
    collections: "collections/",
    "texts of pages": "text/",
    attachments: "attachments/",
    "moved identifiers": "moved/",
    "feed of changes": "feed/",
    statistics: rollUpPrefix,
    "others of the catalogue": "",
  },
  derivatives: { derivatives: "derivatives/", "parsed masters": "masters/", "others of the derivatives": "" },
};

/** Counts an object of a bucket. */
export function countStored(
  counts: StorageCounts,
  bucket: CountedBucket,
  { key, bytes }: { readonly key: string; readonly bytes: number },
): void {
  const [kind = bucket] = Object.entries(kinds[bucket]).find(([, start]) => key.startsWith(start)) ?? [];
  counts[kind] ??= { objects: 0, bytes: 0 };
  counts[kind].objects += 1;
  counts[kind].bytes += bytes;
}

/** A count that goes on some pages of listings at a time, and the last one that was finished. */
export interface StorageState {
  readonly finished?: { readonly at: number; readonly counts: StorageCounts } | undefined;
  readonly running?:
    | {
        readonly since: number;
        readonly bucket: CountedBucket;
        /** The last key that was counted. */
        readonly after?: string | undefined;
        readonly counts: StorageCounts;
      }
    | undefined;
}

/** The key of the state of the count, in the catalogue. */
export const storageStateKey = `${rollUpPrefix}storage.json`;

const amount = v.pipe(v.number(), v.integer(), v.minValue(0));
const countsSchema = v.record(v.string(), v.object({ objects: amount, bytes: amount }));

const stateSchema = v.object({
  format: v.literal(1),
  finished: v.optional(v.object({ at: amount, counts: countsSchema })),
  running: v.optional(
    v.object({
      since: amount,
      bucket: v.picklist(countedBuckets),
      after: v.optional(v.string()),
      counts: countsSchema,
    }),
  ),
});

/** Returns the state of a count as it is stored. */
export function formatStorageState(state: StorageState): string {
  return JSON.stringify({ format: 1, ...state });
}

/** Reads the state of a count; one that is damaged is as good as none: it is counted anew. */
export function parseStorageState(text: string): StorageState {
  try {
    const read = v.safeParse(stateSchema, JSON.parse(text));
    return read.success ? { finished: read.output.finished, running: read.output.running } : {};
  } catch {
    return {};
  }
}
