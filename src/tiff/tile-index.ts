import { maxTileBytes } from "../limits.ts";
import { malformed } from "./faults.ts";
import type { Level } from "./level.ts";

/** Where one compressed tile lies in the file, in bytes. */
export interface TileRange {
  readonly offset: number;
  readonly length: number;
}

/**
 * Returns where the tile at `column`, `row` lies, or undefined for one that was never written. Throws
 * `source-malformed` for a tile that claims more than `maxTileBytes` or bytes beyond the end of the file.
 */
export function tileRange(level: Level, column: number, row: number, sourceSize: number): TileRange | undefined {
  const index = row * level.columns + column;
  const offset = level.offsets[index];
  const length = level.byteCounts[index];
  if (offset === undefined || length === undefined) throw new RangeError(`no tile ${column}, ${row}`);
  if (length === 0 || offset === 0) return undefined;
  if (length > maxTileBytes || offset + length > sourceSize) {
    throw malformed(`tile ${column}, ${row} of ${length} bytes at ${offset} in a file of ${sourceSize}`);
  }
  return { offset, length };
}
