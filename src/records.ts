import { rulesKey } from "./access/rules.ts";
import type { Clock } from "./budget/clock.ts";
import type { MemoryBudget } from "./budget/memory-budget.ts";
import { keepRenewed } from "./budget/renewal.ts";
import type { Share } from "./budget/shares.ts";
import { type Collection, collectionKey, parseCollection } from "./catalogue/collection.ts";
import {
  emptyFeed,
  emptyFeedPage,
  type FeedEnd,
  type FeedPage,
  feedEndKey,
  feedPageKey,
  formatFeedRecord,
  parseFeedEnd,
  parseFeedPage,
} from "./catalogue/feed.ts";
import { parseImageRecord, recordKey, type StoredRecord } from "./catalogue/image-records.ts";
import { type Move, moveKey, parseMove } from "./catalogue/moved.ts";
import { type PageLines, type PageName, pageLinesKey, parsePageLines, textFileKey } from "./catalogue/page-text.ts";
import type { Work } from "./catalogue/work.ts";
import { parseWork, workKey } from "./catalogue/work-record.ts";
import { ImageError } from "./error.ts";
import { maxKeyBytes } from "./identity/master-name.ts";
import { maxCatalogueRecordBytes, maxTextFileBytes } from "./limits.ts";
import { openStreamR2, readWholeR2, type Storage, type StreamedObject, type WholeObject } from "./source/r2.ts";
import { reportKey } from "./task/report-key.ts";
import { isTaskId } from "./task/task-id.ts";
import type { Visit } from "./visit.ts";

/** Where records are, and the memory they are read into. */
export interface RecordStore {
  /** The bucket of the catalogue. */
  readonly storage: Storage;
  readonly budget: MemoryBudget;
  readonly clock: Clock;
}

/**
 * What a record and the document made of it take together, in bytes for each byte of the record: the bytes, the values read
 * from it, the text of the document and its bytes. Measured: 15.4 for a manifest of 2,000 pages, whose canvases are made
 * one at a time (28 if they were made at once), and 4.7 for a collection. Source: bench/presentation.ts. The largest record
 * takes all that one drawing may.
 */
const recordExpansion = 16;

/** A file is sent as it is: its bytes, and the copy that is hashed. */
const fileExpansion = 2;

/** Writing a document takes a millisecond for about this many bytes of its record. */
const bytesPerMillisecond = 20_000;

/** A record to be read, by a request. */
export interface RecordRequest {
  /** Decoded. */
  readonly key: string;
  readonly visit: Visit;
}

/** A record whose bytes are here. Most of its cost is in reading what they say: who knows the version may do without. */
export interface Stored<Kind> {
  /** The etag of the record in the catalogue: another one for other bytes. */
  readonly version: string;
  /** Throws `record-malformed`. */
  readonly read: () => Kind;
}

/**
 * Runs `work` with the record of an object, whose memory is held meanwhile. Throws `not-found`, `record-malformed`,
 * `storage-failed`, `render-busy`, and what the work throws.
 */
export function withWork<T>(
  store: RecordStore,
  asked: RecordRequest,
  work: (record: Stored<Work>) => Promise<T>,
): Promise<T> {
  const { key } = asked;
  return withRecord(store, { ...asked, name: workKey(key) }, ({ bytes, version }) =>
    work({ version, read: () => parseWork(bytes, key) }),
  );
}

/** Runs `work` with the record of a collection, as `withWork` does with that of an object. */
export function withCollection<T>(
  store: RecordStore,
  asked: RecordRequest,
  work: (record: Stored<Collection>) => Promise<T>,
): Promise<T> {
  const { key } = asked;
  return withRecord(store, { ...asked, name: collectionKey(key) }, ({ bytes, version }) =>
    work({ version, read: () => parseCollection(bytes, key) }),
  );
}

/** Runs `work` with a page of the feed, as `withWork` does with the record of an object. The first is there from the start. */
export function withFeedPage<T>(
  store: RecordStore,
  { number, visit }: { readonly number: number; readonly visit: Visit },
  work: (page: FeedPage) => Promise<T>,
): Promise<T> {
  const first = number === 1 ? formatFeedRecord(emptyFeedPage(1, 0)) : undefined;
  const stored = { name: feedPageKey(number), visit, missing: "The feed has no page of this number.", empty: first };
  return withRecord(store, stored, ({ bytes }) => work(parseFeedPage(bytes, number)));
}

