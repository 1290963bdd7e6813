import { applyColorTable, type ColorTable, storeColorTable } from "../../src/color/table.ts";
import type { Kernel } from "../../src/raster/kernel.ts";
import { openTestKernel } from "./kernel.ts";
import { makeSamples, readPlane, type Samples, storePlane } from "./planes.ts";
import type { Random } from "./random.ts";

/** Samples of one pixel, 0 to 255. */
export type Pixel = readonly number[];

/** Converts pixels by a table in a kernel of their own. */
export function convertPixels(table: ColorTable, pixels: readonly Pixel[]): Pixel[] {
  const kernel = openTestKernel();
  const source = toSamples(pixels).map((samples) => storePlane(kernel, samples));
  const destination = Array.from({ length: table.output === "gray" ? 1 : 3 }, () =>
    kernel.allocatePlane(pixels.length, 1),
  );
  applyColorTable(kernel, storeColorTable(kernel, table), { source, destination });
  return toPixels(kernel, destination);
}

function toPixels(kernel: Kernel, planes: Parameters<typeof readPlane>[1][]): Pixel[] {
  const samples = planes.map((plane) => readPlane(kernel, plane).values);
  return Array.from(samples[0]!, (_, at) => samples.map((values) => values[at]!));
}

/** Returns a row of samples for each channel of the pixels. */
export function toSamples(pixels: readonly Pixel[]): Samples[] {
  return pixels[0]!.map((_, channel) => makeSamples(pixels.length, 1, (x) => pixels[x]![channel]!));
}

/** Returns pixels of any color. */
export function makePixels(random: Random, count: number, channels: number): Pixel[] {
  return Array.from({ length: count }, () => Array.from({ length: channels }, () => random.integer(0, 255)));
}

/** Returns every grey, with as many channels. */
export function makeGrays(channels: number): Pixel[] {
  return Array.from({ length: 256 }, (_, level) => Array.from({ length: channels }, () => level));
}

/** How far pixels are from what they should be, in levels of 255: on average over all samples, and at most. */
export function errorOf(pixels: readonly Pixel[], expected: readonly Pixel[]): { mean: number; most: number } {
  const errors = pixels.flatMap((pixel, at) =>
    pixel.map((value, channel) => Math.abs(value - expected[at]![channel]!)),
  );
  return {
    mean: errors.reduce((sum, error) => sum + error, 0) / errors.length,
    most: errors.reduce((most, error) => Math.max(most, error), 0),
  };
}

/** Rounds encoded sRGB, 0 to 1 and beyond, to levels. */
export function toLevels(encoded: readonly number[]): Pixel {
  return encoded.map((value) => Math.min(255, Math.max(0, Math.round(value * 255))));
}
