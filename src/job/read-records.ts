import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { type CollectionRow, readCollectionTable } from "../catalogue/collection-table.ts";
import { type Records, recordsOf } from "../catalogue/image-records.ts";
import { type ObjectRow, readObjectTable } from "../catalogue/object-table.ts";
import { type PageTable, type PageTableReading, readPageTable } from "../catalogue/page-table.ts";
import { formatSheetFault, type SheetFault } from "../catalogue/sheet-place.ts";

/** Records, and what messages call their file. */
export interface NamedRecords extends Records {
  readonly name: string;
}

/** The table of images: what it says of each by itself, and of the pages of objects. */
export interface ImageTable {
  readonly records: NamedRecords;
  readonly pages: PageTable;
}

/** How tables are read, and where what is wrong with them goes: everything, row by row, a sentence each. */
export interface TableFileReading {
  readonly reading: PageTableReading;
  readonly faults: string[];
  /** Reads a file whole; that of this machine without it. */
  readonly readFile?: ((file: string) => Promise<Uint8Array>) | undefined;
}

type ReadTable<Rows> = (
  content: Uint8Array,
  options: { readonly reading: PageTableReading; readonly faults: SheetFault[] },
) => Rows;

/** Reads the table of images. Returns what can be relied on; undefined where the file can't be read. */
export async function readImageTable(file: string, options: TableFileReading): Promise<ImageTable | undefined> {
  const pages = await readTableFile(file, { ...options, read: readPageTable });
  return pages && { pages, records: { ...recordsOf(pages), name: basename(file) } };
}

/** Reads the table of objects; undefined where the file can't be read. */
export function readObjects(file: string, options: TableFileReading): Promise<readonly ObjectRow[] | undefined> {
  return readTableFile(file, { ...options, read: readObjectTable });
}

/** Reads the table of collections; undefined where the file can't be read. */
export function readCollections(
  file: string,
  options: TableFileReading,
): Promise<readonly CollectionRow[] | undefined> {
  return readTableFile(file, { ...options, read: readCollectionTable });
}

async function readTableFile<Rows>(
  file: string,
  { reading, faults, read, readFile: readWhole = readFile }: TableFileReading & { readonly read: ReadTable<Rows> },
): Promise<Rows | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readWhole(file);
  } catch (error) {
    faults.push(`${file} can't be read: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
  const found: SheetFault[] = [];
  const name = basename(file);
  const rows = read(bytes, { reading: { ...reading, name }, faults: found });
  for (const fault of found) {
    // What is wrong with the form knows no file.
    const sentence = formatSheetFault(fault);
    faults.push(fault.place?.file === undefined ? `${name}: ${sentence}` : sentence);
  }
  return rows;
}
