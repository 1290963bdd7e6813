import type { Area, Size } from "../geometry.ts";
import { type DecodedGrid, gridOf } from "../pyramid/decoded-grid.ts";
import type { Level } from "../pyramid/level.ts";
import type { Pyramid } from "../pyramid/pyramid.ts";
import { isDrawnFromLarger, isLarger } from "../pyramid/reduced.ts";
import { scaleFactor } from "../pyramid/scale-factor.ts";
import type { ReversedAxes } from "../raster/orientation.ts";

/** How output pixels lie on one axis of a level: output pixel i covers `[start + i * step, start + (i + 1) * step)`. */
export interface AxisSampling {
  /** In pixels of the level. */
  readonly start: number;
  /** Pixels of the level per output pixel. */
  readonly step: number;
  /** Pixels of the level per output pixel that the filter is as wide as for, where that is more than the step. */
  readonly filterStep?: number;
  /** Pixels of the level that means may be made of before the filter, where those are fewer than the step. */
  readonly meansStep?: number;
}

/** Returns how many pixels of a level per output pixel the filter of an axis is as wide as for. */
export function filterStepOf({ step, filterStep = step }: AxisSampling): number {
  return filterStep;
}

/** Returns how many pixels of a level per output pixel decide how far it is reduced to means before the filter. */
export function meansStepOf({ step, meansStep = step }: AxisSampling): number {
  return meansStep;
}

/** Returns an axis in units of `pixels` pixels of the level each. */
export function inUnits({ start, step, filterStep, meansStep }: AxisSampling, pixels: number): AxisSampling {
  return {
    ...{ start: start / pixels, step: step / pixels },
    ...(filterStep === undefined ? {} : { filterStep: filterStep / pixels }),
    ...(meansStep === undefined ? {} : { meansStep: meansStep / pixels }),
  };
}

/** The level that a picture is drawn from, and where the output lies on it. */
export interface LevelChoice {
  readonly stored: Level;
  /** How much smaller than stored its tiles are decoded. */
  readonly reduction: 1 | 2 | 4 | 8;
  /** The level as it is decoded, which the other values are in pixels of. */
  readonly grid: DecodedGrid;
  readonly x: AxisSampling;
  readonly y: AxisSampling;
  /** The pixels of the level that are read: all that the region covers, and of a seamless choice what the filter reaches. */
  readonly window: Area;
  /**
   * Where the level begins on the grid, if the choice is seamless: what lies around a region counts as for the whole image,
   * and all regions are made of the same boxes, which begin here. Undefined where a region is made of its own pixels.
   */
  readonly seamlessFrom?: Point | undefined;
}

/** A place on a grid, in pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What is to become of a region: its size in output pixels, and which axes the image's orientation reverses. */
export interface OutputForm {
  readonly size: Size;
  readonly reversed: ReversedAxes;
}

/** A level may be enlarged by this much rather than reading the next larger one. */
const enlargement = 1.01;

/** What rounding errors make of no enlargement at all. */
const rounding = 1 + 1e-9;

/**
 * Chooses the smallest level with one pixel per output pixel on both axes, give or take one per cent, and lays the
 * output on it. A request on the grid of the level comes out with a step of exactly 1 and whole starts, also at the
 * right and bottom edges, where the writer may have rounded the level down and the viewer its tile up.
 * The grid counts from where the image as seen begins. Region and size are as stored.
 * An image that is drawn from a larger level has the same pixels wherever a region begins, so that requests for parts
 * show no more than one for the whole: no level is enlarged for it, and its choice is seamless.
 */
export function chooseLevel(pyramid: Pyramid, region: Area, { size, reversed }: OutputForm): LevelChoice {
  const isSeamless = isDrawnFromLarger(pyramid);
  const form = { region, size, reversed, enlargement: isSeamless ? rounding : enlargement };
  const { level, x, y } = laySmallest(pyramid, form);
  const reach = isSeamless ? seamlessReach(level) : () => 0;
  const columns = coveredPixels(x, { output: size.width, level: level.width, reach: reach(x) });
  const rows = coveredPixels(y, { output: size.height, level: level.height, reach: reach(y) });
  return {
    stored: level,
    reduction: 1,
    grid: gridOf(level),
    x: inUnits(x, 1),
    y: inUnits(y, 1),
    window: { x: columns.from, y: rows.from, width: columns.length, height: rows.length },
    seamlessFrom: isSeamless ? { x: 0, y: 0 } : undefined,
  };
}

