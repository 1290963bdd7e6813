// Rows of MCUs of a tile, encoded before it is known what is left of the tile: all but the first MCU, whose DC coefficients
// are told from those of the tile before. Its levels are kept. `join.ts` puts the rows of tiles behind each other.

import { codesOf, encodeBlock } from "./code";
import { Encoder, mcuMaximumBytes } from "./encode";
import { storeWritten, writtenBits, writtenCount, writtenCursor } from "./writer";

/** The most blocks of an MCU: four of luma and one of each chroma. */
const blocksMaximum: usize = 6;

/** A row of MCUs of a tile. */
@unmanaged
export class RowBits {
  /** Its bits are below this, backwards as `writer.ts` has them. */
  top: usize;
  bitCount: i32;
  /** The DC levels of the last block of each component. */
  last0: i32;
  last1: i32;
  last2: i32;

  /** Returns where the zigzag mask of the levels that are not zero is, of a block of the first MCU. */
  // @ts-ignore: decorator
  @inline
  maskAt(block: usize): usize {
    return changetype<usize>(this) + masksOffset + (block << 3);
  }

  /** Returns where the levels of a block of the first MCU are. */
  // @ts-ignore: decorator
  @inline
  levelsAt(block: usize): usize {
    return changetype<usize>(this) + levelsOffset + (block << 7);
  }
}

const masksOffset: usize = (offsetof<RowBits>() + 7) & ~7;
const levelsOffset: usize = (masksOffset + blocksMaximum * 8 + 15) & ~15;
/** The size of a `RowBits`. */
export const jpegRowBitsBytes: i32 = <i32>(levelsOffset + blocksMaximum * 128);

let encoder: Encoder = changetype<Encoder>(0);
let row: RowBits = changetype<RowBits>(0);
let bottom: usize = 0;
/** Blocks of the first MCU that are kept; after it `firstDone`. */
let blocksKept: usize = 0;
const firstDone: usize = usize.MAX_VALUE;
let last0: i32 = 0;
let last1: i32 = 0;
let last2: i32 = 0;
/** Whether rows had more bits than there is room for. */
export let areRowsCut: bool = false;

/** The state at the beginning of an MCU. */
let bitsBefore: u64 = 0;
let countBefore: i32 = 0;
let cursorBefore: usize = 0;
let last0Before: i32 = 0;
let last1Before: i32 = 0;
let last2Before: i32 = 0;

/** Begins the rows of a tile, whose bits go from `cursor` down to `end`. */
export function openRowBits(coding: Encoder, cursor: usize, end: usize): void {
  encoder = coding;
  bottom = end;
  areRowsCut = false;
  storeWritten(0, 0, cursor);
}

/** Begins a row at `pointer`. */
export function beginRow(pointer: usize): void {
  row = changetype<RowBits>(pointer);
  row.top = writtenCursor + 1;
  blocksKept = 0;
  last0 = 0;
  last1 = 0;
  last2 = 0;
}

/** Begins an MCU, to which `abandonMcu` goes back. */
// @ts-ignore: decorator
@inline
export function beginMcu(): void {
  bitsBefore = writtenBits;
  countBefore = writtenCount;
  cursorBefore = writtenCursor;
  last0Before = last0;
  last1Before = last1;
  last2Before = last2;
}

/** Takes back what was put into the MCU. With the first of a row the row begins again. */
export function abandonMcu(): void {
  storeWritten(bitsBefore, countBefore, cursorBefore);
  last0 = last0Before;
  last1 = last1Before;
  last2 = last2Before;
}

/** Returns the DC level of the component's block before. */
// @ts-ignore: decorator
@inline
export function lastLevel(component: i32): i32 {
  return component == 0 ? last0 : component == 1 ? last1 : last2;
}

/** Puts a block of levels into the MCU, of which those in the zigzag mask `present` are not zero. */
// @ts-ignore: decorator
@inline
export function putBlock(component: i32, tables: i32, levels: usize, present: u64): void {
  const last = <i32>load<i16>(levels);
  if (blocksKept != firstDone) {
    memory.copy(row.levelsAt(blocksKept), levels, 128);
    store<u64>(row.maskAt(blocksKept), present);
    blocksKept++;
  } else if (!areRowsCut) {
    encodeBlock(levels, present, lastLevel(component), codesOf(tables));
  }
  if (component == 0) last0 = last;
  else if (component == 1) last1 = last;
  else last2 = last;
}

/** Ends the MCU. */
// @ts-ignore: decorator
@inline
export function endMcu(): void {
  blocksKept = firstDone;
  areRowsCut = areRowsCut || writtenCursor < bottom + mcuMaximumBytes;
}

/** Ends the row; the next begins with a byte of its own. Returns where that is. */
export function endRow(): usize {
  row.bitCount = (<i32>(row.top - 1 - writtenCursor) << 3) + writtenCount;
  row.last0 = last0;
  row.last1 = last1;
  row.last2 = last2;
  storeWritten(0, 0, writtenCount == 0 ? writtenCursor : writtenCursor - 1);
  return writtenCursor;
}
