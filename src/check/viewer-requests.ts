import { type Area, clipArea, type Size } from "../geometry.ts";
import type { CanonicalRequest } from "../iiif/canonical.ts";
import { largestSize, type SizeLimits } from "../iiif/size.ts";
import { stripTile } from "../iiif/tiles.ts";
import type { Level } from "../pyramid/level.ts";
import type { Pyramid } from "../pyramid/pyramid.ts";
import { seenSize } from "../pyramid/pyramid.ts";
import { scaleFactor } from "../pyramid/scale-factor.ts";
import { turnArea, turnOfTiffOrientation, turnSize } from "../raster/orientation.ts";
import { isWritten } from "./level-report.ts";

/** Something that viewers request. */
export interface ViewerRequest {
  /** Ends the sentence "The service refuses ...". */
  readonly name: string;
  readonly request: CanonicalRequest;
}

/** The largest sizes that the service answers as shipped. Source: wrangler.toml. */
export const shippedLimits: SizeLimits = { maxWidth: 20_000, maxHeight: 20_000, maxArea: 25_000_000 };

/** Side of a square, in pixels, that stands for a tile whatever the master's own tiles are. */
const squareSide = 256;

/** Sides of the boxes, in pixels, in which whole pictures are requested: lists, result pages. */
const thumbnailSide = 128;
const previewSide = 1024;

/** Returns the request for a tile of a level on its own grid: a whole tile that was written, if there is one. */
export function tileRequest(pyramid: Pyramid, level: Level): ViewerRequest {
  return {
    name: `a tile of ${level.width} by ${level.height}`,
    request: areaRequest(pyramid, level, chooseTile(level)),
  };
}

/**
 * Returns the request for an area of a level, in pixels of the level, at the level's own size, or at the image's where a
 * reduced image has fewer pixels than the level.
 */
export function areaRequest(pyramid: Pyramid, level: Level, area: Area): CanonicalRequest {
  const factor = scaleFactor(pyramid, level);
  const across = factor ?? pyramid.width / level.width;
  const down = factor ?? pyramid.height / level.height;
  const x = Math.floor(area.x * across);
  const y = Math.floor(area.y * down);
  const region = {
    x,
    y,
    width: Math.max(1, Math.min(Math.round(area.width * across), pyramid.width - x)),
    height: Math.max(1, Math.min(Math.round(area.height * down), pyramid.height - y)),
  };
  const turn = turnOfTiffOrientation(pyramid.orientation);
  const size = { width: Math.min(area.width, region.width), height: Math.min(area.height, region.height) };
  return canonical(turnArea(region, pyramid, turn), turnSize(size, turn));
}

/** Returns the request for a square from the middle, or as much of it as the image has. */
export function squareRequest(pyramid: Pyramid): ViewerRequest {
  const seen = seenSize(pyramid);
  const x = aligned(seen.width, squareSide);
  const y = aligned(seen.height, squareSide);
  const width = Math.min(squareSide, seen.width - x);
  const height = Math.min(squareSide, seen.height - y);
  return { name: "a square of 256 pixels", request: canonical({ x, y, width, height }, { width, height }) };
}

/** Returns the request for the whole picture in a small box. */
export function thumbnailRequest(pyramid: Pyramid): ViewerRequest {
  return wholeRequest(pyramid, boxOf(thumbnailSide), `the whole picture in ${thumbnailSide} pixels`);
}

/** Returns the requests for the whole picture at larger sizes, up to the largest that is answered. */
export function largerRequests(pyramid: Pyramid): readonly ViewerRequest[] {
  return [
    wholeRequest(pyramid, boxOf(previewSide), `the whole picture in ${previewSide} pixels`),
    wholeRequest(pyramid, shippedLimits, "the whole picture at its largest"),
  ];
}

function wholeRequest(pyramid: Pyramid, limits: SizeLimits, name: string): ViewerRequest {
  const seen = seenSize(pyramid);
  return { name, request: canonical({ x: 0, y: 0, ...seen }, largestSize(seen, limits)) };
}

function boxOf(side: number): SizeLimits {
  return { maxWidth: side, maxHeight: side, maxArea: side * side };
}

function canonical(region: Area, size: Size): CanonicalRequest {
  return { region, size, rotation: { isMirrored: false, degrees: 0 }, quality: "default", format: "jpg" };
}

/** The start of the grid cell that contains the middle of a side, except the last cell if it is not whole. */
function aligned(side: number, cell: number): number {
  const middle = Math.floor(side / 2 / cell) * cell;
  return middle + cell <= side ? middle : Math.max(0, middle - cell);
}

/** The tile that represents those of a level, in pixels of the level. */
function chooseTile(level: Level): Area {
  const { tileWidth, tileLength, isStripped } = level;
  const tile = isStripped ? stripTile : { width: tileWidth, height: tileLength };
  const middle = { x: aligned(level.width, tile.width), y: aligned(level.height, tile.height), ...tile };
  const clipped = clipArea(middle, level) ?? { x: 0, y: 0, width: level.width, height: level.height };
  if (isStripped) return clipped;
  const place = findWritten(level, { column: middle.x / tileWidth, row: middle.y / tileLength });
  return place === undefined ? clipped : { x: place.column * tileWidth, y: place.row * tileLength, ...tile };
}

interface TilePlace {
  readonly column: number;
  readonly row: number;
}

/** The first whole tile that was written, searching from `start` and then from the beginning. */
function findWritten(level: Level, start: TilePlace): TilePlace | undefined {
  const columns = Math.floor(level.width / level.tileWidth);
  const rows = Math.floor(level.height / level.tileLength);
  const first = start.row * columns + start.column;
  for (let step = 0; step < columns * rows; step++) {
    const index = (first + step) % (columns * rows);
    const place = { column: index % columns, row: Math.floor(index / columns) };
    if (isWritten(level, place)) return place;
  }
  return undefined;
}