/** Runs `work` with what is known of the end of the feed, which begins empty. */
export function withFeedEnd<T>(store: RecordStore, visit: Visit, work: (end: FeedEnd) => Promise<T>): Promise<T> {
  const stored = { name: feedEndKey, visit, empty: formatFeedRecord(emptyFeed) };
  return withRecord(store, stored, ({ bytes }) => work(parseFeedEnd(bytes)));
}

/**
 * Runs `work` with the bytes of the report of a task, as `withWork` does with the record of an object; an id that is none has
 * no report.
 */
export function withTaskReport<T>(
  store: RecordStore,
  { id, visit }: { readonly id: string; readonly visit: Visit },
  work: (bytes: Uint8Array) => Promise<T>,
): Promise<T> {
  const missing = "There is no report of such a task: it is written when the task has ended.";
  if (!isTaskId(id)) throw new ImageError("not-found", missing);
  return withRecord(store, { name: reportKey(id), visit, missing }, ({ bytes }) => work(bytes));
}

/** What the record of an image takes for each of its bytes: these, their text and the values read from it. */
const imageExpansion = 4;

/** Longest record of an image that is read for what it says of rights: texts of some pages. */
const mostImageRecordBytes = 256 << 10;

/** Longest rules of access that are read: some hundreds of patterns, networks and texts. */
const mostRulesBytes = 256 << 10;

/** Returns the bytes of the rules of access; undefined where there are none. Throws `storage-failed`, `record-malformed`, `render-busy`. */
export function readRules(store: RecordStore, visit: Visit): Promise<Uint8Array | undefined> {
  const read = {
    name: rulesKey,
    visit,
    share: "openings",
    mostBytes: mostRulesBytes,
    expansion: imageExpansion,
  } as const;
  return withBytes(store, read, async (stored) => stored?.bytes);
}

/**
 * Returns the record of an image; undefined where there is none. Throws `record-malformed` for what is no record of this
 * image, `storage-failed`, `render-busy`.
 */
export async function readImageRecord(
  store: RecordStore,
  { key: identifier, visit }: RecordRequest,
): Promise<StoredRecord | undefined> {
  const name = recordKey(identifier);
  // Nothing can be stored under a longer one.
  if (new TextEncoder().encode(name).byteLength > maxKeyBytes) return undefined;
  const read = {
    name,
    visit,
    share: "openings",
    mostBytes: mostImageRecordBytes,
    expansion: imageExpansion,
  } as const;
  return withBytes(store, read, async (stored) => {
    if (stored === undefined) return undefined;
    const record = parseImageRecord(stored.bytes, identifier);
    if (record !== undefined) return record;
    throw new ImageError("record-malformed", "The record of this image is damaged.", {
      detail: `${name} is no record of this image`,
    });
  });
}

/** Longest record of where an image has gone: two identifiers, whose characters JSON may escape. */
const mostMoveBytes = 16 << 10;

/**
 * Returns where an image has gone, by one read; undefined where nobody said so. Throws `record-malformed`,
 * `storage-failed`, `render-busy`.
 */
export async function findMove(
  store: RecordStore,
  { key: identifier, visit }: RecordRequest,
): Promise<Move | undefined> {
  const name = moveKey(identifier);
  if (new TextEncoder().encode(name).byteLength > maxKeyBytes) return undefined;
  visit.account.reads += 1;
  const read = { name, visit, share: "openings", mostBytes: mostMoveBytes, expansion: imageExpansion } as const;
  return withBytes(store, read, async (stored) => stored && parseMove(stored.bytes, identifier));
}

/** Runs `work` with the text of a page, as `withWork` does with the record of an object. */
export function withPageLines<T>(
  store: RecordStore,
  { page, visit }: { readonly page: PageName; readonly visit: Visit },
  work: (text: PageLines) => Promise<T>,
): Promise<T> {
  return withRecord(store, { name: pageLinesKey(page), visit, missing: missingText }, ({ bytes }) =>
    work(parsePageLines(bytes, page)),
  );
}

