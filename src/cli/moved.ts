import { readFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { type MoveRow, readMoveTable, type SettledMoves, settleMoves } from "../catalogue/move-table.ts";
import { formatSheetFault, type SheetFault } from "../catalogue/sheet-place.ts";
import { findMoves, type MoveGround, writeMoves } from "../job/moves.ts";
import type { Terminal } from "../node/terminal.ts";
import { refuseFaults } from "../settings/command-faults.ts";
import { identifierFault, type Naming } from "../settings/naming.ts";
import { count } from "./count.ts";
import { exitStatus } from "./exit-status.ts";
import { nameMasterOf } from "./identifiers.ts";
import type { MovedCommand } from "./image-commands.ts";
import { onBuckets, settleGround } from "./service-buckets.ts";

/** Carries `tessera moved` out and returns the exit status. Throws CommandFaults and BucketError. */
export async function moved({ file, options: given }: MovedCommand, terminal: Terminal): Promise<number> {
  const faults: string[] = [];
  const { options, open, naming } = await settleGround(given, { terminal, faults });
  const rows = await readTableFile(resolve(terminal.folder, file), { naming, faults });
  refuseFaults([...new Set(faults)]);
  const buckets = open();
  const { signal } = terminal;
  return onBuckets(buckets, terminal, async () => {
    const ground = { ...buckets, keyOf: (identifier: string) => nameMasterOf(identifier, naming), signal };
    const settled = await settle(rows, { ground, name: basename(file) });
    terminal.say(settled.notes.map((note) => `Note: ${note}.`));
    const { moves } = settled;
    const gone = moves.filter(({ to }) => to === undefined).length;
    const what = `${count(moves.length - gone, "redirect")}, ${gone} gone`;
    const isDry = options.dryRun === true;
    const onProgress = (done: number) => terminal.show(`${done} of ${moves.length}`);
    const written = isDry ? undefined : await writeMoves(buckets.catalogue, moves, { signal, onProgress });
    terminal.show("");
    const line =
      written === undefined
        ? `${what}; nothing was written`
        : `${what}: ${written.written} written, ${written.unchanged} unchanged; in ${buckets.catalogue.name}`;
    const report = { ...written, moves, notes: settled.notes };
    terminal.print(options.json === true ? JSON.stringify(report, undefined, 2).split("\n") : [line]);
    return exitStatus.well;
  });
}

async function readTableFile(
  file: string,
  { naming, faults }: { readonly naming: Naming; readonly faults: string[] },
): Promise<readonly MoveRow[]> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    faults.push(`${file} can't be read: ${error instanceof Error ? error.message : error}`);
    return [];
  }
  const found: SheetFault[] = [];
  const reading = { language: "none", separator: "|", name: basename(file) };
  const faultOf = (identifier: string) => identifierFault(identifier, naming);
  const rows = readMoveTable(bytes, { reading, faults: found, faultOf });
  // What leads in a circle by the table alone; others are found in the catalogue.
  settleMoves(rows, { moves: new Map(), stored: new Set() }, found);
  faults.push(...found.map((fault) => named(fault, basename(file))));
  return rows;
}

/** What is wrong with the form knows no file. */
function named(fault: SheetFault, name: string): string {
  const sentence = formatSheetFault(fault);
  return fault.place?.file === undefined ? `${name}: ${sentence}` : sentence;
}

/** Looks up where rows lead. Throws CommandFaults for those that lead in a circle. */
async function settle(
  rows: readonly MoveRow[],
  { ground, name }: { readonly ground: MoveGround; readonly name: string },
): Promise<SettledMoves> {
  const found: SheetFault[] = [];
  const targets = rows.flatMap(({ to }) => to ?? []);
  const known = await findMoves(ground, [...rows.map(({ identifier }) => identifier), ...targets]);
  const { moves, notes } = settleMoves(rows, known, found);
  refuseFaults(found.map((fault) => named(fault, name)));
  const still = moves.filter(({ identifier }) => known.stored.has(identifier));
  const lost = [...new Set(moves.flatMap(({ to }) => (to === undefined || known.stored.has(to) ? [] : [to])))];
  return {
    moves,
    notes: [
      ...notes,
      ...(still.length > 0
        ? [`${listed(still.map(({ identifier }) => identifier))}: still stored, and shown until removed`]
        : []),
      ...(lost.length > 0 ? [`${listed(lost)}: not stored, so that who is led there finds nothing yet`] : []),
    ],
  };
}

const mostListed = 10;

function listed(names: readonly string[]): string {
  const more = names.length > mostListed ? ` and ${names.length - mostListed} more` : "";
  return `${names.slice(0, mostListed).join(", ")}${more}`;
}
