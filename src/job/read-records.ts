import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { parseRecords, type Records } from "../catalogue/image-records.ts";
import { formatSheetFault, type SheetFault } from "../catalogue/sheet-place.ts";
import { CommandFaults, refuseFaults } from "../settings/command-faults.ts";

/** Records, and what messages call their file. */
export interface NamedRecords extends Records {
  readonly name: string;
}

/** Reads a CSV file of records. Throws CommandFaults with everything that is wrong with it, row by row. */
export async function readRecords(file: string): Promise<NamedRecords> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new CommandFaults([`${file} can't be read: ${error instanceof Error ? error.message : error}`]);
  }
  const faults: SheetFault[] = [];
  const name = basename(file);
  const records = parseRecords(bytes, faults);
  refuseFaults(faults.map((fault) => `${name}: ${formatSheetFault(fault)}`));
  return { ...records, name };
}
