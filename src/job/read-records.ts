import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { parseRecords, type Records } from "../catalogue/image-records.ts";
import { formatSheetFault, type SheetFault } from "../catalogue/sheet-place.ts";

/** Records, and what messages call their file. */
export interface NamedRecords extends Records {
  readonly name: string;
}

/**
 * Reads a CSV file of records, and adds to `faults` everything that is wrong with it, row by row. Returns what can be relied
 * on; undefined where the file can't be read.
 */
export async function readRecords(file: string, faults: string[]): Promise<NamedRecords | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    faults.push(`${file} can't be read: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
  const found: SheetFault[] = [];
  const name = basename(file);
  const records = parseRecords(bytes, found);
  faults.push(...found.map((fault) => `${name}: ${formatSheetFault(fault)}`));
  return { ...records, name };
}
