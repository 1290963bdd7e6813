import { bitsOverdrawn, unstuff } from "./bits";
import { clearCoefficients, coefficients, placeBlock } from "./block";
import { Component, component, componentCount, mcusAcross, mcusDown } from "./frame";
import { dcDifference, decodeBlock } from "./huffman";
import { statusCorrupt, statusOk, statusTableMissing, statusTruncated } from "./status";
import { acTable, dcTable, dequantisationTable } from "./tables";

/** A restart marker this far ahead of its turn means that those in between were lost; farther ahead, that all is. */
const lostIntervalsMaximum: i32 = 3;

/** The components of the scan, in its order. */
const members = memory.data(3 * 4, 16);
let memberCount: i32 = 0;

// @ts-ignore: decorator
@inline
function member(index: i32): Component {
  return changetype<Component>(load<usize>(members + (index << 2)));
}

/** Reads a scan header's parameters and binds each component to its tables. Source: ITU-T T.81 B.2.3. */
function readScanHeader(from: usize, end: usize, tables: usize): i32 {
  if (from + 1 > end) return statusTruncated;
  const count = <i32>load<u8>(from);
  if (count == 0 || count > componentCount) return statusCorrupt;
  if (from + 4 + 2 * count > end) return statusTruncated;
  for (let index: i32 = 0; index < count; index++) {
    const entry = from + 1 + 2 * index;
    let found: i32 = 0;
    while (found < componentCount && component(found).identifier != <i32>load<u8>(entry)) found++;
    if (found == componentCount) return statusCorrupt;
    const item = component(found);
    // A sequential frame has each component in one scan: this bounds the scans too.
    if (item.isDecoded) return statusCorrupt;
    const dcSlot = <usize>load<u8>(entry, 1) >> 4;
    const acSlot = <usize>load<u8>(entry, 1) & 15;
    if (dcSlot > 3 || acSlot > 3) return statusCorrupt;
    item.isDecoded = true;
    item.dequantisation = dequantisationTable(tables, item.quantisationSlot);
    item.dc = dcTable(tables, dcSlot);
    item.ac = acTable(tables, acSlot);
    if (item.dequantisation == 0 || item.dc == 0 || item.ac == 0) return statusTableMissing;
    store<usize>(members + (index << 2), changetype<usize>(item));
  }
  memberCount = count;
  return statusOk;
}

/**
 * Decodes the scan whose header's parameters lie at `from`, up to `headerEnd`. Returns where its data ends, or a
 * status; after damage, decoding goes on with the next restart interval. Source: ITU-T T.81 F.2.1.
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
  let status = readScanHeader(from, headerEnd, tables);
  if (status < 0) return status;
  const isInterleaved = memberCount > 1;
  const across = isInterleaved ? mcusAcross : member(0).blocksAcross;
  const total = across * (isInterleaved ? mcusDown : member(0).blocksDown);
  let expected: i32 = 0;
  let position = headerEnd;
  let first: i32 = 0;
  while (true) {
    position = unstuff(position, end, bitsTop);
    const last = restartInterval == 0 ? total : min(first + restartInterval, total);
    for (let index: i32 = 0; index < memberCount; index++) member(index).prediction = 0;
    const result = isInterleaved
      ? decodeInterleaved(first, last, across, reduction)
      : decodeAlone(first, last, across, reduction);
    if (result < 0) clearCoefficients();
    if (status == statusOk) status = result;
    first = last;
    if (first >= total) break;

    while (position + 1 < end && load<u8>(position, 1) == 0xff) position++;
    if (position + 1 >= end) return statusTruncated;
    const ahead = (<i32>load<u8>(position, 1) - 0xd0 - expected) & 7;
    if ((load<u8>(position, 1) & 0xf8) != 0xd0 || ahead > lostIntervalsMaximum) return statusCorrupt;
    if (ahead > 0) status = statusCorrupt;
    first += ahead * restartInterval;
    if (first >= total) break;
    expected = (expected + ahead + 1) & 7;
    position += 2;
  }
  return status < 0 ? status : <i32>position;
}

/** Decodes the MCUs from `first` to before `last`, each of several blocks of several components. */
function decodeInterleaved(first: i32, last: i32, across: i32, reduction: i32): i32 {
  let row = first / across;
  let column = first % across;
  for (let mcu = first; mcu < last; mcu++) {
    for (let index: i32 = 0; index < memberCount; index++) {
      const item = member(index);
      const horizontal = item.horizontal;
      const vertical = item.vertical;
      for (let y: i32 = 0; y < vertical; y++) {
        for (let x: i32 = 0; x < horizontal; x++) {
          const status = decodeNext(item, column * horizontal + x, row * vertical + y, reduction);
          if (status < 0) return status;
        }
      }
    }
    if (++column == across) {
      column = 0;
      row++;
    }
  }
  return bitsOverdrawn() ? statusTruncated : statusOk;
}

/** Decodes the blocks from `first` to before `last` of a scan of one component. */
function decodeAlone(first: i32, last: i32, across: i32, reduction: i32): i32 {
  const item = member(0);
  let row = first / across;
  let column = first % across;
  for (let block = first; block < last; block++) {
    const status = decodeNext(item, column, row, reduction);
    if (status < 0) return status;
    if (++column == across) {
      column = 0;
      row++;
    }
  }
  return bitsOverdrawn() ? statusTruncated : statusOk;
}

// @ts-ignore: decorator
@inline
function decodeNext(item: Component, column: i32, row: i32, reduction: i32): i32 {
  const dequantisation = item.dequantisation;
  const offsets = decodeBlock(coefficients, item.dc, item.ac, dequantisation);
  if (offsets < 0 || bitsOverdrawn()) return offsets < 0 ? offsets : statusTruncated;
  const prediction = item.prediction + dcDifference;
  item.prediction = prediction;
  const dc = <i32>(<i16>(prediction * <i32>(load<u32>(dequantisation) & 0xffff)));
  placeBlock(item.plane, column, row, dc, offsets, reduction);
  return statusOk;
}
