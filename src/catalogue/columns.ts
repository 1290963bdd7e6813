import { nearestName } from "../spelling.ts";
import type { CsvSheet } from "./csv.ts";
import { foldColumn } from "./csv-dialect.ts";
import type { CsvRow } from "./csv-rows.ts";
import type { SheetFault } from "./sheet-place.ts";

/** The columns of a table by name. */
export interface Columns {
  /** Where each column stands, from 0 on, in the order of the table; those with a known name by that spelling of it. */
  readonly places: ReadonlyMap<string, number>;
  /** Cells of a row that have a column; what is behind them is no value of any. */
  readonly width: number;
}

/**
 * Reads the column names from the first row of a table. Names of `known` columns are found whatever their case, and
 * columns without a name and without a value are left out. Adds to `faults` names that are there twice, and columns with
 * values and no name.
 */
export function readColumns({ rows }: CsvSheet, known: readonly string[], faults: SheetFault[]): Columns {
  const [header, ...others] = rows;
  const spelt = new Map(known.map((name) => [foldColumn(name), name]));
  const names = (header?.cells ?? []).map((cell) => spelt.get(foldColumn(cell)) ?? cell.trim().normalize("NFC"));
  const places = new Map<string, number>();
  const taken = new Set<string>();
  const add = (column: number, message: string): void => {
    faults.push({ place: { row: header?.row ?? 1, line: header?.line ?? 1, column }, message });
  };
  for (const [column, name] of names.entries()) {
    const folded = foldColumn(name);
    if (name === "") {
      if (others.some(({ cells }) => hasValue(cells[column]))) add(column, "the column has values and no name");
    } else if (taken.has(folded)) add(column, `the column ${name} is there twice`);
    else places.set(name, column);
    taken.add(folded);
  }
  return { places, width: names.length };
}

/**
 * Returns a fault for each column whose name looks like a slip for one of `missing`, columns that are known and not
 * there; `known` names are never slips. A column that is meant as it is spelt is told so by the one that it resembles,
 * added and left empty.
 */
export function findSlips(
  { rows: [header] }: CsvSheet,
  { places }: Columns,
  { known, missing }: { readonly known: readonly string[]; readonly missing: readonly string[] },
): readonly (SheetFault & { readonly meant: string })[] {
  if (header === undefined) return [];
  return [...places].flatMap(([name, column]) => {
    const meant = known.includes(name) ? undefined : nearestName(name, missing);
    if (meant === undefined) return [];
    const message = `the column ${name} is not known: did you mean ${meant}? If not, add an empty column ${meant}`;
    return [{ place: { row: header.row, line: header.line, column }, message, meant }];
  });
}

/** Returns the value of a cell without spaces around it; undefined where there is none. */
export function cellValue({ cells }: CsvRow, column: number | undefined): string | undefined {
  const value = column === undefined ? undefined : cells[column]?.trim();
  return value === "" ? undefined : value;
}

/** Returns the faults of a row that has values behind the last column, as unquoted delimiters in a cell make them. */
export function findSurplus({ row, line, cells }: CsvRow, { width }: Columns): readonly SheetFault[] {
  const column = cells.findIndex((cell, index) => index >= width && hasValue(cell));
  if (column < 0) return [];
  const message = `there is a value behind the last of ${width} columns; values with a delimiter inside need quotes around them`;
  return [{ place: { row, line, column }, message }];
}

function hasValue(cell: string | undefined): boolean {
  return cell !== undefined && cell.trim() !== "";
}
