import { encodeSrgb, type Matrix } from "./srgb.ts";

/** Linear light is Q14, coefficients are Q13. */
export const lightOne = 1 << 14;
const coefficientOne = 1 << 13;

/** Coefficients from here on do not fit in 16 bits; no primaries of real light come near. */
const greatestCoefficient = 4;

/** The layout that wasm/color-matrix.ts reads: nine coefficients, levels, three axes, light. */
const levelsAt = 32;
const axesAt = levelsAt + 16_400;
const lightAt = axesAt + 3 * 1024;

/** A conversion through linear light: sums or values of axes, a matrix, the curve of sRGB. */
export interface LightParts {
  /** To linear sRGB. */
  readonly matrix: Matrix;
  /**
   * For the 256 levels of three channels, one after another: light in Q14, or what they add to an index into `light`.
   */
  readonly axes: ArrayLike<number>;
  /** Light in Q14; if absent, the axes contain it. */
  readonly light?: Int16Array;
}

/** Lays out a conversion through light for the kernels; undefined where a coefficient is 4 or more. */
export function layOutLight({ matrix, axes, light = new Int16Array(0) }: LightParts): Uint8Array | undefined {
  if (!matrix.every((value) => Math.abs(value) < greatestCoefficient)) return undefined;
  const block = new Uint8Array(lightAt + light.byteLength);
  // Each row is multiplied as two pairs; the second half of the last pair is empty.
  const rows = [0, 3, 6].flatMap((row) => [...roundRow(matrix.slice(row, row + 3)), 0]);
  new Int16Array(block.buffer, 0, rows.length).set(rows);
  for (let value = 0; value <= lightOne; value += 1) {
    block[levelsAt + value] = Math.round(encodeSrgb(value / lightOne) * 255);
  }
  new Int32Array(block.buffer, axesAt, axes.length).set(axes);
  new Int16Array(block.buffer, lightAt, light.length).set(light);
  return block;
}

/** Rounds the sum of a row instead of each part, so that greys stay grey. */
function roundRow(row: readonly number[]): number[] {
  const [first = 0, second = 0, third = 0] = row.map((value) => value * coefficientOne);
  const sum = Math.round(first + second + third);
  return [Math.round(first), sum - Math.round(first) - Math.round(third), Math.round(third)];
}
