// MCUs of red, green and blue, each of one block, decoded to luma and halved chroma.

import { bitsOverdrawn } from "./bits";
import { copyClipped, samples } from "./block";
import { dcDifference, decodeBlock, skipBlock } from "./coefficients";
import { Component, component } from "./frame";
import { dequantisationOf, dequantise } from "./quantisation";
import { clearColors, colorBlocks, fillColors, transformColors } from "./rgb-block";

/** Samples of chroma of a block that is not written whole; those of luma are in `samples`. */
const cbSamples = memory.data(4 * 8, 16);
const crSamples = memory.data(4 * 8, 16);

/** Decodes MCUs from `first` to before `last`; returns which one it got to. */
export function decodeColors(first: i32, last: i32, across: i32): i32 {
  let row = first / across;
  let column = first % across;
  for (let mcu = first; mcu < last; mcu++) {
    if (!decodeNextColors(column, row)) {
      clearColors();
      return mcu;
    }
    if (++column == across) {
      column = 0;
      row++;
    }
  }
  return last;
}

function decodeNextColors(column: i32, row: i32): bool {
  const isNeeded = component(0).needs(column, row);
  let last: i32 = 0;
  for (let index: i32 = 0; index < 3; index++) {
    const item = component(index);
    const block = colorBlocks + (<usize>index << 7);
    const result = isNeeded ? decodeBlock(block, item.dc, item.ac, item.dequantisation) : skipBlock(item.dc, item.ac);
    if (result < 0 || bitsOverdrawn()) return false;
    last = max(last, result);
    item.prediction += dcDifference;
    if (isNeeded) store<i16>(block, dequantise(item.prediction, dequantisationOf(item.dequantisation, 0)));
  }
  if (isNeeded) placeColors(column, row, last);
  return true;
}

/**
 * Writes the blocks in `colorBlocks` and clears them; `last` is the greatest zigzag index of coefficients that may not be
 * zero.
 */
export function placeColors(column: i32, row: i32, last: i32): void {
  const luma = component(0);
  const cb = component(1);
  const cr = component(2);
  if (luma.needsWhole(column, row)) {
    writeColors(
      last,
      placeOf(luma, column, row, 3),
      luma.plane.stride,
      placeOf(cb, column, row, 2),
      cb.plane.stride,
      placeOf(cr, column, row, 2),
      cr.plane.stride,
    );
    return;
  }
  writeColors(last, samples, 8, cbSamples, 8, crSamples, 8);
  copyClipped(luma, samples, column << 3, row << 3, 8);
  copyClipped(cb, cbSamples, column << 2, row << 2, 4);
  copyClipped(cr, crSamples, column << 2, row << 2, 4);
}

/** Returns where the block of a component of `1 << shift` samples a side is written. */
// @ts-ignore: decorator
@inline
function placeOf(item: Component, column: i32, row: i32, shift: i32): usize {
  return item.plane.pointer + <usize>(row << shift) * item.plane.stride + (column << shift);
}

// @ts-ignore: decorator
@inline
function writeColors(
  last: i32,
  luma: usize,
  lumaStride: usize,
  cb: usize,
  cbStride: usize,
  cr: usize,
  crStride: usize,
): void {
  if (last == 0) fillColors(luma, lumaStride, cb, cbStride, cr, crStride);
  else transformColors(last, luma, lumaStride, cb, cbStride, cr, crStride);
}
