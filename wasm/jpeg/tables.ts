import { buildHuffmanTable, huffmanTableBytes } from "./huffman";
import { openPairs } from "./pairs";
import { dequantisationBytes, readDequantisation } from "./quantisation";
import { acTableBytes, openSkips } from "./skips";
import { statusCorrupt, statusOk } from "./status";

// A block of tables: 12 pointers to tables in use (4 dequantisation, 4 DC, 4 AC; 0 for none), then room for as many.

const slots: usize = 4;
const dcFirst: usize = slots;
const acFirst: usize = 2 * slots;
const pointerBytes: usize = 3 * slots * 4;
const dcOffset: usize = pointerBytes + slots * dequantisationBytes;
const acOffset: usize = dcOffset + slots * huffmanTableBytes;

/** The size of a block of tables, in bytes. */
export const tablesBytes: usize = acOffset + slots * acTableBytes;

/**
 * A stream that defines more tables than this is treated as an attack: building them is more expensive than reading
 * them.
 */
const definitionsMaximum: i32 = 256;
let definitions: i32 = 0;
/** Where the parameters of a DHT segment with the standard tables start and end. */
let standardTables: usize = 0;
let standardTablesEnd: usize = 0;

/** Makes `tables` refer to what `inherited` does, or to nothing when that is 0. */
export function openTables(tables: usize, inherited: usize): void {
  definitions = 0;
  if (inherited) memory.copy(tables, inherited, pointerBytes);
  else memory.fill(tables, 0, pointerBytes);
}

/** Returns the dequantisation table in `slot`, or 0. */
// @ts-ignore: decorator
@inline
export function dequantisationTable(tables: usize, slot: usize): usize {
  return load<u32>(tables + (slot << 2));
}

/** Returns the DC table in `slot`, or 0. */
// @ts-ignore: decorator
@inline
export function dcTable(tables: usize, slot: usize): usize {
  return load<u32>(tables + ((dcFirst + slot) << 2));
}

/** Returns the AC table in `slot`, or 0. */
// @ts-ignore: decorator
@inline
export function acTable(tables: usize, slot: usize): usize {
  return load<u32>(tables + ((acFirst + slot) << 2));
}

/** Reads a DQT segment's parameters. Source: ITU-T T.81 B.2.4.1. */
export function readQuantisationSegment(tables: usize, from: usize, end: usize): i32 {
  while (from < end) {
    const head = load<u8>(from++);
    const slot = <usize>head & 15;
    if (slot >= slots || head >> 4 > 1 || ++definitions > definitionsMaximum) return statusCorrupt;
    const table = tables + pointerBytes + slot * dequantisationBytes;
    const length = readDequantisation(table, from, end, head >> 4 == 1);
    if (length < 0) return statusCorrupt;
    store<u32>(tables + (slot << 2), table);
    from += length;
  }
  return statusOk;
}

/** Says which tables are standard. */
export function placeStandardTables(from: usize, end: usize): void {
  standardTables = from;
  standardTablesEnd = end;
}

/**
 * Puts the standard Huffman tables into the slots that none is defined for, as libjpeg does: frames of Motion JPEG leave
 * them out.
 */
export function addStandardTables(tables: usize): void {
  const huffman = tables + (dcFirst << 2);
  for (let from = standardTables; from < standardTablesEnd; ) {
    const head = <usize>load<u8>(from);
    const slot = huffman + (((head >> 4) * slots + (head & 15)) << 2);
    let length: usize = 17;
    for (let count: usize = 1; count <= 16; count++) length += load<u8>(from + count);
    if (load<u32>(slot) == 0) readHuffmanSegment(tables, from, from + length);
    from += length;
  }
}

/** Reads a DHT segment's parameters. Source: ITU-T T.81 B.2.4.2. */
export function readHuffmanSegment(tables: usize, from: usize, end: usize): i32 {
  while (from < end) {
    const head = load<u8>(from++);
    const isAc = head >> 4 == 1;
    const slot = <usize>head & 15;
    if (slot >= slots || head >> 4 > 1 || ++definitions > definitionsMaximum) return statusCorrupt;
    const table = tables + (isAc ? acOffset + slot * acTableBytes : dcOffset + slot * huffmanTableBytes);
    const inUse = tables + (((isAc ? acFirst : dcFirst) + slot) << 2);
    // A table that fails halfway must not stay in use.
    store<u32>(inUse, 0);
    const length = buildHuffmanTable(table, from, end);
    if (length < 0) return statusCorrupt;
    if (isAc) {
      openPairs(table);
      openSkips(table);
    }
    store<u32>(inUse, table);
    from += length;
  }
  return statusOk;
}
