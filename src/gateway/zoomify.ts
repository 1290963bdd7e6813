import type { Size } from "../geometry.ts";
import { nowhere } from "../http/route.ts";
import type { Cutting, OldRequest } from "./old-request.ts";
import { countHalvings, type LevelGrid, layGrid } from "./tile-grid.ts";
import { noSuchLevel, readTilePath } from "./tile-path.ts";

/** What Zoomify's own converters cut, and what viewers take for granted that are told no other. */
const usualTileSide = 256;

const shapes =
  "Zoomify has {identifier}/ImageProperties.xml, which tells of the image, and tiles at " +
  "{identifier}/TileGroup{number}/{level}-{column}-{row}.jpg.";

/**
 * Reads what comes after the prefix in a path of Zoomify, from the right. The number of a tile group is not looked at, for
 * viewers differ in how they count. Throws `not-found` for what is no such path and `path-malformed` for what is nearly a
 * tile. Source: OpenSeadragon 6.1.1, ZoomifyTileSource; OpenLayers 10, source/Zoomify; iipsrv 1.3, Zoomify.cc.
 */
export function readZoomify(rest: string, cutting: Cutting): OldRequest {
  const [, described] = /^(.+)\/ImageProperties\.xml$/.exec(rest) ?? [];
  const side = cutting.tileSize ?? usualTileSide;
  if (described !== undefined) {
    const describe = (image: Size): string => formatDescription(image, side);
    return { kind: "description", identifier: described, contentType: "application/xml", describe };
  }
  const at = rest.lastIndexOf("/TileGroup");
  if (at <= 0) throw nowhere(shapes);
  return readTilePath(rest.slice(at), {
    identifier: rest.slice(0, at),
    pattern: /^\/TileGroup\d{1,9}\/(\d{1,9})-(\d{1,9})-(\d{1,9})\.(\w+)$/,
    shapes,
    gridOf: (image, level) => askedGrid(image, level, side),
  });
}

/** The grid of a level, of which the smallest is 0 and fits into one tile. */
function gridOf(image: Size, level: number, side: number): LevelGrid {
  const tile = { width: side, height: side };
  const levels = countHalvings(image, tile);
  if (level >= levels) throw noSuchLevel(levels - 1);
  return layGrid(image, { factor: 2 ** (levels - 1 - level), tile, round: "down" });
}

/**
 * The grid of a level as those see it who do not round down, as OpenSeadragon: it has a column or a row more where less than
 * a pixel of the level is left over.
 */
function askedGrid(image: Size, level: number, side: number): LevelGrid {
  const grid = gridOf(image, level, side);
  const count = (whole: number): number => Math.ceil(whole / (side * grid.factor));
  return { ...grid, columns: count(image.width), rows: count(image.height) };
}

/** Viewers take it apart by its quotation marks, so there are none in front. */
function formatDescription(image: Size, side: number): string {
  const levels = countHalvings(image, { width: side, height: side });
  const counts = Array.from({ length: levels }, (_, level) => gridOf(image, level, side));
  const tiles = counts.reduce((sum, { columns, rows }) => sum + columns * rows, 0);
  const size = `WIDTH="${image.width}" HEIGHT="${image.height}" NUMTILES="${tiles}"`;
  return `<IMAGE_PROPERTIES ${size} NUMIMAGES="1" VERSION="1.8" TILESIZE="${side}" />\n`;
}
