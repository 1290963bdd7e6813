import sharp from "sharp";
import type { Area, Size } from "../geometry.ts";
import type { Level } from "../pyramid/level.ts";
import { type MasterParts, openEngine, type Pixels } from "./engine.ts";
import { cutPixels, largestMeanDifference, shrinkPixels } from "./pixel-means.ts";
import { openPixels, type PixelSource, tileOptions } from "./pixels.ts";
import type { Treatment } from "./settle.ts";

/** How much a drawn part differs from the source, in steps of 8-bit samples. */
export interface Comparison {
  /** Name of the part, for a person. */
  readonly part: string;
  readonly difference: number;
}

/** A part of an image at level `scale`, which is 2 to that power times smaller. `area` is in pixels of that level. */
interface Part {
  readonly scale: number;
  readonly area: Area;
  readonly pixels: Pixels;
}

type Levels = readonly [Level, ...Level[]];

/** Longest side of the whole source as decoded, in pixels. */
const wholeSide = 2048;

/** Longest side of the whole picture as drawn, in pixels. */
const drawnSide = 512;

/** Side of the part of the source that is decoded at full size, in pixels. */
const middleSide = 1024;

/**
 * Draws the whole of a master, at most 512 pixels a side, and a tile from the middle of each level, and compares them
 * with the source. The source is decoded twice for that, reduced as a whole and at full size in the middle, and encoded
 * once as the tiles are, so that loss from the codec does not count. Yields each comparison as it is made. Each level
 * must be half of the one before. Throws what drawing and decoding throw.
 */
export async function* compareWithSource(
  master: MasterParts,
  source: PixelSource,
  treatment: Treatment,
): AsyncGenerator<Comparison, void, undefined> {
  const { levels } = master.pyramid;
  const decode = (region: Area, size?: Size): Promise<Pixels> => decodeSource({ source, treatment }, region, size);
  const hold = async (drawn: Part, reference: Part): Promise<number> => {
    const { seen, meant } = bringTogether(drawn, reference);
    const isCoded = drawn.scale >= reference.scale;
    const coded = isCoded ? await codeTiles(meant, treatment) : meant;
    return largestMeanDifference(withoutEdge(seen), withoutEdge(coded));
  };
  const whole = await wholeOf(levels, decode);
  const drawnScale = scaleWithin(levels, drawnSide);
  const drawnWhole = await drawPart(master, { scale: drawnScale, area: wholeArea(levels, drawnScale) });
  yield { part: "the whole picture", difference: await hold(drawnWhole, whole) };
  const middle = await middleOf(levels, decode);
  for (const [scale, level] of levels.entries()) {
    // Halving a very narrow picture leaves nothing of its shorter side, and it is no longer on the grid.
    if (Math.min(levels[0].width, levels[0].height) < 2 ** scale) continue;
    const isInMiddle = scale < whole.scale && scale <= middle.widest;
    const area = isInMiddle ? tileInMiddle(level, scale, middle) : middleTile(level);
    const drawn = await drawPart(master, { scale, area });
    yield { part: `a tile of level ${scale}`, difference: await hold(drawn, isInMiddle ? middle : whole) };
  }
}

/** Returns the first level with sides of at most `side` pixels, otherwise the last. */
function scaleWithin(levels: Levels, side: number): number {
  const found = levels.findIndex(({ width, height }) => Math.max(width, height) <= side);
  return found < 0 ? levels.length - 1 : found;
}

function wholeArea(levels: Levels, scale: number): Area {
  const { width, height } = levels[scale] ?? levels[0];
  return { x: 0, y: 0, width, height };
}

type Decode = (region: Area, size?: Size) => Promise<Pixels>;

async function wholeOf(levels: Levels, decode: Decode): Promise<Part> {
  const scale = scaleWithin(levels, wholeSide);
  const area = wholeArea(levels, scale);
  return { scale, area, pixels: await decode(regionOf(levels, { scale, area }), area) };
}

/** Returns the middle tile of the coarsest level, up to `widest`, in which a tile covers at most `middleSide`. */
async function middleOf(levels: Levels, decode: Decode): Promise<Part & { readonly widest: number }> {
  const { tileWidth } = levels[0];
  const widest = Math.min(levels.length - 1, Math.log2(middleSide / tileWidth));
  const tile = middleTile(levels[widest] ?? levels[0]);
  const area = regionOf(levels, { scale: widest, area: tile });
  return { scale: 0, widest, area, pixels: await decode(area) };
}

