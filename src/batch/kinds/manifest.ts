import { feedRunKey, formatFeedRun } from "../../catalogue/feed-run.ts";
import { objectOfFolder, planFolder } from "../../catalogue/folder-work.ts";
import { recordKey } from "../../catalogue/image-records.ts";
import type { Work } from "../../catalogue/work.ts";
import { completeWork } from "../../catalogue/work-completion.ts";
import { formatWork, parseWork, workKey } from "../../catalogue/work-record.ts";
import { ImageError } from "../../error.ts";
import { objectTag, searchTag } from "../../identity/cache-tags.ts";
import { maxKeyBytes } from "../../identity/master-name.ts";
import { maxCatalogueRecordBytes, mostManifestPages } from "../../limits.ts";
import { quoteWord } from "../../shell-word.ts";
import type { WholeObject } from "../../source/r2.ts";
import type { ItemFailure } from "../../task/answers.ts";
import { type FolderMaster, listFolder } from "../folder-masters.ts";
import { isSame, pagesAtOnce, type ReadPages, readPages, shownElsewhere, writeImageRecords } from "../image-pages.ts";
import { indexWork } from "../index-work.ts";
import { answered, type Jobs } from "../jobs.ts";
import type { ItemWork } from "../kinds.ts";
import type { ItemOutcome } from "../outcome.ts";
import { purgeTags } from "../purge-tags.ts";
import { putRecord } from "../put-record.ts";
import { readStoredRecord } from "../read-record.ts";
import { holdingOpenings } from "./master.ts";

/**
 * Makes the records of an object and of its images of the masters that lie in a folder, as `tessera ingest` does of a folder
 * alone. A record that is there keeps all that it says, but for the sizes of its images, and pages that are new. The object is
 * written last, and nothing where a master is damaged.
 */
export const manifestItem: ItemWork = async (jobs, { key: folder, identifier, header, item }, signal) => {
  const { clock } = jobs;
  const sums: Sums = { read: 0, write: 0, bytesIn: 0, bytesOut: 0, at: clock.now() };
  const ended = (outcome: Ending): ItemOutcome => {
    const { read, write, bytesIn, bytesOut } = sums;
    return { ...outcome, seconds: write === 0 ? { read } : { read, write }, bytesIn, bytesOut };
  };
  const suffix = header.from?.suffix ?? "";
  const masters = await listFolder(jobs, { folder, suffix, most: mostManifestPages, signal });
  const identifiers = masters.map((master) => master.identifier);
  const object = identifier ?? objectOfFolder(identifiers);
  lap(sums, jobs, "read");
  if (masters.length === 0 && header.from !== undefined) {
    return ended({ state: "kept", note: "No masters lie in it itself." });
  }
  if (masters.length === 0) return ended(failed("not-found", `There are no masters in ${folder}.`));
  if (object === undefined) {
    const message = "The identifiers of its masters have no folder. Name its object by an identifier.";
    return ended(failed("name-unusable", message));
  }
  const run: FolderRun = { jobs, folder, object, masters, run: `${header.id}-${item}`, signal, sums };
  try {
    return ended(await holdingOpenings(jobs, { count: pagesAtOnce, signal }, () => makeObject(run)));
  } catch (error) {
    if (!(error instanceof ImageError) || error.code !== "record-malformed") throw error;
    return ended(failed(error.code, error.detail ?? error.message));
  }
};

type Ending = Pick<ItemOutcome, "state" | "failure" | "note">;

/** What was spent, in seconds and bytes; `at` is when the last part of it ended. */
interface Sums {
  read: number;
  write: number;
  bytesIn: number;
  bytesOut: number;
  at: number;
}

interface FolderRun {
  readonly jobs: Jobs;
  readonly folder: string;
  readonly object: string;
  readonly masters: readonly FolderMaster[];
  /** By which the feed knows what was written. */
  readonly run: string;
  readonly signal: AbortSignal;
  readonly sums: Sums;
}

