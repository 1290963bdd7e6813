import { ImageError } from "../error.ts";
import type { Area, Size } from "../geometry.ts";
import type { ImageParameters } from "../iiif/request.ts";

/** An image as those see it who ask for its tiles: its size, and the tiles that are stored, as info.json offers them. */
export interface TiledImage extends Size {
  readonly tile: Size;
}

/** The grid of one level of a viewer that halves: which may not be the levels that are stored. */
export interface LevelGrid {
  /** Pixels of the image on each side of one of the level. */
  readonly factor: number;
  readonly level: Size;
  readonly tile: Size;
  /** Pixels that neighbours share on each side. */
  readonly overlap: number;
  readonly columns: number;
  readonly rows: number;
}

/** Lays the grid of a level. Protocols differ in how they round its size. */
export function layGrid(
  image: Size,
  { factor, tile, overlap = 0, round }: LevelRule & { readonly round: "up" | "down" },
): LevelGrid {
  const level = reduce(image, factor, round);
  const columns = Math.ceil(level.width / tile.width);
  const rows = Math.ceil(level.height / tile.height);
  return { factor, level, tile, overlap, columns, rows };
}

interface LevelRule {
  readonly factor: number;
  readonly tile: Size;
  readonly overlap?: number;
}

/** Returns the size of a level: never less than one pixel. */
export function reduce({ width, height }: Size, factor: number, round: "up" | "down"): Size {
  const side = (whole: number): number => Math.max(1, (round === "up" ? Math.ceil : Math.floor)(whole / factor));
  return { width: side(width), height: side(height) };
}

/** Returns how many levels there are where each halves, rounding down, the one before until one tile holds it. */
export function countHalvings(image: Size, tile: Size): number {
  let levels = 1;
  for (let { width, height } = image; width > tile.width || height > tile.height; levels += 1) {
    width = Math.max(1, width >> 1);
    height = Math.max(1, height >> 1);
  }
  return levels;
}

/** The column and row of a tile, from 0. */
export interface TilePlace {
  readonly column: number;
  readonly row: number;
}

/** A tile: the pixels of the image that it shows, and how many of its own it has. */
export interface Tile {
  readonly region: Area;
  readonly size: Size;
}

/** Returns a tile. Throws `not-found` for one that is not in the grid. */
export function tileAt(image: Size, grid: LevelGrid, { column, row }: TilePlace): Tile {
  const { factor, level, tile, overlap, columns, rows } = grid;
  if (column >= columns || row >= rows) {
    const last = `column ${columns - 1} and row ${rows - 1}`;
    throw new ImageError("not-found", `The last tile of this level is that of ${last}, counted from 0.`);
  }
  const axis = { factor, overlap };
  const x = spanOf({ ...axis, whole: image.width, level: level.width, tile: tile.width, index: column });
  const y = spanOf({ ...axis, whole: image.height, level: level.height, tile: tile.height, index: row });
  return {
    region: { x: x.start, y: y.start, width: x.length, height: y.length },
    size: { width: x.output, height: y.output },
  };
}

interface Axis {
  /** Of the image and of the level, in pixels of their own. */
  readonly whole: number;
  readonly level: number;
  readonly factor: number;
  readonly tile: number;
  readonly overlap: number;
  readonly index: number;
}

/** What reaches the end of a level reaches that of the image, however the level was rounded; what is left over is a pixel. */
function spanOf({ whole, level, factor, tile, overlap, index }: Axis) {
  const from = Math.max(0, index * tile - overlap);
  if (from >= level) return { start: from * factor, length: whole - from * factor, output: 1 };
  const to = Math.min(level, (index + 1) * tile + overlap);
  const start = from * factor;
  return { start, length: (to === level ? whole : to * factor) - start, output: to - from };
}

/** Returns a tile as a request of the Image API 3.0 says it. */
export function parametersOf({ region, size }: Tile, extension: string): ImageParameters {
  return {
    region: `${region.x},${region.y},${region.width},${region.height}`,
    size: `${size.width},${size.height}`,
    rotation: "0",
    qualityAndFormat: `default.${extension === "jpeg" ? "jpg" : extension}`,
  };
}
