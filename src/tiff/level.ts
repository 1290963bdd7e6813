import type { Size } from "../geometry.ts";
import { maxSidePixels, maxTilesPerLevel } from "../limits.ts";
import { malformed, unsupported } from "./faults.ts";
import type { Fields } from "./fields.ts";
import { readStrips } from "./strips.ts";
import { tags } from "./tags.ts";
import { checkTileEncoding, readTileEncoding, type TileEncoding } from "./tile-encoding.ts";
import { checkTileSize, countTiles, readTiles, type TileGrid } from "./tile-grid.ts";

/** One resolution of an image. */
export interface Level extends Size, TileGrid {
  readonly encoding: TileEncoding;
}

/**
 * Reads one directory as a level of at most `maxTiles`, every number checked. Throws `source-malformed` for numbers that
 * contradict each other, `source-unsupported` for encodings that are not read. Source: TIFF 6.0 §3, §15.
 */
export async function readLevel(fields: Fields, maxTiles: number = maxTilesPerLevel): Promise<Level> {
  const size = await readSize(fields);
  const tileWidth = await fields.number(tags.tileWidth);
  const tileLength = await fields.number(tags.tileLength);
  const encoding = await readTileEncoding(fields);
  const isStripped = tileWidth === undefined && tileLength === undefined;
  const grid = isStripped
    ? await readStrips(fields, { size, encoding, maxTiles })
    : await readTiles(fields, { size, encoding, tileWidth, tileLength, maxTiles });
  refuseOddChroma(grid, encoding);
  return { ...size, ...grid, encoding };
}

/**
 * Holds a level of at most `maxTiles` to all that `readLevel` would have refused, but for its tiles' places, which are
 * judged where they are used. Throws what `readLevel` throws.
 */
export function checkLevel(level: Level, maxTiles: number): void {
  const { width, height, tileWidth, tileLength, isStripped, encoding } = level;
  checkSize(level);
  checkTileEncoding(encoding);
  checkTileSize(level);
  if (isStripped && (tileWidth !== width || tileLength > height))
    throw malformed("strips that are no part of the image");
  const { columns, rows, count } = countTiles(level, level, { encoding, maxTiles });
  const isWhole = level.columns === columns && level.rows === rows;
  if (!isWhole || level.offsets.length !== count || level.byteCounts.length !== count) {
    throw malformed(`${level.columns} by ${level.rows} tiles of ${columns} by ${rows}`);
  }
  refuseOddChroma(level, encoding);
}

/** A chroma sample must not lie in two tiles. Source: TIFF 6.0 §21: sides are whole multiples of the subsampling. */
function refuseOddChroma({ tileWidth, tileLength, columns, rows }: TileGrid, { subsampling }: TileEncoding): void {
  const isOdd = (columns > 1 && tileWidth % subsampling.x !== 0) || (rows > 1 && tileLength % subsampling.y !== 0);
  if (isOdd) throw unsupported("has tiles or strips that divide its chroma samples");
}

/** Reads width and height of a directory. Throws `source-malformed` where they are missing, zero or past the limit. */
export async function readSize(fields: Fields): Promise<Size> {
  const width = (await fields.number(tags.imageWidth)) ?? 0;
  const height = (await fields.number(tags.imageLength)) ?? 0;
  checkSize({ width, height });
  return { width, height };
}

function checkSize({ width, height }: Size): void {
  if (width < 1 || height < 1 || width > maxSidePixels || height > maxSidePixels) {
    throw malformed(`an image of ${width} by ${height} pixels`);
  }
}
