import { ImageError } from "../error.ts";
import type { Size } from "../geometry.ts";
import { nowhere } from "../http/route.ts";
import type { Cutting, OldRequest } from "./old-request.ts";
import { layGrid, parametersOf, type TiledImage, tileAt } from "./tile-grid.ts";

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
  const numbers = /^(\d{1,9})\/(\d{1,9})_(\d{1,9})\.(\w+)$/.exec(rest.slice(at + "_files/".length));
  if (numbers === null) throw new ImageError("path-malformed", `This is not the path of a tile. ${shapes}`);
  const [, level, column, row, extension = ""] = numbers;
  return {
    kind: "picture",
    identifier: rest.slice(0, at),
    translate: (image) => {
      const grid = gridOf(image, Number(level), cutting);
      return parametersOf(tileAt(image, grid, { column: Number(column), row: Number(row) }), extension);
    },
  };
}

/** The level of the whole image; level 0 is one pixel. */
export function deepestLevel({ width, height }: Size): number {
  return Math.ceil(Math.log2(Math.max(width, height)));
}

function gridOf(image: TiledImage, level: number, cutting: Cutting) {
  const deepest = deepestLevel(image);
  if (level > deepest) throw new ImageError("not-found", `The levels of this image are 0 to ${deepest}.`);
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
