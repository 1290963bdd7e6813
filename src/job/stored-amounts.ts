import { type Bucket, BucketError, type ServiceBuckets } from "../bucket/bucket.ts";
import { listObjects } from "../bucket/list-objects.ts";
import { recordKey } from "../catalogue/image-records.ts";
import { workKey } from "../catalogue/work-record.ts";
import { type MasterKey, maxKeyBytes, nameOfText, placesOf } from "../identity/master-name.ts";
import type { Naming } from "../settings/naming.ts";
import { type CountedBucket, countStored, type StorageCounts } from "../statistics/storage-count.ts";
import { inOrder } from "./at-once.ts";
import { chosenImages, type ImageChoice } from "./chosen-images.ts";

/** What is counted, and who is told how far it has come. */
export interface CountingRun {
  readonly naming: Naming;
  readonly signal: AbortSignal;
  readonly onProgress: (images: number) => void;
}

/** What is stored of some images. */
export interface ChosenAmounts {
  readonly counts: StorageCounts;
  readonly images: number;
  /** Images that are meant and have no master. */
  readonly missing: number;
  readonly isChosen: (identifier: string) => boolean;
}

const readsAtOnce = 16;

/** Up to so many masters each has its derivatives listed; of more, all derivatives are listed once. */
const mostListedAlone = 200;

/**
 * Counts what is stored of chosen images: their masters, pages of one file once, with their records, their derivatives, and
 * the records, texts and attachments of the objects that were named. Throws BucketError.
 */
export async function countChosen(
  buckets: ServiceBuckets,
  choice: ImageChoice,
  { naming, signal, onProgress }: CountingRun,
): Promise<ChosenAmounts> {
  const counts: StorageCounts = {};
  const masters = new Set<MasterKey>();
  const objects: string[] = [];
  const identifiers = new Set<string>();
  const totals = { images: 0, missing: 0 };
  const add = (bucket: CountedBucket, key: string, bytes: number | undefined): boolean => {
    if (bytes === undefined) return false;
    countStored(counts, bucket, { key, bytes });
    return true;
  };
  // What lies deeper in a folder is of another object.
  const addListed = async (prefix: string, folder?: string): Promise<void> => {
    for await (const { key, bytes } of listObjects(buckets.catalogue, prefix)) {
      if (folder === undefined || !key.slice(folder.length).includes("/")) add("catalogue", key, bytes);
    }
  };
  const found = chosenImages({ buckets, naming, onObject: (key) => void objects.push(key) }, choice);
  const measured = inOrder(found, readsAtOnce, async ({ identifier, bytes }) => {
    const name = nameOfText(identifier, naming);
    const isNew = name !== undefined && !masters.has(name.key);
    if (isNew) masters.add(name.key);
    const record = recordKey(identifier);
    const [master, stored] = await Promise.all([
      isNew ? (bytes ?? bytesOf(buckets.masters, name.key)) : undefined,
      choice.kind === "prefix" ? undefined : bytesOf(buckets.catalogue, record),
    ]);
    return { identifier, name, isNew, master, record, stored };
  });
  for await (const { identifier, name, isNew, master, record, stored } of measured) {
    if (signal.aborted) throw new BucketError("stopped", "Stopped.");
    // An image may be on pages of two objects of a collection.
    if (choice.kind !== "prefix" && identifiers.has(identifier)) continue;
    if (choice.kind !== "prefix") identifiers.add(identifier);
    totals.images += 1;
    if (name === undefined || (isNew && !add("masters", name.key, master))) totals.missing += 1;
    add("catalogue", record, stored);
    if (totals.images % 100 === 0) onProgress(totals.images);
  }
  if (choice.kind === "prefix") await addListed(recordKey("|").replace("|.json", choice.prefix));
  for (const object of objects) {
    add("catalogue", workKey(object), await bytesOf(buckets.catalogue, workKey(object)));
    for (const folder of [`text/${object}/`, `attachments/${object}/`]) await addListed(folder, folder);
  }
  for await (const { key, bytes } of derivativesOf(buckets.derivatives, masters)) add("derivatives", key, bytes);
  const isChosen = (identifier: string): boolean =>
    choice.kind === "prefix" ? identifier.startsWith(choice.prefix) : identifiers.has(identifier);
  return { counts, ...totals, isChosen };
}

/** No object has a longer key than the platform takes. */
async function bytesOf(bucket: Bucket, key: string): Promise<number | undefined> {
  return Buffer.byteLength(key) > maxKeyBytes ? undefined : (await bucket.head(key))?.bytes;
}

async function* derivativesOf(derivatives: Bucket, masters: ReadonlySet<MasterKey>) {
  const places = await Promise.all([...masters].map(placesOf));
  const folders = places.flatMap(({ derivativePrefix, indexPrefix }) => [derivativePrefix, indexPrefix]);
  if (masters.size <= mostListedAlone) {
    for (const folder of folders) yield* listObjects(derivatives, folder);
    return;
  }
  const wanted = new Set(folders);
  for await (const object of listObjects(derivatives, "")) {
    if (wanted.has(object.key.slice(0, object.key.lastIndexOf("/") + 1))) yield object;
  }
}
