import { type CsvDialect, type CsvRow, readRows } from "./csv-rows.ts";

/** In the order in which they are taken where nothing else decides. */
const delimiters = [",", ";", "\t", "|"] as const;

/** Rows that are looked at to tell delimiters apart, the column names among them. */
const rowsLookedAt = 20;

/** A line that spreadsheets take for the delimiter and don't show. Source: Microsoft Excel, `sep=`. */
const delimiterLine = /^"?sep=([^\r\n"])"?[^\S\r\n\t]*(?:\r\n|\r|\n|$)/i;

/**
 * Chooses what divides the cells of a table: what a first line `sep=;` says; otherwise the comma, semicolon, tab or bar
 * that makes the most of the expected `columns` from the first row, then the one by which most rows have as many cells as
 * the first, then the one that makes most cells. A comma where none divides.
 */
export function chooseDialect(text: string, columns: readonly string[]): CsvDialect {
  const stated = delimiterLine.exec(text);
  if (stated !== null) return { delimiter: stated[1] ?? ",", start: stated[0].length };
  const expected = new Set(columns.map(foldColumn));
  let best: { readonly delimiter: string; readonly score: readonly number[] } | undefined;
  for (const delimiter of delimiters) {
    const [header, ...rows] = firstRows(text, delimiter);
    // What holds nothing but delimiters has no row.
    if (header === undefined) return { delimiter, start: 0 };
    const width = header.cells.length;
    if (width < 2) continue;
    const found = header.cells.filter((cell) => expected.has(foldColumn(cell))).length;
    const even = rows.filter(({ cells }) => cells.length === width).length;
    const score = [found, rows.length === 0 ? 1 : even / rows.length, width];
    if (best === undefined || isHigher(score, best.score)) best = { delimiter, score };
  }
  return { delimiter: best?.delimiter ?? ",", start: 0 };
}

/** Returns what two column names have in common that are the same to a person. */
export function foldColumn(name: string): string {
  return name.trim().normalize("NFC").toLowerCase();
}

function firstRows(text: string, delimiter: string): readonly CsvRow[] {
  const rows: CsvRow[] = [];
  for (const row of readRows(text, { delimiter, start: 0 }, [])) {
    rows.push(row);
    if (rows.length === rowsLookedAt) break;
  }
  return rows;
}

function isHigher(one: readonly number[], other: readonly number[]): boolean {
  const place = one.findIndex((value, index) => value !== other[index]);
  return place >= 0 && (one[place] ?? 0) > (other[place] ?? 0);
}
