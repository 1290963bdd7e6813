import { describe, expect, it } from "vitest";
import { halvePlane, halveWeighed } from "../../src/raster/halve.ts";
import { openTestKernel } from "../support/kernel.ts";
import { allocateGuarded, makeNoise, makeSamples, readPlane, storePlane } from "../support/planes.ts";
import { openRandom } from "../support/random.ts";

describe("halving a plane", () => {
  it("gives the means of 2 by 2 samples, rounded up from a half, and writes nothing else", () => {
    const random = openRandom(711);
    for (const width of [1, 2, 15, 16, 17, 33, 64]) {
      const kernel = openTestKernel();
      const height = random.integer(1, 9);
      const source = makeNoise(random, 2 * width + random.integer(0, 1), 2 * height);
      const at = (x: number, y: number): number => source.values[y * source.width + x] ?? 0;
      const { plane, countChangedGuards } = allocateGuarded(kernel, width, height);
      halvePlane(kernel, storePlane(kernel, source), plane);
      const expected = makeSamples(
        width,
        height,
        (x, y) => (at(2 * x, 2 * y) + at(2 * x + 1, 2 * y) + at(2 * x, 2 * y + 1) + at(2 * x + 1, 2 * y + 1) + 2) >> 2,
      );
      expect(readPlane(kernel, plane)).toEqual(expected);
      expect(countChangedGuards()).toBe(0);
    }
  });

  it("weighs samples by their alpha, rounded, and makes 0 of what is all transparent", () => {
    const random = openRandom(712);
    const kernel = openTestKernel();
    const [width, height] = [37, 21];
    const source = makeNoise(random, 2 * width, 2 * height);
    const alpha = makeSamples(2 * width, 2 * height, () => random.pick([0, 0, 0, 1, 128, 255]));
    const { plane, countChangedGuards } = allocateGuarded(kernel, width, height);
    halveWeighed(kernel, { source: storePlane(kernel, source), alpha: storePlane(kernel, alpha), half: plane });
    const expected = makeSamples(width, height, (x, y) => {
      let [sum, weights] = [0, 0];
      for (const place of [0, 1, 2 * width, 2 * width + 1]) {
        const index = 4 * y * width + 2 * x + place;
        weights += alpha.values[index] ?? 0;
        sum += (source.values[index] ?? 0) * (alpha.values[index] ?? 0);
      }
      return weights === 0 ? 0 : Math.floor((sum + (weights >> 1)) / weights);
    });
    expect(readPlane(kernel, plane)).toEqual(expected);
    expect(countChangedGuards()).toBe(0);
  });
});
