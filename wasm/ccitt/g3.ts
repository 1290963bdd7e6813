// T.4: rows after end-of-line codes, with runs only, or with a tag bit that says whether runs or modes follow. Damage
// ends with its row. Source: ITU-T T.4 4.1, 4.2; TIFF 6.0 section 11.
import { alignToByte, bitEnd, bitPosition, moveTo, peekBits, skipBits } from "./bits";
import { isEolNext, seekEol, takeEol } from "./end-of-line";
import { readRowOfModes } from "./mode";
import { beginRow, drawRow, endRow, markRow, markUneven, markWhole, rowWidth, whitenRest } from "./row";
import { readRowOfRuns } from "./run";
import { rowBroken, rowLong, rowShort, rowUncompressed, rowWhole, statusOk, statusUncompressed } from "./status";

/** Rows without a single run that end the picture: each is between two of the six end-of-line codes at the end. */
const blankRowsAtEnd: i32 = 5;

/** Whether a tag bit follows each end of line. */
let isTagged: bool = false;
/** Whether rows have ends of line between them, which are then searched for. */
let isBound: bool = false;
/** Whether rows have no ends of line and begin on whole bytes. */
let isOnBytes: bool = false;
/** How the last row ended. */
let lastStatus: i32 = rowWhole;

/**
 * Decodes at most `rows` rows to `target`, which is clear. Rows may lack the end of line before them, and then begin on
 * whole bytes if `isByteAligned` is set; tag bits are tried if `isStatedTagged` does not result in a whole first row.
 * Returns a status, `statusUncompressed` unless damage came first.
 */
export function decodeG3(
  target: usize,
  rows: i32,
  isStatedTagged: bool,
  isByteAligned: bool,
  isUncompressedAllowed: bool,
): i32 {
  const rowBytes = (rowWidth + 7) >>> 3;
  let blankRows = 0;
  let isRefused = isUncompressedAllowed;
  openFirstRow(isStatedTagged, isByteAligned);
  for (let row = 0; row < rows; row++) {
    if (row > 0 && !openNextRow()) break;
    const start = bitPosition;
    lastStatus = readRow(isTagged);
    if (lastStatus == rowUncompressed && isRefused) return statusUncompressed;
    if (lastStatus == rowShort && bitPosition == start + <u32>isTagged) {
      if (++blankRows == blankRowsAtEnd) break;
    } else {
      blankRows = 0;
      if (lastStatus <= rowShort) markRow(row, lastStatus == rowWhole ? markWhole : markUneven);
    }
    if (lastStatus > rowLong) whitenRest();
    if (lastStatus >= rowBroken) {
      isRefused = false;
      // No row has an end of line in it: the next one belongs to the next row, wherever decoding went wrong.
      moveTo(start);
    }
    drawRow(target);
    endRow();
    target += rowBytes;
  }
  return statusOk;
}

/** Goes to where the first row begins and determines whether rows have ends of line and tag bits. */
function openFirstRow(isStatedTagged: bool, isByteAligned: bool): void {
  isTagged = isStatedTagged;
  let isFound = takeEol();
  isOnBytes = !isFound && !isTagged && isByteAligned && areRowsOnBytes();
  isBound = !isOnBytes && hasEols();
  if (!isFound && !isTagged && isRowOfRuns(false)) return;
  // Anything before the first end of line is then not a row. Without ends of line there can't be tag bits.
  if (!isFound) isFound = isBound && seekEol();
  if (!isFound) isTagged = false;
  else if (!isRowOfRuns(isTagged) && isRowOfRuns(!isTagged)) isTagged = !isTagged;
}

/** Returns whether an end of line follows that is not one of those after the last row; the position does not change. */
function hasEols(): bool {
  const start = bitPosition;
  let isLone = seekEol() && !isEolNext();
  if (isLone) {
    // Between the ones after the last row there may be tag bits.
    skipBits(1);
    isLone = !isEolNext();
  }
  moveTo(start);
  return isLone;
}

/**
 * Returns whether two whole rows of runs follow, the second on a whole byte; the position does not change. Fill up to
 * that byte and the zeros that a code may begin with can look like an end of line.
 */
function areRowsOnBytes(): bool {
  const start = bitPosition;
  let areBoth = readRow(false) == rowWhole;
  alignToByte();
  areBoth = areBoth && readRow(false) == rowWhole;
  moveTo(start);
  return areBoth;
}

/**
 * Returns whether a whole row of runs follows, which the first one must be; the position does not change. A row of
 * modes proves nothing, because almost any bits are valid modes.
 */
function isRowOfRuns(isTaggedRow: bool): bool {
  const start = bitPosition;
  let isOne = !isTaggedRow || peekBits(start) >>> 31 == 1;
  if (isOne) {
    isOne = readRow(isTaggedRow) == rowWhole && (!isBound || isEolNext());
    moveTo(start);
  }
  return isOne;
}

/** Goes to where the next row begins; returns false if there is none. */
function openNextRow(): bool {
  if (isOnBytes) alignToByte();
  if (takeEol()) {
    isBound = true;
    return true;
  }
  return isBound || isTagged || lastStatus >= rowBroken ? seekEol() : bitPosition < bitEnd;
}

/** Reads the changes of one row; returns how it ended. */
function readRow(isTaggedRow: bool): i32 {
  beginRow();
  let isOfRuns = true;
  if (isTaggedRow) {
    isOfRuns = peekBits(bitPosition) >>> 31 == 1;
    skipBits(1);
  }
  const status = isOfRuns ? readRowOfRuns() : readRowOfModes();
  return bitPosition > bitEnd ? rowBroken : status;
}
