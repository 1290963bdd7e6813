import { endOfLine, modeCodes, runCodes } from "./ccitt-codes.ts";

/** A row of pixels, a digit each: 0 white, 1 black. */
export type BilevelRow = string;

type Color = "0" | "1";

/** How to write rows. Anything left out is as in `plainWriting`. */
export interface CcittWriting {
  readonly scheme: "rle" | "g3" | "g4";
  /** Of every `k` rows the first is coded by itself and the others by the row above, with tag bits; 0: no tag bits. */
  readonly k?: number;
  /** Where `g3` has ends of line: before each row, only between rows, or nowhere. */
  readonly endsOfLine?: "each" | "between" | "none";
  /** Ends of line end with a byte; rows begin on one where they have none. */
  readonly isByteAligned?: boolean;
  readonly isBitReversed?: boolean;
  /** Whether six ends of line, two for `g4`, follow the last row. */
  readonly isEnded?: boolean;
}

const plainWriting = { k: 0, endsOfLine: "each", isByteAligned: false, isBitReversed: false, isEnded: true } as const;

/** Encodes rows of equal width. Source: ITU-T T.4, T.6; TIFF 6.0 sections 10 and 11. */
export function writeCcitt(rows: readonly BilevelRow[], writing: CcittWriting): Uint8Array<ArrayBuffer> {
  return packDigits(formatCcitt(rows, writing), writing.isBitReversed === true);
}

/** Encodes rows as `writeCcitt` does, to digits. */
export function formatCcitt(rows: readonly BilevelRow[], writing: CcittWriting): string {
  const { scheme, k, endsOfLine, isByteAligned, isEnded } = { ...plainWriting, ...writing };
  const parts: string[] = [];
  let length = 0;
  const put = (digits: string): void => {
    parts.push(digits);
    length += digits.length;
  };
  const align = (after: number): void => put("0".repeat((8 - ((length + after) % 8)) % 8));
  const putEndOfLine = (tag: string): void => {
    if (isByteAligned) align(endOfLine.length);
    put(endOfLine + tag);
  };
  let above = "0".repeat(rows[0]?.length ?? 0);
  rows.forEach((row, index) => {
    const isOfRuns = scheme === "rle" || (scheme === "g3" && (k === 0 || index % k === 0));
    if (scheme === "g3") {
      if (endsOfLine === "each" || (endsOfLine === "between" && index > 0))
        putEndOfLine(k === 0 ? "" : isOfRuns ? "1" : "0");
      else if (isByteAligned) align(0);
    }
    put(isOfRuns ? formatRuns(row) : formatModes(row, above));
    if (scheme === "rle") align(0);
    above = row;
  });
  if (isEnded && scheme === "g4") put(endOfLine.repeat(2));
  if (isEnded && scheme === "g3") for (let count = 0; count < 6; count += 1) putEndOfLine(k === 0 ? "" : "1");
  return parts.join("");
}

/** Returns digits as bytes, the last one filled with zeros. */
export function packDigits(digits: string, isBitReversed: boolean = false): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(Math.ceil(digits.length / 8));
  for (let at = 0; at < digits.length; at += 1) {
    if (digits[at] === "1") bytes[at >> 3]! |= isBitReversed ? 1 << (at & 7) : 0x80 >> (at & 7);
  }
  return bytes;
}

/** Returns the code of one run, with as many make-up codes as it takes. */
export function formatRun(color: Color, length: number): string {
  const codes = runCodes[color === "0" ? "white" : "black"];
  let rest = length;
  let digits = "";
  while (rest >= 2560) {
    digits += codes.get(2560);
    rest -= 2560;
  }
  if (rest >= 64) digits += codes.get(rest - (rest % 64));
  return digits + codes.get(rest % 64);
}

/** Encodes a row by itself. Source: ITU-T T.4 4.1. */
export function formatRuns(row: BilevelRow): string {
  let digits = "";
  let at = 0;
  for (let color: Color = "0"; at < row.length; color = other(color)) {
    const end = endOfRun(row, at, color);
    digits += formatRun(color, end - at);
    at = end;
  }
  return digits;
}

/** Encodes a row by the one above it. Source: ITU-T T.4 4.2, T.6 2.2. */
export function formatModes(row: BilevelRow, above: BilevelRow): string {
  let digits = "";
  let a0 = -1;
  let color: Color = "0";
  while (a0 < row.length) {
    const start = Math.max(a0, 0);
    const a1 = endOfRun(row, start, color);
    const b1 = nextChange(above, a0, color);
    const b2 = endOfRun(above, b1, other(color));
    if (b2 < a1) {
      digits += modeCodes.pass;
      a0 = b2;
    } else if (Math.abs(a1 - b1) <= 3) {
      digits += modeCodes.vertical[a1 - b1 + 3]!;
      a0 = a1;
      color = other(color);
    } else {
      const a2 = endOfRun(row, a1, other(color));
      digits += modeCodes.horizontal + formatRun(color, a1 - start) + formatRun(other(color), a2 - a1);
      a0 = a2;
    }
  }
  return digits;
}

function other(color: Color): Color {
  return color === "0" ? "1" : "0";
}

/** Returns where the run of `color` at `from` ends; `from` itself where the other color is there. */
function endOfRun(row: BilevelRow, from: number, color: Color): number {
  const end = row.indexOf(other(color), from);
  return end < 0 ? row.length : end;
}

/** Returns the first place right of `a0` where the row above leaves `color`: b1. */
function nextChange(above: BilevelRow, a0: number, color: Color): number {
  // A row begins after an imaginary white pixel.
  if (a0 < 0 && above.startsWith(other(color))) return 0;
  const start = above.indexOf(color, Math.max(a0, 0));
  return start < 0 ? above.length : endOfRun(above, start, color);
}
