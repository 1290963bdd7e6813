import type { Size } from "../geometry.ts";
import type { CanonicalRequest } from "../iiif/canonical.ts";
import { maxReadBytesPerRender } from "../limits.ts";
import { colorSamples } from "../pyramid/color-model.ts";
import type { Level } from "../pyramid/level.ts";
import type { TileRange } from "../pyramid/tile-index.ts";
import { isNoTurn, noTurn, type Turn } from "../raster/orientation.ts";
import { type Batch, planBatches } from "./batches.ts";
import { type Cost, refuseAboveLimits } from "./cost.ts";
import type { AxisSampling, LevelChoice } from "./level.ts";
import type { DrawPlan } from "./plan.ts";

/** The request is tiles of one level as they lie, all of them JPEG or deflated: they go into a TIFF as they are stored. */
export interface TilesPlan {
  readonly kind: "copy";
  readonly format: "tif";
  readonly level: Level;
  /** Of the picture, in pixels. */
  readonly size: Size;
  readonly batches: readonly Batch[];
  readonly cost: Cost;
  /** What is done if the tiles turn out to be what other readers refuse. */
  readonly instead: DrawPlan;
}

/** What the tiles are to become. */
export interface TilesRequest {
  readonly request: CanonicalRequest;
  /** As stored, in output pixels. */
  readonly size: Size;
  readonly turn: Turn;
  readonly degrees: number;
  readonly sourceSize: number;
}

/** What a copy holds next to the tiles that are under way, in bytes: a directory with two numbers a tile. */
const directoryBytes = { fixed: 1 << 17, tile: 64 } as const;

/** Sides of tiles are multiples of this. Source: TIFF 6.0 §15. */
const tileMultiple = 16;

/**
 * Plans the copy of tiles into a TIFF, nothing being done to their colours; undefined if the request is not exactly tiles, or readers may not know them.
 * Throws `render-too-costly`, and `source-malformed` for tiles outside the file.
 */
export function planTileCopy(choice: LevelChoice, asked: TilesRequest): Omit<TilesPlan, "instead"> | undefined {
  const { request, size, turn, degrees, sourceSize } = asked;
  const { stored: level } = choice;
  const isPlain = request.format === "tif" && request.quality === "default" && degrees === 0 && isNoTurn(turn);
  const isOnGrid =
    isTiles(choice.x, { length: size.width, level: level.width, tile: level.tileWidth }) &&
    isTiles(choice.y, { length: size.height, level: level.height, tile: level.tileLength });
  if (!isPlain || !isOnGrid || !isCopiedToTiff(level)) return undefined;
  const batches = planBatches(choice, { tileTurn: noTurn, sourceSize });
  const ranges = rangesOf(batches);
  if (ranges === undefined) return undefined;
  const tileBytes = ranges.reduce((sum, { length }) => sum + length, 0);
  if (tileBytes > maxReadBytesPerRender) return undefined;
  const cost = copyCost(batches, ranges.length);
  refuseAboveLimits(cost);
  return { kind: "copy", format: "tif", level, size, batches, cost };
}

/** Returns where the tiles of batches lie, row by row; undefined if one was never written, for readers refuse such. */
export function rangesOf(batches: readonly Batch[]): readonly TileRange[] | undefined {
  const tiles = batches.flatMap(({ tileRows }) => tileRows.flatMap((row) => row.tiles));
  const ranges = tiles.map((tile) => tile.ranges?.[0]).filter((range) => range !== undefined);
  return ranges.length === tiles.length ? ranges : undefined;
}

/** Begins on the grid, and ends on it or where the level does. */
function isTiles(
  { start, step }: AxisSampling,
  { length, level, tile }: { readonly length: number; readonly level: number; readonly tile: number },
): boolean {
  const end = start + length;
  return step === 1 && start % tile === 0 && (end === level || (end < level && end % tile === 0));
}

/** Whether tiles are such that every reader of TIFF knows them, and what they show is what is drawn of them. */
function isCopiedToTiff({ encoding, isStripped, tileWidth, tileLength }: Level): boolean {
  const { compression, model, isInverted, layout } = encoding;
  const { bits, format, isPlanar, isBitReversed, range, alpha } = layout;
  const isShaped = !isStripped && tileWidth % tileMultiple === 0 && tileLength % tileMultiple === 0;
  const isOfBytes = bits === 8 && format === "unsigned" && !isBitReversed && range.least === 0 && range.most === 255;
  if (!isShaped || !isOfBytes || isPlanar || isInverted) return false;
  if (model !== "gray" && model !== "rgb" && model !== "ycbcr") return false;
  const colors = colorSamples[model];
  if (compression === "jpeg") return layout.samplesPerPixel === colors;
  const isStraight = alpha !== undefined && !alpha.isAssociated && alpha.sample === colors;
  const isWhole = layout.samplesPerPixel === colors + (isStraight ? 1 : 0) && (isStraight || alpha === undefined);
  return compression === "deflate" && model !== "ycbcr" && isWhole;
}

function copyCost(batches: readonly Batch[], tiles: number): Cost {
  const readBytes = batches.map(({ reads }) => reads.reduce((sum, { length }) => sum + length, 0));
  // One batch is sent while the next is read.
  const gathered = readBytes.reduce((most, bytes, index) => Math.max(most, bytes + (readBytes[index + 1] ?? 0)), 0);
  return {
    tiles,
    decodedPixels: 0,
    reads: batches.reduce((sum, { reads }) => sum + reads.length, 0),
    readBytes: readBytes.reduce((sum, bytes) => sum + bytes, 0),
    peakBytes: gathered + directoryBytes.fixed + tiles * directoryBytes.tile,
  };
}
