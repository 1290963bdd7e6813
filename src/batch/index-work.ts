import type { Work } from "../catalogue/work.ts";
import { sha256 } from "../digest.ts";
import { ImageError } from "../error.ts";
import { addEntries, beginObject, entryOfWork, finishObject, fitEntry } from "../search/index-entries.ts";
import { versionInIndex } from "../search/index-layout.ts";
import { askIndex } from "../search/search-index.ts";
import type { Jobs } from "./jobs.ts";

/** How the search index stands to an object: `left` for one that `tessera index` has to bring up to date. */
export type Indexing = "indexed" | "current" | "left" | "none";

/**
 * Brings the search index to the record of an object, in one step. One whose pages have texts is left to `tessera index`, and so
 * is an index that has not been made. Throws `storage-failed`.
 */
export async function indexWork(jobs: Jobs, work: Work, record: Uint8Array): Promise<Indexing> {
  const { search, clock, config } = jobs;
  if (search === undefined) return "none";
  const index = { database: search, clock, timeoutSeconds: config.storageTimeoutSeconds };
  const version = versionInIndex(await sha256(record));
  try {
    const sql = "SELECT version FROM search_objects WHERE object = ?1";
    const [[known] = []] = await askIndex(index, [{ sql, values: [work.key] }]);
    if (known?.version === version) return "current";
    if (work.pages.some(({ text }) => text !== undefined)) return "left";
    const { entry } = fitEntry(entryOfWork(work));
    await askIndex(index, [...beginObject(work), addEntries(work.key, [entry]), finishObject(work.key, version)]);
    return "indexed";
  } catch (error) {
    if (error instanceof ImageError && error.code === "search-unavailable") return "none";
    throw error;
  }
}
