import type { Member } from "../catalogue/collection.ts";
import { integerValue, isPage, objectOf, pagesAfter, pagesBefore } from "./index-layout.ts";
import { type MarkedText, marks, parseMarked } from "./marked-text.ts";
import { askIndex, type SearchIndex } from "./search-index.ts";

/** A piece of what is known of an object, or of the text of one of its pages. */
export interface Snippet extends MarkedText {
  /** Undefined for what is known of the object. */
  readonly page: string | undefined;
}

/** An object in which something was found. */
export interface FoundObject {
  readonly member: Member;
  readonly snippets: readonly Snippet[];
}

/** Objects in which something was found, the best first. */
export interface CatalogueHits {
  readonly objects: readonly FoundObject[];
  /** How many there are among the entries that were looked at. */
  readonly total: number;
  /** Whether there may be more that were not looked at. */
  readonly isCapped: boolean;
  readonly next: number | undefined;
}

/** Entries that are looked at and put into an order, what is known of objects first: more would take seconds. */
const mostEntries = 1000;
const objectsPerAnswer = 20;
const snippetsPerObject = 3;
const snippetWords = 16;

/** How much more a word counts in what is known of an object than in the text of a page. */
const descriptionWeight = 4;

/** Searches in all objects, in what is known of them and in the text of their pages. Throws what `askIndex` throws. */
export async function searchCatalogue(
  index: SearchIndex,
  { expression, from }: { readonly expression: string; readonly from: number },
): Promise<CatalogueHits> {
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
    SELECT search_objects.id AS id, member, (SELECT count(*) FROM grouped) AS total,
      (SELECT count(*) FROM found) AS entries
    FROM grouped JOIN search_objects ON search_objects.id = grouped.object
    ORDER BY score, grouped.entries DESC, search_objects.id LIMIT ${objectsPerAnswer + 1} OFFSET ?2`;
  const [rows = []] = await askIndex(index, [{ sql, values: [expression, from] }]);
  const listed = rows.slice(0, objectsPerAnswer);
  const snippets =
    listed.length === 0
      ? []
      : await findSnippets(
          index,
          expression,
          listed.map(({ id }) => Number(id)),
        );
  return {
    objects: listed.map(({ member }, place) => ({
      member: JSON.parse(String(member)),
      snippets: snippets[place] ?? [],
    })),
    total: Number(rows[0]?.total ?? 0),
    isCapped: Number(rows[0]?.entries ?? 0) >= mostEntries,
    next: rows.length > objectsPerAnswer ? from + objectsPerAnswer : undefined,
  };
}

async function findSnippets(
  index: SearchIndex,
  expression: string,
  ids: readonly number[],
): Promise<readonly (readonly Snippet[])[]> {
  const snippetsOf = (range: string) => `SELECT * FROM (
      SELECT rowid AS id, snippet(search_words, 0, ${marks}, '…', ${snippetWords}) AS marked FROM search_words
      WHERE search_words MATCH ?1 AND ${range} ORDER BY rowid LIMIT ${snippetsPerObject})`;
  const id = integerValue("?2");
  const sql = `WITH found AS (${snippetsOf(`rowid = ${id}`)}
    UNION ALL ${snippetsOf(`rowid > ${pagesAfter(id)} AND rowid < ${pagesBefore(id)}`)})
    SELECT page, marked FROM found JOIN search_entries ON search_entries.id = found.id
    ORDER BY found.id LIMIT ${snippetsPerObject}`;
  const statements = ids.map((id) => ({ sql, values: [expression, id] }));
  return (await askIndex(index, statements)).map((rows) =>
    rows.map(({ page, marked }) => {
      const snippet = parseMarked(String(marked).replaceAll("\n", " "));
      return { ...snippet, page: page === "" ? undefined : String(page) };
    }),
  );
}
