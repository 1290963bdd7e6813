import { rowsAtOnce } from "../codec/tile-decoder.ts";
import type { DecodedGrid } from "../pyramid/decoded-grid.ts";
import type { LevelChoice } from "./level.ts";

/** Returns the grid that a level is drawn by: of a tile that comes some rows at a time, these are a row of the grid. */
export function gridInRows({
  stored,
  reduction,
  grid,
}: Pick<LevelChoice, "stored" | "reduction" | "grid">): DecodedGrid {
  const rows = rowsAtOnce(stored, reduction);
  return rows === undefined ? grid : { ...grid, tileLength: rows, rows: Math.ceil(grid.height / rows) };
}
