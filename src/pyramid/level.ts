import type { Size } from "../geometry.ts";
import { maxSidePixels } from "../limits.ts";
import { malformed, unsupported } from "./faults.ts";
import { checkTileEncoding, type TileEncoding } from "./tile-encoding.ts";
import { checkTileSize, countTiles, type TileGrid } from "./tile-grid.ts";
/** One resolution of an image. */
export interface Level extends Size, TileGrid {
  readonly encoding: TileEncoding;
}

/**
 * Checks a level of at most `maxTiles` for everything that `readLevel` would refuse, except its tiles' places, which
 * are checked on use. Throws what `readLevel` throws.
 */
export function checkLevel(level: Level, maxTiles: number): void {
  const { width, height, tileWidth, tileLength, isStripped, encoding } = level;
  checkSize(level);
  checkTileEncoding(encoding);
  checkTileSize(level);
  if (isStripped && (tileWidth !== width || tileLength > height))
    throw malformed("strips that are not part of the image");
  const { columns, rows, count } = countTiles(level, level, { encoding, maxTiles });
  const isWhole = level.columns === columns && level.rows === rows;
  if (!isWhole || level.offsets.length !== count || level.byteCounts.length !== count) {
    throw malformed(`${level.columns} by ${level.rows} tiles of ${columns} by ${rows}`);
  }
  refuseOddChroma(level, encoding);
}

/**
 * Checks that no chroma sample spans two tiles. Throws `source-unsupported`. Source: TIFF 6.0 §21: sides are whole
 * multiples of the subsampling.
 */
export function refuseOddChroma(
  { tileWidth, tileLength, columns, rows }: TileGrid,
  { subsampling }: TileEncoding,
): void {
  const isOdd = (columns > 1 && tileWidth % subsampling.x !== 0) || (rows > 1 && tileLength % subsampling.y !== 0);
  if (isOdd) throw unsupported("has tiles or strips that cut through chroma samples");
}

/** Checks width and height. Throws `source-malformed` if they are zero or above the limit. */
export function checkSize({ width, height }: Size): void {
  if (width < 1 || height < 1 || width > maxSidePixels || height > maxSidePixels) {
    throw malformed(`an image of ${width} by ${height} pixels`);
  }
}
