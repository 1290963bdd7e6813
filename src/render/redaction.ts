import { type Area, clipArea, isSameSize, type Size } from "../geometry.ts";
import type { Level } from "../pyramid/level.ts";
import type { Pyramid } from "../pyramid/pyramid.ts";
import type { TileEncoding } from "../pyramid/tile-encoding.ts";
import {
  inverseTurn,
  type Turn,
  turnArea,
  turnOfTiffOrientation,
  turnSize,
  unturnArea,
} from "../raster/orientation.ts";
import type { LevelChoice } from "./level.ts";
import type { Marks } from "./marks.ts";

/**
 * Samples that show anything of a redacted rectangle are blanked as they are decoded, before they are resampled: what is
 * made of them can't show it, whatever is asked for. On the level itself these are the rectangle and all of the blocks that
 * it was compressed in. A smaller level was made of a larger one: what it shows of that is blanked too.
 */
export interface RedactionStep {
  readonly kind: "redact";
  /** In pixels of the level as its rows lie when they are decoded. */
  readonly areas: readonly Area[];
  /** Samples of a plane, on both axes, that were compressed together. */
  readonly blockSamples: number;
}

/** How far a writer's filter reaches on both sides, in pixels of the level that it makes: Lanczos3 does 3. */
const filterReach = 3;

/**
 * Levels smaller than this on their longer side are not used for an image with redactions: a block of theirs would hide
 * much of it.
 */
const leastLevelPixels = 1024;

/** Returns a pyramid without the levels that are too small to be redacted. */
export function withoutSmallLevels(pyramid: Pyramid): Pyramid {
  const [full, ...reduced] = pyramid.levels;
  const isUsed = ({ width, height }: Level): boolean => Math.max(width, height) >= leastLevelPixels;
  return { ...pyramid, levels: [full, ...reduced.filter(isUsed)] };
}

/** Returns what is blanked on a level for redactions, in pixels of the level as it is stored. */
export function coverOnLevel(
  pyramid: Pyramid,
  level: Level,
  { redactions, image: seen }: Pick<Marks, "redactions" | "image">,
): readonly Area[] {
  const orient = turnOfTiffOrientation(pyramid.orientation);
  const stored = redactions
    .map((area) => clipArea(wholePixels(area), seen))
    .filter((area) => area !== undefined)
    .map((area) => unturnArea(area, seen, orient));
  const [full, ...smaller] = levelsDownTo(pyramid, level, turnSize(seen, inverseTurn(orient)));
  let covered = stored.map((area) => coverBlocks(area, full));
  let larger = full;
  for (const next of smaller) {
    covered = covered.map((area) => coverBlocks(reduceArea(area, larger, next), next));
    larger = next;
  }
  return covered;
}

/** A level, as far as what it covers depends on it. */
type CoveredLevel = Pick<Level, "width" | "height" | "tileWidth" | "tileLength" | "encoding">;

/** Lists the levels from the image as it is stored down to one: those that a pyramid lacks are taken to be halves. */
function levelsDownTo({ levels }: Pyramid, level: Level, stored: Size): readonly [CoveredLevel, ...CoveredLevel[]] {
  const [first, ...others] = levels;
  const there = [first, ...others.slice(0, others.indexOf(level) + 1)] as const;
  if (isSameSize(first, stored)) return there;
  const missing: CoveredLevel[] = [];
  let size = { width: Math.ceil(stored.width / 2), height: Math.ceil(stored.height / 2) };
  while (size.width > first.width * largestLoss) {
    missing.push({ ...first, ...size });
    size = { width: Math.ceil(size.width / 2), height: Math.ceil(size.height / 2) };
  }
  return [{ ...first, ...stored }, ...missing, ...there];
}

/** A level that is so much larger than another is not the same, rounded differently. */
const largestLoss = 1.5;

/** Returns areas of a level where its rows lie as they are decoded: smaller by `reduction`, and turned. */
export function layAreas(
  areas: readonly Area[],
  { reduction, grid }: Pick<LevelChoice, "reduction" | "grid">,
  tileTurn: Turn,
): readonly Area[] {
  // What is turned counts with the padding of the last tiles.
  const padded = { width: grid.columns * grid.tileWidth, height: grid.rows * grid.tileLength };
  return areas.map((area) => {
    const { x, y, width, height } = area;
    const scaled = fromEdges({
      left: Math.floor(x / reduction),
      top: Math.floor(y / reduction),
      right: Math.ceil((x + width) / reduction),
      bottom: Math.ceil((y + height) / reduction),
    });
    return turnArea(scaled, padded, tileTurn);
  });
}

/** Samples of a block of JPEG on both axes. */
const jpegBlock = 8;

