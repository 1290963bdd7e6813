// Scans of progressive frames: each sends some bits of some coefficients of all blocks. Those of needed blocks are kept
// until the last scan; of the others no more than which are nonzero.

import { bitsOverdrawn, refill, takeBit, takeBits } from "./bits";
import { coefficients, placePart, placeWhole } from "./block";
import { Component, component, componentCount, keepsDcAlone } from "./frame";
import { differenceInvalid, takeDifference, takeSymbol } from "./huffman";
import { dequantisationOf, dequantise } from "./quantisation";
import { isRefinement, lowestBit, member, memberCount, spectralFirst, spectralLast } from "./scan-header";
import { statusCorrupt, statusOk } from "./status";

/** Blocks, including the next one, in which the band only has more bits of coefficients that are already nonzero. */
let endOfBandRun: i32 = 0;

/** Notes which coefficients need no further scan. */
export function endProgression(): void {
  if (lowestBit != 0) return;
  const band = (u64.MAX_VALUE >>> (63 - spectralLast)) & (u64.MAX_VALUE << spectralFirst);
  for (let index: i32 = 0; index < memberCount; index++) member(index).exact |= band;
}

/**
 * Decodes the MCUs of a restart interval, from `first` to before `last`; returns which one it got to.
 * Source: ITU-T T.81 G.1.2, G.2.
 */
export function decodeProgression(first: i32, last: i32, across: i32): i32 {
  endOfBandRun = 0;
  const isInterleaved = memberCount > 1;
  let row = first / across;
  let column = first % across;
  for (let mcu = first; mcu < last; mcu++) {
    for (let index: i32 = 0; index < memberCount; index++) {
      const item = member(index);
      const horizontal = isInterleaved ? item.horizontal : 1;
      const vertical = isInterleaved ? item.vertical : 1;
      for (let y: i32 = 0; y < vertical; y++) {
        for (let x: i32 = 0; x < horizontal; x++) {
          const status = decodeBand(item, column * horizontal + x, row * vertical + y);
          if (status < 0 || bitsOverdrawn()) return mcu;
        }
      }
    }
    if (++column == across) {
      column = 0;
      row++;
    }
  }
  return last;
}

// @ts-ignore: decorator
@inline
function decodeBand(item: Component, column: i32, row: i32): i32 {
  const block = item.storedAt(column, row);
  if (spectralFirst != 0) {
    const present = item.presentAt(column, row);
    return isRefinement ? refineAc(item.ac, block, present) : decodeAc(item.ac, block, present);
  }
  if (isRefinement) {
    const bit = takeBit();
    if (block != 0) store<i16>(block, load<i16>(block) | (bit << lowestBit));
    return statusOk;
  }
  const difference = takeDifference(item.dc);
  if (difference == differenceInvalid) return statusCorrupt;
  item.prediction += difference;
  if (block != 0) store<i16>(block, item.prediction << lowestBit);
  return statusOk;
}

/** Notes a coefficient that is nonzero from now on, and keeps it if its block is needed. */
// @ts-ignore: decorator
@inline
function keepCoefficient(block: usize, present: usize, index: i32, value: i32): void {
  store<u64>(present, load<u64>(present) | (<u64>1 << index));
  if (block != 0) store<i16>(block + (<usize>index << 1), value);
}

/**
 * Decodes the highest bits of the band's coefficients of a block; those of one that is not needed, which is 0, are passed
 * over. Source: ITU-T T.81 G.1.2.2.
 */
