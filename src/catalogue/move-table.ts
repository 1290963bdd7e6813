import type { Move } from "./moved.ts";
import type { SheetFault, SheetPlace } from "./sheet-place.ts";
import { readTable, type TableReading, type TableShape } from "./table.ts";

/** The columns of the table of images that have moved. */
const moveShape: TableShape = { known: ["old", "new"], worded: [], listed: [] };

/** Stands in the column `new` for an image that is gone for good. */
const goneWord = "gone";

/** A row of the table. */
export interface MoveRow extends Move {
  readonly place: (column: "old" | "new") => SheetPlace;
}

/** How the table is read. */
export interface MoveTableReading {
  readonly reading: TableReading;
  readonly faults: SheetFault[];
  /** Says what is wrong with an identifier, phrased to follow a colon; undefined if nothing is. */
  readonly faultOf: (identifier: string) => string | undefined;
}

/** Reads the table of images that have moved. Adds to `faults` everything that is wrong with it, row by row. */
export function readMoveTable(
  content: Uint8Array | string,
  { reading, faults, faultOf }: MoveTableReading,
): readonly MoveRow[] {
  const table = readTable(content, { shape: moveShape, reading, faults });
  const missing = moveShape.known.filter((name) => !table.columns.has(name) && !table.meant.has(name));
  if (table.isSound) {
    for (const name of missing) faults.push({ place: table.header, message: `there is no column ${name}` });
  }
  if (table.columns.size < moveShape.known.length) return [];
  const rows = new Map<string, MoveRow>();
  for (const { place, value } of table.rows) {
    const add = (column: string, message: string): void => void faults.push({ place: place(column), message });
    const identifiers = moveShape.known.map((column) => {
      const identifier = value(column)?.normalize("NFC");
      if (identifier === undefined) {
        add(column, column === "new" ? `new is empty: it is an identifier, or ${goneWord}` : "old is empty");
      } else if (column === "old" || identifier !== goneWord) {
        const fault = faultOf(identifier);
        if (fault !== undefined) add(column, `${column}: ${fault}`);
      }
      return identifier;
    });
    const [identifier, to] = identifiers;
    if (identifier === undefined || to === undefined) continue;
    const earlier = rows.get(identifier);
    if (earlier !== undefined) add("old", `${identifier} is in row ${earlier.place("old").row} already`);
    else if (identifier === to) add("new", `${identifier} would lead to itself`);
    else rows.set(identifier, { place, identifier, ...(to === goneWord ? {} : { to }) });
  }
  return [...rows.values()];
}

/** What is known of the identifiers that a table leads to. */
export interface MoveKnowledge {
  /** What the catalogue says of them. */
  readonly moves: ReadonlyMap<string, Move>;
  /** Those under which an image is stored: whoever asks for it gets it. */
  readonly stored: ReadonlySet<string>;
}

/** Where the rows of a table lead, each in one step. */
export interface SettledMoves {
  readonly moves: readonly Move[];
  /** What is led further than its row says: sentences without a full stop. */
  readonly notes: readonly string[];
}

/**
 * Follows each row to the image where it ends, over other rows and over what the catalogue says, so that nobody is
 * redirected twice. Adds to `faults` rows that lead back to where they begin. Pure.
 */
export function settleMoves(rows: readonly MoveRow[], known: MoveKnowledge, faults: SheetFault[]): SettledMoves {
  const byName = new Map(rows.map((row) => [row.identifier, row]));
  const notes: string[] = [];
  const moves = rows.flatMap((row): readonly Move[] => {
    const { identifier } = row;
    const way = [identifier];
    for (let at = row.to; ; ) {
      if (at === undefined) {
        if (way.length > 1) notes.push(`${way.join(" leads to ")}, which is gone: ${identifier} is gone too`);
        return [{ identifier }];
      }
      if (way.includes(at)) {
        faults.push({ place: row.place("new"), message: `${[...way, at].join(" leads to ")}: a circle` });
        return [];
      }
      const next = byName.get(at) ?? (known.stored.has(at) ? undefined : known.moves.get(at));
      if (next === undefined) {
        if (way.length > 1) notes.push(`${[...way, at].join(" leads to ")}: ${identifier} leads there at once`);
        return [{ identifier, to: at }];
      }
      way.push(at);
      at = next.to;
    }
  });
  return { moves, notes };
}
