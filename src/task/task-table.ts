import { cellValue, findSurplus, readColumns } from "../catalogue/columns.ts";
import { parseCsv } from "../catalogue/csv.ts";
import type { CsvRow } from "../catalogue/csv-rows.ts";
import { formatSheetPlace, type SheetFault, type SheetPlace } from "../catalogue/sheet-place.ts";
import type { TaskFault } from "./answers.ts";
import type { ReadTask } from "./task-file.ts";
import { findValueFaults, isRunnable, settingNames, suggestion } from "./task-schema.ts";

const textNames = ["kind", "name", "collection", "identifiers"] as const;
const sourceNames = ["prefix", "suffix"] as const;
const allSettings = [...new Set(Object.values(settingNames).flat())];
const known = [...textNames, ...sourceNames, "key", "identifier", ...allSettings];

/** What a cell of a setting says: several values are divided by spaces. */
const settingValues: Readonly<Record<string, (cell: string) => unknown>> = {
  decode: truthOf,
  sizes: (cell) => cell.split(/\s+/),
  formats: (cell) => cell.split(/\s+/),
  api: numberOf,
  quality: numberOf,
  tile: numberOf,
  thumbs: (cell) => cell.split(/\s+/).map(numberOf),
  "also-rounded": truthOf,
  "keep-depth": truthOf,
  "include-restricted": truthOf,
};

/** What is neither is told by the schema. */
function truthOf(cell: string): unknown {
  return { true: true, false: false }[cell.toLowerCase()] ?? cell;
}

/** What is no number is told by the schema. */
function numberOf(cell: string): unknown {
  return /^\d+$/.test(cell) ? Number(cell) : cell;
}

/** A value of the task, and the cell that it is from. */
interface Cell {
  readonly value: string;
  readonly place: SheetPlace;
}

/** Reads a task file that is CSV, in any form that spreadsheets save. Never throws. */
export function readTaskTable(bytes: Uint8Array): ReadTask {
  const sheet = parseCsv(bytes, known);
  const faults: SheetFault[] = [...sheet.faults];
  const columns = readColumns(sheet, known, faults);
  const [header, ...rows] = sheet.rows;
  for (const [name, column] of columns.places) {
    if (known.includes(name) || header === undefined) continue;
    const message = `there is no column ${name} in a task${suggestion(name, known)}`;
    faults.push({ place: { row: header.row, line: header.line, column }, message });
  }
  const stated = new Map<string, Cell>();
  const items: { readonly key: string; readonly identifier?: string }[] = [];
  const itemRows: CsvRow[] = [];
  const cellOf = (row: CsvRow, name: string): string | undefined => cellValue(row, columns.places.get(name));
  const placeIn = (row: CsvRow, name?: string): SheetPlace => {
    const column = name === undefined ? undefined : columns.places.get(name);
    return { row: row.row, line: row.line, ...(column === undefined ? {} : { column }) };
  };
  for (const row of rows) {
    faults.push(...findSurplus(row, columns));
    for (const name of known) {
      const value = name === "key" || name === "identifier" ? undefined : cellOf(row, name);
      if (value === undefined) continue;
      const earlier = stated.get(name);
      if (earlier === undefined) stated.set(name, { value, place: placeIn(row, name) });
      else if (earlier.value !== value) {
        const message = `${name} is ${value} here and ${earlier.value} in row ${earlier.place.row}, and a task has one`;
        faults.push({ place: placeIn(row, name), message });
      }
    }
    const key = cellOf(row, "key");
    const identifier = cellOf(row, "identifier");
    if (key !== undefined) {
      items.push({ key, ...(identifier === undefined ? {} : { identifier }) });
      itemRows.push(row);
    } else if (identifier !== undefined) {
      faults.push({ place: placeIn(row, "identifier"), message: "there is an identifier without a key" });
    }
  }
  const kind = stated.get("kind")?.value;
  faults.push(...foreignSettings(kind, stated));
  const task = taskOf({ stated, items, hasSource: sourceNames.some((name) => columns.places.has(name)) });
  const placeOf = (path: readonly (string | number)[]): string | undefined => {
    const name = String(path.findLast((part) => typeof part === "string" && known.includes(part)) ?? "");
    const [first, index] = path;
    const row = first === "items" && typeof index === "number" ? itemRows[index] : undefined;
    if (row !== undefined) return formatSheetPlace(placeIn(row, name));
    const place = stated.get(name)?.place;
    if (place !== undefined) return formatSheetPlace(place);
    return name === "" ? undefined : `column ${name}`;
  };
  // A file that can't be divided into cells says nothing of what it lacks.
  const valueFaults = sheet.rows.length === 0 && sheet.faults.length > 0 ? [] : findValueFaults(task);
  return { task, faults: faults.map(placed), placeOf, valueFaults };
}

function taskOf({
  stated,
  items,
  hasSource,
}: {
  readonly stated: ReadonlyMap<string, Cell>;
  readonly items: readonly object[];
  readonly hasSource: boolean;
}): object {
  const kind = stated.get("kind")?.value;
  const texts = textNames.flatMap((name) => entryOf(name, stated.get(name)?.value));
  const prefix = stated.get("prefix")?.value;
  const suffix = stated.get("suffix")?.value;
  // A column of prefixes without a value, and no keys: all objects.
  const isPrefix = prefix !== undefined || suffix !== undefined || (hasSource && items.length === 0);
  const from = isPrefix ? { prefix: prefix ?? "", ...Object.fromEntries(entryOf("suffix", suffix)) } : undefined;
  const names = isRunnable(kind) ? settingNames[kind] : allSettings;
  const settings = names.flatMap((name) => {
    const cell = stated.get(name);
    return cell === undefined ? [] : [[name, settingValues[name]?.(cell.value) ?? cell.value] as const];
  });
  return Object.fromEntries([
    ...texts,
    ...entryOf("from", from),
    ...entryOf("items", items.length === 0 ? undefined : items),
    ...entryOf("settings", settings.length === 0 ? undefined : Object.fromEntries(settings)),
  ]);
}

function entryOf(name: string, value: unknown): readonly (readonly [string, unknown])[] {
  return value === undefined ? [] : [[name, value]];
}

/** A setting of another kind is a slip, as it is in JSON. */
function foreignSettings(kind: string | undefined, stated: ReadonlyMap<string, Cell>): readonly SheetFault[] {
  if (!isRunnable(kind)) return [];
  return allSettings.flatMap((name) => {
    const cell = stated.get(name);
    if (cell === undefined || settingNames[kind].includes(name)) return [];
    return [{ place: cell.place, message: `${kind} has no setting ${name}` }];
  });
}

function placed({ place, message }: SheetFault): TaskFault {
  return place === undefined ? { message } : { place: formatSheetPlace(place), message };
}