function decodeAc(table: usize, block: usize, present: usize): i32 {
  if (endOfBandRun > 0) {
    endOfBandRun--;
    return statusOk;
  }
  for (let index = spectralFirst; index <= spectralLast; index++) {
    refill();
    const symbol = takeSymbol(table);
    if (symbol < 0) return statusCorrupt;
    const run = symbol >> 4;
    const category = symbol & 15;
    if (category == 0) {
      if (run < 15) {
        endOfBandRun = readRun(run) - 1;
        break;
      }
      index += 15;
      continue;
    }
    index += run;
    if (index > spectralLast) return statusCorrupt;
    const magnitude = takeBits(category);
    const value = magnitude >> (category - 1) != 0 ? magnitude : magnitude - (1 << category) + 1;
    keepCoefficient(block, present, index, value << lowestBit);
  }
  return statusOk;
}

// @ts-ignore: decorator
@inline
function readRun(category: i32): i32 {
  return category == 0 ? 1 : (1 << category) + takeBits(category);
}

/** Does so for one more bit of the band's coefficients. Source: ITU-T T.81 G.1.2.3. */
function refineAc(table: usize, block: usize, present: usize): i32 {
  let index = spectralFirst;
  while (endOfBandRun == 0 && index <= spectralLast) {
    refill();
    const symbol = takeSymbol(table);
    if (symbol < 0 || (symbol & 15) > 1) return statusCorrupt;
    let zeros = symbol >> 4;
    let value: i32 = 0;
    if ((symbol & 15) == 1) {
      value = takeBit() != 0 ? 1 << lowestBit : -1 << lowestBit;
    } else if (zeros < 15) {
      endOfBandRun = readRun(zeros);
      break;
    }
    for (; index <= spectralLast; index++) {
      if ((load<u64>(present) >>> index) & 1) refineCoefficient(block, index);
      else if (--zeros < 0) break;
    }
    if (value != 0) {
      if (index > spectralLast) return statusCorrupt;
      keepCoefficient(block, present, index, value);
    }
    index++;
  }
  if (endOfBandRun == 0) return statusOk;
  endOfBandRun--;
  if (index > spectralLast) return statusOk;
  const band = (u64.MAX_VALUE >>> (63 - spectralLast)) & (u64.MAX_VALUE << index);
  for (let rest = load<u64>(present) & band; rest != 0; rest &= rest - 1) refineCoefficient(block, <i32>ctz(rest));
  return statusOk;
}

/** Reads whether the scan's bit moves a nonzero coefficient further from zero. */
// @ts-ignore: decorator
@inline
function refineCoefficient(block: usize, index: i32): void {
  if (takeBit() == 0 || block == 0) return;
  const place = block + (<usize>index << 1);
  const value = <i32>load<i16>(place);
  store<i16>(place, value < 0 ? value - (1 << lowestBit) : value + (1 << lowestBit));
}

/** Transforms the needed blocks of all components with at least one decoded scan into the planes. */
export function placeKept(reduction: i32): void {
  for (let index: i32 = 0; index < componentCount; index++) {
    const item = component(index);
    if (!item.isDecoded) continue;
    for (let row = item.firstRow; row < item.firstRow + item.rowCount; row++) {
      for (let column = item.firstColumn; column < item.firstColumn + item.columnCount; column++) {
        placeKeptBlock(item, column, row, reduction);
      }
    }
  }
}

function placeKeptBlock(item: Component, column: i32, row: i32, reduction: i32): void {
  const block = item.storedAt(column, row);
  const dequantisation = item.dequantisation;
  const dc = <i32>(<i16>dequantise(load<i16>(block), dequantisationOf(dequantisation, 0)));
  if (keepsDcAlone) {
    placePart(item, column, row, dc, 0, reduction);
    return;
  }
  let last: i32 = 0;
  for (let rest = load<u64>(item.presentAt(column, row)); rest != 0; rest &= rest - 1) {
    last = <i32>ctz(rest);
    const entry = dequantisationOf(dequantisation, last);
    store<i16>(coefficients + (entry & 0xff), dequantise(load<i16>(block + (<usize>last << 1)), entry));
  }
  if (item.needsWhole(column, row)) placeWhole(item, column, row, dc, last);
  else placePart(item, column, row, dc, last, reduction);
}
