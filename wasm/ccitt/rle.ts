// Compression 2: rows of runs, each beginning on a whole byte. Source: TIFF 6.0 section 10.
import { alignToByte, bitEnd, bitPosition, nextOne, skipBits } from "./bits";
import { takeEol } from "./end-of-line";
import { beginRow, drawRow, endRow, markRow, markUneven, markWhole, rowWidth, whitenRest } from "./row";
import { readRowOfRuns } from "./run";
import { rowBroken, rowLong, rowShort, rowWhole } from "./status";

/**
 * Decodes at most `rows` rows to `target`, which is clear. After a broken row it continues at the next byte: run codes
 * synchronise again by themselves.
 */
export function decodeRle(target: usize, rows: i32): void {
  const rowBytes = (rowWidth + 7) >>> 3;
  for (let row = 0; row < rows; row++) {
    beginRow();
    let status = readRowOfRuns();
    if (bitPosition > bitEnd) status = rowBroken;
    if (status > rowLong) whitenRest();
    drawRow(target);
    endRow();
    target += rowBytes;
    if (status <= rowLong) {
      markRow(row, status == rowWhole ? markWhole : markUneven);
      alignToByte();
    } else if (status == rowShort) {
      markRow(row, markUneven);
      takeEol();
    } else {
      skipBits(1);
      alignToByte();
      if (nextOne(bitPosition) == bitEnd) break;
    }
  }
}
