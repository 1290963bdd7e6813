import { Component, component, componentCount, componentsMaximum, isProgressive } from "./frame";
import { statusCorrupt, statusOk, statusTableMissing, statusTruncated } from "./status";
import { acTable, addStandardTables, dcTable, dequantisationTable } from "./tables";

/** The components of the scan, in its order. */
const members = memory.data(componentsMaximum * 4, 16);
export let memberCount: i32 = 0;

/** The first and last zigzag index of a progressive scan, and whether it sends one more bit of each coefficient. */
export let spectralFirst: i32 = 0;
export let spectralLast: i32 = 0;
export let isRefinement: bool = false;
/** The lowest bit of a coefficient that the scan sends. */
export let lowestBit: i32 = 0;

/** Returns one of the scan's components. */
// @ts-ignore: decorator
@inline
export function member(index: i32): Component {
  return changetype<Component>(load<usize>(members + (index << 2)));
}

/** Returns whether the scan has all components of the frame, as they are numbered there. */
export function areAllInOrder(): bool {
  for (let index: i32 = 0; index < memberCount; index++) if (member(index) != component(index)) return false;
  return memberCount == componentCount;
}

/** Reads a scan header's parameters and binds each component to its tables. Source: ITU-T T.81 B.2.3. */
export function readScanHeader(from: usize, end: usize, tables: usize): i32 {
  if (from + 1 > end) return statusTruncated;
  const count = <i32>load<u8>(from);
  if (count == 0 || count > componentCount) return statusCorrupt;
  if (from + 4 + 2 * count > end) return statusTruncated;
  memberCount = count;
  if (isProgressive && !readProgression(from + 1 + 2 * count)) return statusCorrupt;
  for (let index: i32 = 0; index < count; index++) {
    const entry = from + 1 + 2 * index;
    let found: i32 = 0;
    while (found < componentCount && component(found).identifier != <i32>load<u8>(entry)) found++;
    if (found == componentCount) return statusCorrupt;
    const item = component(found);
    for (let before: i32 = 0; before < index; before++) if (member(before) == item) return statusCorrupt;
    // A sequential frame has each component in one scan, which also bounds the number of scans.
    if (!isProgressive && item.isDecoded) return statusCorrupt;
    const dcSlot = <usize>load<u8>(entry, 1) >> 4;
    const acSlot = <usize>load<u8>(entry, 1) & 15;
    if (dcSlot > 3 || acSlot > 3) return statusCorrupt;
    item.dequantisation = dequantisationTable(tables, item.quantisationSlot);
    item.dc = dcTable(tables, dcSlot);
    item.ac = acTable(tables, acSlot);
    if (!isProgressive && (item.dc == 0 || item.ac == 0)) {
      addStandardTables(tables);
      item.dc = dcTable(tables, dcSlot);
      item.ac = acTable(tables, acSlot);
    }
    if (item.dequantisation == 0 || (item.dc == 0 && needsDc()) || (item.ac == 0 && needsAc())) return statusTableMissing;
    if (spectralFirst == 0 || !isProgressive) item.isDecoded = true;
    store<usize>(members + (index << 2), changetype<usize>(item));
  }
  return statusOk;
}

/** Reads what a progressive scan sends; false if the values are invalid. Source: ITU-T T.81 B.2.3, G.1.1.1. */
function readProgression(from: usize): bool {
  spectralFirst = load<u8>(from);
  spectralLast = load<u8>(from, 1);
  const highestBit = <i32>load<u8>(from, 2) >> 4;
  lowestBit = <i32>load<u8>(from, 2) & 15;
  isRefinement = highestBit != 0;
  if (lowestBit > 13 || (isRefinement && highestBit != lowestBit + 1)) return false;
  if (spectralFirst == 0) return spectralLast == 0;
  return spectralLast >= spectralFirst && spectralLast < 64 && memberCount == 1;
}

function needsDc(): bool {
  return !isProgressive || isFirstOfDc();
}

/** Returns whether a progressive scan is the first of DC coefficients: without it, a block has nothing. */
export function isFirstOfDc(): bool {
  return spectralFirst == 0 && !isRefinement;
}

function needsAc(): bool {
  return !isProgressive || spectralFirst != 0;
}
