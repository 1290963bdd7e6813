// MCUs of red, green and blue, each of one block, recoded to luma and halved chroma. An MCU of the picture is made of four of
// them, in two rows: what the first row becomes is held until the second is there.

import { bitsOverdrawn } from "./bits";
import { samples } from "./block";
import { dcDifference, decodeBlock } from "./coefficients";
import { transformAt } from "./encode";
import { forwardTransform } from "./fdct";
import { component } from "./frame";
import { inverseTransformFine } from "./idct";
import { dequantisationOf, dequantise } from "./quantisation";
import { Recoder } from "./recoder";
import { isBeyondRange, requantise } from "./requantise";
import { clearColors, colorBlocks, convertColors, fractionBits } from "./rgb-block";
import { beginMcu, beginRow, endMcu, endRow, jpegRowBitsBytes, lastLevel, putBlock } from "./row-bits";

/** The levels of a block of luma, their mask, and 4 x 4 samples of Cb and of Cr; for each of two blocks. */
const lumaBytes: usize = 2 * 128;
const maskBytes: usize = 2 * 8;
const chromaBytes: usize = 2 * 16;
/** What is held of each column of blocks. */
export const jpegHeldBytes: i32 = <i32>(lumaBytes + maskBytes + 2 * chromaBytes);

let recoder: Recoder = changetype<Recoder>(0);
let columns: i32 = 0;
let masks: usize = 0;
let chroma: usize = 0;

/** The levels of one block. */
const levels = memory.data(128, 16);

/** Begins a tile. */
export function openHeld(tile: Recoder): void {
  recoder = tile;
  columns = (tile.width + 7) >> 3;
  masks = tile.held + <usize>columns * lumaBytes;
  chroma = masks + <usize>columns * maskBytes;
}

/** Recodes the MCU at `x`, `y` of the part that is passed on; returns whether it could be read. */
export function recodeColors(x: i32, y: i32, isLost: bool): bool {
  let last: i32 = 0;
  for (let index: i32 = 0; index < 3 && !isLost; index++) {
    const item = component(index);
    const block = colorBlocks + (<usize>index << 7);
    const result = decodeBlock(block, item.dc, item.ac, item.dequantisation);
    if (result < 0 || bitsOverdrawn()) {
      clearColors();
      return false;
    }
    last = max(last, result);
    item.prediction += dcDifference;
    store<i16>(block, dequantise(item.prediction, dequantisationOf(item.dequantisation, 0)));
  }
  holdColors(x, y, last);
  const isSecond = (y & 8) != 0;
  if (x + 8 >= recoder.width && (isSecond || y + 8 >= recoder.height)) putRow(y >> 4, isSecond ? 2 : 1);
  return true;
}

/** Converts the blocks in `colorBlocks`, whose greatest zigzag index is `last`, and clears them. */
function holdColors(x: i32, y: i32, last: i32): void {
  const place = <usize>(((y >> 3) & 1) * columns + (x >> 3));
  const stride = <usize>columns << 2;
  const cb = chroma + <usize>((y & 8) >> 1) * stride + (x >> 1);
  const isHigh = convertColors(last, cb, stride, cb + (stride << 3), stride);
  const to = recoder.held + (place << 7);
  const reciprocals = recoder.encoder.reciprocals(0);
  let present: u64;
  const isPassed = last == 0 || !isBeyondRange(colorBlocks, isHigh, fractionBits);
  if (isPassed && x + 8 <= recoder.width && y + 8 <= recoder.height) {
    present = requantise(colorBlocks, isHigh, fractionBits, reciprocals, to);
  } else {
    inverseTransformFine(colorBlocks, isHigh, samples, 8);
    extendSamples(samples, recoder.width - x, recoder.height - y);
    present = forwardTransform(samples, 8, to, reciprocals);
  }
  store<u64>(masks + (place << 3), present);
}

/** Puts what is held into a row of MCUs, of `rowCount` rows of blocks. */
function putRow(row: i32, rowCount: i32): void {
  const encoder = recoder.encoder;
  const stride = columns << 2;
  for (let index: i32 = 1; index < 3; index++) {
    const plane = encoder.plane(index);
    plane.pointer = chroma + <usize>((index - 1) * (stride << 3));
    plane.stride = stride;
    plane.width = (recoder.width + 1) >> 1;
    plane.height = min(8, (recoder.height - (row << 4) + 1) >> 1);
  }
  beginRow(recoder.rows + <usize>(row * jpegRowBitsBytes));
  for (let column: i32 = 0; column < columns; column += 2) {
    beginMcu();
    for (let block: i32 = 0; block < 4; block++) putLuma(column + (block & 1), block >> 1, rowCount);
    for (let index: i32 = 1; index < 3; index++) {
      const present = transformAt(encoder.plane(index), column << 2, 0, 0, encoder.reciprocals(1), levels);
      putBlock(index, 1, levels, present);
    }
    endMcu();
  }
  recoder.cursor = endRow();
}

// @ts-ignore: decorator
@inline
function putLuma(column: i32, row: i32, rowCount: i32): void {
  const place = <usize>(row * columns + column);
  if (column < columns && row < rowCount) {
    putBlock(0, 0, recoder.held + (place << 7), load<u64>(masks + (place << 3)));
  } else {
    store<i16>(levels, lastLevel(0));
    putBlock(0, 0, levels, 0);
  }
}

/** Repeats the last column and row of a block's first `width` by `height` samples beyond them. */
export function extendSamples(block: usize, width: i32, height: i32): void {
  for (let y: i32 = 0; y < 8; y++) {
    const from = block + (<usize>min(y, height - 1) << 3);
    const to = block + (<usize>y << 3);
    for (let x: i32 = 0; x < 8; x++) store<u8>(to + x, load<u8>(from + min(x, width - 1)));
  }
}
