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
  const kind = typeof content === "string" ? undefined : workbookKind(content);
  if (kind !== undefined) {
    const message = `it is a workbook (${kind}), not a table of text: save the sheet as "CSV UTF-8"`;
    return { rows: [], faults: [{ place: undefined, message }] };
  }
  const decoded = typeof content === "string" ? undefined : decodeText(content);
  const text = (decoded?.text ?? String(content)).replace(/^\ufeff/, "");
  const faults: SheetFault[] = [];
  const rows = [...readRows(text, chooseDialect(text, columns), faults)];
  if (decoded === undefined || decoded.isWhole) return { rows, faults };
  return { rows, faults: [encodingFault(rows, decoded.encoding), ...faults] };
}

/** What spreadsheets save unless they are told to save a table: a ZIP archive, or a compound file. */
function workbookKind([one, two, three, four]: Uint8Array): string | undefined {
  if (one === 0x50 && two === 0x4b && three === 3 && four === 4) return ".xlsx, .ods or .numbers";
  return one === 0xd0 && two === 0xcf && three === 0x11 && four === 0xe0 ? ".xls" : undefined;
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