interface LaidLevel {
  readonly level: Level;
  readonly x: LaidAxis;
  readonly y: LaidAxis;
}

interface LaidAxis extends AxisSampling {
  /** Pixels of the level that the region covers, a fraction if it ends between two. */
  readonly covered: number;
  /** Whether there is a pixel per output pixel, give or take the enlargement. */
  readonly isSharp: boolean;
  /** Whether output pixels are pixels of the level. */
  readonly isOnGrid: boolean;
}

interface LevelForm extends OutputForm {
  readonly region: Area;
  /** How much the level may be enlarged. */
  readonly enlargement: number;
}

/** Lays a picture on the smallest level that suffices, and on the first where none does. */
function laySmallest(pyramid: Pyramid, form: LevelForm): LaidLevel {
  for (let at = pyramid.levels.length - 1; at > 0; at--) {
    const level = pyramid.levels[at]!;
    if (isFarTooSmall(pyramid, level, form)) continue;
    const laid = layLevel(pyramid, level, form);
    if (suffices(laid)) return laid;
  }
  return layLevel(pyramid, pyramid.levels[0], form);
}

/**
 * Says of most levels that do not suffice that they don't, before anything is laid on them: by more than a level can differ
 * from a fraction of the image, which is a pixel, and more than an output may be rounded up.
 */
function isFarTooSmall(pyramid: Pyramid, level: Level, { region, size, enlargement }: LevelForm): boolean {
  const most = (image: number, length: number, side: number): number =>
    (enlargement * ((side + 1) * length)) / image + 1;
  if (pyramid.reducedFrom !== undefined) return false;
  return (
    size.width > most(pyramid.width, region.width, level.width) ||
    size.height > most(pyramid.height, region.height, level.height)
  );
}

function layLevel(pyramid: Pyramid, level: Level, form: LevelForm): LaidLevel {
  const { region, size, reversed, enlargement } = form;
  const factors = factorsOf(pyramid, level);
  const lay = isDrawnFromLarger(pyramid) && isLarger(level, pyramid) ? layOnLarger : layAxis;
  const x = lay({
    image: pyramid.width,
    level: level.width,
    factor: factors.x,
    from: region.x,
    length: region.width,
    output: size.width,
    isReversed: reversed.x,
    enlargement,
  });
  const y = lay({
    image: pyramid.height,
    level: level.height,
    factor: factors.y,
    from: region.y,
    length: region.height,
    output: size.height,
    isReversed: reversed.y,
    enlargement,
  });
  return { level, x, y };
}

/** Levels are fractions of the image as it is stored, also of one that a reduced image is drawn from. */
function factorsOf(pyramid: Pyramid, level: Level): Point {
  const { width, height, reducedFrom } = pyramid;
  const full = isDrawnFromLarger(pyramid) && reducedFrom !== undefined ? reducedFrom : { width, height };
  const factor = scaleFactor(full, level);
  if (factor === undefined) return { x: width / level.width, y: height / level.height };
  return { x: (factor * width) / full.width, y: (factor * height) / full.height };
}

/** Pixels of a level per pixel of the image are whole multiples of this: its products then have no rounding errors. */
const exactPart = 2 ** -32;

/**
 * How wide the filter is at least, in pixels of the image, where output pixels are not its own. Of waves of 0.72 a pixel
 * and finer Lanczos3 lets pass one per cent at most: this much wider, of half a wave a pixel, the finest that pixels of
 * the image can show. As wide as one pixel it would show waves between them that none of them shows.
 */
const betweenPixels = 1.44;

