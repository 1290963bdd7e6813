/** A place in a table as a spreadsheet shows it. */
export interface SheetPlace {
  /** From 1 on, the row of column names and empty rows counted. */
  readonly row: number;
  /** The line of the file that the row starts on, from 1 on; a cell may have several. */
  readonly line: number;
  /** From 0 on; undefined where the whole row is meant. */
  readonly column?: number;
}

/** What is wrong at a place of a table: `message` is a sentence without a full stop. */
export interface SheetFault {
  /** Undefined where the whole file is meant. */
  readonly place: SheetPlace | undefined;
  readonly message: string;
}

/** Formats a fault as one sentence that begins with its place: `row 3, column B: the file is empty`. */
export function formatSheetFault({ place, message }: SheetFault): string {
  return place === undefined ? message : `${formatSheetPlace(place)}: ${message}`;
}

/** Formats a place: `row 3, column B`, and the line of the file where that has another number. */
export function formatSheetPlace({ row, line, column }: SheetPlace): string {
  const lineNote = line === row ? "" : ` (line ${line})`;
  return `row ${row}${lineNote}${column === undefined ? "" : `, column ${columnLetters(column)}`}`;
}

const letters = 26;

/** Returns the letters that a spreadsheet puts above a column, counted from 0: A to Z, AA, AB and on. */
export function columnLetters(column: number): string {
  const last = String.fromCharCode("A".charCodeAt(0) + (column % letters));
  return column < letters ? last : `${columnLetters(Math.floor(column / letters) - 1)}${last}`;
}
