import type { Area, Size } from "../../src/geometry.ts";

/** One tile as a viewer asks for it, and where it lays it on the level. */
export interface AskedTile {
  /** In pixels of the image. */
  readonly region: Area;
  readonly size: Size;
  /** On the level. */
  readonly x: number;
  readonly y: number;
}

/** What a viewer knows of a level: the image, the tile size and the scale factor of info.json. */
export interface TileGrid {
  readonly image: Size;
  readonly tile: Size;
  readonly factor: number;
}

/** Returns the size a viewer takes a level for. */
export function levelSize({ image, factor }: Omit<TileGrid, "tile">, rounding: "ceil" | "round" | "floor"): Size {
  const divide = (side: number): number => Math.max(1, Math[rounding](side / factor));
  return { width: divide(image.width), height: divide(image.height) };
}

/**
 * Lists the tiles of a level as OpenSeadragon asks for them: as many as cover the level, regions clipped to the image,
 * sizes clipped to the level. Source: Image API 3.0 implementation notes §3.
 */
export function listTiles({ image, tile, factor }: TileGrid, level: Size): readonly AskedTile[] {
  const tiles: AskedTile[] = [];
  for (let y = 0; y < level.height; y += tile.height) {
    for (let x = 0; x < level.width; x += tile.width) {
      const left = x * factor;
      const top = y * factor;
      const width = Math.min(tile.width * factor, image.width - left);
      const height = Math.min(tile.height * factor, image.height - top);
      const size = { width: Math.min(tile.width, level.width - x), height: Math.min(tile.height, level.height - y) };
      tiles.push({ region: { x: left, y: top, width, height }, size, x, y });
    }
  }
  return tiles;
}

/** Formats region and size of a tile as in a request path. */
export function formatTileRequest({ region, size }: AskedTile): string {
  return `${region.x},${region.y},${region.width},${region.height}/${size.width},${size.height}`;
}
