import { parseCsv } from "./csv.ts";

/** What a CSV file says of one image. */
export interface ImageRecord {
  readonly label: string | undefined;
  /** A URI, as manifests state it. Source: IIIF Presentation API 3.0, rights. */
  readonly rights: string | undefined;
  /** The other columns in their order, empty fields left out. */
  readonly metadata: readonly { readonly label: string; readonly value: string }[];
}

/** The rows of a CSV file by the column that names images. */
export interface Records {
  /** By identifier, or by the path of the source from the folder that was named. */
  readonly column: "identifier" | "file";
  readonly rows: ReadonlyMap<string, ImageRecord>;
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

/**
 * Reads records from CSV with a line of column names: either `identifier` or `file`, and any of `label`, `rights` (a URI)
 * and further ones. Adds a sentence to `faults` for each line that is wrong.
 */
export function parseRecords(bytes: Uint8Array, faults: string[]): Records {
  const [header, ...lines] = parseCsv(bytes, faults);
  const names = (header?.fields ?? []).map((name) => name.trim());
  const columns = new Map<string, number>();
  for (const [index, name] of names.entries()) if (!columns.has(name)) columns.set(name, index);
  const column = names.includes("identifier") ? "identifier" : "file";
  const keyIndex = names.indexOf(column);
  if (keyIndex < 0) faults.push("line 1: there is no column identifier or file");
  if (column === "identifier" && names.includes("file")) {
    faults.push("line 1: there are the columns identifier and file, and only one can name the images");
  }
  for (const [index, name] of names.entries()) {
    if (name === "") faults.push(`line 1: column ${index + 1} has no name`);
    else if (columns.get(name) !== index) faults.push(`line 1: the column ${name} is there twice`);
  }
  const rows = new Map<string, ImageRecord>();
  const lineOf = new Map<string, number>();
  for (const { line, fields } of keyIndex < 0 ? [] : lines) {
    const key = (fields[keyIndex] ?? "").trim().normalize("NFC");
    const record = readRecord(columns, fields);
    const earlier = lineOf.get(key);
    if (fields.length !== names.length) {
      faults.push(`line ${line}: ${fields.length} fields, where there are ${names.length} columns`);
    } else if (key === "") faults.push(`line ${line}: the ${column} is empty`);
    else if (earlier !== undefined) faults.push(`line ${line}: ${key} was on line ${earlier} already`);
    else if (record.rights !== undefined && !/^https?:\/\/[^\s/]+/.test(record.rights)) {
      faults.push(`line ${line}: rights is ${JSON.stringify(record.rights)}, not an http or https URI`);
    }
    if (earlier === undefined) lineOf.set(key, line);
    rows.set(key, record);
  }
  return { column, rows };
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

/** Columns that have a meaning of their own. */
const ownColumns: readonly string[] = ["identifier", "file", "label", "rights"];

function readRecord(columns: ReadonlyMap<string, number>, fields: readonly string[]): ImageRecord {
  const fieldOf = (name: string) => {
    const value = fields[columns.get(name) ?? fields.length]?.trim();
    return value === "" ? undefined : value;
  };
  return {
    label: fieldOf("label"),
    rights: fieldOf("rights"),
    metadata: [...columns.keys()].flatMap((name) => {
      const value = ownColumns.includes(name) ? undefined : fieldOf(name);
      return value === undefined ? [] : [{ label: name, value }];
    }),
  };
}
