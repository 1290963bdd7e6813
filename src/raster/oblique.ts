import type { Size } from "../geometry.ts";
import type { Turn } from "./orientation.ts";

/** What is done to a picture: turned, then rotated clockwise by degrees that are no multiple of 90. */
export interface Oblique {
  /** Of the picture before it is turned, in pixels. */
  readonly size: Size;
  readonly turn: Turn;
  readonly degrees: number;
  /** Of what becomes of it, in pixels: their centres are at the same place. */
  readonly canvas: Size;
}

/**
 * Where the pixels of a canvas lie on the picture: the one in column X, row Y is centred at `across + X * acrossColumn +
 * Y * acrossRow`, `down + X * downColumn + Y * downRow`, counted from the picture's corner, in pixels.
 */
export interface CanvasMap {
  readonly across: number;
  readonly down: number;
  readonly acrossColumn: number;
  readonly downColumn: number;
  readonly acrossRow: number;
  readonly downRow: number;
}

/** Returns how a canvas lies on a picture, both counted in squares of `pixels` by `pixels` pixels. */
export function mapCanvas({ size, turn, degrees, canvas }: Oblique, pixels: number): CanvasMap {
  const radians = ((degrees + 90 * turn.quarterTurns) * Math.PI) / 180;
  const cosine = Math.cos(radians);
  const sine = Math.sin(radians);
  const side = turn.mirror ? -1 : 1;
  const step = { acrossColumn: side * cosine, acrossRow: side * sine, downColumn: -sine, downRow: cosine };
  const left = 0.5 - canvas.width / pixels / 2;
  const top = 0.5 - canvas.height / pixels / 2;
  return {
    across: step.acrossColumn * left + step.acrossRow * top + size.width / pixels / 2,
    down: step.downColumn * left + step.downRow * top + size.height / pixels / 2,
    ...step,
  };
}

/** Returns the map of the same canvas from its row `row` on. */
export function mapFromRow(map: CanvasMap, row: number): CanvasMap {
  return { ...map, across: map.across + row * map.acrossRow, down: map.down + row * map.downRow };
}
