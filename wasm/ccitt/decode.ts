// Fax compression of bilevel pictures, as in TIFF. Source: ITU-T T.4, T.6; TIFF 6.0 sections 10 and 11.
import { openBits } from "./bits";
import { buildCodes } from "./codes";
import { isEolNext } from "./end-of-line";
import { decodeG3 } from "./g3";
import { decodeG4 } from "./g4";
import { decodeRle } from "./rle";
import { openMarks, openRows } from "./row";
import { statusOk } from "./status";

// The bits of `coding`; `src/codec/ccitt.ts` has the same.
const codingG3: i32 = 1;
const codingG4: i32 = 2;
const codingTwoDimensional: i32 = 4;
const codingByteAligned: i32 = 8;
const codingBitReversed: i32 = 16;
const codingUncompressedAllowed: i32 = 32;

/**
 * Decodes `byteLength` bytes at `source` into `rows` rows at `target`, packed, the first pixel highest, 1 for black,
 * `ceil(width / 8)` bytes each; rows missing from the stream are white. Changes the source and up to 32 bytes after it.
 * `work` has `ccittWorkBytes(width)` bytes. The `rows` bytes at `marks` say how each row was read, as in `row.ts`.
 * Returns a status. For any input, time is bounded by the number of bytes and pixels.
 */
export function decodeCcitt(
  source: usize,
  byteLength: i32,
  coding: i32,
  target: usize,
  width: i32,
  rows: i32,
  work: usize,
  marks: usize,
): i32 {
  buildCodes();
  openBits(source, byteLength, (coding & codingBitReversed) != 0);
  openRows(work, width);
  openMarks(marks, rows);
  memory.fill(target, 0, <usize>rows * ((<usize>width + 7) >>> 3));
  const isUncompressedAllowed = (coding & codingUncompressedAllowed) != 0;
  if (coding & codingG4) return decodeG4(target, rows, isUncompressedAllowed);
  // Bytes that begin with an end of line are T.4, whatever compression the file states.
  if (!(coding & codingG3) && !isEolNext()) {
    decodeRle(target, rows);
    return statusOk;
  }
  const isTwoDimensional = (coding & codingTwoDimensional) != 0;
  const isByteAligned = (coding & codingByteAligned) != 0;
  return decodeG3(target, rows, isTwoDimensional, isByteAligned, isUncompressedAllowed);
}
