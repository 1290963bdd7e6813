import { type Area, isSameSize, isWhole, type Size } from "../geometry.ts";
import { formatRegion } from "./canonical.ts";
import { isWithin, largestSize, type SizeLimits } from "./size.ts";
import type { TileOffer } from "./tiles.ts";
import type { ApiVersion } from "./version.ts";

/** What files an image of level 0 has, next to its version. */
export interface Level0Choice {
  /** As it is seen. */
  readonly image: Size;
  readonly tile: Size;
  /** The largest picture there is. The tile is within. */
  readonly limits: SizeLimits;
  /** Widths of further pictures of the whole image, in pixels; those above its own are left out. */
  readonly thumbnailWidths?: readonly number[] | undefined;
  /** With the names of viewers that round to the nearest pixel: OpenSeadragon 4.0.0. */
  readonly isAlsoRounded?: boolean | undefined;
}

/**
 * Returns the sizes and tiles of an image of level 0: of each scale factor the size that is rounded up, as far as it is
 * within the limits. Factors double until one tile holds the whole image. Viewers take the n-th size for that of the n-th
 * factor, and reckon with rounding up, whatever the levels of the master are.
 * Source: IIIFTileSource of OpenSeadragon 2.4.2 to 6.1.1, Leaflet-IIIF 3.0.0, OpenLayers 10.11.
 */
export function offerLevel0({ image, tile, limits }: Level0Choice): {
  readonly sizes: readonly Size[];
  readonly tiles: readonly [TileOffer];
} {
  const scaleFactors = factorsOf(image, tile);
  const sizes = scaleFactors.map((factor) => reducedSize(image, factor)).reverse();
  return { sizes: sizes.filter((size) => isWithin(size, limits)), tiles: [{ ...tile, scaleFactors }] };
}

function factorsOf(image: Size, tile: Size): readonly number[] {
  const factors: number[] = [];
  for (let factor = 1; ; factor *= 2) {
    factors.push(factor);
    const { width, height } = reducedSize(image, factor);
    if (width <= tile.width && height <= tile.height) return factors;
  }
}

function reducedSize({ width, height }: Size, factor: number): Size {
  return { width: Math.ceil(width / factor), height: Math.ceil(height / factor) };
}

/** A file of a picture: region and size as a path has them. Rotation, quality and format are the same for all. */
export interface Level0Name {
  readonly region: string;
  readonly size: string;
}

/** What follows region and size in the path of every picture. */
export const level0End = { rotation: "0", qualityAndFormat: "default.jpg" } as const;

/**
 * Lists the files of pictures that an image of level 0 has: `full/max`, the sizes and tiles of `offerLevel0`, and the other
 * spellings of the same that viewers ask for. None comes twice; those of one picture mostly come one after the other.
 * Source: Image API 3.0 §4.8, §5.3 and compliance document; 2.1 §4.7, §5.3.
 */
export function* listLevel0(choice: Level0Choice, version: ApiVersion): Generator<Level0Name, undefined> {
  const listed = new Set<string>();
  for (const name of version === 3 ? namesOf(choice, spellV3) : namesOf(choice, spellV2)) {
    const key = `${name.region}/${name.size}`;
    if (listed.has(key)) continue;
    listed.add(key);
    yield name;
  }
}

/** How a version spells sizes. */
interface Spelling {
  readonly version: ApiVersion;
  /** Of a listed size: all spellings. */
  readonly listed: (size: Size) => readonly string[];
  readonly tile: (size: Size) => string;
}

const exact = ({ width, height }: Size): string => `${width},${height}`;
const byWidth = ({ width }: Size): string => `${width},`;
const spellV3: Spelling = { version: 3, listed: (size) => [exact(size)], tile: exact };
const spellV2: Spelling = { version: 2, listed: (size) => [exact(size), byWidth(size)], tile: byWidth };

function* namesOf(choice: Level0Choice, spelling: Spelling): Generator<Level0Name, undefined> {
  const { image, tile, limits, thumbnailWidths = [], isAlsoRounded = false } = choice;
  const all = { x: 0, y: 0, ...image };
  const isLimited = !isSameSize(largestSize(image, limits), image);
  yield* largestNames(spelling, isLimited);
  for (const factor of factorsOf(image, tile)) {
    const whole = reducedSize(image, factor);
    if (isWithin(whole, limits)) for (const size of spelling.listed(whole)) yield { region: "full", size };
    for (const area of areasOf(image, tile, factor)) {
      const size = spelling.tile(reducedSize(area, factor));
      const region = formatRegion(area, image);
      yield { region, size };
      // Leaflet-IIIF never says `full`.
      if (isWhole(area, image)) yield { region: formatArea(all), size };
      // In 2.1, OpenSeadragon says so where the picture is as wide as the image.
      const isWide = area.width === image.width && reducedSize(area, factor).width === image.width;
      if (spelling.version === 2 && isWide) yield { region, size: "full" };
      if (isAlsoRounded) yield* roundedName(region, { area, factor, spelling });
    }
  }
  for (const width of thumbnailWidths) if (width <= image.width) yield { region: "full", size: `${width},` };
  for (const size of smallerSizes(image, tile)) yield { region: formatArea(all), size: spelling.tile(size) };
}

/** The side of a map, in pixels, down to which Leaflet-IIIF finds a picture that fits into it. */
const smallestMap = 256;

/** In a map smaller than a tile, Leaflet-IIIF goes on past the last factor. */
function* smallerSizes(image: Size, tile: Size): Generator<Size, undefined> {
  const isLarge = ({ width, height }: Size): boolean => Math.max(width, height) > smallestMap;
  for (let factor = factorsOf(image, tile).at(-1) ?? 1; isLarge(reducedSize(image, factor)); factor *= 2) {
    yield reducedSize(image, 2 * factor);
  }
}

/** 2.1 calls the largest picture `full` where it is all of the image, and `max` since 2.1. */
function* largestNames({ version }: Spelling, isLimited: boolean): Generator<Level0Name, undefined> {
  if (version === 2 && !isLimited) yield { region: "full", size: "full" };
  yield { region: "full", size: "max" };
}

function* areasOf(image: Size, tile: Size, factor: number): Generator<Area, undefined> {
  const [across, down] = [tile.width * factor, tile.height * factor];
  for (let y = 0; y < image.height; y += down) {
    for (let x = 0; x < image.width; x += across) {
      yield { x, y, width: Math.min(across, image.width - x), height: Math.min(down, image.height - y) };
    }
  }
}

interface RoundedTile {
  readonly area: Size;
  readonly factor: number;
  readonly spelling: Spelling;
}

/** A size of no pixels can't be drawn; 2.1 names the width alone. */
function* roundedName(region: string, { area, factor, spelling }: RoundedTile): Generator<Level0Name, undefined> {
  const rounded = { width: Math.round(area.width / factor), height: Math.round(area.height / factor) };
  if (rounded.width > 0 && (rounded.height > 0 || spelling.version === 2))
    yield { region, size: spelling.tile(rounded) };
}

function formatArea({ x, y, width, height }: Area): string {
  return [x, y, width, height].join(",");
}

/** Whether a segment of a path is one that the folder of an image has: what is below it is no image of its own. */
export function isLevel0Segment(segment: string): boolean {
  return segment === "info.json" || segment === "full" || /^\d+,\d+,\d+,\d+$/.test(segment);
}