/**
 * Down to this many pixels of the image for one of the output, a level without smaller ones is reduced to the means that
 * the image itself is made of: those of more pixels would show waves between that its own do not. Smaller outputs are few
 * pixels, and would take the memory of the whole image.
 */
const meansUpTo = 4;

/** Lays a region of a reduced image on the level that it is drawn from: never on the level's own grid, nor enlarged. */
function layOnLarger({ factor, from, length, output }: Axis): LaidAxis {
  if (output > length) throw new RangeError(`${length} pixels of a reduced image enlarged to ${output}`);
  const scale = Math.max(1, Math.round(1 / factor / exactPart) * exactPart);
  const covered = length * scale;
  const step = covered / output;
  const least = output === length ? step : betweenPixels * scale;
  return {
    ...{ start: from * scale, step, covered, isSharp: true, isOnGrid: false },
    ...(step < least ? { filterStep: least } : {}),
    ...(step > scale && step <= meansUpTo * scale ? { meansStep: scale } : {}),
  };
}

/**
 * A tile at the edge that was rounded up lacks a fraction of a pixel and still belongs to the level. Less than one
 * pixel on both axes belongs to no level in particular: then the image itself is nearer to what was asked for.
 */
function suffices({ x, y }: LaidLevel): boolean {
  const isEnough = (axis: LaidAxis): boolean => axis.isSharp || axis.isOnGrid;
  return isEnough(x) && isEnough(y) && (x.isSharp || y.isSharp || Math.max(x.covered, y.covered) >= 1);
}

interface Axis {
  /** Pixels of the whole image, of the level, and of the image per pixel of the level. */
  readonly image: number;
  readonly level: number;
  readonly factor: number;
  /** The region's start and length in pixels of the image. */
  readonly from: number;
  readonly length: number;
  readonly output: number;
  readonly isReversed: boolean;
  readonly enlargement: number;
}

function layAxis({ image, level, factor, from, length, output, isReversed, enlargement }: Axis): LaidAxis {
  const seenFrom = isReversed ? image - from - length : from;
  const start = seenFrom / factor;
  const reachesEnd = seenFrom + length === image;
  const isWhole = from === 0 && reachesEnd && output === level;
  const covered = isWhole ? level : length / factor;
  const isSharp = covered * enlargement >= output;
  const isGridTile =
    Number.isInteger(start) &&
    start < level &&
    (Number.isInteger(covered) || reachesEnd) &&
    [Math.ceil(covered), Math.floor(covered), Math.max(1, Math.round(covered))].includes(output);
  if (isWhole) return { start: 0, step: 1, covered, isSharp, isOnGrid: true };
  if (isGridTile) {
    return { start: isReversed ? level - start - output : start, step: 1, covered, isSharp, isOnGrid: true };
  }
  return { start: Math.min(from / factor, level - 1), step: covered / output, covered, isSharp, isOnGrid: false };
}

/** Lobes of Lanczos3 on each side of its centre. */
const lobes = 3;

/**
 * Returns how many pixels of a level around a region have a part in it: as far as the filter reaches on the coarsest
 * plane, which has a sample for 2 pixels of the output or of the level as it is decoded, or for 4 of a level that says so,
 * and one step more, which the boxes of a shrink may be long.
 */
function seamlessReach({ encoding: { subsampling } }: Level): (axis: LaidAxis) => number {
  const coarsest = Math.max(2, subsampling.x, subsampling.y);
  return (axis) =>
    axis.isOnGrid ? 0 : Math.ceil((lobes * coarsest + 1) * Math.max(1, filterStepOf(axis))) + 2 * coarsest;
}

function coveredPixels(
  { start, step }: AxisSampling,
  { output, level, reach }: { readonly output: number; readonly level: number; readonly reach: number },
): { from: number; length: number } {
  const from = Math.max(0, Math.min(level - 1, Math.floor(start)) - reach);
  // An end that rounding errors leave just after a whole pixel does not reach into the next one.
  const end = Math.ceil(start + step * output - 1e-6) + reach;
  return { from, length: Math.max(1, Math.min(level, end) - from) };
}
