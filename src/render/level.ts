import type { Area, Size } from "../geometry.ts";
import { scaleFactor } from "../iiif/tiles.ts";
import type { Level } from "../tiff/level.ts";
import type { Pyramid } from "../tiff/pyramid.ts";

/** How output pixels lie on one axis of a level: output pixel i covers `[start + i * step, start + (i + 1) * step)`. */
export interface AxisSampling {
  /** In pixels of the level. */
  readonly start: number;
  /** Pixels of the level per output pixel. */
  readonly step: number;
}

/** The level a render is drawn from, and where the output lies on it. */
export interface LevelChoice {
  readonly level: Level;
  readonly x: AxisSampling;
  readonly y: AxisSampling;
  /** The pixels of the level that are read: all that the region covers. */
  readonly window: Area;
}

/** A level may be enlarged by this much rather than reading the next larger one. */
const enlargement = 1.01;

/**
 * Chooses the smallest level with one pixel per output pixel on both axes, give or take one per cent, and lays the
 * output on it. A request on the grid of the level comes out with a step of exactly 1 and whole starts, also at the
 * right and bottom edges, where the writer may have rounded the level down and the viewer its tile up.
 * `region` in pixels of the image, `size` in output pixels, both as stored. Never throws.
 */
export function chooseLevel(pyramid: Pyramid, region: Area, size: Size): LevelChoice {
  const suffices = (level: Level): boolean =>
    (level.width / pyramid.width) * region.width * enlargement >= size.width &&
    (level.height / pyramid.height) * region.height * enlargement >= size.height;
  const level = pyramid.levels.findLast(suffices) ?? pyramid.levels[0];
  const factor = scaleFactor(pyramid, level);
  const x = layAxis({
    image: pyramid.width,
    level: level.width,
    factor: factor ?? pyramid.width / level.width,
    from: region.x,
    length: region.width,
    output: size.width,
  });
  const y = layAxis({
    image: pyramid.height,
    level: level.height,
    factor: factor ?? pyramid.height / level.height,
    from: region.y,
    length: region.height,
    output: size.height,
  });
  const columns = coveredPixels(x, size.width, level.width);
  const rows = coveredPixels(y, size.height, level.height);
  return { level, x, y, window: { x: columns.from, y: rows.from, width: columns.length, height: rows.length } };
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
}

function layAxis({ image, level, factor, from, length, output }: Axis): AxisSampling {
  const isWholeLevel = from === 0 && length === image && output === level;
  if (isWholeLevel) return { start: 0, step: 1 };
  const start = from / factor;
  const reachesEnd = from + length === image;
  const wanted = length / factor;
  const isOnGrid =
    Number.isInteger(start) &&
    start < level &&
    (Number.isInteger(wanted) || reachesEnd) &&
    (output === Math.ceil(wanted) || output === Math.max(1, Math.round(wanted)) || output === Math.floor(wanted));
  return isOnGrid ? { start, step: 1 } : { start: Math.min(start, level - 1), step: wanted / output };
}

function coveredPixels({ start, step }: AxisSampling, output: number, level: number): { from: number; length: number } {
  const from = Math.max(0, Math.min(level - 1, Math.floor(start)));
  // An end that arithmetic leaves a hair behind a whole pixel covers nothing of the next one.
  const end = Math.ceil(start + step * output - 1e-6);
  return { from, length: Math.max(1, Math.min(level, end) - from) };
}
