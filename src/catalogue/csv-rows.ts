import type { SheetFault, SheetPlace } from "./sheet-place.ts";

/** A row of a table, empty rows counted but not among them. */
export interface CsvRow extends Pick<SheetPlace, "row" | "line"> {
  readonly cells: readonly string[];
}

/** How a text is divided into cells. */
export interface CsvDialect {
  readonly delimiter: string;
  /** Where the table starts in the text: behind a line that names the delimiter. */
  readonly start: number;
}

/**
 * Reads the rows of a table: cells between delimiters, rows ended by CR, LF or both, quotes around cells that have any of
 * these, doubled inside. Rows without a value are left out. Adds to `faults` each place that is wrong, and reads on behind
 * it; a quote that is never closed ends the table. Source: RFC 4180 §2.
 */
export function* readRows(
  text: string,
  { delimiter, start }: CsvDialect,
  faults: SheetFault[],
): Generator<CsvRow, void, undefined> {
  const plain = new RegExp(`[^${escapeInClass(delimiter)}\\r\\n]*`, "y");
  const takePlain = (from: number): string => {
    plain.lastIndex = from;
    return plain.test(text) ? text.slice(from, plain.lastIndex) : "";
  };
  let cells: string[] = [];
  let row = 1;
  let line = start === 0 ? 1 : 2;
  let startLine = line;
  let at = start;
  const fault = (message: string) => faults.push({ place: { row, line: startLine, column: cells.length }, message });
  while (at < text.length) {
    let cell: string;
    if (text[at] === '"') {
      const end = closingQuote(text, at + 1);
      if (end < 0) {
        fault("a quote is opened and not closed");
        return;
      }
      cell = text.slice(at + 1, end).replaceAll('""', '"');
      line += countLineEnds(cell);
      const stray = takePlain(end + 1);
      if (stray.trim() !== "") fault("there is text after a closing quote");
      at = end + 1 + stray.length;
    } else {
      cell = takePlain(at);
      // Spreadsheets that write tabs put no quotes around cells, and leave those that are in them.
      if (cell.includes('"') && delimiter !== "\t") fault("there is a quote in a cell that is not in quotes");
      at += cell.length;
    }
    cells.push(cell);
    if (text[at] === delimiter) {
      at += 1;
      // A delimiter at the very end still divides: what follows is an empty cell.
      if (at < text.length) continue;
      cells.push("");
    }
    if (cells.some((value) => /\S/.test(value))) yield { row, line: startLine, cells };
    cells = [];
    at += text.startsWith("\r\n", at) ? 2 : 1;
    row += 1;
    line += 1;
    startLine = line;
  }
}

/** Returns where the quote that ends a cell stands, or -1. */
function closingQuote(text: string, start: number): number {
  let at = text.indexOf('"', start);
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at;
}

function countLineEnds(cell: string): number {
  return cell.split(/\r\n|\r|\n/).length - 1;
}

function escapeInClass(character: string): string {
  return /[\\\]^-]/.test(character) ? `\\${character}` : character;
}
