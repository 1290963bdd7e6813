import type { Area, Size } from "../geometry.ts";
import { type Pyramid, seenSize } from "../pyramid/pyramid.ts";
import { scaleFactor } from "../pyramid/scale-factor.ts";
import {
  composeTurns,
  inverseTurn,
  type Turn,
  turnArea,
  turnOfTiffOrientation,
  unturnArea,
} from "../raster/orientation.ts";
import type { ColorModel } from "../raster/raster.ts";
import type { AxisSampling, LevelChoice } from "./level.ts";
import type { DecodedMark, Watermark, WatermarkPosition } from "./marks.ts";

/** A watermark is put over strips in their final colours. It may lie over them more than once. */
export interface WatermarkStep {
  readonly kind: "watermark";
  readonly image: DecodedMark;
  readonly opacity: number;
  /** Of the strips that it is put over. */
  readonly model: ColorModel;
  /** How the mark is turned to lie as the strips do. */
  readonly turn: Turn;
  /** Of one copy of it, turned, in output pixels. */
  readonly size: Size;
  /** The picture that it lies on, as the strips lie. */
  readonly output: Size;
  /** The left and top edges of its copies, in pixels of the output as the strips lie; all have the same remainder by 2. */
  readonly columns: readonly number[];
  readonly rows: readonly number[];
}

/** Where strips lie on an image. */
export interface StripPlace {
  readonly pyramid: Pyramid;
  /** The choice before it is turned, reduced and padded. */
  readonly laid: LevelChoice;
  readonly tileTurn: Turn;
  /** As the strips lie: after `tileTurn`. */
  readonly x: AxisSampling;
  readonly y: AxisSampling;
  readonly size: Size;
  readonly model: ColorModel;
}

/** What is left free between a mark and the edge of the image, as a share of its shorter side. */
const edgeShare = 1 / 40;

/** What is left free between copies of a mark, as a share of its longer side. */
const gapShare = 1 / 4;

/** The most copies on an axis of an image, about: those of an image that is long and thin lie further apart. */
const mostCopies = 512;

/**
 * Plans where a watermark lies in a picture: undefined if it does not touch it, or the image at this scale is too small for
 * it. Edges are rounded to whole pixels of the output, counted from where the level begins, so that tiles of a level join.
 * Pure; never throws.
 */
export function planWatermark(watermark: Watermark, place: StripPlace): WatermarkStep | undefined {
  const { pyramid, laid, tileTurn, x, y, size, model } = place;
  const { image, opacity, fromPixels } = watermark;
  if (opacity <= 0 || wholePixels(laid) < fromPixels) return undefined;
  const seen = seenSize(pyramid);
  const copies = placeCopies(watermark, seen);
  const orient = turnOfTiffOrientation(pyramid.orientation);
  const turn = composeTurns(inverseTurn(orient), tileTurn);
  const onStrips = (at: { readonly x: number; readonly y: number }): Area =>
    layOnStrips({ ...at, ...copies.size }, { ...place, seen, orient });
  const [left = 0] = copies.lefts;
  const [top = 0] = copies.tops;
  const isTransposed = turn.quarterTurns % 2 === 1;
  const across = isTransposed
    ? copies.tops.map((at) => onStrips({ x: left, y: at }).x)
    : copies.lefts.map((at) => onStrips({ x: at, y: top }).x);
  const down = isTransposed
    ? copies.lefts.map((at) => onStrips({ x: at, y: top }).y)
    : copies.tops.map((at) => onStrips({ x: left, y: at }).y);
  const one = onStrips({ x: left, y: top });
  const columns = spansOf(across, { length: one.width, sampling: x, output: size.width });
  const rows = spansOf(down, { length: one.height, sampling: y, output: size.height });
  if (columns.starts.length === 0 || rows.starts.length === 0) return undefined;
  const drawn = { width: columns.length, height: rows.length };
  const places = { columns: columns.starts, rows: rows.starts };
  return { kind: "watermark", image, opacity, model, turn, size: drawn, output: size, ...places };
}