/** Returns the tile in the middle, or the one to the left and above it: a whole tile if there are two. */
function middleTile(level: Level): Area {
  return tileAt(level, Math.floor((level.columns - 1) / 2), Math.floor((level.rows - 1) / 2));
}

/** Returns the tile of a finer level that contains the centre of the middle, cropped to the middle. */
function tileInMiddle(level: Level, scale: number, { area }: Part): Area {
  const factor = 2 ** scale;
  const column = Math.floor((area.x + area.width / 2) / factor / level.tileWidth);
  const row = Math.floor((area.y + area.height / 2) / factor / level.tileLength);
  const tile = tileAt(level, column, row);
  const right = Math.floor((area.x + area.width) / factor);
  const bottom = Math.floor((area.y + area.height) / factor);
  return { ...tile, width: Math.min(tile.width, right - tile.x), height: Math.min(tile.height, bottom - tile.y) };
}

function tileAt({ width, height, tileWidth, tileLength }: Level, column: number, row: number): Area {
  const x = column * tileWidth;
  const y = row * tileLength;
  return { x, y, width: Math.min(tileWidth, width - x), height: Math.min(tileLength, height - y) };
}

/** Returns the area of the full image that an area of a level covers. */
function regionOf([full]: Levels, { scale, area }: Omit<Part, "pixels">): Area {
  const factor = 2 ** scale;
  const x = area.x * factor;
  const y = area.y * factor;
  return {
    x,
    y,
    width: Math.min(area.width * factor, full.width - x),
    height: Math.min(area.height * factor, full.height - y),
  };
}

async function drawPart(master: MasterParts, { scale, area }: Omit<Part, "pixels">): Promise<Part> {
  const { levels } = master.pyramid;
  const region = regionOf(levels, { scale, area });
  const { level, ...pixels } = await openEngine().draw(master, { region, size: area });
  if (level.width !== levels[scale]?.width) throw new Error(`level ${scale} is not used for drawing`);
  return { scale, area, pixels };
}

/**
 * Returns upright 8-bit pixels, transparency flattened on white; reduced without overshoot, which would shift the
 * means.
 */
async function decodeSource(
  { source, treatment }: { readonly source: PixelSource; readonly treatment: Treatment },
  { x, y, width, height }: Area,
  size: Size | undefined,
): Promise<Pixels> {
  const alpha = treatment.alpha === "keep" ? "flatten" : treatment.alpha;
  const pixels = openPixels(source, { ...treatment, isDeep: false, alpha }).extract({ left: x, top: y, width, height });
  if (size !== undefined) pixels.resize(size.width, size.height, { fit: "fill", kernel: "linear" });
  const { data, info } = await pixels.raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, channels: info.channels, samples: data };
}

/** Reduces a drawn part and the same area of another part to the coarser of both scales. */
function bringTogether(drawn: Part, reference: Part): { readonly seen: Pixels; readonly meant: Pixels } {
  const factor = 2 ** (drawn.scale - reference.scale);
  const { area } = drawn;
  const seen = factor >= 1 ? drawn.pixels : shrinkPixels(drawn.pixels, 1 / factor);
  const covered = cutPixels(reference.pixels, {
    x: area.x * factor - reference.area.x,
    y: area.y * factor - reference.area.y,
    width: factor >= 1 ? area.width * factor : seen.width,
    height: factor >= 1 ? area.height * factor : seen.height,
  });
  return { seen, meant: factor >= 1 ? shrinkPixels(covered, factor) : covered };
}

/**
 * Leaves out the last column and row: there libjpeg mixes in chroma of the black beyond the picture and this service
 * does not. The difference is a quarter of a pixel's chroma, a lot for a strong colour.
 */
function withoutEdge(pixels: Pixels): Pixels {
  const [width, height] = [pixels.width, pixels.height].map((side) => Math.max(1, side - 1)) as [number, number];
  return cutPixels(pixels, { x: 0, y: 0, width, height });
}

/**
 * Encodes pixels once as the master's tiles are encoded: halved chroma changes strong colours next to each other a lot,
 * and also mixes in the black that libvips leaves where a tile extends beyond the picture.
 */
async function codeTiles(pixels: Pixels, treatment: Treatment): Promise<Pixels> {
  if (treatment.compression === "deflate") return pixels;
  const { width, height, channels } = pixels;
  const space = channels === 1 ? "b-w" : "srgb";
  const picture = sharp(pixels.samples, { raw: { width, height, channels: channels as 1 | 3 } });
  const coded = await picture.toColourspace(space).tiff(tileOptions(treatment)).toBuffer();
  return { ...pixels, samples: await sharp(coded).toColourspace(space).raw().toBuffer() };
}
