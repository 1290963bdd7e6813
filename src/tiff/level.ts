import type { Size } from "../geometry.ts";
import { maxSidePixels, maxTilePixels, maxTilesPerLevel } from "../limits.ts";
import { malformed, unsupported } from "./faults.ts";
import type { Fields } from "./fields.ts";
import { tags } from "./tags.ts";
import { readTileEncoding, type TileEncoding } from "./tile-encoding.ts";

/** One resolution of an image: a grid of tiles, each `tileWidth` x `tileLength` pixels, padded at the right and bottom. */
export interface Level extends Size {
  readonly tileWidth: number;
  readonly tileLength: number;
  readonly columns: number;
  readonly rows: number;
  readonly encoding: TileEncoding;
  /** Where each tile starts, in bytes, row by row. */
  readonly offsets: Float64Array;
  /** How many bytes each tile takes; 0 for a tile that was never written. */
  readonly byteCounts: Float64Array;
}

/**
 * Reads one directory as a level, every number checked. Throws `source-malformed` for numbers that contradict each
 * other, `source-unsupported` for strips and for encodings that are not read. Source: TIFF 6.0 §15 (tiled images).
 */
export async function readLevel(fields: Fields): Promise<Level> {
  const size = await readSize(fields);
  const tileWidth = await fields.number(tags.tileWidth);
  const tileLength = await fields.number(tags.tileLength);
  if (tileWidth === undefined && tileLength === undefined) {
    if ((await fields.number(tags.stripOffsets)) === undefined) throw malformed("neither tiles nor strips");
    throw unsupported("is stored in strips, not in tiles");
  }
  if (!tileWidth || !tileLength || tileWidth * tileLength > maxTilePixels) {
    throw malformed(`tiles of ${tileWidth} by ${tileLength} pixels`);
  }
  const encoding = await readTileEncoding(fields);
  const columns = Math.ceil(size.width / tileWidth);
  const rows = Math.ceil(size.height / tileLength);
  const count = columns * rows;
  if (count > maxTilesPerLevel) throw malformed(`a level of ${count} tiles`);
  const offsets = await fields.numbers(tags.tileOffsets, maxTilesPerLevel);
  const byteCounts = await fields.numbers(tags.tileByteCounts, maxTilesPerLevel);
  if (offsets === undefined || offsets.length < count) throw malformed(`${offsets?.length} tile offsets of ${count}`);
  if (byteCounts === undefined || byteCounts.length < count) {
    throw malformed(`${byteCounts?.length} tile byte counts of ${count}`);
  }
  return {
    ...size,
    tileWidth,
    tileLength,
    columns,
    rows,
    encoding,
    offsets: offsets.subarray(0, count),
    byteCounts: byteCounts.subarray(0, count),
  };
}

/** Reads width and height of a directory. Throws `source-malformed` where they are missing, zero or past the limit. */
export async function readSize(fields: Fields): Promise<Size> {
  const width = await fields.number(tags.imageWidth);
  const height = await fields.number(tags.imageLength);
  if (!width || !height || width > maxSidePixels || height > maxSidePixels) {
    throw malformed(`an image of ${width} by ${height} pixels`);
  }
  return { width, height };
}
