import { ImageError } from "../error.ts";
import { rotatedSize, type Size } from "../geometry.ts";
import type { CanonicalRequest } from "../iiif/canonical.ts";
import { type Encoding, encodingOf } from "../iiif/format.ts";
import type { Quality } from "../iiif/quality.ts";
import { maxGifPixels, maxGifSidePixels, maxJpegSidePixels, maxPeakBytes, maxWebpSidePixels } from "../limits.ts";
import { colorSamples } from "../pyramid/color-model.ts";
import { unsupported } from "../pyramid/faults.ts";
import type { Level } from "../pyramid/level.ts";
import type { Pyramid } from "../pyramid/pyramid.ts";
import { seenSize } from "../pyramid/pyramid.ts";
import { type TileRange, tileRanges } from "../pyramid/tile-index.ts";
import {
  inverseTurn,
  isNoTurn,
  noTurn,
  reversedAxes,
  type Turn,
  turnOfTiffOrientation,
  turnSize,
  unturnArea,
} from "../raster/orientation.ts";
import { type Batch, planBatches } from "./batches.ts";
import { type ColorPath, chooseColorPath } from "./color-path.ts";
import { type ColorSteps, planColorSteps } from "./color-steps.ts";
import { type Cost, type Remedy, refuseAboveLimits } from "./cost.ts";
import { refuseMuchWork } from "./decoding-limits.ts";
import { chooseLevel, type LevelChoice } from "./level.ts";
import { isMarked, levelsFor, type Marking, planMarks } from "./mark-steps.ts";
import type { Marks } from "./marks.ts";
import { keptBytesOf, leastBytesOf, peakBytesOf } from "./memory.ts";
import { planReadsInOrder } from "./reads.ts";
import { isRecoded } from "./recoding.ts";
import { reduceChoice } from "./reduction.ts";
import { gridInRows, padForTurn } from "./row-grid.ts";
import { chooseShrink, type Shrink } from "./shrink.ts";
import { planTileCopy, type TilesPlan } from "./tile-copy.ts";
import { canTurnTiles, divideTurn, settleRotation } from "./turn-plan.ts";
import { turnChoice } from "./turned-level.ts";
import { isEncodedWhole, isSentWhole } from "./whole.ts";

/** How a request is answered. Final: a request that is refused for its size has been refused by then. */
export type RenderPlan = CopyPlan | WebpCopyPlan | TilesPlan | DrawPlan;

/** The request is exactly one stored JPEG tile: its bytes are sent with the tables spliced in. */
export interface CopyPlan extends StoredTile {
  readonly format: "jpg";
}

/** The request is exactly one stored WebP tile. */
export interface WebpCopyPlan extends StoredTile {
  readonly format: "webp";
  /** For a tile that shows something else than its directory says: only its bytes tell. */
  readonly instead: DrawPlan;
}

/** A tile that is sent as it is stored. */
export interface StoredTile {
  readonly kind: "copy";
  readonly level: Level;
  readonly range: TileRange;
  readonly cost: Cost;
}

/**
 * Tiles are decoded band by band, resampled and encoded. `draw` collects the encoded bytes, `stream` sends them on as
 * they come, so that no more than a band is ever held.
 */
export interface DrawPlan extends LevelChoice {
  readonly kind: "draw" | "stream";
  /**
   * Orientation, mirroring and quarter turns as one: done to each tile as it is decoded if the picture is too large to
   * be held, else to the whole picture after it was resampled. One of the two changes nothing, unless the picture is
   * rotated: then `turn` is a part of that, and tiles are turned so that little is left to rotate by.
   */
  readonly tileTurn: Turn;
  readonly turn: Turn;
  /** How far the level is shrunk as it is decoded, before the rest is resampled. */
  readonly shrink: Shrink;
  /** Output size in pixels as the rows lie after `tileTurn`, before `turn` and `degrees`. */
  readonly size: Size;
  /** What remains of the rotation if it is not a quarter turn, clockwise, above -90; 0 for none. */
  readonly degrees: number;
  /** Size in pixels of what is encoded, after `turn` and `degrees`. */
  readonly canvas: Size;
  readonly quality: Quality;
  readonly format: Encoding;
  readonly colors: ColorPath;
  readonly steps: ColorSteps;
  readonly batches: readonly Batch[];
  /** Whether it is made of the coefficients of JPEG tiles, as far as the plan can tell: without a transform to samples. */
  readonly isRecoded: boolean;
  /** Most that the encoder of a WebP keeps of it until it is complete, in bytes. */
  readonly keptBytes: number;
  readonly cost: Cost;
}

