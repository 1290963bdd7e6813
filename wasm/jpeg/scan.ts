import { bitsOverdrawn, findMarker, unstuff } from "./bits";
import { clearCoefficients, coefficients, placePart, placeWhole } from "./block";
import { dcDifference, decodeBlock, skipBlock } from "./coefficients";
import { Component, convertsColors, isProgressive, isRecoded, keepsDcAlone, mcusAcross, mcusDown } from "./frame";
import { loseMcus } from "./missing";
import { decodeProgression, endProgression } from "./progression";
import { dequantisationOf, dequantise } from "./quantisation";
import { recodeMcus } from "./recode";
import { decodeColors } from "./rgb-scan";
import { nextRestart, openRestarts, restartPosition } from "./restart";
import { areAllInOrder, isFirstOfDc, member, memberCount, readScanHeader, spectralFirst } from "./scan-header";
import { statusScanSeparate } from "./status";

/** The first MCU of the scan that is needed, and the one after the last. */
let neededFirst: i32 = 0;
let neededEnd: i32 = 0;

/** Finds which MCUs of the scan contain blocks with samples that are written. */
function findNeeded(isInterleaved: bool, across: i32): void {
  neededFirst = i32.MAX_VALUE;
  neededEnd = 0;
  for (let index: i32 = 0; index < memberCount; index++) {
    const item = member(index);
    if (item.columnCount == 0 || item.rowCount == 0) continue;
    const horizontal = isInterleaved ? item.horizontal : 1;
    const vertical = isInterleaved ? item.vertical : 1;
    const lastColumn = (item.firstColumn + item.columnCount - 1) / horizontal;
    const lastRow = (item.firstRow + item.rowCount - 1) / vertical;
    neededFirst = min(neededFirst, (item.firstRow / vertical) * across + item.firstColumn / horizontal);
    neededEnd = max(neededEnd, lastRow * across + lastColumn + 1);
  }
}

/**
 * Decodes the scan whose header's parameters are at `from`, up to `headerEnd`, as far as it is needed. What damage takes
 * is given up to the next restart interval. Returns where the data ends that it reached, or a status.
 * Source: ITU-T T.81 F.2.1, G.2.
 */
export function decodeScan(
  from: usize,
  headerEnd: usize,
  end: usize,
  tables: usize,
  restartInterval: i32,
  reduction: i32,
  bitsTop: usize,
): i32 {
  const status = readScanHeader(from, headerEnd, tables);
  if (status < 0) return status;
  if ((convertsColors || isRecoded) && !areAllInOrder()) return statusScanSeparate;
  // The data is passed over by looking for the next marker with a segment.
  if (isProgressive && keepsDcAlone && spectralFirst != 0) return <i32>headerEnd;
  const isInterleaved = memberCount > 1;
  const across = isInterleaved ? mcusAcross : member(0).blocksAcross;
  const total = across * (isInterleaved ? mcusDown : member(0).blocksDown);
  const isCoarse = isProgressive && !isFirstOfDc();
  findNeeded(isInterleaved, across);
  openRestarts();
  let position = headerEnd;
  let first: i32 = 0;
  while (first < neededEnd) {
    const last = restartInterval == 0 ? neededEnd : min(first + restartInterval, neededEnd);
    if (last <= neededFirst) {
      position = findMarker(position, end);
    } else {
      position = unstuff(position, end, bitsTop);
      const reached = decodeInterval(first, last, across, reduction);
      if (reached < last) loseMcus(reached, last, across, reduction, isCoarse);
    }
    first = last;
    if (first >= neededEnd) break;

    const lost = nextRestart(position, end, (total - first + restartInterval - 1) / restartInterval);
    position = restartPosition;
    const next = lost < 0 ? neededEnd : min(first + lost * restartInterval, neededEnd);
    if (next > first) loseMcus(first, next, across, reduction, isCoarse);
    first = next;
  }
  if (isProgressive) endProgression();
  return <i32>position;
}

/** Decodes the MCUs from `first` to before `last`; returns which one it got to. */
function decodeInterval(first: i32, last: i32, across: i32, reduction: i32): i32 {
  for (let index: i32 = 0; index < memberCount; index++) member(index).prediction = 0;
  let reached: i32;
  if (isProgressive) reached = decodeProgression(first, last, across);
  else if (isRecoded) reached = recodeMcus(first, last, across);
  else if (convertsColors) reached = decodeColors(first, last, across);
  else if (memberCount > 1) reached = decodeInterleaved(first, last, across, reduction);
  else reached = decodeAlone(first, last, across, reduction);
  if (reached < last) clearCoefficients();
  return reached;
}

/** Decodes MCUs of several blocks of several components; returns which one it got to. */
export function decodeInterleaved(first: i32, last: i32, across: i32, reduction: i32): i32 {
  let row = first / across;
  let column = first % across;
  for (let mcu = first; mcu < last; mcu++) {
    for (let index: i32 = 0; index < memberCount; index++) {
      const item = member(index);
      const horizontal = item.horizontal;
      const vertical = item.vertical;
      for (let y: i32 = 0; y < vertical; y++) {
        for (let x: i32 = 0; x < horizontal; x++) {
          if (!decodeNext(item, column * horizontal + x, row * vertical + y, reduction)) return mcu;
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

/** Does so for the blocks of a scan of one component. */
export function decodeAlone(first: i32, last: i32, across: i32, reduction: i32): i32 {
  const item = member(0);
  let row = first / across;
  let column = first % across;
  for (let block = first; block < last; block++) {
    if (!decodeNext(item, column, row, reduction)) return block;
    if (++column == across) {
      column = 0;
      row++;
    }
  }
  return last;
}

/** Decodes the next block into its place; returns whether it could be read. */
// @ts-ignore: decorator
@inline
function decodeNext(item: Component, column: i32, row: i32, reduction: i32): bool {
  if (!item.needsWhole(column, row)) return decodePart(item, column, row, reduction);
  const last = decodeBlock(coefficients, item.dc, item.ac, item.dequantisation);
  if (last < 0 || bitsOverdrawn()) return false;
  placeWhole(item, column, row, nextDc(item), last);
  return true;
}

/** Decodes the next block, which is written partly or not at all; returns whether it could be read. */
function decodePart(item: Component, column: i32, row: i32, reduction: i32): bool {
  const isNeeded = item.needs(column, row);
  const result = isNeeded
    ? decodeBlock(coefficients, item.dc, item.ac, item.dequantisation)
    : skipBlock(item.dc, item.ac);
  if (result < 0 || bitsOverdrawn()) return false;
  const dc = nextDc(item);
  if (isNeeded) placePart(item, column, row, dc, result, reduction);
  return true;
}

/** Predicts with the difference just read and returns the dequantised DC coefficient. */
// @ts-ignore: decorator
@inline
function nextDc(item: Component): i32 {
  const prediction = item.prediction + dcDifference;
  item.prediction = prediction;
  return <i32>(<i16>dequantise(prediction, dequantisationOf(item.dequantisation, 0)));
}
