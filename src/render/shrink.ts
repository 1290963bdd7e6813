import { longestBoxSide } from "../raster/boxes.ts";
import { type AxisSampling, meansStepOf } from "./level.ts";

/**
 * How many pixels of a level, as it is decoded, become one by their mean before the rest is resampled, on each axis. The
 * boxes begin at the corner of the window, so that a region is made of its own pixels; those of a seamless choice begin at
 * the corner of the level.
 */
export interface Shrink {
  readonly x: number;
  readonly y: number;
}

/** Every pixel of the level is resampled. */
export const noShrink: Shrink = { x: 1, y: 1 };

/** What is left to Lanczos3 after a shrink: at least this many samples for each of the output. */
const leastStep = 2;

/**
 * Chooses how far a level is shrunk as it is decoded: not at all below a reduction of 4, which only masters whose levels
 * are missing need; else to between two and three pixels for each of the output. Memory and work then go by the output,
 * however large the level is. Source: libvips' vips_resize, which shrinks by a box in the same way, to a gap of 2.
 */
export function chooseShrink({ x, y }: { readonly x: AxisSampling; readonly y: AxisSampling }): Shrink {
  return { x: shrinkOf(meansStepOf(x)), y: shrinkOf(meansStepOf(y)) };
}

/** Says whether anything is shrunk. */
export function isShrunk({ x, y }: Shrink): boolean {
  return x > 1 || y > 1;
}

/** A plane that is coarser than the level, or becomes so, is shrunk to the same multiple of its own output. */
export function shrinkOfPlane(
  shrink: number,
  { source, output }: { readonly source: number; readonly output: number },
): number {
  return shrink === 1 ? 1 : Math.min(longestBoxSide, Math.max(1, Math.floor((shrink * output) / source)));
}

function shrinkOf(step: number): number {
  return Math.min(longestBoxSide, Math.max(1, Math.floor(step / leastStep)));
}