/** Outputs of more pixels than this are streamed rather than held. */
const streamPixels = 4_000_000;

/** What a plan takes of a master next to its pyramid. */
export interface PlanFacts {
  /** Length of the file in bytes. */
  readonly sourceSize: number;
  /** Whether the master's colours are to be brought to sRGB by its profile. */
  readonly isProfiled: boolean;
  /** What is put over all pictures of this image. */
  readonly marks?: Marks | undefined;
}

/**
 * Plans the rendering of a canonical request: strategy, level, tiles, reads, cost. Pure; nothing is read. Throws
 * `render-too-costly` for what is above the limits, `source-unsupported` for strips that are above them whatever
 * is asked for, and `source-malformed` for tiles outside the file.
 */
export function planRender(request: CanonicalRequest, pyramid: Pyramid, facts: PlanFacts): RenderPlan {
  const laid = layRequest(request, pyramid, facts);
  const { choice, asked, marking } = laid;
  const { size, turn, degrees, canvas, colors } = asked;
  const { sourceSize } = facts;
  const isCopied = !colors.isManaged && !isMarked(marking, choice, asked);
  const tile = isCopied ? planCopy(request, choice, { size, turn, degrees, sourceSize }) : undefined;
  if (tile !== undefined && asked.format === "jpg") return { ...tile, format: "jpg" };
  refuseBeyondFormat(asked.format, canvas);
  const isLarge = canvas.width * canvas.height > streamPixels;
  const drawing = planDrawing(laid, { sourceSize, isLarge });
  if (tile !== undefined) return { ...tile, format: "webp", instead: drawing };
  const tiles = isCopied ? planTileCopy(choice, { request, size, turn, degrees, sourceSize }) : undefined;
  return tiles === undefined ? drawing : { ...tiles, instead: drawing };
}

/**
 * Plans the strips that the encoder of a request's format would take, of a picture of any size: nothing is copied, and
 * nothing but what a turn of the whole needs is collected. Pure; nothing is read. Throws what `planRender` throws.
 */
export function planStrips(request: CanonicalRequest, pyramid: Pyramid, facts: PlanFacts): DrawPlan {
  return planDrawing(layRequest(request, pyramid, facts), { sourceSize: facts.sourceSize, isLarge: true });
}

/** A request on the level that it is drawn from. */
interface LaidRequest {
  readonly choice: LevelChoice;
  readonly asked: Pick<DrawPlan, "size" | "turn" | "degrees" | "canvas" | "quality" | "format" | "colors">;
  readonly marking: Marking;
  /** What helps against too much work. */
  readonly work: Remedy;
}

function layRequest(request: CanonicalRequest, whole: Pyramid, { isProfiled, marks }: PlanFacts): LaidRequest {
  const pyramid = levelsFor(whole, marks);
  const orient = turnOfTiffOrientation(pyramid.orientation);
  const toStored = inverseTurn(orient);
  const seen = seenSize(pyramid);
  const region = unturnArea(request.region, seen, orient);
  const size = turnSize(request.size, toStored);
  const choice = chooseLevel(pyramid, region, { size, reversed: reversedAxes(orient) });
  const { turn, degrees } = settleRotation(request, orient);
  const { quality } = request;
  const format = encodingOf(request.format);
  const colors = chooseColorPath(choice.stored.encoding, { quality, format, isProfiled });
  const canvas = rotatedSize(turnSize(size, turn), degrees);
  // Without a smaller level a smaller size is as much work.
  const work = choice.stored === pyramid.levels.at(-1) ? "region" : "size-or-region";
  const marking = { pyramid: whole, marks };
  return { choice, asked: { size, turn, degrees, canvas, quality, format, colors }, marking, work };
}

