import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { parseRecords, type Records } from "../catalogue/image-records.ts";
import { CommandFaults } from "../settings/command-faults.ts";

/** Reads a CSV file of records. Throws CommandFaults with everything that is wrong with it, line by line. */
export async function readRecords(file: string): Promise<Records> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    throw new CommandFaults([`${file} can't be read: ${error instanceof Error ? error.message : error}`]);
  }
  const faults: string[] = [];
  const records = parseRecords(bytes, faults);
  if (faults.length > 0) throw new CommandFaults(faults.map((fault) => `${basename(file)}: ${fault}`));
  return records;
}
