import type { Size } from "../geometry.ts";
/**
 * Returns the whole number that `image` is divided by to get `level`, however the writer rounded; undefined if there is
 * none. For small levels there are several (20,095 pixels rounded down to 156 are a 128th as well as a 129th): a power
 * of two is the most likely.
 */
export function scaleFactor(image: Size, level: Size): number | undefined {
  const factor = Math.max(1, Math.round(Math.max(image.width / level.width, image.height / level.height)));
  const candidates = [2 ** Math.round(Math.log2(factor)), factor, factor - 1];
  return candidates.find(
    (candidate) =>
      candidate >= 1 &&
      isFraction(image.width, level.width, candidate) &&
      isFraction(image.height, level.height, candidate),
  );
}

/** Repeated halving rounds at every step, so a level may differ by a pixel from a single division. */
function isFraction(whole: number, part: number, factor: number): boolean {
  return part === Math.max(1, Math.floor(whole / factor)) || part === Math.ceil(whole / factor);
}
