import type { Member } from "../catalogue/collection.ts";
import { exceptPages, integerValue, isPage, objectOf, pagesAfter, pagesBefore } from "./index-layout.ts";
import { type MarkedText, marks, parseMarked } from "./marked-text.ts";
import { askIndex, type SearchIndex } from "./search-index.ts";

/** A piece of what is known of an object, or of the text of one of its pages. */
export interface Snippet extends MarkedText {
  /** Undefined for what is known of the object. */
  readonly page: string | undefined;
}

/** An object in which something was found, by its place in the index. */
export interface Candidate {
  readonly id: number;
  readonly key: string;
}

/** Objects in which something was found, the best first, before it is known who may see them. */
export interface Candidates {
  /** Those among the entries that were looked at. */
  readonly objects: readonly Candidate[];
  /** Whether there may be more that were not looked at. */
  readonly isCapped: boolean;
}

/** A candidate whose documents anybody may see, and the keys of its pages whose text not anybody may read. */
export interface OpenCandidate extends Candidate {
  readonly closedPages: readonly string[];
}

/** Entries that are looked at and put into an order, what is known of objects first: more would take seconds. */
const mostEntries = 1000;
/** Objects of an answer at the most. */
export const objectsPerAnswer = 20;
const snippetsPerObject = 3;
const snippetWords = 16;

/** How much more a word counts in what is known of an object than in the text of a page. */
const descriptionWeight = 4;

/** Finds objects by what is known of them and by the text of their pages. Throws what `askIndex` throws. */
export async function findCandidates(index: SearchIndex, expression: string): Promise<Candidates> {
  // To tell how much a word weighs, all that it is in is counted: that is left where there is more than is looked at.
  const sql = `WITH found AS (
      SELECT rowid AS id, CASE WHEN (
          SELECT count(*) FROM (SELECT 1 FROM search_words WHERE search_words MATCH ?1 LIMIT ${mostEntries})
        ) < ${mostEntries} THEN rank ELSE -1 END AS score
      FROM search_words WHERE search_words MATCH ?1 ORDER BY rowid LIMIT ${mostEntries}),
    grouped AS (
      SELECT ${objectOf("id")} AS object, count(*) AS entries,
        min(score * CASE WHEN ${isPage("id")} THEN 1 ELSE ${descriptionWeight} END) AS score
      FROM found GROUP BY ${objectOf("id")})
    SELECT search_objects.id AS id, search_objects.object AS key, (SELECT count(*) FROM found) AS entries
    FROM grouped JOIN search_objects ON search_objects.id = grouped.object
    ORDER BY score, grouped.entries DESC, search_objects.id`;
  const [rows = []] = await askIndex(index, [{ sql, values: [expression] }]);
  return {
    objects: rows.map(({ id, key }) => ({ id: Number(id), key: String(key) })),
    isCapped: Number(rows[0]?.entries ?? 0) >= mostEntries,
  };
}

/** Returns how lists name each of some candidates, in their order; undefined of one that is gone. Throws what `askIndex` throws. */
export async function findMembers(
  index: SearchIndex,
  objects: readonly Candidate[],
): Promise<readonly (Member | undefined)[]> {
  if (objects.length === 0) return [];
  const statements = objects.map(({ key }) => ({
    sql: "SELECT member FROM search_objects WHERE object = ?1",
    values: [key],
  }));
  return (await askIndex(index, statements)).map(([row]) => row && (JSON.parse(String(row["member"])) as Member));
}

/**
 * Returns the pieces of text in which something was found of each candidate, in their order; none of one in which it was found
 * on pages alone whose text is not shown. Throws what `askIndex` throws.
 */
export async function findSnippets(
  index: SearchIndex,
  { expression, objects }: { readonly expression: string; readonly objects: readonly OpenCandidate[] },
): Promise<readonly (readonly Snippet[])[]> {
  if (objects.length === 0) return [];
  const statements = objects.map(({ id, closedPages }) => ({
    sql: snippetsSql(closedPages),
    values: [expression, id, ...(closedPages.length === 0 ? [] : [JSON.stringify(closedPages)])],
  }));
  return (await askIndex(index, statements)).map((rows) =>
    rows.map(({ page, marked }) => {
      const snippet = parseMarked(String(marked).replaceAll("\n", " "));
      return { ...snippet, page: page === "" ? undefined : String(page) };
    }),
  );
}

function snippetsSql(closedPages: readonly string[]): string {
  const snippetsOf = (range: string) => `SELECT * FROM (
      SELECT rowid AS id, snippet(search_words, 0, ${marks}, '…', ${snippetWords}) AS marked FROM search_words
      WHERE search_words MATCH ?1 AND ${range} ORDER BY rowid LIMIT ${snippetsPerObject})`;
  const id = integerValue("?2");
  const pages = `rowid > ${pagesAfter(id)} AND rowid < ${pagesBefore(id)}`;
  return `WITH found AS (${snippetsOf(`rowid = ${id}`)}
    UNION ALL ${snippetsOf(pages + exceptPages(closedPages, { objectId: id, parameter: "?3" }))})
    SELECT page, marked FROM found JOIN search_entries ON search_entries.id = found.id
    ORDER BY found.id LIMIT ${snippetsPerObject}`;
}