/** The longer side that the whole image would have at the scale of a picture: the same for all tiles of a level. */
function wholePixels({ grid, x, y }: LevelChoice): number {
  return Math.max(grid.width / x.step, grid.height / y.step);
}

/** Copies of a mark in pixels of the image as it is seen. */
interface Copies {
  readonly size: Size;
  readonly lefts: readonly number[];
  readonly tops: readonly number[];
}

function placeCopies({ image, position, scale }: Watermark, seen: Size): Copies {
  const shorter = Math.min(seen.width, seen.height);
  const factor = (scale * shorter) / Math.max(image.width, image.height);
  const size = { width: image.width * factor, height: image.height * factor };
  if (position === "tile") {
    const gap = Math.max(size.width, size.height) * gapShare;
    return {
      size,
      lefts: repeat({ length: size.width, gap, whole: seen.width }),
      tops: repeat({ length: size.height, gap, whole: seen.height }),
    };
  }
  const { across, down } = sidesOf(position);
  const edge = shorter * edgeShare;
  return {
    size,
    lefts: [alignOnAxis(across, { length: size.width, edge, whole: seen.width })],
    tops: [alignOnAxis(down, { length: size.height, edge, whole: seen.height })],
  };
}

type Side = "start" | "middle" | "end";

function sidesOf(position: WatermarkPosition): { readonly across: Side; readonly down: Side } {
  const across = position.endsWith("left") ? "start" : position.endsWith("right") ? "end" : "middle";
  const down = position.startsWith("top") ? "start" : position.startsWith("bottom") ? "end" : "middle";
  return { across, down };
}

interface OnAxis {
  readonly length: number;
  readonly edge: number;
  readonly whole: number;
}

function alignOnAxis(side: Side, { length, edge, whole }: OnAxis): number {
  const free = whole - length;
  const most = Math.min(edge, free / 2);
  return side === "start" ? most : side === "end" ? free - most : free / 2;
}

/** One lies in the middle; those over the edges are cut. */
function repeat({ length, gap, whole }: { readonly length: number; readonly gap: number; readonly whole: number }) {
  const period = Math.max(length + gap, whole / mostCopies);
  const middle = (whole - length) / 2;
  const before = Math.ceil(middle / period);
  return Array.from({ length: 2 * before + 1 }, (_, index) => middle + (index - before) * period);
}

/** Returns an area of the image as it is seen on the level as its rows lie when they are decoded: fractions of its pixels. */
function layOnStrips(
  area: Area,
  { pyramid, laid, tileTurn, seen, orient }: StripPlace & { readonly seen: Size; readonly orient: Turn },
): Area {
  const { stored: level, reduction, grid } = laid;
  const stored = unturnArea(area, seen, orient);
  const factor = scaleFactor(pyramid, level);
  const across = (factor ?? pyramid.width / level.width) * reduction;
  const down = (factor ?? pyramid.height / level.height) * reduction;
  const onLevel = {
    x: stored.x / across,
    y: stored.y / down,
    width: stored.width / across,
    height: stored.height / down,
  };
  const padded = { width: grid.columns * grid.tileWidth, height: grid.rows * grid.tileLength };
  return turnArea(onLevel, padded, tileTurn);
}

interface Span {
  readonly length: number;
  readonly sampling: AxisSampling;
  readonly output: number;
}

/**
 * Rounds copies on an axis to pixels of the output, and leaves out those that don't touch it. All begin an even number of
 * pixels from where the level begins: chroma that is halved then has the same place under each of them.
 */
function spansOf(
  starts: readonly number[],
  { length, sampling: { start, step }, output }: Span,
): { readonly starts: readonly number[]; readonly length: number } {
  const pixels = Math.max(1, Math.round(length / step));
  const origin = Math.round(start / step);
  const placed = starts.map((at) => 2 * Math.round(at / step / 2) - origin);
  return { length: pixels, starts: placed.filter((at) => at < output && at + pixels > 0) };
}
