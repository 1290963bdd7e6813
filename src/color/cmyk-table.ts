import { layOutGrid } from "./grid.ts";
import { overprints } from "./overprints.ts";
import { d50, encodeSrgb, multiply, srgbOfXyz } from "./srgb.ts";
import type { ColorTable } from "./table.ts";

/** Printed shares of each ink with known overprints, and nodes per axis: two for each step between them. */
const shares = 5;
const gridPoints = 9;
const nodesPerShare = (gridPoints - 1) / (shares - 1);

/**
 * Returns the conversion to sRGB of inks whose press is unknown, relative to the paper: halftones of four inks on coated
 * paper by the Neugebauer equations in cells, with a Yule-Nielsen factor of 2.
 * Source: Color transformations and lookup tables, TAGA/ISCC proceedings 1992 (the cellular Neugebauer model).
 */
export function cmykTable(): ColorTable {
  const roots = Uint8Array.from(atob(overprints), (character) => character.charCodeAt(0));
  const toSrgb = srgbOfXyz("d50");
  const encoded = new Float32Array(gridPoints ** 4 * 3);
  for (let node = 0; node < gridPoints ** 4; node += 1) {
    const inks = [3, 2, 1, 0].map((slowness) => Math.floor(node / gridPoints ** slowness) % gridPoints);
    const [x, y, z] = mixRoots(roots, inks).map((root) => root ** 2) as [number, number, number];
    const linear = multiply(toSrgb, [x * d50[0], y * d50[1], z * d50[2]]);
    encoded.set(linear.map(encodeSrgb), node * 3);
  }
  const values = layOutGrid(encoded, { channels: 4, gridPoints }) as Uint8Array;
  return { kind: "grid", model: "cmyk", output: "rgb", values };
}

/** Weighs the sixteen overprints around a node by how much of the paper each covers. Inks are indices, black first. */
function mixRoots(roots: Uint8Array, inks: readonly number[]): [number, number, number] {
  const cells = inks.map((ink) => Math.min(Math.floor(ink / nodesPerShare), shares - 2));
  const covered = inks.map((ink, channel) => ink / nodesPerShare - (cells[channel] ?? 0));
  const mixed: [number, number, number] = [0, 0, 0];
  for (let corner = 0; corner < 16; corner += 1) {
    let weight = 1;
    let place = 0;
    for (let channel = 0; channel < 4; channel += 1) {
      const isInk = (corner >> channel) & 1;
      const share = covered[channel] ?? 0;
      weight *= isInk ? share : 1 - share;
      place = place * shares + (cells[channel] ?? 0) + isInk;
    }
    for (let index = 0; index < 3; index += 1) {
      mixed[index] = (mixed[index] ?? 0) + (weight * (roots[place * 3 + index] ?? 0)) / 255;
    }
  }
  return mixed;
}
