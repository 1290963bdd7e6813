import { pageLinesKey, parsePageLines } from "../catalogue/page-text.ts";
import type { Work } from "../catalogue/work.ts";
import { sha256 } from "../digest.ts";
import { ImageError } from "../error.ts";
import { entryOfPage, entryOfWork, fitEntry, type IndexEntry, writeEntries } from "../search/index-entries.ts";
import { versionInIndex } from "../search/index-layout.ts";
import { askIndex } from "../search/search-index.ts";
import type { Jobs } from "./jobs.ts";
import { readRecord } from "./read-record.ts";

/**
 * Brings the search index to the record of an object, with the texts of its pages. Returns whether it had to; an index that has
 * not been made is left to `tessera index`. Throws `storage-failed`: an object that was begun is not taken for finished.
 */
export async function indexWork(jobs: Jobs, work: Work, record: Uint8Array): Promise<boolean> {
  const { search, clock, config } = jobs;
  if (search === undefined) return false;
  const index = { database: search, clock, timeoutSeconds: config.storageTimeoutSeconds };
  const version = versionInIndex(await sha256(record));
  try {
    const sql = "SELECT version FROM search_objects WHERE object = ?1";
    const [[known] = []] = await askIndex(index, [{ sql, values: [work.key] }]);
    if (known?.version === version) return false;
    for await (const statements of writeEntries(work, version, entriesOf(jobs, work)))
      await askIndex(index, statements);
    return true;
  } catch (error) {
    if (error instanceof ImageError && error.code === "search-unavailable") return false;
    throw error;
  }
}

/** Texts are read one at a time. One that is gone or damaged is not found, which `tessera verify` tells. */
async function* entriesOf(jobs: Jobs, work: Work): AsyncGenerator<IndexEntry, undefined, undefined> {
  yield fitEntry(entryOfWork(work)).entry;
  for (const [place, { key: page, text }] of work.pages.entries()) {
    const name = { object: work.key, page };
    const entry = text === undefined ? undefined : await readEntry(jobs, name, place + 1);
    if (entry !== undefined) yield fitEntry(entry).entry;
  }
}

async function readEntry(
  jobs: Jobs,
  name: { readonly object: string; readonly page: string },
  number: number,
): Promise<IndexEntry | undefined> {
  try {
    const bytes = await readRecord(jobs, pageLinesKey(name));
    return bytes && entryOfPage(parsePageLines(bytes, name), { number, page: name.page });
  } catch (error) {
    if (error instanceof ImageError && error.code === "record-malformed") return undefined;
    throw error;
  }
}
