import type { Size } from "../geometry.ts";
import type { Pyramid } from "./pyramid.ts";

/**
 * Returns an image as one whose longest side is exactly `longestSide` pixels, the other at least 1: with coordinates of
 * its own, and only with the level that it is drawn from and the smaller ones, so that nothing larger can be read. A level
 * of that longest side is the image itself, as it is stored. A pyramid that is no larger comes back as it is. Throws a
 * RangeError for a side that is not a whole number from 1 on.
 */
export function reducePyramid(pyramid: Pyramid, longestSide: number): Pyramid {
  if (!Number.isInteger(longestSide) || longestSide < 1)
    throw new RangeError(`a longest side of ${longestSide} pixels`);
  if (longestOf(pyramid) <= longestSide) return pyramid;
  const { orientation, levels, width, height, reducedFrom = { width, height } } = pyramid;
  const same = levels.findIndex((level) => longestOf(level) === longestSide);
  const exact = levels[same];
  if (exact !== undefined) {
    const size = { width: exact.width, height: exact.height };
    return { ...size, orientation, levels: [exact, ...levels.slice(same + 1)], reducedFrom };
  }
  const size = reducedSize(reducedFrom, longestSide);
  const from = levels.findLast((level) => covers(level, size)) ?? levels[0];
  const smaller = levels.filter((level) => level !== from && covers(size, level));
  return { ...size, orientation, levels: [from, ...smaller], reducedFrom };
}

/** Returns the longest side of a reduced image in pixels; undefined for an image as it is stored. */
export function reducedSide(pyramid: Pyramid): number | undefined {
  return pyramid.reducedFrom === undefined ? undefined : longestOf(pyramid);
}

/** Returns whether an image is a reduced one that no level has the size of: it is drawn from a larger level. */
export function isDrawnFromLarger({ width, height, levels: [from], reducedFrom }: Pyramid): boolean {
  return reducedFrom !== undefined && isLarger(from, { width, height });
}

/** Returns whether a level is larger than the image it belongs to. */
export function isLarger(level: Size, image: Size): boolean {
  return level.width > image.width || level.height > image.height;
}

function reducedSize({ width, height }: Size, longestSide: number): Size {
  const longest = Math.max(width, height);
  const scaled = (side: number): number => Math.max(1, Math.round((longestSide * side) / longest));
  return { width: scaled(width), height: scaled(height) };
}

function longestOf({ width, height }: Size): number {
  return Math.max(width, height);
}

function covers(level: Size, size: Size): boolean {
  return level.width >= size.width && level.height >= size.height;
}
