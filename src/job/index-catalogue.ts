import { type Bucket, BucketError, isOfOneObject } from "../bucket/bucket.ts";
import { listObjects } from "../bucket/list-objects.ts";
import type { SearchDatabase } from "../bucket/search-database.ts";
import { sha256Of } from "../bucket/upload.ts";
import { pageLinesKey, parsePageLines } from "../catalogue/page-text.ts";
import type { Work } from "../catalogue/work.ts";
import { parseWork } from "../catalogue/work-record.ts";
import { ImageError } from "../error.ts";
import {
  entryOfPage,
  entryOfWork,
  fitEntry,
  type IndexEntry,
  mostBatchCharacters,
  removeObject,
  type Statement,
  writeEntries,
} from "../search/index-entries.ts";
import { indexLayout, removedLayout, versionInIndex } from "../search/index-layout.ts";

const prefix = "objects/";
const suffix = ".json";

/** Records, and texts of pages, that are read at once: each is at most `mostReadBytes` long. */
const recordsAtOnce = 8;

/** Statements that are sent to the database at once. */
const mostBatchStatements = 200;

/** What a run of the index did, and how it ended. */
export interface IndexOutcome {
  readonly indexed: number;
  /** Not changed since they were indexed. */
  readonly kept: number;
  readonly removed: number;
  readonly pages: number;
  /** What could not be read; `onProblem` was told. */
  readonly problems: number;
  readonly failure: BucketError | undefined;
}

/** How a run is watched and stopped. */
export interface IndexOptions {
  readonly signal?: AbortSignal | undefined;
  /** Makes all of it anew; else what has changed. */
  readonly rebuild?: boolean | undefined;
  /** Called after each object with how many are done. */
  readonly onProgress?: (objects: number) => void;
  readonly onProblem: (key: string, reason: string) => void;
}

/**
 * Brings the search index to the state of the catalogue: objects whose record has changed are written anew, those that are
 * gone are taken out. One that was begun and not finished says so in the index: the next run goes on. Throws what is no
 * BucketError.
 */
export async function indexCatalogue(
  { catalogue, database }: { readonly catalogue: Bucket; readonly database: SearchDatabase },
  options: IndexOptions,
): Promise<IndexOutcome> {
  const counts = { indexed: 0, kept: 0, removed: 0, pages: 0, problems: 0 };
  const writer = batchWriter(database);
  const onProblem = (key: string, reason: string) => {
    counts.problems += 1;
    options.onProblem(key, reason);
  };
  try {
    await catalogue.check();
    await lay(database, options.rebuild === true);
    const known = await readVersions(database);
    const read = (key: string) => readRecord(catalogue, { key, onProblem });
    for await (const keys of groupsOf(listObjects(catalogue, prefix), recordsAtOnce)) {
      if (options.signal?.aborted) throw new BucketError("stopped", "Stopped.");
      for (const { object, found } of await Promise.all(keys.map(read))) {
        const former = known.get(object);
        known.delete(object);
        if (found === undefined) continue;
        if (found.version === former) counts.kept += 1;
        else {
          const entries = await readEntries(catalogue, found.work, onProblem);
          await writeObject(writer, { ...found, entries });
          counts.indexed += 1;
          counts.pages += entries.length - 1;
        }
        options.onProgress?.(counts.indexed + counts.kept);
      }
    }
    for (const object of known.keys()) {
      await writer.write(removeObject(object));
      counts.removed += 1;
    }
    await writer.end();
    return { ...counts, failure: undefined };
  } catch (error) {
    if (!(error instanceof BucketError)) throw error;
    return { ...counts, failure: error };
  }
}

async function lay(database: SearchDatabase, isNew: boolean): Promise<void> {
  const statements = [...(isNew ? removedLayout : []), ...indexLayout];
  await database.run(statements.map((sql) => ({ sql, values: [] })));
}

const versionsAtOnce = 5000;

