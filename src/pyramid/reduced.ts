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
  const { orientation, levels } = pyramid;
  if (longestOf(pyramid) <= longestSide) return pyramid;
  const same = levels.findIndex((level) => longestOf(level) === longestSide);
  const exact = levels[same];
  if (exact !== undefined) {
    const { width, height } = exact;
    return { width, height, orientation, levels: [exact, ...levels.slice(same + 1)], reducedTo: longestSide };
  }
  const size = reducedSize(pyramid, longestSide);
  const from = levels.findLast((level) => covers(level, size)) ?? levels[0];
  const smaller = levels.filter((level) => level !== from && covers(size, level));
  return { ...size, orientation, levels: [from, ...smaller], reducedTo: longestSide };
}

/** Returns whether an image is a reduced one that no level has the size of: it is drawn from a larger level. */
export function isDrawnFromLarger({ width, height, levels: [from], reducedTo }: Pyramid): boolean {
  return reducedTo !== undefined && isLarger(from, { width, height });
}

/** Returns whether a level is larger than the image it belongs to. */
export function isLarger(level: Size, image: Size): boolean {
  return level.width > image.width || level.height > image.height;
}

function reducedSize({ width, height }: Size, longestSide: number): Size {
  const scaled = (side: number, longest: number): number =>
    side === longest ? longestSide : Math.max(1, Math.round((longestSide * side) / longest));
  const longest = Math.max(width, height);
  return { width: scaled(width, longest), height: scaled(height, longest) };
}

function longestOf({ width, height }: Size): number {
  return Math.max(width, height);
}

function covers(level: Size, size: Size): boolean {
  return level.width >= size.width && level.height >= size.height;
}
