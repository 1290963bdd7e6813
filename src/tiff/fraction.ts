import type { Size } from "../geometry.ts";

/** Levels are at least this many times smaller than their image. */
const leastFactor = 2;

/**
 * Returns whether a size is a whole fraction of an image's: a half, a third, a quarter ... on both sides, rounded up or
 * down, as repeated halving leaves it too.
 */
export function isWholeFraction(size: Size, full: Size): boolean {
  const ratio = Math.max(full.width, full.height) / Math.max(size.width, size.height);
  // The sides of small levels fit several factors: of repeated halving first.
  return [2 ** Math.round(Math.log2(ratio)), Math.round(ratio)].some((factor) => isPartOf(size, full, factor));
}

/** Returns whether a size is half of another on both sides, rounded up or down. */
export function isHalf(size: Size, full: Size): boolean {
  return isPartOf(size, full, leastFactor);
}

function isPartOf(size: Size, full: Size, factor: number): boolean {
  const isRounded = (side: number, whole: number): boolean =>
    side === 1 ? whole <= 2 * factor : Math.abs(whole / factor - side) < 1;
  return factor >= leastFactor && isRounded(size.width, full.width) && isRounded(size.height, full.height);
}
