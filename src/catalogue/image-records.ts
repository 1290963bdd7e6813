import { cellValue, findSlips, findSurplus, readColumns } from "./columns.ts";
import { parseCsv } from "./csv.ts";
import type { CsvRow } from "./csv-rows.ts";
import type { SheetFault, SheetPlace } from "./sheet-place.ts";

/** What a CSV file says of one image. */
export interface ImageRecord {
  readonly label: string | undefined;
  /** A URI, as manifests state it. Source: IIIF Presentation API 3.0, rights. */
  readonly rights: string | undefined;
  /** The other columns in their order, empty fields left out. */
  readonly metadata: readonly { readonly label: string; readonly value: string }[];
}

/** A record and where it stands. */
export interface RecordRow {
  readonly record: ImageRecord;
  /** The cell that names the image. */
  readonly place: SheetPlace;
}

/** The rows of a CSV file by the column that names images. */
export interface Records {
  /** By identifier, or by the path of the source from the folder that was named. */
  readonly column: "identifier" | "file";
  /** Empty where the form of the table is wrong, for then no row can be relied on. */
  readonly rows: ReadonlyMap<string, RecordRow>;
}

/** What the catalogue holds of an image, as JSON. */
export interface StoredRecord {
  readonly identifier: string;
  readonly label?: string;
  readonly rights?: string;
  readonly metadata: ImageRecord["metadata"];
  /** In pixels, as the image is seen. */
  readonly width: number;
  readonly height: number;
}

/** Returns the key, in the catalogue, of the record of an image, whatever the key template of masters. */
export function recordKey(identifier: string): string {
  return `records/${identifier}.json`;
}

/** Tells whether bytes are the record of an image: JSON that names its identifier. */
export function isRecordOf(identifier: string, bytes: Uint8Array): boolean {
  try {
    const record: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
    return typeof record === "object" && record !== null && "identifier" in record && record.identifier === identifier;
  } catch {
    return false;
  }
}

/** Columns that have a meaning of their own. */
const ownColumns: readonly string[] = ["identifier", "file", "label", "rights"];

/**
 * Reads records from a CSV file with a row of column names: either `identifier` or `file`, and any of `label`, `rights` (a
 * URI) and further ones. Adds to `faults` everything that is wrong, row by row.
 */
export function parseRecords(content: Uint8Array | string, faults: SheetFault[]): Records {
  const sheet = parseCsv(content, ownColumns);
  faults.push(...sheet.faults);
  const columns = readColumns(sheet, ownColumns, faults);
  const { places } = columns;
  const column = places.has("identifier") ? "identifier" : "file";
  const hasKey = places.has("identifier") || places.has("file");
  const missing = ownColumns.filter((name) => !places.has(name) && !(hasKey && keyColumns.includes(name)));
  const slips = findSlips(sheet, columns, { known: ownColumns, missing });
  faults.push(...slips);
  const [header, ...others] = sheet.rows;
  if (!hasKey) {
    // A slip in the name of the column says it already.
    if (!slips.some(({ meant }) => keyColumns.includes(meant)))
      faults.push(keyFault(header, "there is no column identifier or file"));
    return { column, rows: new Map() };
  }
  if (places.has("identifier") && places.has("file")) {
    faults.push(keyFault(header, "there are the columns identifier and file, and only one can name the images"));
  }
  const described = [...places].filter(([name]) => !ownColumns.includes(name));
  const rows = new Map<string, RecordRow>();
  for (const row of others) {
    const surplus = findSurplus(row, columns);
    faults.push(...surplus);
    const place = { row: row.row, line: row.line, column: places.get(column) ?? 0 };
    const key = (cellValue(row, place.column) ?? "").normalize("NFC");
    const earlier = rows.get(key);
    const record = readRecord(row, { places, described });
    if (key === "") faults.push({ place, message: `the ${column} is empty` });
    else if (earlier !== undefined) faults.push({ place, message: `${key} is in row ${earlier.place.row} already` });
    else if (surplus.length === 0) rows.set(key, { record, place });
    if (record.rights !== undefined && !/^https?:\/\/[^\s/]+/.test(record.rights)) {
      const message = `rights is ${JSON.stringify(record.rights)}, not an http or https URI`;
      faults.push({ place: { ...place, column: places.get("rights") ?? 0 }, message });
    }
  }
  return { column, rows: sheet.faults.length > 0 ? new Map() : rows };
}

const keyColumns: readonly string[] = ["identifier", "file"];

function keyFault(header: CsvRow | undefined, message: string): SheetFault {
  return { place: header === undefined ? undefined : { row: header.row, line: header.line }, message };
}

/** Returns what the catalogue holds of an image. */
export function storedRecord(
  record: ImageRecord,
  { identifier, width, height }: { readonly identifier: string; readonly width: number; readonly height: number },
): StoredRecord {
  return {
    identifier,
    ...(record.label === undefined ? {} : { label: record.label }),
    ...(record.rights === undefined ? {} : { rights: record.rights }),
    metadata: record.metadata,
    width,
    height,
  };
}

function readRecord(row: CsvRow, { places, described }: RecordColumns): ImageRecord {
  const metadata: { label: string; value: string }[] = [];
  for (const [label, column] of described) {
    const value = cellValue(row, column);
    if (value !== undefined) metadata.push({ label, value });
  }
  return { label: cellValue(row, places.get("label")), rights: cellValue(row, places.get("rights")), metadata };
}

interface RecordColumns {
  readonly places: ReadonlyMap<string, number>;
  /** Columns without a meaning of their own. */
  readonly described: readonly (readonly [string, number])[];
}
