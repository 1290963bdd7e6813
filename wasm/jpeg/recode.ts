// Tiles as rows of MCUs of another picture: coefficients are quantised anew and encoded, without a transform to samples and
// back. Only blocks over the edge of the picture are transformed, so that nothing is passed on of what lies beyond it, and
// those that have coefficients of no picture.

import { bitsOverdrawn } from "./bits";
import { clearCoefficients, coefficients, samples } from "./block";
import { dcDifference, decodeBlock, skipBlock } from "./coefficients";
import { transformAt } from "./encode";
import { forwardTransform } from "./fdct";
import { Component, component, componentCount, convertsColors } from "./frame";
import { hasHigh, inverseTransform } from "./idct";
import { markRow } from "./marks";
import { dequantisationOf, dequantise } from "./quantisation";
import { extendSamples, openHeld, recodeColors } from "./recode-colors";
import { Recoder } from "./recoder";
import { isBeyondRange, requantise } from "./requantise";
import {
  abandonMcu,
  areRowsCut,
  beginMcu,
  beginRow,
  endMcu,
  endRow,
  jpegRowBitsBytes,
  lastLevel,
  openRowBits,
  putBlock,
} from "./row-bits";
import { statusOk, statusRoom } from "./status";

let recoder: Recoder = changetype<Recoder>(0);

/** The levels of one block. */
const levels = memory.data(128, 16);

/** Begins to recode the tile that is decoded next. */
export function openRecoding(pointer: usize): void {
  recoder = changetype<Recoder>(pointer);
  openRowBits(recoder.encoder, recoder.cursor, recoder.bottom);
  openHeld(recoder);
}

/** Returns `statusRoom` if the bits did not fit. */
export function recodingStatus(): i32 {
  return areRowsCut ? statusRoom : statusOk;
}

/** Returns the pixels of a side of the frame's MCUs: those of one component follow each other block by block. */
// @ts-ignore: decorator
@inline
function sideShift(): i32 {
  return convertsColors || componentCount == 1 ? 3 : 4;
}

/** Recodes MCUs from `first` to before `last`; returns which one it got to. */
export function recodeMcus(first: i32, last: i32, across: i32): i32 {
  return goThrough(first, last, across, false);
}

/** Gives up MCUs: their blocks become grey, and their rows are marked. */
export function loseRecoded(first: i32, last: i32, across: i32): void {
  goThrough(first, last, across, true);
}

function goThrough(first: i32, last: i32, across: i32, areLost: bool): i32 {
  const shift = sideShift();
  let row = first / across;
  let column = first % across;
  for (let mcu = first; mcu < last; mcu++) {
    const x = (column << shift) - recoder.left;
    const y = (row << shift) - recoder.top;
    if (<u32>x < <u32>recoder.width && <u32>y < <u32>recoder.height) {
      if (areLost) markRow(row, 1 << (shift - 3), false);
      if (!(convertsColors ? recodeColors(x, y, areLost) : recodeMcu(x, y, areLost))) return mcu;
    } else if (!areLost && !skipMcu()) {
      return mcu;
    }
    if (++column == across) {
      column = 0;
      row++;
    }
  }
  return last;
}

/** Reads past an MCU that nothing is made of; returns whether it could be read. */
function skipMcu(): bool {
  for (let index: i32 = 0; index < componentCount; index++) {
    const item = component(index);
    const count = componentCount == 1 ? 1 : item.horizontal * item.vertical;
    for (let rest = count; rest > 0; rest--) {
      if (skipBlock(item.dc, item.ac) < 0 || bitsOverdrawn()) return false;
      item.prediction += dcDifference;
    }
  }
  return true;
}

