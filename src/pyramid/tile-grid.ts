import type { Size } from "../geometry.ts";
import { maxStripPixels, maxTilePixels } from "../limits.ts";
import { malformed, unsupported } from "./faults.ts";
import type { Places } from "./places.ts";
import { partsOf, type TileEncoding } from "./tile-encoding.ts";
/**
 * The grid that divides the pixels of a directory: tiles of `tileWidth` x `tileLength` pixels. Strips are a grid of one
 * column, as wide as the image.
 */
export interface TileGrid {
  readonly tileWidth: number;
  readonly tileLength: number;
  readonly columns: number;
  readonly rows: number;
  /**
   * Whether the last row of tiles only holds the remaining rows of the image: true for strips, while tiles are padded.
   */
  readonly isStripped: boolean;
  /**
   * Where each tile starts, in bytes, row by row; in a planar level, all tiles of one sample come before those of the
   * next.
   */
  readonly offsets: Places;
  /** Size of each tile in bytes; 0 for a tile that was never written. */
  readonly byteCounts: Places;
}

/**
 * Holds a tile or strip to the size that is read. Throws `source-malformed` for one without pixels, `source-unsupported`
 * for a tile above `maxTilePixels` or a strip above `maxStripPixels`.
 */
export function checkTileSize({
  tileWidth,
  tileLength,
  isStripped,
}: Pick<TileGrid, "tileWidth" | "tileLength" | "isStripped">): void {
  const parts = isStripped ? "is stored in strips" : "has tiles";
  if (tileWidth < 1 || tileLength < 1) throw malformed(`tiles of ${tileWidth} by ${tileLength} pixels`);
  if (tileWidth * tileLength > (isStripped ? maxStripPixels : maxTilePixels)) {
    throw unsupported(`${parts} of ${tileWidth} by ${tileLength} pixels, which are too large to be read`);
  }
}

/**
 * Returns how many columns and rows of tiles a level has, and how many tiles: in a planar level, one for each sample.
 * Throws `source-malformed` above `maxTiles`.
 */
export function countTiles(
  size: Size,
  { tileWidth, tileLength }: Pick<TileGrid, "tileWidth" | "tileLength">,
  { encoding, maxTiles }: { readonly encoding: Pick<TileEncoding, "layout">; readonly maxTiles: number },
): { readonly columns: number; readonly rows: number; readonly count: number } {
  const columns = Math.ceil(size.width / tileWidth);
  const rows = Math.ceil(size.height / tileLength);
  const count = columns * rows * partsOf(encoding);
  if (count > maxTiles) throw malformed(`a level of ${count} tiles`);
  return { columns, rows, count };
}