async function makeObject(run: FolderRun): Promise<Ending> {
  const { jobs, object, masters, signal, sums } = run;
  const stored = await readStoredRecord(jobs, workKey(object));
  const former = stored && parseWork(stored.bytes, object);
  const pages = [...masters, ...shownElsewhere(former, masters)];
  if (pages.length > mostManifestPages) return refused(run);
  const read = await readPages(jobs, pages, signal);
  lap(sums, jobs, "read");
  if ("failure" in read) return { state: "failed", failure: read.failure };
  sums.bytesIn += read.bytes;
  const made = planObject(run, former, read);
  if ("failure" in made) return { state: "failed", failure: made.failure };
  const { work, bytes, notes } = made;
  sums.bytesOut += await writeImageRecords(jobs, object, { pages, ...read });
  const isWritten = await writeObject(run, stored, bytes);
  const isIndexed = await indexWork(jobs, work, bytes);
  if (isWritten || isIndexed) {
    await purgeTags(jobs, [await objectTag(object), ...(isIndexed ? [searchTag] : [])], object);
  }
  lap(sums, jobs, "write");
  const count = work.pages.length;
  const told = [
    `${object}: ${count} ${count === 1 ? "page" : "pages"}.`,
    ...notes.map((note) => `${note[0]?.toUpperCase()}${note.slice(1)}.`),
    ...(read.unread === 0 ? [] : [`${read.unread} of its images have no master in the bucket, and stay as they were.`]),
    ...(isWritten
      ? ["The feed tells it with the next tessera ingest, and collections list it with one of this object."]
      : []),
  ];
  return { state: isWritten || sums.bytesOut > 0 ? "done" : "kept", note: told.join(" ") };
}

interface MadeObject {
  readonly work: Work;
  readonly bytes: Uint8Array;
  readonly notes: readonly string[];
}

function planObject(
  { object, masters }: FolderRun,
  former: Work | undefined,
  { images, records }: ReadPages,
): MadeObject | { readonly failure: ItemFailure } {
  const refuse = (faults: readonly string[]) => failed("record-refused", `${faults.join("; ")}.`);
  const identifiers = masters.map(({ identifier }) => identifier);
  const long = identifiers.find((name) => new TextEncoder().encode(recordKey(name)).byteLength > maxKeyBytes);
  if (long !== undefined) return refuse([`the record of ${long} would have a longer key than a bucket takes`]);
  const labels = new Map([...records].flatMap(([name, { record }]) => (record?.label ? [[name, record.label]] : [])));
  const planned = planFolder({ object, identifiers, labels, former });
  if ("faults" in planned) return refuse(planned.faults);
  const completion = completeWork(planned.plan, { images, former, canvases: "kept", labels: "kept" });
  if ("faults" in completion) return refuse(completion.faults);
  const { work, notes } = completion;
  const keys = work.pages.map(({ key }) => key);
  const twice = keys.find((key, at) => keys.indexOf(key) < at);
  if (twice !== undefined) return refuse([`two of its pages would be ${twice}`]);
  const bytes = formatWork(work);
  if (bytes.byteLength <= maxCatalogueRecordBytes) return { work, bytes, notes };
  return refuse([`its record would have ${bytes.byteLength} bytes, and may have ${maxCatalogueRecordBytes}`]);
}

/** Returns whether this item has written the record, now or in a delivery that did not come to its end. */
async function writeObject(
  { jobs, object, run, sums }: FolderRun,
  stored: WholeObject | undefined,
  bytes: Uint8Array,
): Promise<boolean> {
  const { catalogue } = jobs.buckets;
  const key = workKey(object);
  if (stored !== undefined && isSame(stored.bytes, bytes)) {
    return (await answered(jobs, () => catalogue.head(key)))?.customMetadata?.run === run;
  }
  // What was announced is told by the next run that writes to the feed, if the record is marked with it.
  const at = new Date(jobs.clock.now()).toISOString();
  const announced = formatFeedRun({ run, at, objects: [object], collections: [] });
  const json = { httpMetadata: { contentType: "application/json" } };
  await answered(jobs, () => catalogue.put(feedRunKey(run, 1), announced, json));
  const change = stored === undefined ? "created" : "replaced";
  await putRecord(jobs, { key, bytes, version: stored?.version, marks: { run, change } });
  sums.bytesOut += bytes.byteLength;
  return true;
}

function refused({ folder, object }: FolderRun): Ending {
  const message = `${object} has more than ${mostManifestPages} images.`;
  const words = ["tessera", "ingest", folder.slice(0, -1), "--as", object, "--to", "remote"];
  return { state: "refused", failure: { code: "too-large", message, command: words.map(quoteWord).join(" ") } };
}

function failed(code: string, message: string): { readonly state: "failed"; readonly failure: ItemFailure } {
  return { state: "failed", failure: { code, message } };
}

/** Adds the time since the last part ended. */
function lap(sums: Sums, { clock }: Jobs, part: "read" | "write"): void {
  const now = clock.now();
  sums[part] += (now - sums.at) / 1000;
  sums.at = now;
}
