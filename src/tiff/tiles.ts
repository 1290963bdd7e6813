import type { Size } from "../geometry.ts";
import { malformed } from "../pyramid/faults.ts";
import { narrowPlaces, type Places } from "../pyramid/places.ts";
import type { TileEncoding } from "../pyramid/tile-encoding.ts";
import { checkTileSize, countTiles, type TileGrid } from "../pyramid/tile-grid.ts";
import type { Fields } from "./fields.ts";
import { tags } from "./tags.ts";

/**
 * Reads the tiles of a directory. Throws `source-malformed` for numbers that contradict each other,
 * `source-unsupported` for tiles above `maxTilePixels`. Source: TIFF 6.0 §15.
 */
export async function readTiles(
  fields: Fields,
  {
    size,
    encoding,
    tileWidth,
    tileLength,
    maxTiles,
  }: {
    readonly size: Size;
    readonly encoding: TileEncoding;
    readonly maxTiles: number;
    readonly tileWidth: number | undefined;
    readonly tileLength: number | undefined;
  },
): Promise<TileGrid> {
  if (!tileWidth || !tileLength) throw malformed(`tiles of ${tileWidth} by ${tileLength} pixels`);
  checkTileSize({ tileWidth, tileLength, isStripped: false });
  const { columns, rows, count } = countTiles(size, { tileWidth, tileLength }, { encoding, maxTiles });
  const offsets = await readPlaces(fields, [tags.tileOffsets, tags.stripOffsets], count);
  const byteCounts = await readPlaces(fields, [tags.tileByteCounts, tags.stripByteCounts], count);
  return { tileWidth, tileLength, columns, rows, isStripped: false, offsets, byteCounts };
}

/** Old writers put the places of tiles into the tags of strips, as libtiff reads them. */
async function readPlaces(fields: Fields, [own, ofStrips]: readonly [number, number], count: number): Promise<Places> {
  const values = (await fields.firstNumbers(own, count)) ?? (await fields.firstNumbers(ofStrips, count));
  if (values === undefined) throw malformed("no tile offsets or no byte counts");
  return narrowPlaces(values);
}
