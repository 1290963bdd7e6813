// Rows coded in one dimension: alternating runs of white and black. Source: ITU-T T.4 4.1; TIFF 6.0 section 10.
import { bitPosition, peekBits, skipBits } from "./bits";
import { makeUp, runTable } from "./codes";
import { isEolNext } from "./end-of-line";
import { addChange, rowWidth } from "./row";
import { rowBroken, rowLong, rowShort, rowUncompressed, rowWhole } from "./status";

/** More than any row has: endless make-up codes must not add up to a negative number. */
const longestRun: i32 = 1 << 28;

/** `rowWhole` after a whole run, otherwise what was in the place of its next code. */
export let runStatus: i32 = rowWhole;

/** Reads one run, 0 white and 1 black, and returns its length, as far as it could be read. */
function readRun(color: u32): i32 {
  let length = 0;
  let entry: u32 = 0;
  do {
    entry = <u32>load<u16>(runTable + (color << 14) + ((peekBits(bitPosition) >>> 19) << 1));
    if (entry == 0) {
      runStatus = findFault();
      return length;
    }
    skipBits(entry & 15);
    length = min(length + <i32>(entry >>> 4), longestRun);
  } while (entry >= makeUp << 4);
  runStatus = rowWhole;
  return length;
}

/** Returns what is there if no run begins. */
function findFault(): i32 {
  if (isEolNext()) return rowShort;
  return peekBits(bitPosition) >>> 20 == 0b000000001111 ? rowUncompressed : rowBroken;
}

/** Reads one run at `position` and adds the change after it, which it returns, if any part of it could be read. */
export function readChange(color: u32, position: i32): i32 {
  const length = readRun(color);
  if (length > 0 || runStatus == rowWhole) addChange(position + length);
  return position + length;
}

/** Reads the changes of one row; returns how it ended. */
export function readRowOfRuns(): i32 {
  let position = 0;
  let color: u32 = 0;
  while (position < rowWidth) {
    position = readChange(color, position);
    // A run without its terminating code counts if it fills the row.
    if (runStatus != rowWhole && position < rowWidth) return runStatus;
    color ^= 1;
  }
  return position > rowWidth ? rowLong : rowWhole;
}
