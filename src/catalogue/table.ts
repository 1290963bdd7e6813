import { cellValue, findSlips, findSurplus, readColumns } from "./columns.ts";
import { parseCsv } from "./csv.ts";
import type { CsvRow } from "./csv-rows.ts";
import type { LabelledValue, LanguageMap } from "./language-map.ts";
import type { SheetFault, SheetPlace } from "./sheet-place.ts";

/** The columns that a table may have, next to those that become metadata. */
export interface TableShape {
  readonly known: readonly string[];
  /** Those of them that hold texts for people, which may be there in several languages: `label@en`. */
  readonly worded: readonly string[];
  /** Those that hold several values in a cell. */
  readonly listed: readonly string[];
}

/** How cells are read. */
export interface TableReading {
  /** The language of texts in columns that name none: a tag of BCP 47, or `none`. */
  readonly language: string;
  /** What divides several values in a cell; `\` in front of it makes it a part of a value. */
  readonly separator: string;
  /** What messages call the file. */
  readonly name?: string;
}

/** A row of a table with what its cells say. */
export interface TableRow {
  /** The place of a cell, or of the row. */
  readonly place: (column?: string) => SheetPlace;
  /** The value of a cell without spaces around it; undefined where there is none. */
  readonly value: (column: string) => string | undefined;
  /** The values of a cell of a listed column. */
  readonly values: (column: string) => readonly string[];
  /** The texts of a worded column in all its languages; undefined where there is none. */
  readonly texts: (column: string) => LanguageMap | undefined;
  /** Whether no value stands behind the last column. */
  readonly isWhole: boolean;
  /** What the other columns say, in their order. */
  readonly metadata: readonly LabelledValue[];
}

/** A table that was read. */
export interface Table {
  readonly rows: readonly TableRow[];
  /** The known columns that are there. */
  readonly columns: ReadonlySet<string>;
  /** Known columns that others look like a slip of, which is told. */
  readonly meant: ReadonlySet<string>;
  /** The row of the column names; undefined of an empty table. */
  readonly header: SheetPlace | undefined;
  /** Whether the form is right, so that each cell is in its column. Where it is not, no column can be missed. */
  readonly isSound: boolean;
}

/** A column of a worded or of another name, in one language. */
interface Column {
  readonly name: string;
  /** As the header names it; undefined where it names none. */
  readonly language: string | undefined;
  readonly place: number;
}

/** Reads a table. Adds to `faults` everything that is wrong with its form and its columns. */
export function readTable(
  content: Uint8Array | string,
  {
    shape,
    reading,
    faults,
  }: { readonly shape: TableShape; readonly reading: TableReading; readonly faults: SheetFault[] },
): Table {
  const sheet = parseCsv(content, shape.known);
  faults.push(...sheet.faults);
  const spelt = readColumns(sheet, shape.known, faults);
  const [header, ...others] = sheet.rows;
  const columns = [...spelt.places].map(([name, place]) => readColumnName(name, place, shape));
  const present = new Set(columns.flatMap(({ name }) => (shape.known.includes(name) ? [name] : [])));
  const missing = shape.known.filter((name) => !present.has(name));
  const bases = { places: new Map(columns.map(({ name, place }) => [name, place])), width: spelt.width };
  const slips = findSlips(sheet, bases, { known: shape.known, missing });
  faults.push(...slips);
  for (const { name, language, place } of columns) {
    if (header === undefined || language === undefined) continue;
    const fault = languageFault(name, language, shape);
    if (fault !== undefined)
      faults.push({ place: { row: header.row, line: header.line, column: place }, message: fault });
  }
  const byName = Map.groupBy(columns, ({ name }) => name);
  const rows = others.map((row) => {
    // A first row without any known name is hardly that of the names, and says nothing about the others.
    const surplus = present.size === 0 ? [] : findSurplus(row, spelt);
    faults.push(...surplus);
    return { ...readRow(row, { columns: byName, shape, reading }), isWhole: surplus.length === 0 };
  });
  return {
    rows,
    columns: present,
    meant: new Set(slips.map(({ meant }) => meant)),
    header: header && { row: header.row, line: header.line },
    isSound: sheet.faults.length === 0,
  };
}

/** `label@en` is the column `label` in English; a known name with an `@` of its own does not exist. */
function readColumnName(name: string, place: number, { known }: TableShape): Column {
  const [, base = "", language = ""] = /^(.+?)\s*@\s*([^@]*)$/.exec(name) ?? [];
  if (base === "") return { name, language: undefined, place };
  const lower = base.toLowerCase();
  return { name: known.includes(lower) ? lower : base, language, place };
}

function languageFault(name: string, language: string, { known, worded }: TableShape): string | undefined {
  if (known.includes(name) && !worded.includes(name)) return `the column ${name} has no language`;
  if (language === "none" || isLanguage(language)) return undefined;
  return `${JSON.stringify(language)} is not a language tag such as en or zh-Hant`;
}

/** Says whether a text is a well-formed tag of a language. Source: BCP 47 (RFC 5646 §2.1). */
function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

interface RowReading {
  /** By name: one for each language. */
  readonly columns: ReadonlyMap<string, readonly Column[]>;
  readonly shape: TableShape;
  readonly reading: TableReading;
}

function readRow(row: CsvRow, { columns, shape, reading }: RowReading): Omit<TableRow, "isWhole"> {
  const namesakes = (name: string): readonly Column[] => columns.get(name) ?? [];
  const value = (name: string): string | undefined => cellValue(row, namesakes(name)[0]?.place);
  const texts = (name: string): LanguageMap | undefined => {
    // Languages are what a table says: `__proto__` is a fault, and no property.
    const map = new Map<string, readonly string[]>();
    for (const { language = reading.language, place } of namesakes(name)) {
      const values = splitValues(cellValue(row, place) ?? "", reading.separator);
      if (values.length > 0) map.set(language, [...(map.get(language) ?? []), ...values]);
    }
    return map.size === 0 ? undefined : Object.fromEntries(map);
  };
  const file = reading.name === undefined ? {} : { file: reading.name };
  const others = [...columns.keys()].filter((name) => !shape.known.includes(name));
  return {
    place: (name) => ({
      row: row.row,
      line: row.line,
      ...file,
      ...(name === undefined ? {} : { column: namesakes(name)[0]?.place ?? 0 }),
    }),
    value,
    values: (name) => splitValues(value(name) ?? "", reading.separator),
    texts,
    metadata: others.flatMap((name) => {
      const map = texts(name);
      return map === undefined ? [] : [{ label: { [reading.language]: [name] }, value: map }];
    }),
  };
}

/** Divides a cell into its values; empty ones are left out. */
export function splitValues(cell: string, separator: string): readonly string[] {
  if (!cell.includes(separator)) return cell.trim() === "" ? [] : [cell.trim()];
  const values: string[] = [];
  let value = "";
  for (let at = 0; at < cell.length; ) {
    if (cell.startsWith(`\\${separator}`, at)) {
      value += separator;
      at += 1 + separator.length;
    } else if (cell.startsWith(separator, at)) {
      values.push(value);
      value = "";
      at += separator.length;
    } else {
      value += cell[at];
      at += 1;
    }
  }
  return [...values, value].map((part) => part.trim()).filter((part) => part !== "");
}
