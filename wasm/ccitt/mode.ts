// Rows coded in two dimensions: changes are coded relative to those of the row above. The names a0, a1, b1 and b2 are
// the standard's: the last change of this row and its next one, the next change above that has the color of a1, and the
// one after it. Source: ITU-T T.4 4.2, T.6 2.2.
import { bitPosition, peekBits, skipBits } from "./bits";
import { modeHorizontal, modePass, modeTable, modeVertical } from "./codes";
import { isEolNext } from "./end-of-line";
import { addChange, reference, rowWidth } from "./row";
import { readChange, runStatus } from "./run";
import { rowBroken, rowLong, rowShort, rowUncompressed, rowWhole } from "./status";

/** Reads the changes of one row; returns how it ended. */
export function readRowOfModes(): i32 {
  const width = rowWidth;
  // The row begins with an imaginary white pixel: a change above its first pixel is one to the right of a0.
  let a0 = -1;
  let color: u32 = 0;
  // Index of b1: at even indexes white turns black, at odd ones black turns white.
  let above = reference;
  while (a0 < width) {
    const entry = <u32>load<u8>(modeTable + (peekBits(bitPosition) >>> 25));
    if (entry == 0) return findFault();
    skipBits(entry & 7);
    const mode = entry >>> 3;
    if (mode == modePass) {
      a0 = load<i32>(above, 4);
      if (a0 < width) above += 8;
      continue;
    }
    if (mode == modeHorizontal) {
      a0 = readChange(color, max(a0, 0));
      if (runStatus != rowWhole) return runStatus;
      a0 = readChange(color ^ 1, a0);
      if (runStatus != rowWhole && a0 < width) return runStatus;
    } else {
      const a1 = load<i32>(above) + <i32>(mode - modeVertical);
      if (a1 < max(a0, 0)) return rowBroken;
      a0 = a1;
      addChange(a1);
      color ^= 1;
      // A change to the left of b1 may have the one before b1 on its right.
      above = mode < modeVertical && above > reference ? above - 4 : above + 4;
    }
    while (load<i32>(above) <= a0 && load<i32>(above) < width) above += 8;
  }
  return a0 > width ? rowLong : rowWhole;
}

/** Returns what is there if no mode begins. */
function findFault(): i32 {
  if (isEolNext()) return rowShort;
  return peekBits(bitPosition) >>> 22 == 0b0000001111 ? rowUncompressed : rowBroken;
}
