import { formatImageRecord, parseImageRecord, recordKey, type StoredRecord } from "../catalogue/image-records.ts";
import type { StoredImage } from "../catalogue/stored-image.ts";
import type { Work } from "../catalogue/work.ts";
import type { KnownImage } from "../catalogue/work-completion.ts";
import { formatFault, isFaultOfMaster } from "../check/faults.ts";
import type { ImageError } from "../error.ts";
import { nameOfText } from "../identity/master-name.ts";
import { readFacts } from "../masters/image-facts.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { r2Object } from "../source/r2.ts";
import type { ItemFailure } from "../task/answers.ts";
import type { FolderMaster } from "./folder-masters.ts";
import type { Jobs } from "./jobs.ts";
import { putRecord } from "./put-record.ts";
import { readStoredRecord } from "./read-record.ts";

/** Masters that are opened at once, and records that are written at once. */
export const pagesAtOnce = 2;

/** Masters that a failure names. */
const mostNamed = 5;

/** An image that is to be on a page: a master of the folder, or what the record that is there shows from elsewhere. */
export type PageImage = FolderMaster | { readonly shown: StoredImage };

/** What the masters of an object are, and how many bytes were read for it. */
export interface ReadPages {
  readonly images: ReadonlyMap<string, KnownImage>;
  /** Their own records, of those that have one. */
  readonly records: ReadonlyMap<string, ReadRecord>;
  /** How many of those elsewhere have no master: they are as the record has them. */
  readonly unread: number;
  readonly bytes: number;
}

/** The record of an image, and its etag. */
interface ReadRecord {
  readonly bytes: Uint8Array;
  readonly version: string;
  /** Undefined where it can't be read. */
  readonly record: StoredRecord | undefined;
}

/** Returns the images that a record shows from elsewhere than a folder. */
export function shownElsewhere(work: Work | undefined, masters: readonly FolderMaster[]): readonly PageImage[] {
  const own = new Set(masters.map(({ identifier }) => identifier));
  const shown = (work?.pages ?? []).flatMap(({ images }) => images).filter(({ identifier }) => !own.has(identifier));
  return [...new Map(shown.map((image) => [image.identifier, { shown: image }])).values()];
}

/**
 * Reads what all images of an object are, some masters at once. Returns which are damaged, if any is. Throws `storage-failed`,
 * `source-changed`, `record-malformed` for a record that is too large, and the reason of the signal once it is aborted.
 */
export async function readPages(
  jobs: Jobs,
  pages: readonly PageImage[],
  signal: AbortSignal,
): Promise<ReadPages | { readonly failure: ItemFailure }> {
  const images = new Map<string, KnownImage>();
  const records = new Map<string, ReadRecord>();
  const faults: { readonly identifier: string; readonly error: ImageError }[] = [];
  const sum = { bytes: 0, unread: 0 };
  await inGroups(pages, async (page) => {
    signal.throwIfAborted();
    const identifier = "shown" in page ? page.shown.identifier : page.identifier;
    const stored = await readStoredRecord(jobs, recordKey(identifier));
    if (stored !== undefined)
      records.set(identifier, { ...stored, record: parseImageRecord(stored.bytes, identifier) });
    try {
      const opened = "shown" in page ? await openShown(jobs, identifier) : openMaster(jobs, page);
      if (opened === undefined && "shown" in page) {
        images.set(identifier, page.shown);
        sum.unread += 1;
      }
      if (opened === undefined) return;
      const source = counting(opened.source, sum);
      const policy = records.get(identifier)?.record?.policy;
      images.set(identifier, { ...(await readFacts(source, opened.page)), ...(policy && { policy }) });
    } catch (error) {
      if (!isFaultOfMaster(error)) throw error;
      faults.push({ identifier, error });
    }
  });
  const [first] = faults;
  if (first === undefined) return { images, records, ...sum };
  const told = faults.slice(0, mostNamed).map(({ identifier, error }) => `${identifier}: ${formatFault(error)}`);
  const more = faults.length > mostNamed ? ` And ${faults.length - mostNamed} more.` : "";
  return { failure: { code: first.error.code, message: told.join(" ") + more } };
}

/**
 * Writes the records of the images of an object that are not as they should be; of those from elsewhere the ones that there are.
 * Returns how many bytes were written. Throws `source-changed` and `storage-failed`.
 */
export async function writeImageRecords(
  jobs: Jobs,
  object: string,
  { pages, images, records }: Pick<ReadPages, "images" | "records"> & { readonly pages: readonly PageImage[] },
): Promise<number> {
  let written = 0;
  await inGroups(pages, async (page) => {
    const identifier = "shown" in page ? page.shown.identifier : page.identifier;
    const known = images.get(identifier);
    const stored = records.get(identifier);
    const former = stored?.record;
    if (known === undefined || ("shown" in page && former === undefined)) return;
    const { width, height } = known;
    const owner = "shown" in page ? undefined : object;
    const bytes = formatImageRecord(undefined, { identifier, width, height, object: owner, former });
    if (stored !== undefined && isSame(stored.bytes, bytes)) return;
    await putRecord(jobs, { key: recordKey(identifier), bytes, version: stored?.version });
    written += bytes.byteLength;
  });
  return written;
}

/** Tells whether two records are the same bytes. */
export function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.byteLength === other.byteLength && one.every((byte, at) => byte === other[at]);
}

interface OpenedPage {
  readonly source: ByteSource;
  readonly page: number;
}

function openMaster(jobs: Jobs, { key, size, version }: FolderMaster): OpenedPage {
  return { source: r2Object(storageOf(jobs), key).at({ size, version }), page: 1 };
}

async function openShown(jobs: Jobs, identifier: string): Promise<OpenedPage | undefined> {
  const name = nameOfText(identifier, jobs.config);
  if (name === undefined) return undefined;
  const object = r2Object(storageOf(jobs), name.key);
  const version = await object.head();
  return version && { source: object.at(version), page: name.page };
}

function storageOf({ buckets, clock, config }: Jobs) {
  return { bucket: buckets.masters, clock, timeoutSeconds: config.storageTimeoutSeconds };
}

function counting(source: ByteSource, sum: { bytes: number }): ByteSource {
  return {
    ...source,
    async read(offset, length) {
      const bytes = await source.read(offset, length);
      sum.bytes += bytes.byteLength;
      return bytes;
    },
  };
}

async function inGroups<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += pagesAtOnce) {
    await Promise.all(items.slice(at, at + pagesAtOnce).map(work));
  }
}
