import { describe, expect, it } from "vitest";
import type { Kernel } from "../../src/raster/kernel.ts";
import { type Turn, turnPlane, turnSize } from "../../src/raster/orientation.ts";
import { type RasterOf, rasterOf } from "../../src/raster/raster.ts";
import { rotateRaster } from "../../src/raster/rotation.ts";
import { openTestKernel } from "../support/kernel.ts";
import { makeNoise, makeSamples, readPlane, type Samples, storePlane } from "../support/planes.ts";
import { openRandom } from "../support/random.ts";
import { rotateTwin } from "../support/rotating.ts";

function storeRaster(kernel: Kernel, planes: readonly Samples[], alpha?: Samples): RasterOf<"gray" | "rgb"> {
  const { width, height } = planes[0]!;
  const model = planes.length === 1 ? "gray" : "rgb";
  const stored = [...planes, ...(alpha === undefined ? [] : [alpha])].map((plane) => storePlane(kernel, plane));
  const raster = rasterOf({ model, width, height, subsampling: { x: 1, y: 1 } }, stored);
  if (raster.model !== "gray" && raster.model !== "rgb") throw new Error(`no rotation of ${raster.model}`);
  return raster;
}

describe("rotateRaster", () => {
  it.each([-360, -270, -180, -90, 0, 90, 180, 270, 360, 450, 720])("turns exactly by %d degrees", (degrees) => {
    const turn: Turn = { mirror: false, quarterTurns: ((((degrees / 90) % 4) + 4) % 4) as Turn["quarterTurns"] };
    for (const [width, height] of [
      [31, 20],
      [8, 8],
      [1, 1],
      [2, 5],
    ] as const) {
      const kernel = openTestKernel();
      const source = storeRaster(kernel, [makeNoise(openRandom(71), width, height)]);
      const expected = turnSize(source, turn);
      const turned = kernel.allocatePlane(expected.width, expected.height);
      turnPlane(kernel, source.planes[0]!, turned, turn);
      const rotated = rotateRaster(kernel, source, degrees);
      expect(readPlane(kernel, rotated.planes[0]!)).toEqual(readPlane(kernel, turned));
      expect(readPlane(kernel, rotated.alpha!).values.every((value) => value === 255)).toBe(true);
    }
  });

  it("stays within one level of double precision where the picture covers the pixel", () => {
    const random = openRandom(72);
    for (let round = 0; round < 40; round += 1) {
      const kernel = openTestKernel();
      const smooth = random.next() < 0.5;
      const noise = makeNoise(random, random.integer(1, 50), random.integer(1, 50));
      const source = smooth ? makeSamples(noise.width, noise.height, (x, y) => (x * 5 + y * 3) & 255) : noise;
      const degrees = random.pick([0.01, 1, 30, 45, 89.9, 135, random.next() * 360]);
      const rotated = rotateRaster(kernel, storeRaster(kernel, [source]), degrees);
      const twin = rotateTwin(source, degrees);
      const samples = readPlane(kernel, rotated.planes[0]!);
      const alpha = readPlane(kernel, rotated.alpha!);
      samples.values.forEach((value, at) => {
        expect(Math.abs(alpha.values[at]! - twin.alpha.values[at]!)).toBeLessThanOrEqual(1);
        if (twin.alpha.values[at]! > 0) expect(Math.abs(value - twin.samples.values[at]!)).toBeLessThanOrEqual(1);
      });
    }
  });

  it("keeps a constant picture constant and what it does not touch white", { tags: "slow" }, () => {
    const random = openRandom(73);
    for (let round = 0; round < 30; round += 1) {
      const kernel = openTestKernel();
      const value = random.integer(0, 255);
      const picture = makeSamples(random.integer(1, 60), random.integer(1, 60), () => value);
      const rotated = rotateRaster(kernel, storeRaster(kernel, [picture, picture, picture]), random.next() * 360);
      const alpha = readPlane(kernel, rotated.alpha!);
      for (const plane of rotated.planes) {
        const isRight = (sample: number, at: number) => sample === value || (sample === 255 && alpha.values[at] === 0);
        expect(readPlane(kernel, plane).values.findIndex((sample, at) => !isRight(sample, at))).toBe(-1);
      }
    }
  });

  it("covers the area of the picture at any angle", () => {
    const random = openRandom(74);
    for (let round = 0; round < 30; round += 1) {
      const kernel = openTestKernel();
      const picture = makeNoise(random, random.integer(20, 120), random.integer(20, 120));
      const { alpha } = rotateRaster(kernel, storeRaster(kernel, [picture]), random.next() * 360);
      const covered = readPlane(kernel, alpha!).values.reduce((sum, value) => sum + value / 255, 0);
      expect(Math.abs(covered / (picture.width * picture.height) - 1)).toBeLessThan(0.005);
    }
  });

  it("keeps the alpha a picture has within its edges", () => {
    const kernel = openTestKernel();
    const picture = makeNoise(openRandom(75), 40, 40);
    const half = makeSamples(40, 40, () => 100);
    const { alpha, width } = rotateRaster(kernel, storeRaster(kernel, [picture], half), 30);
    const values = readPlane(kernel, alpha!).values;
    expect(Math.max(...values)).toBe(100);
    expect(values[0]).toBe(0);
    expect(values[Math.floor(width / 2) * width + Math.floor(width / 2)]).toBe(100);
  });
});