/**
 * Plans a drawing whose tiles are turned as they are decoded where that can be done, for then little is held. The rows of a
 * file may take more to come in another order than the picture takes to be turned: where that is too much it is turned.
 */
function planDrawing(laid: LaidRequest, facts: DrawingFacts): DrawPlan {
  const { choice, asked, work } = laid;
  const whole = { ...asked, tileTurn: noTurn };
  const divided = divideTurn(asked);
  const isTileTurn = facts.isLarge && !isEncodedWhole(asked) && canTurnTiles(reduceChoice(choice), divided.tileTurn);
  const first = drawingOf(laid, facts, isTileTurn ? divided : whole);
  const isOtherNeeded = isTooMuch(first) && isTileTurn && !isNoTurn(divided.tileTurn);
  const other = isOtherNeeded ? drawingOf(laid, facts, whole) : first;
  const planned = isTooMuch(other) ? first : other;
  const memory = isTooMuch(planned) ? chooseMemoryRemedy(planned, { ...facts, work }) : undefined;
  refuseAboveLimits(planned.cost, { work, memory });
  refuseMuchWork(planned.stored, planned.batches, work);
  return planned;
}

function isTooMuch({ cost }: DrawPlan): boolean {
  return cost.peakBytes > maxPeakBytes;
}

/** What a drawing depends on next to its request. */
interface DrawingFacts {
  readonly sourceSize: number;
  readonly isLarge: boolean;
}

/** Lays out a drawing, whatever it takes, by what is done to its tiles and what to the picture. */
function drawingOf(
  { choice: chosen, asked, marking, work }: LaidRequest,
  { sourceSize, isLarge }: DrawingFacts,
  { tileTurn, turn, degrees }: Pick<DrawPlan, "tileTurn" | "turn" | "degrees">,
): DrawPlan {
  const { size } = asked;
  const choice = reduceChoice(chosen);
  const padded = padForTurn(choice, tileTurn);
  const laid = turnChoice(padded, size, tileTurn);
  const batches = planBatches(laid, { tileTurn, sourceSize, remedy: work });
  const shrink = chooseShrink(laid);
  const { layout } = laid.stored.encoding;
  const outputSize = turnSize(size, tileTurn);
  const marked = planMarks(marking, { padded, laid, tileTurn, size: outputSize, model: asked.colors.model });
  const steps = planColorSteps(asked.colors, { ...asked, ...laid, ...marked, shrink, layout });
  const laidOut = {
    ...asked,
    ...laid,
    grid: gridInRows(laid, tileTurn),
    shrink,
    tileTurn,
    turn,
    degrees,
    size: outputSize,
    steps,
    batches,
  };
  const kind = isLarge && !isSentWhole(laidOut) ? "stream" : "draw";
  const drawing = { ...laidOut, kind } as const;
  const recoded =
    marking.marks === undefined && isRecoded(drawing) ? costed({ ...drawing, isRecoded: true }) : undefined;
  return recoded === undefined || isTooMuch(recoded) ? costed({ ...drawing, isRecoded: false }) : recoded;
}

function costed(drawing: Omit<DrawPlan, "cost" | "keptBytes">): DrawPlan {
  const planned = { ...drawing, keptBytes: keptBytesOf(drawing) };
  return { ...planned, cost: drawCost(planned) };
}

/** Tells what helps where memory does not suffice. Throws `source-unsupported` where nothing would. */
function chooseMemoryRemedy(
  drawing: Omit<DrawPlan, "cost">,
  { work, sourceSize }: { readonly work: Remedy; readonly sourceSize: number },
): Remedy {
  const least = leastBytesOf(drawing);
  if (least.tile > maxPeakBytes) throw tooLargeToDecode(drawing.stored, sourceSize);
  return least.tiles > maxPeakBytes ? work : least.sized > maxPeakBytes ? "size" : "size-or-region";
}