/** How far from a window an area is looked at: blocks of four times subsampled chroma reach over others. */
const farthestPixels = 64;

/** Plans the step for the areas that matter to a window; undefined if none does. */
export function planRedaction(
  areas: readonly Area[],
  { window, reduction, stored }: Pick<LevelChoice, "window" | "reduction" | "stored">,
): RedactionStep | undefined {
  const far = farthestPixels;
  const near = { x: window.x - far, y: window.y - far, width: window.width + 2 * far, height: window.height + 2 * far };
  const touching = areas.filter((area) => doTouch(area, near));
  const isBlocked = stored.encoding.compression === "jpeg";
  if (touching.length === 0) return undefined;
  return { kind: "redact", areas: touching, blockSamples: isBlocked ? jpegBlock / reduction : 1 };
}

/** Says whether areas have a pixel in common. */
export function doTouch(a: Area, b: Area): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** How pixels that are compressed together tell of each other. */
interface Spread {
  /** Sides of the blocks that pixels were compressed in. */
  readonly block: { readonly x: number; readonly y: number };
  /** Pixels around them that are made of theirs as well. */
  readonly reach: number;
}

/**
 * JPEG keeps to its blocks, those of its chroma being larger; where chroma is enlarged as it is decoded, a sample of it
 * reaches further. WebP filters over the edges of its blocks and JPEG 2000 over many pixels: beyond these, what they show
 * of others is lost in the noise of compression.
 */
function spreadOf({ compression, model, subsampling, isUneven }: TileEncoding): Spread {
  const square = (side: number) => ({ x: side, y: side });
  switch (compression) {
    case "jpeg": {
      if (model === "gray") return { block: square(jpegBlock), reach: 0 };
      if (isUneven || model === "cmyk" || model === "ycck") return { block: square(4 * jpegBlock), reach: 4 };
      const { x, y } = subsampling;
      return { block: { x: jpegBlock * Math.max(2, x), y: jpegBlock * Math.max(2, y) }, reach: 0 };
    }
    case "webp":
      return { block: square(16), reach: 16 };
    case "jpeg2000":
      return { block: square(1), reach: 32 };
    default:
      return { block: square(1), reach: 0 };
  }
}

function coverBlocks(area: Area, level: CoveredLevel): Area {
  const { block, reach } = spreadOf(level.encoding);
  const across = alignSpan({ from: area.x, to: area.x + area.width, block: block.x, tile: level.tileWidth });
  const down = alignSpan({ from: area.y, to: area.y + area.height, block: block.y, tile: level.tileLength });
  const left = across.from - reach;
  const top = down.from - reach;
  return fromEdges({ left, top, right: across.to + reach, bottom: down.to + reach });
}

/** Blocks begin anew with each tile. */
function alignSpan({ from, to, block, tile }: { from: number; to: number; block: number; tile: number }) {
  const tileOf = (at: number): number => Math.floor(at / tile) * tile;
  const first = tileOf(from);
  const last = tileOf(to - 1);
  return {
    from: first + Math.floor((from - first) / block) * block,
    to: Math.min(last + tile, last + Math.ceil((to - last) / block) * block),
  };
}

function reduceArea(area: Area, larger: Size, smaller: Size): Area {
  const across = reduceSpan(area.x, area.x + area.width, factorsOf(larger.width, smaller.width));
  const down = reduceSpan(area.y, area.y + area.height, factorsOf(larger.height, smaller.height));
  return fromEdges({ left: across.from, top: down.from, right: across.to, bottom: down.to });
}

/** Whichever way the writer rounded: by the sizes of both levels, or by a whole factor if that comes to about the same. */
function factorsOf(larger: number, smaller: number): readonly number[] {
  const ratio = larger / smaller;
  const whole = Math.round(ratio);
  return Math.abs(larger / whole - smaller) <= 2 ? [ratio, whole] : [ratio];
}

function reduceSpan(from: number, to: number, factors: readonly number[]): { from: number; to: number } {
  return {
    from: Math.floor(Math.min(...factors.map((factor) => from / factor))) - filterReach,
    to: Math.ceil(Math.max(...factors.map((factor) => to / factor))) + filterReach,
  };
}

function wholePixels({ x, y, width, height }: Area): Area {
  return fromEdges({
    left: Math.floor(x),
    top: Math.floor(y),
    right: Math.ceil(x + width),
    bottom: Math.ceil(y + height),
  });
}

function fromEdges({ left, top, right, bottom }: Readonly<Record<"left" | "top" | "right" | "bottom", number>>): Area {
  return { x: left, y: top, width: right - left, height: bottom - top };
}
