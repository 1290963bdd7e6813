import type { SeenResponse } from "./visit.ts";

/** What of info.json the grid of tiles follows from. */
export interface TileGrid {
  readonly width: number;
  readonly height: number;
  readonly tiles: readonly [{ readonly width: number; readonly scaleFactors: readonly number[] }];
}

/** A tile that a viewer asked for. */
export interface AskedTile {
  readonly url: string;
  readonly scaleFactor: number;
  readonly strategy: string | undefined;
}

/** Picks the answers that are whole tiles of some level and touch neither the right nor the lower edge of the image. */
export function interiorTiles(responses: readonly SeenResponse[], service: string, grid: TileGrid): AskedTile[] {
  const [{ width: side, scaleFactors }] = grid.tiles;
  return responses.flatMap(({ url, serverTiming }) => {
    if (!url.startsWith(`${service}/`)) return [];
    const parameters = /^(\d+),(\d+),(\d+),(\d+)\/(\d+),(\d+)\/0\/default\.jpg$/.exec(url.slice(service.length + 1));
    const [x, y, width, height, ...size] = (parameters ?? []).slice(1).map(Number) as [number, number, number, number];
    const scaleFactor = scaleFactors.find((factor) => factor * side === width && factor * side === height);
    if (scaleFactor === undefined || size.some((length) => length !== side)) return [];
    const isInterior = x % width === 0 && y % height === 0 && x + width < grid.width && y + height < grid.height;
    const strategy = /strategy;desc="(\w+)"/.exec(serverTiming)?.[1];
    return isInterior ? [{ url, scaleFactor, strategy }] : [];
  });
}
