// Columns of a plane, each held for as many rows as it is needed: a ring of 64 columns holds its last rows. The plane is
// padded by two samples on all sides, which repeat the outermost. Windows of 4 by 4 samples that begin in a ring lie in it:
// its rows have the first columns of the next ring too, and behind its last row its first three come again.

/** A ring is 2 to the power of this many columns wide. */
export const ringBits: i32 = 6;
/** Bytes of a row of a ring. */
export const ringStride: i32 = 72;
const edge: i32 = 2;
const again: i32 = 3;

/**
 * Adds `rows` rows of `width` samples to rings, the first of them as row `firstRow` of the padded plane; a stride of 0
 * repeats one. Each of `ringCount` rings is two words: where it begins, and how many rows it holds. `line` has room for the
 * columns of all rings and one more.
 */
export function addToRings(
  source: usize,
  sourceStride: i32,
  width: i32,
  rows: i32,
  firstRow: i32,
  rings: usize,
  ringCount: i32,
  line: usize,
): void {
  const end = rings + (<usize>ringCount << 3);
  for (let row = firstRow; row < firstRow + rows; row++) {
    memory.fill(line, load<u8>(source), edge);
    memory.copy(line + edge, source, width);
    memory.fill(line + edge + width, load<u8>(source + width - 1), edge);
    let from = line;
    for (let ring = rings; ring < end; ring += 8) {
      const held = load<i32>(ring, 4);
      const slot = row % held;
      const at = load<usize>(ring) + <usize>(slot * ringStride);
      copyRow(from, at);
      if (slot < again) copyRow(from, at + <usize>(held * ringStride));
      from += 1 << ringBits;
    }
    source += sourceStride;
  }
}

// @ts-ignore: decorator
@inline
function copyRow(from: usize, to: usize): void {
  v128.store(to, v128.load(from));
  v128.store(to, v128.load(from, 16), 16);
  v128.store(to, v128.load(from, 32), 32);
  v128.store(to, v128.load(from, 48), 48);
  store<u64>(to, load<u64>(from, 64), 64);
}
