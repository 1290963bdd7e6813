import type { Size } from "../geometry.ts";
import { nowhere } from "../http/route.ts";
import type { Cutting, OldRequest } from "./old-request.ts";
import { type LevelGrid, layGrid, type TiledImage } from "./tile-grid.ts";
import { noSuchLevel, readTilePath } from "./tile-path.ts";

const shapes =
  "DeepZoom has {identifier}.dzi, which tells of the image, and tiles at {identifier}_files/{level}/{column}_{row}.jpg.";

/**
 * Reads what comes after the prefix in a path of DeepZoom, from the right. Throws `not-found` for what is no such path and
 * `path-malformed` for what is nearly a tile. Source: OpenSeadragon 6.1.1, DziTileSource; iipsrv 1.3, DeepZoom.cc.
 */
export function readDeepZoom(rest: string, cutting: Cutting): OldRequest {
  const [, described] = /^(.+)\.(?:dzi|xml)$/.exec(rest) ?? [];
  if (described !== undefined) {
    const describe = (image: TiledImage): string => formatDescription(image, cutting);
    return { kind: "description", identifier: described, contentType: "application/xml", describe };
  }
  const at = rest.lastIndexOf("_files/");
  if (at <= 0) throw nowhere(shapes);
  return readTilePath(rest.slice(at), {
    identifier: rest.slice(0, at),
    pattern: /^_files\/(\d{1,9})\/(\d{1,9})_(\d{1,9})\.(\w+)$/,
    shapes,
    gridOf: (image, level) => gridOf(image, level, cutting),
  });
}

/** The level of the whole image; level 0 is one pixel. */
function deepestLevel({ width, height }: Size): number {
  return Math.ceil(Math.log2(Math.max(width, height)));
}

function gridOf(image: TiledImage, level: number, cutting: Cutting): LevelGrid {
  const deepest = deepestLevel(image);
  if (level > deepest) throw noSuchLevel(deepest);
  const side = tileSideOf(image, cutting);
  const tile = { width: side, height: side };
  return layGrid(image, { factor: 2 ** (deepest - level), tile, overlap: cutting.overlap, round: "up" });
}

/** Tiles are square. Those that are stored are sent as they are; of others the longer side comes nearest to it. */
function tileSideOf({ tile }: TiledImage, { tileSize }: Cutting): number {
  return tileSize ?? Math.max(tile.width, tile.height);
}

function formatDescription(image: TiledImage, cutting: Cutting): string {
  const tiles = `TileSize="${tileSideOf(image, cutting)}" Overlap="${cutting.overlap}" Format="jpg"`;
  const size = `<Size Width="${image.width}" Height="${image.height}"/>`;
  const namespace = "http://schemas.microsoft.com/deepzoom/2008";
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Image xmlns="${namespace}" ${tiles}>${size}</Image>\n`;
}
