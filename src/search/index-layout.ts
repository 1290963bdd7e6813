/**
 * How the index lies in D1. An entry is what is found: number 0 of an object is what is known of it, those from 1 on are
 * its pages in order. Its id is made of the object's and its own number, so that the entries of an object are a range of
 * ids, to which the full-text index can be held. The table of words has no text of its own: triggers keep it to the
 * entries. Source: SQLite FTS5 §4.4.3, external content tables.
 */
export const indexLayout: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS search_objects (
    id INTEGER PRIMARY KEY, object TEXT NOT NULL UNIQUE, member TEXT NOT NULL, version TEXT NOT NULL)`,
  `CREATE TABLE IF NOT EXISTS search_entries (
    id INTEGER PRIMARY KEY, page TEXT NOT NULL, language TEXT, areas TEXT NOT NULL, text TEXT NOT NULL)`,
  `CREATE VIRTUAL TABLE IF NOT EXISTS search_words USING fts5(
    text, content='search_entries', content_rowid='id', tokenize='unicode61 remove_diacritics 2')`,
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

/** Ids of an object's entries start at its own id times this. More pages than a record of an object can hold. */
export const entriesPerObject = 65_536;

/** Changes when entries are made in another way, so that all are made again. */
export const indexVersion = "1";
