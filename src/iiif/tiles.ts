import type { Area, Size } from "../geometry.ts";
import { type Pyramid, seenLevels, seenSize } from "../pyramid/pyramid.ts";
import { isDrawnFromLarger } from "../pyramid/reduced.ts";
import { scaleFactor } from "../pyramid/scale-factor.ts";
import { turnOfTiffOrientation, turnSize } from "../raster/orientation.ts";
import { isWithin, otherSide, type SizeLimits, type SizeRequest } from "./size.ts";

/** The sizes and tiles in info.json. */
export interface Offer {
  /** One for each scale factor, from the smallest up, or none. */
  readonly sizes: readonly Size[];
  readonly tiles: readonly TileOffer[];
}

/** One entry of `tiles`: the size of a tile and the scale factors it is offered at. */
export interface TileOffer extends Size {
  readonly scaleFactors: readonly number[];
}

/**
 * Offered for images in strips, each of whose tiles decodes whole rows, and for reduced images that are drawn from a larger
 * level, each of whose tiles decodes all stored ones that it touches: they are large and few.
 */
export const stripTile: Size = { width: 1024, height: 1024 };

/** A tile is offered while it is drawn from at most this many pixels a side for one of its own. */
const mostReduction = 32;

/** Returns the sizes and tiles to advertise for an image, as it is seen. */
export function offerOf(pyramid: Pyramid, limits: SizeLimits): Offer {
  // A reduced image may be smaller than its first level.
  const levels = [seenSize(pyramid), ...seenLevels(pyramid).slice(1)];
  return offerTiles({ levels, tile: tileOf(pyramid), limits, maxReduction: mostReduction });
}

/** Returns the size of the tiles of an image, as it is seen. */
export function tileOf(pyramid: Pyramid): Size {
  const { tileWidth, tileLength, isStripped, columns, rows } = pyramid.levels[0];
  if (isStripped) return stripTile;
  if (isDrawnFromLarger(pyramid)) return columns * rows === 1 ? seenSize(pyramid) : stripTile;
  return turnSize({ width: tileWidth, height: tileLength }, turnOfTiffOrientation(pyramid.orientation));
}

/**
 * Returns the sizes and tiles to advertise for an image with these levels: `levels[0]` is the image itself, `tile` the
 * tile size of the file, all after orientation. Levels that are not a whole fraction are left out.
 *
 * Where the levels are halved, factors double from 1, with those between and past the levels that no level has, as
 * long as one tile covers less than the image, is drawn from at most `maxReduction` pixels for one of its own on each
 * side, and has a pixel of the image for each of its own. Then there is one size for each factor, apart from those above the limits: viewers take the n-th size for that of
 * the n-th doubling. For factors that do not double there is no size at all, for the same reason.
 * Source: Image API 3.0 §5.3, §5.4; IIIFTileSource of OpenSeadragon 4.1.0 to 6.1.1.
 */
export function offerTiles({
  levels,
  tile,
  limits,
  maxReduction,
}: {
  readonly levels: readonly Size[];
  readonly tile: Size;
  readonly limits: SizeLimits;
  readonly maxReduction: number;
}): Offer {
  const image = levels[0];
  if (image === undefined) return { sizes: [], tiles: [] };
  const stored = levelsByFactor(image, levels);
  const scaleFactors = chooseFactors(image, { stored: [...stored.keys()], tile, maxReduction });
  const isDoubling = scaleFactors.every((factor, index) => factor === 2 ** index);
  const sizes = scaleFactors.map((factor) => stored.get(factor) ?? reducedSize(image, factor)).reverse();
  return {
    sizes: isDoubling ? sizes.filter((size) => isWithin(size, limits)) : [],
    tiles: isWithin(tile, limits) ? [{ ...tile, scaleFactors }] : [],
  };
}

function levelsByFactor(image: Size, levels: readonly Size[]): ReadonlyMap<number, Size> {
  const byFactor = new Map<number, Size>();
  for (const level of levels) {
    const factor = scaleFactor(image, level);
    if (factor !== undefined && !byFactor.has(factor)) byFactor.set(factor, level);
  }
  return byFactor;
}

interface FactorRules {
  /** Factors of the levels, 1 among them. */
  readonly stored: readonly number[];
  readonly tile: Size;
  readonly maxReduction: number;
}

function chooseFactors(image: Size, { stored, tile, maxReduction }: FactorRules): readonly number[] {
  const known = stored.toSorted((a, b) => a - b);
  const largest = known.at(-1) ?? 1;
  const isDoubling = known.every((factor) => Number.isInteger(Math.log2(factor)));
  const factors = isDoubling ? [] : known.filter((factor) => hasPixels(image, factor));
  let drawnFrom = isDoubling ? 1 : largest;
  for (let factor = isDoubling ? 1 : largest * 2; hasPixels(image, factor); factor *= 2) {
    if (known.includes(factor)) drawnFrom = factor;
    const isCovered = tile.width * (factor / 2) >= image.width && tile.height * (factor / 2) >= image.height;
    const isNeeded = factor === 1 || factor <= largest || !isCovered;
    if (!isNeeded || factor > drawnFrom * maxReduction) break;
    factors.push(factor);
  }
  return factors;
}

/** Of an image thinner than the factor less than a pixel would be left, which viewers ask for as for the whole. */
function hasPixels({ width, height }: Size, factor: number): boolean {
  return factor <= width && factor <= height;
}

/** What viewers reckon with for a factor that no level has. */
function reducedSize({ width, height }: Size, factor: number): Size {
  return { width: Math.ceil(width / factor), height: Math.ceil(height / factor) };
}

/**
 * Returns the size that a viewer means by `w,` for a tile at the right edge, whose width it has rounded: there the
 * height that keeps the proportions is up to twice that of the tile's neighbours. Any other size comes back as it is,
 * also where the heights differ by less than a pixel, and where the width is as it is at several factors, at the
 * smallest of them. Source: Image API 2.1 implementation notes, tile region parameter calculation.
 */
export function sizeOfTile(
  asked: SizeRequest,
  region: Area,
  { image, tile }: { readonly image: Size; readonly tile: Size | undefined },
): SizeRequest {
  const isRounded = asked.kind === "width" && asked.width < region.width && region.x + region.width === image.width;
  if (!isRounded || tile === undefined) return asked;
  const { width } = asked;
  for (let factor = 2; factor < 2 * region.width; factor *= 2) {
    const exact = { width: region.width / factor, height: region.height / factor };
    const round = [Math.ceil, Math.floor].find((rounding) => Math.max(1, rounding(exact.width)) === width);
    const isTile =
      isTileSide({ from: region.x, length: region.width, whole: image.width, tile: tile.width * factor }) &&
      isTileSide({ from: region.y, length: region.height, whole: image.height, tile: tile.height * factor });
    if (round === undefined || exact.width === width || !isTile) continue;
    if (Math.abs(otherSide(width, region.width, region.height) - exact.height) < 1) return asked;
    return { kind: "exact", width, height: Math.max(1, round(exact.height)), isUpscaling: asked.isUpscaling };
  }
  return asked;
}

interface TileSide {
  /** Of the region, in pixels of the image. */
  readonly from: number;
  readonly length: number;
  /** Of the image, and of what a tile covers of it. */
  readonly whole: number;
  readonly tile: number;
}

function isTileSide({ from, length, whole, tile }: TileSide): boolean {
  return from % tile === 0 && length === Math.min(tile, whole - from);
}