/** Longest side that each format can write, in pixels. Source of PNG's: §11.2.2; of TIFF's: what libtiff reads. */
const longestSides: Readonly<Record<Encoding, number>> = {
  jpg: maxJpegSidePixels,
  png: 2 ** 31 - 1,
  webp: maxWebpSidePixels,
  tif: 2 ** 31 - 1,
  gif: maxGifSidePixels,
};

function refuseBeyondFormat(format: Encoding, { width, height }: Size): void {
  if (Math.max(width, height) > longestSides[format]) {
    throw new ImageError(
      "size-above-limit",
      `The size comes to ${width} by ${height} pixels, and ${format} holds at most ${longestSides[format]} on a side.`,
    );
  }
  if (format === "gif" && width * height > maxGifPixels) {
    throw new ImageError(
      "size-above-limit",
      `The size comes to ${width} by ${height} pixels, and gif is made of at most ${maxGifPixels} pixels.`,
      { hint: "Ask for a smaller size, or for png or jpg." },
    );
  }
}

/** A tile, a strip or a file is decoded whole: if that takes more than a rendering may, no request for less would help. */
function tooLargeToDecode({ isStripped, tileWidth, tileLength, byteCounts }: Level, sourceSize: number): ImageError {
  const isWholeFile = byteCounts.length === 1 && byteCounts[0] === sourceSize;
  const parts = isWholeFile ? "is a file" : isStripped ? "is stored in strips" : "is stored in tiles";
  return unsupported(`${parts} of ${tileWidth} by ${tileLength} pixels, too large to decode whole`);
}

function planCopy(
  request: CanonicalRequest,
  { stored: level, x, y }: LevelChoice,
  drawn: { readonly size: Size; readonly turn: Turn; readonly degrees: number; readonly sourceSize: number },
): StoredTile | undefined {
  const { size, turn, degrees, sourceSize } = drawn;
  const { tileWidth, tileLength } = level;
  const format = encodingOf(request.format);
  const isPlain = request.quality === "default" && degrees === 0;
  const isTile =
    x.step === 1 &&
    y.step === 1 &&
    x.start % tileWidth === 0 &&
    y.start % tileLength === 0 &&
    size.width === tileWidth &&
    size.height === tileLength &&
    // A tile over the edge is stored padded: it is cropped, so it is drawn.
    x.start + tileWidth <= level.width &&
    y.start + tileLength <= level.height;
  if (!isPlain || !isNoTurn(turn) || !isTile || !isCopied(level, format)) return undefined;
  const place = { column: x.start / tileWidth, row: y.start / tileLength };
  const range = tileRanges(level, place, sourceSize)?.[0];
  if (range === undefined) return undefined;
  const cost = { tiles: 1, decodedPixels: 0, reads: 1, readBytes: range.length, peakBytes: 2 * range.length };
  return { kind: "copy", level, range, cost };
}

/** Whether a stored tile is one of this format that every viewer shows as it should be. */
function isCopied({ encoding, isStripped }: Level, format: Encoding): boolean {
  const { compression, model, isInverted, layout } = encoding;
  return (
    ((compression === "jpeg" && format === "jpg") || (compression === "webp" && format === "webp")) &&
    !isStripped &&
    !isInverted &&
    (model === "gray" || model === "rgb" || model === "ycbcr") &&
    layout.samplesPerPixel === colorSamples[model]
  );
}

function drawCost(drawing: Omit<DrawPlan, "cost">): Cost {
  const { stored, batches } = drawing;
  const tiles = batches.flatMap(({ tileRows }) => tileRows.flatMap((row) => row.tiles));
  const inOrder = tiles.filter((tile) => tile.isReadByRows);
  const reads = [
    ...batches.flatMap((batch) => batch.reads),
    ...inOrder.flatMap((tile) => planReadsInOrder(tile, stored.encoding.compression)),
  ];
  return {
    tiles: tiles.length,
    decodedPixels: tiles.length * stored.tileWidth * stored.tileLength,
    reads: reads.length,
    readBytes: reads.reduce((sum, read) => sum + read.length, 0),
    peakBytes: peakBytesOf(drawing),
  };
}
