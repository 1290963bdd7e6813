import { chooseDialect } from "./csv-dialect.ts";
import { decodeText } from "./csv-encoding.ts";
import { type CsvRow, readRows } from "./csv-rows.ts";
import { formatSheetPlace, type SheetFault } from "./sheet-place.ts";

/** A table as a spreadsheet saved it. */
export interface CsvSheet {
  /** Rows that have a value, the column names first. */
  readonly rows: readonly CsvRow[];
  /** Everything that is wrong with the form of the table. */
  readonly faults: readonly SheetFault[];
}

/** Places that one fault lists. */
const listedPlaces = 5;

/**
 * Reads a table from the bytes or the text of a CSV file, in any of the forms that spreadsheets save: UTF-8 or UTF-16,
 * divided by commas, semicolons, tabs or bars, with or without a line `sep=`. `columns` are names that are expected in
 * the first row; they help to find the delimiter. Never throws.
 */
export function parseCsv(content: Uint8Array | string, columns: readonly string[] = []): CsvSheet {
  const decoded = typeof content === "string" ? undefined : decodeText(content);
  const text = (decoded?.text ?? String(content)).replace(/^\ufeff/, "");
  const faults: SheetFault[] = [];
  const rows = [...readRows(text, chooseDialect(text, columns), faults)];
  if (decoded === undefined || decoded.isWhole) return { rows, faults };
  return { rows, faults: [encodingFault(rows, decoded.encoding), ...faults] };
}

function encodingFault(rows: readonly CsvRow[], encoding: string): SheetFault {
  const places = rows.flatMap(({ row, line, cells }) =>
    cells.flatMap((cell, column) => (cell.includes("\ufffd") ? [formatSheetPlace({ row, line, column })] : [])),
  );
  const more = places.length > listedPlaces ? ` and ${places.length - listedPlaces} more cells` : "";
  const shown = places.length === 0 ? "" : ` (${places.slice(0, listedPlaces).join("; ")}${more})`;
  const mend = encoding === "UTF-8" ? 'save it as "CSV UTF-8"' : "it was cut off or changed, so save it again";
  return { place: undefined, message: `characters are not ${encoding}${shown}: ${mend}` };
}
