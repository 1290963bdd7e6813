/**
 * How the index lies in D1. An entry is what is found: number 0 of an object is what is known of it and has the id of the
 * object, those from 1 on are its pages in order. What is known of objects comes before all pages, which is the order in
 * which entries are found; the pages of an object are a range of ids, to which a search is held. The table of words has no
 * text of its own: triggers keep it to the entries. Source: SQLite FTS5 §4.2, prefix indexes, §4.4.3, external content.
 */
export const indexLayout: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS search_objects (
    id INTEGER PRIMARY KEY, object TEXT NOT NULL UNIQUE, member TEXT NOT NULL, version TEXT NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS search_entries (
    id INTEGER PRIMARY KEY, page TEXT NOT NULL, language TEXT, areas TEXT NOT NULL, text TEXT NOT NULL)`,
  `CREATE VIRTUAL TABLE IF NOT EXISTS search_words USING fts5(
    text, content='search_entries', content_rowid='id', prefix='2 3', tokenize='unicode61 remove_diacritics 2')`,
  `CREATE TRIGGER IF NOT EXISTS search_entry_added AFTER INSERT ON search_entries BEGIN
    INSERT INTO search_words (rowid, text) VALUES (new.id, new.text);
  END`,
  `CREATE TRIGGER IF NOT EXISTS search_entry_removed AFTER DELETE ON search_entries BEGIN
    INSERT INTO search_words (search_words, rowid, text) VALUES ('delete', old.id, old.text);
  END`,
];

/** Takes the index away, for one that is made anew. */
export const removedLayout: readonly string[] = [
  "DROP TABLE IF EXISTS search_words",
  "DROP TABLE IF EXISTS search_entries",
  "DROP TABLE IF EXISTS search_objects",
];

/** Where the ids of pages start: no object has an id so large. */
const firstPageId = 2 ** 40;

/** More pages than a record of an object can hold. */
const pagesPerObject = 65_536;

/** Returns SQL for the id after which those of the pages of an object come, from SQL for the id of the object. */
export function pagesAfter(objectId: string): string {
  return `(${firstPageId} + ${objectId} * ${pagesPerObject})`;
}

/** Returns SQL for the id at which those of the pages of an object have ended. */
export function pagesBefore(objectId: string): string {
  return `(${firstPageId} + (${objectId} + 1) * ${pagesPerObject})`;
}

/** Returns SQL for the id of the object of an entry, from SQL for the id of the entry. */
export function objectOf(entryId: string): string {
  return `CASE WHEN ${entryId} < ${firstPageId} THEN ${entryId} ELSE (${entryId} - ${firstPageId}) / ${pagesPerObject} END`;
}

/**
 * Returns SQL for a value that is a whole number. Numbers arrive with a fraction, and the full-text index takes a bound of
 * ids that has one for none. Source: SQLite, fts5GetRowidLimit.
 */
export function integerValue(parameter: string): string {
  return `CAST(${parameter} AS INTEGER)`;
}

/** Returns SQL that says whether an entry is a page. */
export function isPage(entryId: string): string {
  return `${entryId} >= ${firstPageId}`;
}

/** Changes when entries are made in another way, so that all are made again. */
const indexVersion = "1";

/** Returns by which version an object is in the index, by the SHA-256 of its record. */
export function versionInIndex(sha256: string): string {
  return `${indexVersion}:${sha256}`;
}

/** Returns SQL that leaves out pages of an object by their keys, a JSON array in a parameter; nothing for no pages, whose rows are not read. */
export function exceptPages(
  keys: readonly string[],
  { objectId, parameter }: { readonly objectId: string; readonly parameter: string },
): string {
  if (keys.length === 0) return "";
  return ` AND rowid NOT IN (SELECT id FROM search_entries WHERE id > ${pagesAfter(objectId)} AND id < ${pagesBefore(objectId)}
    AND page IN (SELECT value FROM json_each(${parameter})))`;
}