/** Recodes the MCU at `x`, `y` of the part that is passed on; returns whether it could be read. */
function recodeMcu(x: i32, y: i32, isLost: bool): bool {
  const shift = sideShift();
  if (x == 0) beginRow(recoder.rows + <usize>((y >> shift) * jpegRowBitsBytes));
  beginMcu();
  for (let index: i32 = 0; index < componentCount; index++) {
    const item = component(index);
    const across = componentCount == 1 ? 1 : item.horizontal;
    const down = componentCount == 1 ? 1 : item.vertical;
    const coarser = index > 0 ? 1 : 0;
    for (let block: i32 = 0; block < across * down; block++) {
      let last: i32 = 0;
      let dc: i32 = 0;
      if (!isLost) {
        last = decodeBlock(coefficients, item.dc, item.ac, item.dequantisation);
        if (last < 0 || bitsOverdrawn()) {
          clearCoefficients();
          abandonMcu();
          return false;
        }
        dc = nextDc(item);
      }
      const left = (x >> coarser) + (block % across << 3);
      const upper = (y >> coarser) + (block / across << 3);
      putBlock(index, coarser, levels, levelsOf(index, coarser, left, upper, dc, last));
    }
  }
  endMcu();
  if (x + (1 << shift) >= recoder.width) recoder.cursor = endRow();
  return true;
}

/** Predicts with the difference just read and returns the dequantised DC coefficient. */
// @ts-ignore: decorator
@inline
function nextDc(item: Component): i32 {
  item.prediction += dcDifference;
  return dequantise(item.prediction, dequantisationOf(item.dequantisation, 0));
}

/**
 * Quantises the block in `coefficients` at `left`, `upper` of its component to `levels`, and clears it. Returns the zigzag
 * mask of the levels that are not zero.
 */
// @ts-ignore: decorator
@inline
function levelsOf(index: i32, coarser: i32, left: i32, upper: i32, dc: i32, last: i32): u64 {
  const width = (recoder.width + coarser) >> coarser;
  const height = (recoder.height + coarser) >> coarser;
  const reciprocals = recoder.encoder.reciprocals(coarser);
  if (left >= width || upper >= height) {
    if (last != 0) clearCoefficients();
    // A block that only completes the MCU is never seen: repeating the DC coefficient takes the fewest bits.
    store<i16>(levels, lastLevel(index));
    return 0;
  }
  store<i16>(coefficients, dc);
  if (left + 8 <= width && upper + 8 <= height) {
    const isHigh = hasHigh(coefficients, last);
    // Of one colour it may be as black or white as it likes.
    if (last == 0 || !isBeyondRange(coefficients, isHigh, 0)) {
      return requantise(coefficients, isHigh, 0, reciprocals, levels);
    }
  }
  inverseTransform(coefficients, last, samples, 8);
  extendSamples(samples, width - left, height - upper);
  return forwardTransform(samples, 8, levels, reciprocals);
}

/**
 * Encodes a tile whose samples are in the planes of the recoder's encoder, as rows of bits like those of one that is decoded.
 * Returns a status.
 */
export function recodeJpegPlanes(pointer: usize): i32 {
  openRecoding(pointer);
  const encoder = recoder.encoder;
  const across = encoder.plane(0).horizontal;
  const down = encoder.plane(0).vertical;
  for (let y: i32 = 0; y << 3 < recoder.height; y += down) {
    beginRow(recoder.rows + <usize>((y / down) * jpegRowBitsBytes));
    for (let x: i32 = 0; x << 3 < recoder.width; x += across) {
      for (let index: i32 = 0; index < encoder.componentCount; index++) {
        const plane = encoder.plane(index);
        const reciprocals = encoder.reciprocals(plane.tables);
        for (let block: i32 = 0; block < plane.horizontal * plane.vertical; block++) {
          const left = ((x / across) * plane.horizontal + (block % plane.horizontal)) << 3;
          const upper = ((y / down) * plane.vertical + block / plane.horizontal) << 3;
          const present = transformAt(plane, left, upper, lastLevel(index), reciprocals, levels);
          putBlock(index, plane.tables, levels, present);
        }
      }
      endMcu();
    }
    recoder.cursor = endRow();
  }
  return recodingStatus();
}
