import { describe, expect, it } from "vitest";
import { deinterleave } from "../../src/raster/chunky.ts";
import { openTestKernel } from "../support/kernel.ts";
import { allocateGuarded, makeNoise, makeSamples, readPlane, storePlane } from "../support/planes.ts";
import { openRandom } from "../support/random.ts";

describe("deinterleave", () => {
  it.each([1, 2, 3, 4, 5, 16, 17])(
    "parts %d samples a pixel at any width, into as many planes as are given",
    (samplesPerPixel) => {
      const random = openRandom(61);
      for (let width = 1; width <= 40; width += 1) {
        const kernel = openTestKernel();
        const source = makeNoise(random, width * samplesPerPixel, 3);
        const { pointer, stride } = storePlane(kernel, source);
        const wanted = random.integer(1, samplesPerPixel);
        const targets = Array.from({ length: wanted }, () => allocateGuarded(kernel, width, 3));
        const planes = targets.map(({ plane }) => plane);
        deinterleave(kernel, { pointer, stride, width, height: 3, samplesPerPixel }, planes);
        targets.forEach(({ plane, countChangedGuards }, sample) => {
          const expected = makeSamples(width, 3, (x, y) => source.values[(y * width + x) * samplesPerPixel + sample]!);
          expect(readPlane(kernel, plane)).toEqual(expected);
          expect(countChangedGuards()).toBe(0);
        });
      }
    },
  );
});
