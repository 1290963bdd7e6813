// What damage took from a frame, by rows of blocks of its finest component.

import { placePart, placeWhole } from "./block";
import { component, convertsColors, isProgressive } from "./frame";
import { placeColors } from "./rgb-scan";
import { member, memberCount } from "./scan-header";

/** Rows that a mark stands for. */
export const jpegMarkRows: i32 = 8;
/** Nothing of the rows was read, or they lack detail that a later scan would have brought. */
const markMissing: u8 = 1;
const markCoarse: u8 = 2;

const marksMaximum: i32 = 65536 / jpegMarkRows;
/** A mark for every `jpegMarkRows` rows of the frame; 0 for those that are whole. */
export const jpegMarks: usize = memory.data(marksMaximum, 16);

/** Whether anything is marked. */
export let isMarked: bool = false;

/** Forgets all marks. */
export function clearMarks(): void {
  memory.fill(jpegMarks, 0, marksMaximum);
  isMarked = false;
}

/**
 * Gives up the MCUs of the scan from `first` to before `last`: their blocks become grey, or stay as earlier scans left
 * them, and their rows are marked where they are needed.
 */
export function loseMcus(first: i32, last: i32, across: i32, reduction: i32, isCoarse: bool): void {
  if (convertsColors) return loseColors(first, last, across);
  const isInterleaved = memberCount > 1;
  for (let mcu = first; mcu < last; mcu++) {
    for (let index: i32 = 0; index < memberCount; index++) {
      const item = member(index);
      const horizontal = isInterleaved ? item.horizontal : 1;
      const vertical = isInterleaved ? item.vertical : 1;
      for (let y: i32 = 0; y < vertical; y++) {
        for (let x: i32 = 0; x < horizontal; x++) {
          const column = (mcu % across) * horizontal + x;
          const row = (mcu / across) * vertical + y;
          if (!item.needs(column, row)) continue;
          markRow(row, item.rowFactor, isCoarse);
          if (isProgressive) continue;
          if (item.needsWhole(column, row)) placeWhole(item, column, row, 0, 0);
          else placePart(item, column, row, 0, 0, reduction);
        }
      }
    }
  }
}

function loseColors(first: i32, last: i32, across: i32): void {
  for (let mcu = first; mcu < last; mcu++) {
    if (!component(0).needs(mcu % across, mcu / across)) continue;
    markRow(mcu / across, 1, false);
    placeColors(mcu % across, mcu / across, 0);
  }
}

/** Marks all that is not marked yet: later scans would have brought detail to any row. */
export function coarsenAll(): void {
  isMarked = true;
  for (let index: i32 = 0; index < marksMaximum; index++) {
    if (load<u8>(jpegMarks + index) == 0) store<u8>(jpegMarks + index, markCoarse);
  }
}

function markRow(row: i32, factor: i32, isCoarse: bool): void {
  isMarked = true;
  for (let index: i32 = row * factor; index < min((row + 1) * factor, marksMaximum); index++) {
    const place = jpegMarks + index;
    if (!isCoarse) store<u8>(place, markMissing);
    else if (load<u8>(place) == 0) store<u8>(place, markCoarse);
  }
}
