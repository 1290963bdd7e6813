import { type CcittOptions, decodeCcitt } from "../../src/codec/ccitt.ts";
import type { Kernel } from "../../src/raster/kernel.ts";
import type { BilevelRow } from "./ccitt-writer.ts";
import type { Random } from "./random.ts";

/** Options of `decodeRows` besides the bytes; options left out are false. */
export interface CcittReading extends Partial<CcittOptions> {
  readonly scheme: CcittOptions["scheme"];
  readonly width: number;
  readonly rows: number;
}

/** The decoded rows, and how many bytes around them have changed. */
export interface CcittDecoded {
  /** How many rows there are up to the last that has something. */
  readonly readable: number;
  readonly rows: readonly BilevelRow[];
  readonly changedGuards: number;
}

const guardValue = 0xa5;
const guardBytes = 48;

/** Returns how each row was read: `.` whole, `x` missing, `~` too short or too long. Throws what `decodeCcitt` throws. */
export function markRows(kernel: Kernel, bytes: Uint8Array, reading: CcittReading): string {
  const { width, rows, ...options } = { ...plainOptions, ...reading };
  const mark = kernel.mark();
  const target = kernel.allocate(Math.ceil(width / 8) * rows);
  const marks = decodeCcitt(kernel, bytes, { options, target, width, rows });
  kernel.release(mark);
  return Array.from(marks, (row) => ".x~"[row]).join("");
}

/** Decodes with bytes of noise where the rows go and foreign bytes around them. Throws what `decodeCcitt` throws. */
export function decodeRows(kernel: Kernel, bytes: Uint8Array, reading: CcittReading): CcittDecoded {
  const { width, rows, ...options } = { ...plainOptions, ...reading };
  const mark = kernel.mark();
  const rowBytes = Math.ceil(width / 8);
  const end = guardBytes + rowBytes * rows;
  const block = kernel.allocate(end + guardBytes);
  kernel.bytes.fill(guardValue, block, block + end + guardBytes);
  try {
    const marks = decodeCcitt(kernel, bytes, { options, target: block + guardBytes, width, rows });
    const found = kernel.bytes.slice(block, block + end + guardBytes);
    const isForeign = (at: number): boolean => at < guardBytes || at >= end;
    return {
      readable: marks.findLastIndex((mark) => mark !== 1) + 1,
      rows: Array.from({ length: rows }, (_, y) => unpackRow(found.subarray(guardBytes + y * rowBytes), width)),
      changedGuards: found.reduce((count, byte, at) => count + (isForeign(at) && byte !== guardValue ? 1 : 0), 0),
    };
  } finally {
    kernel.release(mark);
  }
}

const plainOptions = { isTwoDimensional: false, isByteAligned: false, isBitReversed: false };

function unpackRow(bytes: Uint8Array, width: number): BilevelRow {
  const digits = Array.from(bytes.subarray(0, Math.ceil(width / 8)), (byte) => byte.toString(2).padStart(8, "0"));
  return digits.join("").slice(0, width);
}

/** Returns a row of runs, white first. */
export function makeRow(...runs: readonly number[]): BilevelRow {
  return runs.map((length, index) => (index % 2 === 0 ? "0" : "1").repeat(length)).join("");
}

/** Returns rows as a scanned page has them: white, black, runs of any kind, or much like the row above. */
export function makePage(random: Random, width: number, height: number): BilevelRow[] {
  const longest = random.pick([3, 20, 200, 3000]);
  const rows: BilevelRow[] = [];
  for (let y = 0; y < height; y += 1) {
    const above = rows[y - 1] ?? makeRow(width);
    const kind = random.integer(0, 5);
    if (kind === 0) rows.push(random.pick([makeRow(width), makeRow(0, width)]));
    else if (kind < 3) rows.push(makeNoisyRow(random, width, longest));
    else {
      const shift = random.integer(-4, 4);
      const shifted = shift < 0 ? above.slice(-shift) + makeRow(-shift) : makeRow(shift) + above;
      const start = random.integer(0, width);
      const blot = makeRow(...random.pick([[0, random.integer(0, longest)], [random.integer(0, longest)]]));
      rows.push(
        (shifted.slice(0, start) + blot + shifted.slice(start + blot.length)).slice(0, width).padEnd(width, "0"),
      );
    }
  }
  return rows;
}

function makeNoisyRow(random: Random, width: number, longest: number): BilevelRow {
  const runs = [random.integer(0, longest)];
  for (let left = width; left > 0; left -= longest >> 1) runs.push(random.integer(1, longest));
  return makeRow(...runs)
    .slice(0, width)
    .padEnd(width, "1");
}
