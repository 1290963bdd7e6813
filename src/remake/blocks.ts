import { isReadByRows, rowsAtOnce } from "../codec/tile-decoder.ts";
import type { Area, Size } from "../geometry.ts";
import type { Level } from "../pyramid/level.ts";

/** Sides of blocks in pixels of the full image; all but the last of a row or column have them. */
export type BlockShape = Size;

/** The longest side of a block whose rows are whole tiles of three levels: remainders are then a 64th of the pixels. */
const usualRows = 2048;

/** The longest strips that blocks end with, where no usual height is a whole number of them. */
const mostRows = 4096;

/** Widths that are tried where a row of the whole image would take too much memory. */
const narrowWidths = [16_384, 8192, 4096, 2048] as const;

/** Shapes that are tried together: the first that fits in usual memory is taken, else the first that fits in the limit. */
export type ShapeGroup = readonly BlockShape[];

/**
 * Lists the shapes that blocks of an image may have, the preferred first. Strips are taken in rows of the whole width
 * if there is memory at all, for in narrower blocks they are read and decoded once for each; of tiles blocks may be narrow.
 * Large strips are decoded from their beginning, so that blocks end with them where that is possible. What is one stream
 * that can't be entered in the middle is one block. `size` is as the image is seen.
 */
export function blockShapes(stored: Level, size: Size, tileSize: number): readonly ShapeGroup[] {
  if (isOneStream(stored)) return [[size]];
  const heights: readonly number[] = [usualRows, usualRows / 2, usualRows / 4, usualRows / 8].filter(
    (height) => height >= tileSize,
  );
  const full = heights.map((height) => ({ width: size.width, height }));
  const low = isReadByRows(stored) ? [...wholeStrips(stored, full, tileSize), ...full] : full;
  const narrow = narrowWidths.filter((width) => width < size.width).map((width) => ({ width, height: usualRows }));
  const small = heights.map((height) => ({ width: usualRows, height })).filter(({ width }) => width < size.width);
  const [usual, ...lower] = low;
  if (stored.isStripped) return [low, [...narrow, ...small]];
  return [[...(usual === undefined ? [] : [usual]), ...narrow, ...lower, ...small]];
}

/** Returns the shapes that are whole numbers of strips and of tiles; fewer levels are made of such that are not usual. */
function wholeStrips(
  { tileLength, height }: Level,
  usual: readonly BlockShape[],
  tileSize: number,
): readonly BlockShape[] {
  const [width] = usual.map((shape) => shape.width);
  let least = tileSize;
  while (least % tileLength !== 0 && least <= mostRows) least += tileSize;
  if (width === undefined || least > mostRows || least >= height) return [];
  const whole = usual.filter((shape) => shape.height % tileLength === 0);
  return whole.length > 0 ? whole : [{ width, height: least }];
}

/** A JPEG can be entered at some rows of it, if it is large. */
function isOneStream(stored: Level): boolean {
  const { columns, rows, encoding } = stored;
  if (columns * rows > 1) return false;
  return encoding.compression !== "jpeg" || rowsAtOnce(stored) === undefined;
}

/** Returns how many levels a block makes all tiles of: those of which its sides are whole multiples of a tile. */
export function levelsOfBlocks(shape: BlockShape, { tileSize, levels, size }: BlockedPyramid): number {
  const wholeLevels = (side: number): number => {
    let count = 0;
    for (let tile = tileSize; side % tile === 0; tile *= 2) count += 1;
    return count;
  };
  const cutting = [
    ...(shape.width < size.width ? [shape.width] : []),
    ...(shape.height < size.height ? [shape.height] : []),
  ];
  return Math.min(levels, ...cutting.map(wholeLevels));
}

/** What blocks are parts of. */
export interface BlockedPyramid {
  /** Of the image as it is seen. */
  readonly size: Size;
  readonly tileSize: number;
  /** The number of levels. */
  readonly levels: number;
}

/** Lists the blocks of an image, row by row. */
export function areasOfBlocks({ width, height }: BlockShape, size: Size): readonly Area[] {
  const areas: Area[] = [];
  for (let y = 0; y < size.height; y += height) {
    for (let x = 0; x < size.width; x += width) {
      areas.push({ x, y, width: Math.min(width, size.width - x), height: Math.min(height, size.height - y) });
    }
  }
  return areas;
}
