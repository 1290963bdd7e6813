// T.6: rows of modes with nothing between them. A row needs the one above, and nothing marks where the next one begins:
// damage ends the picture. Source: ITU-T T.6; TIFF 6.0 section 11.
import { bitEnd, bitPosition } from "./bits";
import { readRowOfModes } from "./mode";
import { beginRow, drawRow, endRow, markRow, markUneven, markWhole, rowWidth, whitenRest } from "./row";
import { rowBroken, rowLong, rowUncompressed, statusOk, statusUncompressed } from "./status";

/**
 * Decodes at most `rows` rows to `target`, which is clear. Returns a status. What was read of a broken row is drawn
 * as well.
 */
export function decodeG4(target: usize, rows: i32, isUncompressedAllowed: bool): i32 {
  const rowBytes = (rowWidth + 7) >>> 3;
  for (let row = 0; row < rows; row++) {
    beginRow();
    let status = readRowOfModes();
    if (bitPosition > bitEnd) status = rowBroken;
    if (status == rowUncompressed && isUncompressedAllowed) return statusUncompressed;
    if (status > rowLong) {
      whitenRest();
      drawRow(target);
      return statusOk;
    }
    drawRow(target);
    endRow();
    markRow(row, status == rowLong ? markUneven : markWhole);
    target += rowBytes;
  }
  return statusOk;
}
