import { encodeSrgb, type Matrix } from "./srgb.ts";

/** Linear light is Q14, coefficients are Q13. */
export const lightOne = 1 << 14;
const coefficientOne = 1 << 13;

/** From here on coefficients do not fit their 16 bits; no primaries that light can have come near. */
const greatestCoefficient = 4;

/** How wasm/color-matrix.ts finds what it needs: nine coefficients, levels, three axes, light. */
const levelsAt = 32;
const axesAt = levelsAt + 16_400;
const lightAt = axesAt + 3 * 1024;

/** A conversion through linear light: sums or values of axes, a matrix, the curve of sRGB. */
export interface LightParts {
  /** To linear sRGB. */
  readonly matrix: Matrix;
  /** Of the 256 levels of three channels, one after another: light in Q14, or what they add to a place in `light`. */
  readonly axes: ArrayLike<number>;
  /** Light in Q14; without, the axes give it. */
  readonly light?: Int16Array;
}

/** Lays out a conversion through light for the kernels; undefined where a coefficient is 4 or more. */
export function layOutLight({ matrix, axes, light = new Int16Array(0) }: LightParts): Uint8Array | undefined {
  if (!matrix.every((value) => Math.abs(value) < greatestCoefficient)) return undefined;
  const block = new Uint8Array(lightAt + light.byteLength);
  // Each row is multiplied as two pairs, the last of which has nothing beside it.
  const rows = [0, 3, 6].flatMap((row) => [...roundRow(matrix.slice(row, row + 3)), 0]);
  new Int16Array(block.buffer, 0, rows.length).set(rows);
  for (let value = 0; value <= lightOne; value += 1) {
    block[levelsAt + value] = Math.round(encodeSrgb(value / lightOne) * 255);
  }
  new Int32Array(block.buffer, axesAt, axes.length).set(axes);
  new Int16Array(block.buffer, lightAt, light.length).set(light);
  return block;
}

/** Rounds the sum of a row rather than each of its parts alone, so that greys come out as greys. */
function roundRow(row: readonly number[]): number[] {
  const [first = 0, second = 0, third = 0] = row.map((value) => value * coefficientOne);
  const sum = Math.round(first + second + third);
  return [Math.round(first), sum - Math.round(first) - Math.round(third), Math.round(third)];
}
