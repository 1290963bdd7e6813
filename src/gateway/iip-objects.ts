import { resolutionsOf } from "./iip-pictures.ts";
import type { Cutting } from "./old-request.ts";
import type { LevelGrid, TiledImage } from "./tile-grid.ts";

/**
 * What is told of an image, by the names in small letters that clients ask for. Nothing is told of the resolution of the
 * paper original, as iipsrv does where a file states none.
 */
const objects: Readonly<Record<string, (image: TiledImage, grids: readonly LevelGrid[]) => string | undefined>> = {
  iip: () => "IIP:1.0",
  "max-size": ({ width, height }) => `Max-size:${width} ${height}`,
  "tile-size": (_, [grid]) => grid && `Tile-size:${grid.tile.width} ${grid.tile.height}`,
  "resolution-number": (_, grids) => `Resolution-number:${grids.length}`,
  resolutions: (_, grids) => `Resolutions:${grids.map(({ level }) => `${level.width} ${level.height}`).join(",")}`,
  dpi: () => undefined,
};

/** Names of what is told, in small letters. */
export const knownObjects: ReadonlySet<string> = new Set(Object.keys(objects));

/** Returns what is told of an image, a line each, in the order in which it was asked for. Source: iipsrv 1.3, OBJ.cc. */
export function describeObjects(image: TiledImage, names: readonly string[], cutting: Cutting): string {
  const grids = resolutionsOf(image, cutting);
  const lines = names.map((name) => objects[name]?.(image, grids));
  return lines.map((line) => (line === undefined ? "" : `${line}\r\n`)).join("");
}
