import { paddedForTurn, rowsAtOnce } from "../codec/tile-decoder.ts";
import type { DecodedGrid } from "../pyramid/decoded-grid.ts";
import { isNoTurn, type Turn } from "../raster/orientation.ts";
import type { LevelChoice } from "./level.ts";

/** Returns the grid that a level is drawn by: of a tile that comes some rows at a time, these are a row of the grid. */
export function gridInRows({ stored, reduction, grid }: LevelChoice, turn: Turn): DecodedGrid {
  const rows = rowsAtOnce(stored, { reduction, turn });
  return rows === undefined ? grid : { ...grid, tileLength: rows, rows: Math.ceil(grid.height / rows) };
}

/** Pads the only tile of a level that is turned some rows at a time. */
export function padForTurn(choice: LevelChoice, turn: Turn): LevelChoice {
  const { stored, reduction, grid } = choice;
  if (isNoTurn(turn) || rowsAtOnce(stored, { reduction, turn }) === undefined) return choice;
  const { width, height } = paddedForTurn({ width: grid.tileWidth, height: grid.tileLength });
  return { ...choice, grid: { ...grid, tileWidth: width, tileLength: height } };
}
