import { layOutLight, lightOne } from "./light.ts";
import { cubeOfLab, d50, d65, type Matrix, srgbOfXyz } from "./srgb.ts";
import type { ColorTable } from "./table.ts";

/** Roots are Q12 and range from below the least sum of L*, a* and b* to above the greatest. */
const rootOne = 1 << 12;
const leastRoot = -1 << 11;
const rootCount = 8800;

/**
 * Returns the conversion of 8-bit CIELAB to sRGB: L* of 0 to 255 is 0 to 100, a* and b* are stored plus 128, as in
 * ICCLAB. Colors are relative to `white`: D65 for CIELAB, as in TIFF and libvips; D50 for ICCLAB. Source: TIFF 6.0
 * section 23; ISO/CIE 11664-4.
 */
export function labTable(white: "d50" | "d65" = "d65"): ColorTable {
  const whiteXyz = white === "d50" ? d50 : d65;
  const matrix = srgbOfXyz(white).map((value, index) => value * (whiteXyz[index % 3] ?? 0)) as unknown as Matrix;
  const axes = Int16Array.from({ length: 768 }, (_, at) => {
    const root = Math.round(rootOf(at >> 8, at & 255) * rootOne);
    return at < 256 ? root - leastRoot : root;
  });
  const light = Int16Array.from({ length: rootCount }, (_, place) =>
    Math.min(0x7fff, Math.round(cubeOfLab((place + leastRoot) / rootOne) * lightOne)),
  );
  const values = layOutLight({ matrix, axes, light }) as Uint8Array;
  return { kind: "lab-light", model: "lab", output: "rgb", values };
}

/** What a level of L*, a* or b* adds to the root of Y, X or Z. */
function rootOf(channel: number, level: number): number {
  if (channel === 0) return ((level * 100) / 255 + 16) / 116;
  return channel === 1 ? (level - 128) / 500 : (128 - level) / 200;
}
