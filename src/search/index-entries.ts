import type { Member } from "../catalogue/collection.ts";
import { firstText, type LabelledValue, type LanguageMap } from "../catalogue/language-map.ts";
import type { PageLines } from "../catalogue/page-text.ts";
import type { Work } from "../catalogue/work.ts";
import { pagesAfter, pagesBefore } from "./index-layout.ts";
import { indexedText } from "./search-text.ts";

const idOfObject = "(SELECT id FROM search_objects WHERE object = ?1)";

/** A row of D1 may have 2,000,000 bytes, and so may a value that is sent. */
const mostEntryBytes = 1_800_000;

/** Characters of entries that are sent to the database at once. */
export const mostBatchCharacters = 500_000;

/** A statement with its values. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

/** What is found, before it has an id: its number in the object, and its lines. */
export interface IndexEntry {
  readonly number: number;
  /** The key of the page; empty for the object itself. */
  readonly page: string;
  readonly language?: string | undefined;
  /** A JSON array: four numbers for a line that has a place, 0 for one without. */
  readonly areas: string;
  /** Lines, with line feeds between them. */
  readonly text: string;
}

/** Returns the entry of an object itself: its label, summary, statement and metadata, and the labels of its pages. */
export function entryOfWork({ label, summary, metadata, requiredStatement, pages }: Work): IndexEntry {
  const described = [...metadata, ...(requiredStatement === undefined ? [] : [requiredStatement])];
  const ofPages = pages.flatMap(({ label: own, metadata: pairs }) => [
    ...textsOf(own),
    ...(pairs ?? []).flatMap(valuesOf),
  ]);
  const texts = [...textsOf(label), ...textsOf(summary).map(withoutTags), ...described.flatMap(valuesOf), ...ofPages];
  return { number: 0, page: "", areas: "[]", text: [...new Set(texts.map(indexedText))].join("\n") };
}

/** Returns the entry of the text of a page; `number` is its place in the object, from 1. */
export function entryOfPage({ lines, language }: PageLines, name: Pick<IndexEntry, "number" | "page">): IndexEntry {
  const areas = lines.map(({ area }) => (area === undefined ? 0 : [area.x, area.y, area.width, area.height]));
  return {
    ...name,
    language,
    areas: JSON.stringify(areas),
    text: lines.map(({ text }) => indexedText(text)).join("\n"),
  };
}

/** Cuts lines off the end of an entry that no row has room for. */
export function fitEntry(entry: IndexEntry): { readonly entry: IndexEntry; readonly isCut: boolean } {
  let fitted = entry;
  while (new TextEncoder().encode(JSON.stringify([fitted])).byteLength > mostEntryBytes) {
    const lines = fitted.text.split("\n");
    const kept = Math.floor(lines.length / 2);
    // A line of its own that is too long is cut itself.
    const text =
      kept === 0 ? fitted.text.slice(0, fitted.text.length / 2).toWellFormed() : lines.slice(0, kept).join("\n");
    const areas = JSON.parse(fitted.areas) as readonly unknown[];
    fitted = { ...fitted, text, areas: JSON.stringify(areas.slice(0, Math.max(1, kept))) };
  }
  return { entry: fitted, isCut: fitted !== entry };
}

function textsOf(map: LanguageMap | undefined): readonly string[] {
  return Object.values(map ?? {}).flat();
}

/** Labels of values are the same in all objects: who searches for "maker" does not mean them. */
function valuesOf({ value }: LabelledValue): readonly string[] {
  return textsOf(value).map(withoutTags);
}

function withoutTags(text: string): string {
  return /^<.*>$/s.test(text) ? text.replace(/<[^>]*>/g, " ") : text;
}

/** Returns what begins an object's entries anew: until it is finished, its version says that it is not. */
export function beginObject(work: Work): readonly Statement[] {
  const { key, label, navDate } = work;
  const named =
    work.pages.find((page) => page.key === work.thumbnail) ?? work.pages.find(({ images }) => images.length > 0);
  const thumbnail = named?.images[0];
  const member: Member = {
    kind: "object",
    key,
    label: firstText(label) === undefined ? { none: [key] } : label,
    ...(thumbnail === undefined ? {} : { thumbnail }),
    ...(navDate === undefined ? {} : { navDate }),
  };
  const add = `INSERT INTO search_objects (object, member, version) VALUES (?1, ?2, '')
    ON CONFLICT (object) DO UPDATE SET member = ?2, version = ''`;
  return [{ sql: add, values: [key, JSON.stringify(member)] }, clearEntries(key)];
}

/** Returns what adds entries to an object that was begun. */
export function addEntries(object: string, entries: readonly IndexEntry[]): Statement {
  const number = "(value ->> 'number')";
  const sql = `INSERT INTO search_entries (id, page, language, areas, text)
    SELECT CASE ${number} WHEN 0 THEN ${idOfObject} ELSE ${pagesAfter(idOfObject)} + ${number} END,
      value ->> 'page', value ->> 'language', value ->> 'areas', value ->> 'text' FROM json_each(?2)`;
  return { sql, values: [object, JSON.stringify(entries)] };
}

/** Returns what says that all entries of an object are there. */
export function finishObject(object: string, version: string): Statement {
  return { sql: "UPDATE search_objects SET version = ?2 WHERE object = ?1", values: [object, version] };
}

/**
 * Returns what writes all entries of an object, in groups to be run one after the other, as the entries come. Until the last has
 * been run, the index says that the object is not finished.
 */
export async function* writeEntries(
  work: Work,
  version: string,
  entries: AsyncIterable<IndexEntry> | Iterable<IndexEntry>,
): AsyncGenerator<readonly Statement[], undefined, undefined> {
  let statements = beginObject(work);
  let waiting: IndexEntry[] = [];
  let characters = 0;
  for await (const entry of entries) {
    const length = entry.text.length + entry.areas.length;
    if (waiting.length > 0 && characters + length > mostBatchCharacters) {
      yield [...statements, addEntries(work.key, waiting)];
      statements = [];
      waiting = [];
      characters = 0;
    }
    waiting.push(entry);
    characters += length;
  }
  yield [...statements, addEntries(work.key, waiting), finishObject(work.key, version)];
}

/** Returns what takes an object out of the index. */
export function removeObject(object: string): readonly Statement[] {
  return [clearEntries(object), { sql: "DELETE FROM search_objects WHERE object = ?1", values: [object] }];
}

function clearEntries(object: string): Statement {
  const pages = `(id > ${pagesAfter(idOfObject)} AND id < ${pagesBefore(idOfObject)})`;
  return {
    sql: `DELETE FROM search_entries WHERE id = ${idOfObject} OR ${pages}`,
    values: [object],
  };
}
