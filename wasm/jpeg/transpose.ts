import { interleaveHigh, interleaveLow } from "./rotation";

// @ts-ignore: decorator
@inline
function interleaveLow32(a: v128, b: v128): v128 {
  return i32x4.shuffle(a, b, 0, 4, 1, 5);
}

// @ts-ignore: decorator
@inline
function interleaveHigh32(a: v128, b: v128): v128 {
  return i32x4.shuffle(a, b, 2, 6, 3, 7);
}

/** Transposes the 8x8 16-bit numbers at `block` in place. */
// @ts-ignore: decorator
@inline
export function transposeBlock(block: usize): void {
  const row0 = v128.load(block);
  const row1 = v128.load(block, 16);
  const row2 = v128.load(block, 32);
  const row3 = v128.load(block, 48);
  const row4 = v128.load(block, 64);
  const row5 = v128.load(block, 80);
  const row6 = v128.load(block, 96);
  const row7 = v128.load(block, 112);
  const low01 = interleaveLow(row0, row1);
  const high01 = interleaveHigh(row0, row1);
  const low23 = interleaveLow(row2, row3);
  const high23 = interleaveHigh(row2, row3);
  const low45 = interleaveLow(row4, row5);
  const high45 = interleaveHigh(row4, row5);
  const low67 = interleaveLow(row6, row7);
  const high67 = interleaveHigh(row6, row7);
  const columns01Top = interleaveLow32(low01, low23);
  const columns23Top = interleaveHigh32(low01, low23);
  const columns01Bottom = interleaveLow32(low45, low67);
  const columns23Bottom = interleaveHigh32(low45, low67);
  const columns45Top = interleaveLow32(high01, high23);
  const columns67Top = interleaveHigh32(high01, high23);
  const columns45Bottom = interleaveLow32(high45, high67);
  const columns67Bottom = interleaveHigh32(high45, high67);
  v128.store(block, i64x2.shuffle(columns01Top, columns01Bottom, 0, 2), 0);
  v128.store(block, i64x2.shuffle(columns01Top, columns01Bottom, 1, 3), 16);
  v128.store(block, i64x2.shuffle(columns23Top, columns23Bottom, 0, 2), 32);
  v128.store(block, i64x2.shuffle(columns23Top, columns23Bottom, 1, 3), 48);
  v128.store(block, i64x2.shuffle(columns45Top, columns45Bottom, 0, 2), 64);
  v128.store(block, i64x2.shuffle(columns45Top, columns45Bottom, 1, 3), 80);
  v128.store(block, i64x2.shuffle(columns67Top, columns67Bottom, 0, 2), 96);
  v128.store(block, i64x2.shuffle(columns67Top, columns67Bottom, 1, 3), 112);
}
