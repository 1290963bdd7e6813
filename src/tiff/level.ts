import type { Size } from "../geometry.ts";
import { maxTilesPerLevel } from "../limits.ts";
import { checkSize, type Level, refuseOddChroma } from "../pyramid/level.ts";
import type { Fields } from "./fields.ts";
import { readStrips } from "./strips.ts";
import { tags } from "./tags.ts";
import { readTileEncoding } from "./tile-encoding.ts";
import { readTiles } from "./tiles.ts";

/**
 * Reads one directory as a level of at most `maxTiles`, checking every number. Throws `source-malformed` for numbers
 * that contradict each other, `source-unsupported` for encodings that are not supported. Source: TIFF 6.0 §3, §15.
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

/** Reads width and height of a directory. Throws `source-malformed` if they are missing, zero or above the limit. */
export async function readSize(fields: Fields): Promise<Size> {
  const width = (await fields.number(tags.imageWidth)) ?? 0;
  const height = (await fields.number(tags.imageLength)) ?? 0;
  checkSize({ width, height });
  return { width, height };
}
