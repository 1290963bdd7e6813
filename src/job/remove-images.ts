import { type Bucket, BucketError, type ServiceBuckets } from "../bucket/bucket.ts";
import { recordKey } from "../catalogue/image-records.ts";
import { moveKey } from "../catalogue/moved.ts";
import { changePictures, without } from "../catalogue/picture-change.ts";
import type { Work } from "../catalogue/work.ts";
import { parseWork, workKey } from "../catalogue/work-record.ts";
import { atOnce } from "./at-once.ts";
import { changeObjects, removeObject } from "./changed-objects.ts";
import { readImageRecord } from "./image-record.ts";
import { writeMoves } from "./moves.ts";
import { type FoundImage, planRemoval, type RemovalPlan } from "./removal-plan.ts";
import { openJournal } from "./run-journal.ts";

const imagesAtOnce = 8;

/** What is to be removed, and from where. */
export interface Removal {
  readonly identifiers: readonly string[];
  /** An object that is to be removed with all its images, which `identifiers` are. */
  readonly object?: string | undefined;
  readonly buckets: Pick<ServiceBuckets, "masters" | "catalogue">;
  /** Returns the key of the master of an image. */
  readonly keyOf: (identifier: string) => string;
  /** Whether it is said for good that the images are gone. */
  readonly keepsGone: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (images: number) => void;
}

/** A removal that is planned: what is there, and the objects that it concerns. */
export interface PlannedRemoval extends RemovalPlan {
  readonly objects: readonly string[];
}

/** Reads an object; undefined where there is none. Throws BucketError, `record-malformed`. */
export async function readObject(catalogue: Bucket, key: string): Promise<Work | undefined> {
  const stored = await catalogue.get(workKey(key));
  return stored === undefined ? undefined : parseWork(stored.bytes, key);
}

/** Looks for what is to be removed, and for the objects of it. Throws BucketError, `record-malformed`. */
export async function lookAtRemoval({ identifiers, object, buckets, keyOf, signal }: Removal): Promise<PlannedRemoval> {
  const { masters, catalogue } = buckets;
  const found = await atOnce(identifiers, imagesAtOnce, async (identifier): Promise<FoundImage> => {
    stopIf(signal);
    const [stored, record] = await Promise.all([
      masters.head(keyOf(identifier)),
      readImageRecord(catalogue, identifier),
    ]);
    return { identifier, isStored: stored !== undefined, record };
  });
  const named = found.flatMap(({ record }) => record?.object ?? []);
  const objects = [...new Set([...(object === undefined ? [] : [object]), ...named])];
  const works = await atOnce(objects, imagesAtOnce, (key) => readObject(catalogue, key));
  const plan = planRemoval(
    found,
    works.filter((work) => work !== undefined),
  );
  return { ...plan, objects };
}

/** What a removal has changed. */
export interface Removed {
  /** Collections whose records list the objects, or did. */
  readonly collections: readonly string[];
  /** Changes that the feed has told. */
  readonly told: number;
}

/**
 * Carries a removal out: pages go from their objects and objects from their collections, then masters go; `purge` is
 * awaited; then records go, last those by which the same command finds what is left to do. Interrupted at any point and run
 * again it comes to the same end. Throws BucketError, `record-malformed`, and what `purge` throws.
 */
export async function removeImages(
  removal: Removal,
  plan: PlannedRemoval,
  purge: () => Promise<void>,
): Promise<Removed> {
  const { buckets, keyOf, keepsGone, signal, onProgress } = removal;
  const { masters, catalogue } = buckets;
  const identifiers = plan.images.map(({ identifier }) => identifier);
  const journal = openJournal(catalogue);
  const pictures = without(new Set(removal.identifiers));
  const { emptied, collections } = await changeObjects(plan.objects, { ...buckets, journal, keyOf, pictures, signal });
  // Nobody asks for it while the master is there.
  if (keepsGone) {
    await writeMoves(
      catalogue,
      identifiers.map((identifier) => ({ identifier })),
      { signal },
    );
  }
  let done = 0;
  await atOnce(identifiers, imagesAtOnce, async (identifier) => {
    stopIf(signal);
    if (!keepsGone) await catalogue.delete(moveKey(identifier));
    await masters.delete(keyOf(identifier));
    done += 1;
    onProgress?.(done);
  });
  await purge();
  const removeRecords = () =>
    atOnce(identifiers, imagesAtOnce, (identifier) => catalogue.delete(recordKey(identifier)));
  // By the object the command finds its images, or by the images their object.
  if (removal.object !== undefined) await removeRecords();
  for (const { key } of emptied) {
    const work = await readObject(catalogue, key);
    if (work === undefined) continue;
    if (changePictures(work, pictures) !== undefined) {
      throw new BucketError("failed", `The object ${key} has other images since. It is kept: run the command again.`);
    }
    await removeObject(work, { catalogue, journal });
  }
  const told = plan.objects.length > 0 ? await journal.finish() : 0;
  if (removal.object === undefined) await removeRecords();
  return { collections, told };
}

function stopIf(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new BucketError("stopped", "Stopped.");
}