async function readVersions(database: SearchDatabase): Promise<Map<string, string>> {
  const versions = new Map<string, string>();
  for (let after = ""; ; ) {
    const sql = `SELECT object, version FROM search_objects WHERE object > ?1 ORDER BY object LIMIT ${versionsAtOnce}`;
    const [rows = []] = await database.run([{ sql, values: [after] }]);
    for (const { object, version } of rows) versions.set(String(object), String(version));
    if (rows.length < versionsAtOnce) return versions;
    after = String(rows.at(-1)?.object);
  }
}

interface FoundWork {
  readonly work: Work;
  /** Of the record, and of the way in which it is indexed. */
  readonly version: string;
}

type OnProblem = IndexOptions["onProblem"];

interface ReadRecord {
  /** The key of the object. */
  readonly object: string;
  /** Undefined where it can't be read. */
  readonly found: FoundWork | undefined;
}

/** What can't be read stays in the index as it was. */
async function readRecord(
  catalogue: Bucket,
  { key, onProblem }: { readonly key: string; readonly onProblem: OnProblem },
): Promise<ReadRecord> {
  const object = key.endsWith(suffix) ? key.slice(prefix.length, -suffix.length) : "";
  try {
    const stored = object === "" ? undefined : await catalogue.get(key);
    if (stored === undefined) return { object, found: undefined };
    const version = versionInIndex(sha256Of(stored.bytes));
    return { object, found: { work: parseWork(stored.bytes, object), version } };
  } catch (error) {
    onProblem(key, reasonOf(error));
    return { object, found: undefined };
  }
}

async function* groupsOf(
  objects: AsyncIterable<{ readonly key: string }>,
  most: number,
): AsyncGenerator<readonly string[], undefined> {
  let group: string[] = [];
  for await (const { key } of objects) {
    group.push(key);
    if (group.length < most) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

async function readEntries(catalogue: Bucket, work: Work, onProblem: OnProblem): Promise<readonly IndexEntry[]> {
  const pages = work.pages.flatMap(({ key, text }, index) => (text === undefined ? [] : [{ key, number: index + 1 }]));
  const entries: (IndexEntry | undefined)[] = [];
  const waiting = pages.entries();
  const read = async () => {
    for (const [place, { key: page, number }] of waiting) {
      const name = { object: work.key, page };
      try {
        const stored = await catalogue.get(pageLinesKey(name));
        if (stored === undefined) onProblem(pageLinesKey(name), "It is not there.");
        else entries[place] = entryOfPage(parsePageLines(stored.bytes, name), { number, page });
      } catch (error) {
        onProblem(pageLinesKey(name), reasonOf(error));
      }
    }
  };
  await Promise.all(Array.from({ length: recordsAtOnce }, read));
  return [entryOfWork(work), ...entries.filter((entry) => entry !== undefined)].map((whole) => {
    const { entry, isCut } = fitEntry(whole);
    if (isCut) onProblem(`${work.key}, page ${entry.page}`, "Its text is too long: only the start is found.");
    return entry;
  });
}

/** A failure of the bucket ends the run; damage of one object does not. */
function reasonOf(error: unknown): string {
  if (isOfOneObject(error)) return error.message;
  if (!(error instanceof ImageError)) throw error;
  return error.detail ?? error.message;
}

async function writeObject(
  writer: BatchWriter,
  { work, version, entries }: FoundWork & { readonly entries: readonly IndexEntry[] },
): Promise<void> {
  for await (const statements of writeEntries(work, version, entries)) await writer.write(statements);
}

interface BatchWriter {
  /** Runs statements, at once or with later ones, in order. */
  readonly write: (statements: readonly Statement[]) => Promise<void>;
  readonly end: () => Promise<void>;
}

function batchWriter(database: SearchDatabase): BatchWriter {
  let waiting: Statement[] = [];
  let characters = 0;
  const end = async () => {
    const batch = waiting;
    [waiting, characters] = [[], 0];
    if (batch.length > 0) await database.run(batch);
  };
  return {
    end,
    async write(statements) {
      for (const statement of statements) {
        waiting.push(statement);
        characters += statement.values.reduce<number>((sum, value) => sum + String(value).length, 0);
        if (waiting.length >= mostBatchStatements || characters >= mostBatchCharacters) await end();
      }
    },
  };
}
