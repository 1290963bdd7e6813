// Which rows of a frame damage took, by rows of blocks of its finest component.

/** Rows that a mark stands for. */
export const jpegMarkRows: i32 = 8;
/** Nothing of the rows was read, or they lack detail that a later scan would have brought. */
const markMissing: u8 = 1;
const markCoarse: u8 = 2;

const marksMaximum: i32 = 65536 / jpegMarkRows;
/** A mark for every `jpegMarkRows` rows of the frame; 0 for those that are whole. */
export const jpegMarks: usize = memory.data(marksMaximum, 16);

/** Whether anything is marked. */
export let isMarked: bool = false;

/** Forgets all marks. */
export function clearMarks(): void {
  memory.fill(jpegMarks, 0, marksMaximum);
  isMarked = false;
}

/** Marks all that is not marked yet: later scans would have brought detail to any row. */
export function coarsenAll(): void {
  isMarked = true;
  for (let index: i32 = 0; index < marksMaximum; index++) {
    if (load<u8>(jpegMarks + index) == 0) store<u8>(jpegMarks + index, markCoarse);
  }
}

/** Marks a row of blocks of a component that has `factor` times fewer rows than the finest. */
export function markRow(row: i32, factor: i32, isCoarse: bool): void {
  isMarked = true;
  for (let index: i32 = row * factor; index < min((row + 1) * factor, marksMaximum); index++) {
    const place = jpegMarks + index;
    if (!isCoarse) store<u8>(place, markMissing);
    else if (load<u8>(place) == 0) store<u8>(place, markCoarse);
  }
}
