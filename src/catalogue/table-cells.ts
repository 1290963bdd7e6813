import { nearestName } from "../spelling.ts";
import type { LabelledValue, LanguageMap } from "./language-map.ts";
import type { TableReading } from "./table.ts";

/** How tables are written: as they will be read. */
export type CellWriting = Omit<TableReading, "name">;

/** A row by column names, in the order of a table's columns. */
export type Row = ReadonlyMap<string, string>;

/** A column and what stands in it. */
export type Cell = readonly [column: string, value: string | undefined];

/** Returns the cells of a text, one for each language. */
export function texts(
  name: string,
  map: LanguageMap | undefined,
  { language, separator }: CellWriting,
): readonly Cell[] {
  return Object.entries(map ?? {}).map(([tag, values]) => [
    tag === language ? name : `${name}@${tag}`,
    joinValues(values, separator),
  ]);
}

/** Returns the cells of metadata, in columns of their labels. */
export function metadataCells(metadata: readonly LabelledValue[], writing: CellWriting): readonly Cell[] {
  return metadata.flatMap(({ label, value }) => texts(Object.values(label)[0]?.[0] ?? "", value, writing));
}

/** Joins values so that `splitValues` divides them again. */
export function joinValues(values: readonly string[], separator: string): string {
  return values
    .map((value) => value.replaceAll(separator, `\\${separator}`))
    .join(separator === ">" ? " > " : separator);
}

/** Returns the row of cells; those without a value are left out. */
export function rowOf(cells: readonly Cell[]): Row {
  return new Map(cells.flatMap(([column, value]) => (value === undefined || value === "" ? [] : [[column, value]])));
}

/** Returns the key of a collection as tables name it, so that it is read as it was. */
export function collectionPath(key: string): string {
  return key.replaceAll(">", "\\>");
}

/**
 * Returns rows as the text of a table. Columns stand as rows bring them, the first ones before all, each next to its other
 * languages. Where metadata have a name that looks like a slip of a `known` column, that one is there too, and empty.
 */
export function formatCsv(rows: readonly Row[], first: readonly string[], known: readonly string[]): string {
  const said = new Set([...first, ...rows.flatMap((row) => [...row.keys()])]);
  const bases = new Set([...said].map(baseOf));
  const absent = known.filter((name) => !bases.has(name));
  const resembled = [...bases].flatMap((name) => (known.includes(name) ? [] : (nearestName(name, absent) ?? [])));
  const names = [...new Set([...said, ...resembled])];
  const groups = Map.groupBy(names, baseOf);
  const columns = [...groups.values()].flat();
  const lines = [columns, ...rows.map((row) => columns.map((column) => row.get(column) ?? ""))];
  return lines.map((cells) => `${cells.map(quote).join(",")}\r\n`).join("");
}

/** Returns the name of a column without its language. */
function baseOf(name: string): string {
  return name.replace(/@[^@]*$/, "");
}

function quote(cell: string): string {
  return /[",;\t|\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
