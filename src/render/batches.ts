import { isReadByRows } from "../codec/tile-decoder.ts";
import { maxTilesPerRender } from "../limits.ts";
import { partsOf } from "../pyramid/tile-encoding.ts";
import { tileRanges } from "../pyramid/tile-index.ts";
import type { Turn } from "../raster/orientation.ts";
import { type Remedy, refuseAboveLimits } from "./cost.ts";
import type { LevelChoice } from "./level.ts";
import { planReads, type ReadPlan, type TileWanted } from "./reads.ts";
import { storedPlace } from "./turned-level.ts";

/** Tile rows that are read together, so that their reads can be joined, and drawn one after another. */
export interface Batch {
  readonly tileRows: readonly TileRow[];
  readonly reads: readonly ReadPlan[];
}

/** The tiles of one row of the grid that a render needs, left to right, or a part of them if they are many bytes. */
export interface TileRow {
  readonly row: number;
  readonly tiles: readonly TileWanted[];
}

/**
 * A batch takes on tile rows until it has this many compressed bytes: the next is read while it is drawn. Tiles that are
 * turned onto their side are read down the columns of the file, far apart but for those of many columns together.
 */
const batchBytes = { upright: 1 << 20, sideways: 8 << 20 } as const;

/** What batches depend on next to the choice of a level. */
export interface BatchFacts {
  readonly tileTurn: Turn;
  /** Length of the file in bytes. */
  readonly sourceSize: number;
  /** What helps against too many tiles. */
  readonly remedy?: Remedy;
}

/** A row of tiles with more compressed bytes than this is read and decoded in parts of about as many. */
const partBytes = 8 << 20;

/**
 * Lists the tiles under the window of a level, top to bottom, in batches; `tileTurn` is how they are turned as they are
 * decoded, which the choice is laid on already. Throws `render-too-costly` when there are more
 * than one rendering may decode, before listing them, and `source-malformed` for tiles outside the file.
 */
export function planBatches(
  { grid, stored, window }: LevelChoice,
  { tileTurn, sourceSize, remedy }: BatchFacts,
): readonly Batch[] {
  const limitBytes = tileTurn.quarterTurns % 2 === 1 ? batchBytes.sideways : batchBytes.upright;
  const firstColumn = Math.floor(window.x / grid.tileWidth);
  const firstRow = Math.floor(window.y / grid.tileLength);
  const columns = Math.floor((window.x + window.width - 1) / grid.tileWidth) - firstColumn + 1;
  const rows = Math.floor((window.y + window.height - 1) / grid.tileLength) - firstRow + 1;
  const tileCount = columns * rows * partsOf(stored.encoding);
  if (tileCount > maxTilesPerRender) {
    refuseAboveLimits({ tiles: tileCount, decodedPixels: 0, reads: 0, readBytes: 0, peakBytes: 0 }, { work: remedy });
  }
  const batches: Batch[] = [];
  const isRead = isReadByRows(stored, tileTurn);
  let pending: TileRow[] = [];
  let pendingBytes = 0;
  const close = (): void => {
    const gathered = pending.flatMap(({ tiles }) => tiles).filter((tile) => !tile.isReadByRows);
    if (pending.length > 0) batches.push({ tileRows: pending, reads: planReads(gathered) });
    pending = [];
    pendingBytes = 0;
  };
  for (let row = firstRow; row < firstRow + rows; row++) {
    const tiles: TileWanted[] = [];
    for (let column = firstColumn; column < firstColumn + columns; column++) {
      const place = storedPlace(grid, { column, row }, tileTurn);
      const storedRows = stored.isStripped ? stored.height - place.row * stored.tileLength : stored.tileLength;
      tiles.push({
        column,
        row,
        storedRows: Math.min(stored.tileLength, storedRows),
        levelRow: place.row * stored.tileLength,
        ranges: tileRanges(stored, place, sourceSize),
        isReadByRows: isRead,
      });
    }
    for (const part of divideRow(tiles)) {
      const bytes = part.reduce((sum, tile) => sum + bytesOf(tile), 0);
      if (pendingBytes + bytes > limitBytes) close();
      pending.push({ row, tiles: part });
      pendingBytes += bytes;
    }
  }
  close();
  return batches;
}

function divideRow(tiles: readonly TileWanted[]): readonly (readonly TileWanted[])[] {
  const parts: TileWanted[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const tile of tiles) {
    bytes += bytesOf(tile);
    if (bytes > partBytes) {
      parts.push([]);
      bytes = bytesOf(tile);
    }
    parts.at(-1)?.push(tile);
  }
  return parts;
}

function bytesOf({ ranges = [] }: TileWanted): number {
  return ranges.reduce((sum, { length }) => sum + length, 0);
}
