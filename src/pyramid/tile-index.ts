import { maxTileBytes } from "../limits.ts";
import { malformed } from "./faults.ts";
import type { Level } from "./level.ts";
import { partsOf } from "./tile-encoding.ts";

/** Where one compressed tile, or one part of it, is in the file, in bytes. */
export interface TileRange {
  readonly offset: number;
  readonly length: number;
}

/**
 * Returns where the parts of the tile at `column`, `row` are: one part, or one for each sample of a planar level;
 * undefined for a tile that was never written. Throws `source-malformed` for a tile that is larger than `maxTileBytes` and
 * not all of its file, extends beyond the end of the file, or was only written in part.
 */
export function tileRanges(
  level: Level,
  { column, row }: { readonly column: number; readonly row: number },
  sourceSize: number,
): readonly TileRange[] | undefined {
  const parts = partsOf(level.encoding);
  const ranges: TileRange[] = [];
  for (let part = 0; part < parts; part++) {
    const index = (part * level.rows + row) * level.columns + column;
    const offset = level.offsets[index];
    const length = level.byteCounts[index];
    if (offset === undefined || length === undefined) throw new RangeError(`no tile ${column}, ${row}`);
    if (isUnwritten(offset, length, sourceSize)) continue;
    // How large a file may be that is one tile was decided when it was opened.
    const isFile = offset === 0 && length === sourceSize;
    if (!isFile && isOutside(offset, length, sourceSize)) {
      throw malformed(`tile ${column}, ${row} of ${length} bytes at ${offset} in a file of ${sourceSize}`);
    }
    ranges.push({ offset, length });
  }
  if (ranges.length === 0) return undefined;
  if (ranges.length < parts) throw malformed(`tile ${column}, ${row} has ${ranges.length} of ${parts} planes`);
  return ranges;
}

/** Nothing overlaps the header, unless the tile is the whole file. */
function isUnwritten(offset: number, length: number, sourceSize: number): boolean {
  return length === 0 || (offset === 0 && length < sourceSize);
}

function isOutside(offset: number, length: number, sourceSize: number): boolean {
  return length > maxTileBytes || offset + length > sourceSize;
}

/** Returns whether all tiles of a level are inside a file of `sourceSize` bytes, or were never written. */
export function areTilesInside({ offsets, byteCounts }: Level, sourceSize: number): boolean {
  for (let index = 0; index < offsets.length; index++) {
    const offset = offsets[index] ?? -1;
    const length = byteCounts[index] ?? -1;
    // Written so that NaN fails every comparison.
    const isPlace = offset >= 0 && length >= 0 && Math.floor(offset) === offset && Math.floor(length) === length;
    if (!isPlace) return false;
    if (!isUnwritten(offset, length, sourceSize) && isOutside(offset, length, sourceSize)) return false;
  }
  return true;
}
