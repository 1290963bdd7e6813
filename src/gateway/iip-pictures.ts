import { ImageError } from "../error.ts";
import type { Area, Size } from "../geometry.ts";
import { chooseRegion } from "../iiif/region.ts";
import type { ImageParameters } from "../iiif/request.ts";
import type { Cutting } from "./old-request.ts";
import { countHalvings, type LevelGrid, layGrid, parametersOf, type TiledImage, tileAt } from "./tile-grid.ts";

/** Returns the resolutions of an image from the smallest, which fits into one tile, to the image itself. */
export function resolutionsOf(image: TiledImage, { tileSize }: Cutting): readonly LevelGrid[] {
  const tile = tileSize === undefined ? image.tile : { width: tileSize, height: tileSize };
  const count = countHalvings(image, tile);
  return Array.from({ length: count }, (_, resolution) =>
    layGrid(image, { factor: 2 ** (count - 1 - resolution), tile, round: "down" }),
  );
}

/** A tile by its resolution, from 0, and its place in it, counted row by row from 0. */
export interface NumberedTile {
  readonly resolution: number;
  readonly index: number;
}

/** Translates JTL. Throws `not-found` for a resolution or a tile that there is not. */
export function translateTile(
  image: TiledImage,
  { resolution, index }: NumberedTile,
  cutting: Cutting,
): ImageParameters {
  const grids = resolutionsOf(image, cutting);
  const grid = grids[resolution];
  if (grid === undefined) {
    throw new ImageError("not-found", `The resolutions of this image are 0 to ${grids.length - 1}.`);
  }
  const count = grid.columns * grid.rows;
  if (index >= count) throw new ImageError("not-found", `The tiles of this resolution are 0 to ${count - 1}.`);
  const place = { column: index % grid.columns, row: Math.floor(index / grid.columns) };
  return parametersOf(tileAt(image, grid, place), "jpg");
}

/** What CVT is to show: a box in pixels, and a part of the image. */
export interface View {
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly part: ImagePart | undefined;
}

/** A part of an image, of whose sides each number is a share from 0 to 1. */
export interface ImagePart {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Translates CVT: all that fits into the box, with its proportions, and never enlarged. Throws `region-outside`.
 * Source: iipsrv 1.3, CVT.cc and View.cc.
 */
export function translateView(image: Size, { width, height, part }: View): ImageParameters {
  const shown = part === undefined ? { x: 0, y: 0, width: image.width, height: image.height } : shownArea(image, part);
  const box = { width: width ?? shown.width, height: height ?? shown.height };
  // Where nothing limits it, only the service does.
  const isWhole = box.width >= shown.width && box.height >= shown.height;
  return {
    region: `${shown.x},${shown.y},${shown.width},${shown.height}`,
    size: isWhole ? "max" : `!${Math.min(box.width, shown.width)},${Math.min(box.height, shown.height)}`,
    rotation: "0",
    qualityAndFormat: "default.jpg",
  };
}

function shownArea(image: Size, { x, y, width, height }: ImagePart): Area {
  return chooseRegion({ kind: "percent", x: 100 * x, y: 100 * y, width: 100 * width, height: 100 * height }, image);
}
