// T.4: rows behind end-of-line codes, of runs alone, or with a tag bit that says whether runs or modes follow. What is
// damaged ends with its row. Source: ITU-T T.4 4.1, 4.2; TIFF 6.0 section 11.
import { alignToByte, bitEnd, bitPosition, moveTo, peekBits, skipBits } from "./bits";
import { isEolNext, seekEol, takeEol } from "./end-of-line";
import { readRowOfModes } from "./mode";
import { beginRow, drawRow, endRow, rowWidth, whitenRest } from "./row";
import { readRowOfRuns } from "./run";
import { rowBroken, rowLong, rowShort, rowUncompressed, rowWhole, statusUncompressed } from "./status";

/** Rows without a single run that end the picture: each lies between two of the six end-of-line codes that do. */
const blankRowsAtEnd: i32 = 5;

/** Whether a tag bit follows each end of line. */
let isTagged: bool = false;
/** Whether rows have ends of line between them, so that each one is waited for. */
let isBound: bool = false;
/** Whether rows have none and begin on whole bytes. */
let isOnBytes: bool = false;
/** How the last row ended. */
let lastStatus: i32 = rowWhole;

/**
 * Decodes at most `rows` rows to `target`, which is clear. Rows may lack the end of line before them, and begin on whole
 * bytes then, where `isByteAligned` is set; whether there are tag bits is tried where `isStatedTagged` gives no whole
 * first row. Returns how many rows there are up to the last readable one, or `statusUncompressed`, unless damage came before.
 */
export function decodeG3(
  target: usize,
  rows: i32,
  isStatedTagged: bool,
  isByteAligned: bool,
  isUncompressedAllowed: bool,
): i32 {
  const rowBytes = (rowWidth + 7) >>> 3;
  let readable = 0;
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
      if (lastStatus <= rowShort) readable = row + 1;
    }
    if (lastStatus > rowLong) whitenRest();
    if (lastStatus >= rowBroken) {
      isRefused = false;
      // No row has an end of line in it: the next one is the next row's, wherever the codes went astray.
      moveTo(start);
    }
    drawRow(target);
    endRow();
    target += rowBytes;
  }
  return readable;
}

/** Goes to where the first row begins and settles whether rows have ends of line and tag bits. */
function openFirstRow(isStatedTagged: bool, isByteAligned: bool): void {
  isTagged = isStatedTagged;
  let isFound = takeEol();
  isOnBytes = !isFound && !isTagged && isByteAligned && areRowsOnBytes();
  isBound = !isOnBytes && hasEols();
  if (!isFound && !isTagged && isRowOfRuns(false)) return;
  // What stands before the first end of line is no row then. Without ends of line there can't be tag bits.
  if (!isFound) isFound = isBound && seekEol();
  if (!isFound) isTagged = false;
  else if (!isRowOfRuns(isTagged) && isRowOfRuns(!isTagged)) isTagged = !isTagged;
}

/** Tells whether an end of line follows that is not one of those behind the last row; reads nothing for good. */
function hasEols(): bool {
  const start = bitPosition;
  let isLone = seekEol() && !isEolNext();
  if (isLone) {
    // Between the ones behind the last row there may be tag bits.
    skipBits(1);
    isLone = !isEolNext();
  }
  moveTo(start);
  return isLone;
}

/**
 * Tells whether two whole rows of runs follow, the second on a whole byte; reads nothing for good. Fill up to that byte
 * and the zeros that a code may begin with can look like an end of line.
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
 * Tells whether a whole row of runs follows, as the first one must be; reads nothing for good. A row of modes proves
 * nothing: almost any bits are some.
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

/** Goes to where the next row begins; returns false when there is none. */
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
