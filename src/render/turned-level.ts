import type { Area, Size } from "../geometry.ts";
import type { DecodedGrid } from "../pyramid/decoded-grid.ts";
import { isNoTurn, reversedAxes, type Turn } from "../raster/orientation.ts";
import type { AxisSampling, LevelChoice } from "./level.ts";

/** Where a tile stands in the grid. */
export interface TilePlace {
  readonly column: number;
  readonly row: number;
}

/**
 * Lays a choice on its level as it is after `turn`, for tiles that are turned as they are decoded. Coordinates then
 * count from where the turned grid begins: if an axis runs the other way, the padding of the last tiles comes first.
 * `size` is the output's before the turn.
 */
export function turnChoice(choice: LevelChoice, size: Size, turn: Turn): LevelChoice {
  if (isNoTurn(turn)) return choice;
  const { grid, window } = choice;
  const reversed = reversedAxes(turn);
  const x = turnAxis({
    sampling: choice.x,
    output: size.width,
    from: window.x,
    length: window.width,
    level: grid.width,
    grid: grid.columns * grid.tileWidth,
    isReversed: reversed.x,
  });
  const y = turnAxis({
    sampling: choice.y,
    output: size.height,
    from: window.y,
    length: window.height,
    level: grid.height,
    grid: grid.rows * grid.tileLength,
    isReversed: reversed.y,
  });
  return turn.quarterTurns % 2 === 1 ? join(choice, { x: y, y: x }, transpose(grid)) : join(choice, { x, y }, grid);
}

/** Returns which stored tile stands at a place of the grid as it is after `turn`; `grid` is turned. */
export function storedPlace(
  { columns, rows }: Pick<DecodedGrid, "columns" | "rows">,
  place: TilePlace,
  turn: Turn,
): TilePlace {
  const isTransposed = turn.quarterTurns % 2 === 1;
  const stored = isTransposed ? { columns: rows, rows: columns } : { columns, rows };
  const { column, row } = isTransposed ? { column: place.row, row: place.column } : place;
  const reversed = reversedAxes(turn);
  return {
    column: reversed.x ? stored.columns - 1 - column : column,
    row: reversed.y ? stored.rows - 1 - row : row,
  };
}

interface Axis {
  readonly sampling: AxisSampling;
  /** The output's length in pixels, and the window and level it lies on, in pixels of the level. */
  readonly output: number;
  readonly from: number;
  readonly length: number;
  readonly level: number;
  /** The level's length with the padding of its last tile. */
  readonly grid: number;
  readonly isReversed: boolean;
}

interface TurnedAxis {
  readonly sampling: AxisSampling;
  readonly from: number;
  readonly length: number;
  readonly level: number;
  /** Where the level begins: after the padding that comes first. */
  readonly origin: number;
}

function turnAxis({ sampling, output, from, length, level, grid, isReversed }: Axis): TurnedAxis {
  if (!isReversed) return { sampling, from, length, level, origin: 0 };
  const { start, step } = sampling;
  return {
    ...{ sampling: { ...sampling, start: grid - start - step * output }, from: grid - from - length, length },
    ...{ level: grid, origin: grid - level },
  };
}

function join(
  choice: LevelChoice,
  { x, y }: { readonly x: TurnedAxis; readonly y: TurnedAxis },
  grid: DecodedGrid,
): LevelChoice {
  const window: Area = { x: x.from, y: y.from, width: x.length, height: y.length };
  const seamlessFrom = choice.seamlessFrom && { x: x.origin, y: y.origin };
  const turned = { ...grid, width: x.level, height: y.level };
  return { ...choice, grid: turned, x: x.sampling, y: y.sampling, window, seamlessFrom };
}

function transpose(grid: DecodedGrid): DecodedGrid {
  return {
    ...grid,
    tileWidth: grid.tileLength,
    tileLength: grid.tileWidth,
    columns: grid.rows,
    rows: grid.columns,
  };
}