/** Runs `work` with the bytes of the file that the text of a page comes from, as `withWork` does with a record. */
export function withTextFile<T>(
  store: RecordStore,
  { object, file, visit }: { readonly object: string; readonly file: string; readonly visit: Visit },
  work: (bytes: Uint8Array) => Promise<T>,
): Promise<T> {
  const stored = { name: textFileKey(object, file), visit, missing: "The file of this text is not there." };
  return withRecord(store, { ...stored, mostBytes: maxTextFileBytes, expansion: fileExpansion }, ({ bytes }) =>
    work(bytes),
  );
}

/**
 * Opens a file that lies beside the images of an object, by its key in the catalogue. Throws `not-found` and
 * `storage-failed`.
 */
export async function openAttachment({ storage }: RecordStore, { key, visit }: RecordRequest): Promise<StreamedObject> {
  visit.account.reads += 1;
  const isKey = new TextEncoder().encode(key).byteLength <= maxKeyBytes;
  const opened = isKey ? await openStreamR2(storage, key) : undefined;
  if (opened === undefined) throw noSuchAttachment();
  visit.account.bytes += opened.size;
  return opened;
}

/** Returns the `not-found` of an object or a collection, the same for one that is not there and one that is hidden. */
export function noSuchRecord(): ImageError {
  return new ImageError("not-found", missingRecord);
}

/** Returns the `not-found` of the text of a page, the same for one that is not there and one that is hidden. */
export function noSuchText(): ImageError {
  return new ImageError("not-found", missingText);
}

/** Returns the `not-found` of a file beside the images of an object, the same for all reasons. */
export function noSuchAttachment(): ImageError {
  return new ImageError("not-found", "There is no file of this name with an object of this name.");
}

const missingText = "There is no text of a page of this name.";
const missingRecord = "There is no object and no collection with this name.";

/** What is read of the catalogue. */
interface RecordReading {
  /** Its key in the bucket. */
  readonly name: string;
  readonly visit: Visit;
  /** What is said where there is none. */
  readonly missing?: string;
  /** What is read instead where there is none. */
  readonly empty?: Uint8Array | undefined;
  readonly mostBytes?: number;
  readonly expansion?: number;
}

async function withRecord<T>(
  store: RecordStore,
  { missing = missingRecord, empty, ...asked }: RecordReading,
  work: (stored: WholeObject) => Promise<T>,
): Promise<T> {
  const { name, visit, mostBytes = maxCatalogueRecordBytes, expansion = recordExpansion } = asked;
  visit.account.reads += 1;
  return withBytes(store, { name, visit, share: "draws", mostBytes, expansion }, async (found) => {
    const stored = found ?? (empty && { bytes: empty, version: "" });
    if (stored === undefined) throw new ImageError("not-found", missing);
    visit.account.bytes += stored.bytes.byteLength;
    return work(stored);
  });
}

/** What is read, and the memory that it and the work on it take. */
interface Reading extends Required<Pick<RecordReading, "name" | "visit" | "mostBytes" | "expansion">> {
  readonly share: Share;
}

/**
 * Runs `work` with what is stored under a name, undefined for nothing. Its memory is held from before the first byte is
 * read to the end of the work, however long storage takes.
 */
async function withBytes<T>(
  { storage, budget, clock }: RecordStore,
  { name, visit, share, mostBytes, expansion }: Reading,
  work: (stored: WholeObject | undefined) => Promise<T>,
): Promise<T> {
  let giveBack = (): void => undefined;
  const admit = async (size: number): Promise<void> => {
    if (size > mostBytes) {
      const detail = `${name} has ${size} bytes, and may have ${mostBytes}`;
      throw new ImageError("record-malformed", "The record is too large. Divide the object or the collection.", {
        detail,
      });
    }
    const costMilliseconds = size / bytesPerMillisecond;
    const lease = await budget.take({ share, bytes: size * expansion, costMilliseconds }, visit.patience);
    const stop = keepRenewed(clock, lease);
    giveBack = () => {
      stop();
      lease.release();
    };
  };
  try {
    return await work(await readWholeR2(storage, name, admit));
  } finally {
    giveBack();
  }
}
