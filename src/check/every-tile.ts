import type { Area } from "../geometry.ts";
import type { DrawnMaster } from "../picture.ts";
import type { Level } from "../pyramid/level.ts";
import { formatFault, tryMaster } from "./faults.ts";
import type { DrawPicture } from "./serving.ts";
import { areaRequest } from "./viewer-requests.ts";

/** The tiles, or strips, of a level that can't be decoded whole. */
export interface DamagedTiles {
  readonly level: Level;
  readonly count: number;
  /** The first of them: its column and row, from 0, and what is wrong with it. */
  readonly first: { readonly column: number; readonly row: number; readonly reason: string };
}

/** Tiles are decoded together up to so many pixels; what fails is tried alone. */
const pixelsAtOnce = 1 << 22;

/**
 * Decodes every tile of every level of a master, colours as they are stored, and tells of those that can't be decoded or of
 * which rows are missing. Throws what the source throws, and what `draw` throws that is not the master's fault.
 */
export async function findDamagedTiles(image: DrawnMaster, draw: DrawPicture): Promise<readonly DamagedTiles[]> {
  const damaged: DamagedTiles[] = [];
  for (const level of image.pyramid.levels) {
    const found = await findInLevel({ ...image, profile: undefined, metadata: {} }, level, draw);
    if (found !== undefined) damaged.push(found);
  }
  return damaged;
}

async function findInLevel(image: DrawnMaster, level: Level, draw: DrawPicture): Promise<DamagedTiles | undefined> {
  const alone: DrawnMaster = { ...image, pyramid: { ...image.pyramid, levels: [level] } };
  const faultIn = async (area: Area): Promise<string | undefined> => {
    // A tile that is sent as it is stored is decoded by nobody; those of a PNG are.
    const request = { ...areaRequest(alone.pyramid, level, area), format: "png" } as const;
    const drawn = await tryMaster(() => draw(alone, request));
    if ("fault" in drawn) return formatFault(drawn.fault);
    const { damage } = drawn.value;
    return damage === undefined ? undefined : `${damage.rows} of its rows can't be read`;
  };
  let count = 0;
  let first: DamagedTiles["first"] | undefined;
  for (const block of blocksOf(level)) {
    const together = await faultIn(areaOf(level, block));
    if (together === undefined) continue;
    for (const tile of tilesOf(block)) {
      const reason = tilesIn(block) === 1 ? together : await faultIn(areaOf(level, tile));
      if (reason === undefined) continue;
      count += 1;
      first ??= { column: tile.column, row: tile.row, reason };
    }
  }
  return first && { level, count, first };
}

/** Some tiles of a level that are next to each other: the first column and row, and how many of each. */
interface Block {
  readonly column: number;
  readonly row: number;
  readonly columns: number;
  readonly rows: number;
}

const tilesIn = ({ columns, rows }: Block): number => columns * rows;

/** Divides a level into parts of rows, or several whole rows, of so many pixels at the most; of one tile at the least. */
function* blocksOf({ columns, rows, tileWidth, tileLength }: Level): Generator<Block, undefined> {
  const most = Math.max(1, Math.floor(pixelsAtOnce / (tileWidth * tileLength)));
  const across = Math.min(most, columns);
  const down = Math.max(1, Math.floor(most / columns));
  for (let row = 0; row < rows; row += down) {
    for (let column = 0; column < columns; column += across) {
      yield { column, row, columns: Math.min(across, columns - column), rows: Math.min(down, rows - row) };
    }
  }
}

function* tilesOf(block: Block): Generator<Block, undefined> {
  for (let at = 0; at < tilesIn(block); at++) {
    const column = block.column + (at % block.columns);
    yield { column, row: block.row + Math.floor(at / block.columns), columns: 1, rows: 1 };
  }
}

/** The pixels of tiles, as far as the level goes. */
function areaOf({ tileWidth, tileLength, width, height }: Level, { column, row, columns, rows }: Block): Area {
  const x = column * tileWidth;
  const y = row * tileLength;
  return { x, y, width: Math.min(columns * tileWidth, width - x), height: Math.min(rows * tileLength, height - y) };
}
