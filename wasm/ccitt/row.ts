// A row as the positions where its color changes: needed both for the next row's codes and for drawing its pixels.

/** How many times the width is repeated after the last change, so that looking for a change needs no check. */
const sentinels: usize = 4;

/** Runs without a pixel that a row may have: real rows have a few, damage could make them endless. */
const mostEmptyRuns: i32 = 1024;

/** Pixels of a row. */
export let rowWidth: i32 = 0;
/** The changes of the row above: ascending i32 positions, the first to black, then the sentinels. */
export let reference: usize = 0;
/** The same for the row being read. */
let changes: usize = 0;
/** The place after the last change. */
let changesEnd: usize = 0;
/** How many more changes may be added where there is one already. */
let emptyRunsLeft: i32 = 0;

/** What is marked of a row: all of it was read, nothing or not enough to go on, all but its end or too much. */
export const markWhole: i32 = 0;
export const markMissing: i32 = 1;
export const markUneven: i32 = 2;

/** One byte for each row that is wanted. */
let rowMarks: usize = 0;

/** Begins with no row read; `marks` has a byte for each of `rows`. */
export function openMarks(marks: usize, rows: i32): void {
  rowMarks = marks;
  memory.fill(marks, <u8>markMissing, rows);
}

/** Marks a row that was read. */
export function markRow(row: i32, mark: i32): void {
  store<u8>(rowMarks + row, mark);
}

/** Returns the size of the workspace for rows of `width` pixels, in bytes. */
export function ccittWorkBytes(width: i32): i32 {
  return (width + mostEmptyRuns + <i32>sentinels) << 3;
}

/** Begins with a white row of `width` pixels above the first one; `work` has `ccittWorkBytes(width)` bytes. */
export function openRows(work: usize, width: i32): void {
  rowWidth = width;
  changes = work;
  reference = work + ((<usize>(width + mostEmptyRuns) + sentinels) << 2);
  beginRow();
  endRow();
}

/** Forgets all changes of the row being read. */
export function beginRow(): void {
  changesEnd = changes;
  emptyRunsLeft = mostEmptyRuns;
}

/** Makes the row that was read the row above. */
export function endRow(): void {
  for (let index: usize = 0; index < sentinels; index++) store<i32>(changesEnd + (index << 2), rowWidth);
  const row = changes;
  changes = reference;
  reference = row;
}

/**
 * Adds a change at `position`, which is not before the last one. Two at the same place are a run without a pixel. The
 * modes of the next row count such runs too, so they stay; past `mostEmptyRuns` the two cancel each other, and a row never
 * has more changes than its workspace.
 */
// @ts-ignore: decorator
@inline
export function addChange(position: i32): void {
  if (position >= rowWidth) return;
  const isEmptyRun = changesEnd > changes && load<i32>(changesEnd - 4) == position;
  if (isEmptyRun && --emptyRunsLeft < 0) {
    changesEnd -= 4;
    return;
  }
  store<i32>(changesEnd, position);
  changesEnd += 4;
}

/** Makes the rest of the row white. */
export function whitenRest(): void {
  if ((changesEnd - changes) & 4) changesEnd -= 4;
}

/** Sets the bits of the row's black runs in a row of zeros at `target`. */
export function drawRow(target: usize): void {
  for (let at = changes; at < changesEnd; at += 8) {
    const from = load<i32>(at);
    const to = at + 4 < changesEnd ? load<i32>(at + 4) : rowWidth;
    if (to > from) setBits(target, from, to);
  }
}

/** Sets the bits from `from` to before `to`, which is larger. */
// @ts-ignore: decorator
@inline
function setBits(row: usize, from: i32, to: i32): void {
  let byte = row + (from >>> 3);
  const last = row + ((to - 1) >>> 3);
  const first = 0xff >>> (from & 7);
  const rest = 0xff << (7 - ((to - 1) & 7));
  if (byte == last) {
    store<u8>(byte, load<u8>(byte) | (first & rest));
    return;
  }
  store<u8>(byte, load<u8>(byte) | first);
  byte += 1;
  if (last - byte < 16) {
    while (byte < last) store<u8>(byte++, 0xff);
  } else {
    memory.fill(byte, 0xff, last - byte);
  }
  store<u8>(last, load<u8>(last) | rest);
}
