import { ImageError } from "../error.ts";
import type { Area } from "../geometry.ts";
import { exceptPages, integerValue, pagesAfter, pagesBefore } from "./index-layout.ts";
import { marks, parseMarked } from "./marked-text.ts";
import { askIndex, type Row, type SearchIndex } from "./search-index.ts";

/** A line of a page in which something was found. */
export interface HitLine {
  /** Its place in the text of the page, from 0. */
  readonly index: number;
  readonly text: string;
  readonly area?: Area;
}

/** Something that was found: the lines it is in, one but for phrases that go on in the next, and what stands around it. */
export interface Hit {
  readonly page: string;
  readonly language: string | undefined;
  readonly lines: readonly HitLine[];
  readonly before: string;
  readonly match: string;
  readonly after: string;
}

/** What was found in an object, in its order; `next` is from where to go on, if there is more. */
export interface ObjectHits {
  readonly hits: readonly Hit[];
  readonly next: number | undefined;
}

/** Pages of an answer at the most. */
const mostPages = 50;

/** Characters of their text at the most, but for the last of them: it may be as long as the text of a page. */
const mostCharacters = 1 << 19;

/** What is listed of one page. */
const mostHitsPerPage = 200;

/** What is shown in front of a hit and behind it. */
const contextCharacters = 60;

/** What is searched for, in which object, and from which of its pages on: 0 for the first. */
export interface ObjectQuery {
  readonly object: string;
  readonly expression: string;
  readonly from: number;
  /** Keys of pages whose text is not shown: what is in them is not found. */
  readonly closedPages: readonly string[];
}

/**
 * Searches in the text of the pages of an object. Throws `not-found` for an object that the index does not have, and what
 * `askIndex` throws.
 */
export async function searchObject(
  index: SearchIndex,
  { object, expression, from, closedPages }: ObjectQuery,
): Promise<ObjectHits> {
  const closed = closedPages.length === 0 ? [] : [JSON.stringify(closedPages)];
  const id = "(SELECT id FROM search_objects WHERE object = ?2)";
  const sql = `WITH found AS (
      SELECT rowid AS id, highlight(search_words, 0, ${marks}) AS marked FROM search_words
      WHERE search_words MATCH ?1 AND rowid > ${pagesAfter(id)} + ${integerValue("?3")} AND rowid < ${pagesBefore(id)}
        ${exceptPages(closedPages, { objectId: id, parameter: "?4" })}
      ORDER BY rowid LIMIT ${mostPages + 1}),
    counted AS (SELECT id, marked, sum(length(marked)) OVER (ORDER BY id) - length(marked) AS before FROM found)
    SELECT counted.id - ${pagesAfter(id)} AS number, page, language, areas, marked, before
    FROM counted JOIN search_entries ON search_entries.id = counted.id
    WHERE before < ${mostCharacters} ORDER BY counted.id`;
  const [objects = [], rows = []] = await askIndex(index, [
    { sql: "SELECT id FROM search_objects WHERE object = ?1", values: [object] },
    { sql, values: [expression, object, from, ...closed] },
  ]);
  if (objects.length === 0) throw new ImageError("not-found", "No object of this name is in the search index.");
  const listed = rows.slice(0, mostPages);
  const last = listed.at(-1);
  // One page more was asked for, and the length of all but the last stands in the last.
  const isCut = rows.length > mostPages || (last !== undefined && lengthUpTo(last) >= mostCharacters);
  return { hits: listed.flatMap(hitsOf), next: isCut ? Number(last?.number) : undefined };
}

function lengthUpTo({ before, marked }: Row): number {
  return Number(before) + String(marked).length;
}

function hitsOf({ page, language, areas, marked }: Row): readonly Hit[] {
  const { text, found } = parseMarked(String(marked));
  const lines = linesOf(text, JSON.parse(String(areas)));
  return found.slice(0, mostHitsPerPage).map(([start, end]) => ({
    page: String(page),
    language: language === null || language === undefined ? undefined : String(language),
    lines: lines.filter((line) => line.start < end && line.end > start).map(({ line }) => line),
    before: flat(
      text.slice(Math.max(0, start - contextCharacters), start),
      start > contextCharacters ? "start" : "none",
    ),
    match: flat(text.slice(start, end), "none"),
    after: flat(text.slice(end, end + contextCharacters), end + contextCharacters < text.length ? "end" : "none"),
  }));
}

interface PlacedLine {
  readonly start: number;
  readonly end: number;
  readonly line: HitLine;
}

function linesOf(
  text: string,
  areas: readonly (0 | readonly [number, number, number, number])[],
): readonly PlacedLine[] {
  let start = 0;
  return text.split("\n").map((line, index) => {
    const area = areaOf(areas[index]);
    const placed = { start, end: start + line.length, line: { index, text: line, ...(area && { area }) } };
    start += line.length + 1;
    return placed;
  });
}

function areaOf(numbers: 0 | readonly [number, number, number, number] | undefined): Area | undefined {
  if (numbers === 0 || numbers === undefined) return undefined;
  const [x, y, width, height] = numbers;
  return { x, y, width, height };
}

/** In one line; where it was cut, without the piece of a word or of a character there, if there is a space at all. */
function flat(text: string, cut: "start" | "end" | "none"): string {
  const line = text.replaceAll("\n", " ").replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, "");
  if (cut === "none") return line;
  return cut === "start" ? line.replace(/^\S*\s(?=.*\S)/, "") : line.replace(/(?<=\S.*)\s\S*$/, "");
}
