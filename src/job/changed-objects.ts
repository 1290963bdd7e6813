import { type Bucket, BucketError } from "../bucket/bucket.ts";
import { attachmentKey } from "../catalogue/attachment.ts";
import { pageLinesKey, textFileKey } from "../catalogue/page-text.ts";
import { changePictures, type PictureChange } from "../catalogue/picture-change.ts";
import type { Page, Work } from "../catalogue/work.ts";
import { formatWork, parseWork, workKey } from "../catalogue/work-record.ts";
import { rewriteRecord } from "./catalogue-record.ts";
import { type WrittenObject, writeCollections } from "./collection-job.ts";
import type { RunJournal } from "./run-journal.ts";

/** What changes the images of objects needs. */
export interface ObjectChange {
  readonly masters: Bucket;
  readonly catalogue: Bucket;
  readonly journal: RunJournal;
  readonly keyOf: (identifier: string) => string | undefined;
  /** What has become of images. */
  readonly pictures: PictureChange;
  readonly signal?: AbortSignal | undefined;
}

/** What became of objects. */
export interface ChangedObjects {
  /** Objects that are still there. */
  readonly written: readonly string[];
  /** Objects that have no image left: their collections list them no more, and their records are still there. */
  readonly emptied: readonly Work[];
  /** The collections whose records show the objects. */
  readonly collections: readonly string[];
}

/**
 * Writes the records of objects whose images have changed, the texts of pages that go first, and those of the collections
 * that show them. Those that are left without an image are taken out of their collections. Objects without a record are
 * left out. Throws BucketError, `record-malformed`; what was written by then stays, and is not written again.
 */
export async function changeObjects(keys: readonly string[], change: ObjectChange): Promise<ChangedObjects> {
  const { catalogue, masters, journal, keyOf, pictures, signal } = change;
  const written: WrittenObject[] = [];
  const emptied: Work[] = [];
  journal.plan(keys.map((key) => ({ kind: "object", key })));
  for (const key of keys) {
    if (signal?.aborted) throw new BucketError("stopped", "Stopped.");
    const stored = await catalogue.get(workKey(key));
    if (stored === undefined) continue;
    const former = parseWork(stored.bytes, key);
    const work = changePictures(former, pictures);
    if (work === undefined) {
      emptied.push(former);
      continue;
    }
    const left = new Set(work.pages.map((page) => page.key));
    await removeTexts(
      catalogue,
      key,
      former.pages.filter((page) => !left.has(page.key)),
    );
    await rewriteRecord(
      catalogue,
      workKey(key),
      (bytes) => changeRecord(bytes, key, pictures),
      journal.of({ kind: "object", key }),
    );
    written.push({ work, former });
  }
  const notes: string[] = [];
  const run = { masters, catalogue, journal, keyOf, notes, pictures, labels: new Map(), removed: emptied };
  const outcomes = await writeCollections(written, [], run);
  const failed = outcomes.find(({ failure }) => failure !== undefined);
  if (failed?.failure !== undefined) {
    const reason = failed.failure.message;
    throw new BucketError("failed", `The collection ${failed.key} can't be written: ${reason}`);
  }
  return { written: written.map(({ work }) => work.key), emptied, collections: outcomes.map(({ key }) => key) };
}

/** What somebody else has written meanwhile is changed too; a record that needs no change stays byte for byte. */
function changeRecord(bytes: Uint8Array | undefined, key: string, pictures: PictureChange): Uint8Array {
  if (bytes === undefined) throw new BucketError("failed", `The object ${key} was taken away meanwhile.`);
  const former = parseWork(bytes, key);
  const work = changePictures(former, pictures);
  if (work === undefined)
    throw new BucketError("failed", `The object ${key} was changed meanwhile. Run the command again.`);
  return JSON.stringify(work) === JSON.stringify(former) ? bytes : formatWork(work);
}

/** Takes an object away with its texts and files, its record last: interrupted, it is done again. Throws BucketError. */
export async function removeObject(
  { key, pages, attachments = [] }: Work,
  { catalogue, journal }: Pick<ObjectChange, "catalogue" | "journal">,
): Promise<void> {
  await removeTexts(catalogue, key, pages);
  for (const { file } of attachments) await catalogue.delete(attachmentKey(key, file));
  await journal.remove(key, () => catalogue.delete(workKey(key)));
}

async function removeTexts(catalogue: Bucket, object: string, pages: readonly Page[]): Promise<void> {
  for (const { key, text } of pages) {
    if (text === undefined) continue;
    await catalogue.delete(pageLinesKey({ object, page: key }));
    await catalogue.delete(textFileKey(object, text.file));
  }
}
