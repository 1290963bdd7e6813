// Undoes PNG's filters, pixel by pixel in the low lanes of a vector. Source: PNG third edition, section 9.
import { average, averageOf, none, paeth, paethOf, sub, up } from "./filter";

/**
 * Stores the first `count` bytes of `bytes`, 1, 2, 3, 4, 6 or 8, and nothing after them, because that is still to be
 * read.
 */
// @ts-ignore: decorator
@inline
function storePixel(target: usize, bytes: v128, count: i32): void {
  if (count == 1) store<u8>(target, i8x16.extract_lane_u(bytes, 0));
  else if (count == 8) v128.store64_lane(target, bytes, 0);
  else if (count < 4) {
    store<u16>(target, i16x8.extract_lane_u(bytes, 0));
    if (count == 3) store<u8>(target, i8x16.extract_lane_u(bytes, 2), 2);
  } else {
    v128.store32_lane(target, bytes, 0);
    if (count == 6) store<u16>(target, i16x8.extract_lane_u(bytes, 2), 4);
  }
}

/** Rows of bytes that don't depend on anything to their left. */
function addAbove(row: usize, above: usize, rowBytes: i32): void {
  let at = 0;
  for (; at + 16 <= rowBytes; at += 16) v128.store(row + at, i8x16.add(v128.load(row + at), v128.load(above + at)));
  for (; at < rowBytes; at++) store<u8>(row + at, load<u8>(row + at) + load<u8>(above + at));
}

function undoSub(row: usize, pixelBytes: i32, rowBytes: i32): void {
  let left = i8x16.splat(0);
  for (let at = 0; at < rowBytes; at += pixelBytes) {
    left = i8x16.add(v128.load64_zero(row + at), left);
    storePixel(row + at, left, pixelBytes);
  }
}

function undoAverage(row: usize, above: usize, pixelBytes: i32, rowBytes: i32): void {
  let left = i8x16.splat(0);
  for (let at = 0; at < rowBytes; at += pixelBytes) {
    left = i8x16.add(v128.load64_zero(row + at), averageOf(left, v128.load64_zero(above + at)));
    storePixel(row + at, left, pixelBytes);
  }
}

function undoPaeth(row: usize, above: usize, pixelBytes: i32, rowBytes: i32): void {
  let left = i8x16.splat(0);
  let corner = i8x16.splat(0);
  for (let at = 0; at < rowBytes; at += pixelBytes) {
    const upper = v128.load64_zero(above + at);
    left = i8x16.add(v128.load64_zero(row + at), paethOf(left, upper, corner));
    storePixel(row + at, left, pixelBytes);
    corner = upper;
  }
}

// @ts-ignore: decorator
@inline
function magnitude(value: i32): i32 {
  const sign = value >> 31;
  return (value ^ sign) - sign;
}

/** For pixels of one byte: numbers take half the time of vectors with idle lanes. */
function undoPaethOfBytes(row: usize, above: usize, rowBytes: i32): void {
  let left: i32 = 0;
  let corner: i32 = 0;
  for (let at = 0; at < rowBytes; at++) {
    const upper = <i32>load<u8>(above + at);
    const toLeft = magnitude(upper - corner);
    const toUpper = magnitude(left - corner);
    const toCorner = magnitude(left + upper - 2 * corner);
    const upperOrCorner = select(upper, corner, toUpper <= toCorner);
    const nearest = select(left, upperOrCorner, toLeft <= min(toUpper, toCorner));
    left = (<i32>load<u8>(row + at) + nearest) & 255;
    store<u8>(row + at, left);
    corner = upper;
  }
}

/**
 * Undoes the filters of `count` rows in place, each a filter's number and `rowBytes` bytes; the row above the first is
 * directly before it in the same form. A pixel has 1, 2, 3, 4, 6 or 8 bytes. Returns the number of rows done, fewer
 * than `count` if a filter number is invalid. Reads up to 8 bytes past the last row.
 */
export function unfilterPngRows(rows: usize, rowBytes: i32, pixelBytes: i32, count: i32): i32 {
  const stride = rowBytes + 1;
  for (let index = 0; index < count; index++) {
    const filter = <i32>load<u8>(rows);
    const row = rows + 1;
    const above = row - stride;
    if (filter == sub) undoSub(row, pixelBytes, rowBytes);
    else if (filter == up) addAbove(row, above, rowBytes);
    else if (filter == average) undoAverage(row, above, pixelBytes, rowBytes);
    else if (filter == paeth && pixelBytes == 1) undoPaethOfBytes(row, above, rowBytes);
    else if (filter == paeth) undoPaeth(row, above, pixelBytes, rowBytes);
    else if (filter != none) return index;
    rows += stride;
  }
  return count;
}
