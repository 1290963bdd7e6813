// What becomes of MCUs that damage took.

import { placePart, placeWhole } from "./block";
import { component, convertsColors, isProgressive, isRecoded } from "./frame";
import { markRow } from "./marks";
import { loseRecoded } from "./recode";
import { placeColors } from "./rgb-scan";
import { member, memberCount } from "./scan-header";

/**
 * Gives up the MCUs of the scan from `first` to before `last`: their blocks become grey, or stay as earlier scans left
 * them, and their rows are marked where they are needed.
 */
export function loseMcus(first: i32, last: i32, across: i32, reduction: i32, isCoarse: bool): void {
  if (isRecoded) return loseRecoded(first, last, across);
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
