import { describe, expect, it } from "vitest";
import type { Kernel } from "../../src/raster/kernel.ts";
import type { Plane } from "../../src/raster/raster.ts";
import { defaultThreshold, invertPlane, thresholdPlane } from "../../src/raster/tone.ts";
import { openTestKernel } from "../support/kernel.ts";
import { allocateGuarded, makeNoise, makeSamples, readPlane, type Samples } from "../support/planes.ts";
import { openRandom } from "../support/random.ts";

/** Runs `change` in place on a plane with guards around it. */
function changed(source: Samples, change: (kernel: Kernel, plane: Plane) => void): Samples {
  const kernel = openTestKernel();
  const { plane, countChangedGuards } = allocateGuarded(kernel, source.width, source.height);
  const bytes = kernel.bytes;
  source.values.forEach((value, at) => {
    bytes[plane.pointer + Math.floor(at / source.width) * plane.stride + (at % source.width)] = value;
  });
  change(kernel, plane);
  expect(countChangedGuards()).toBe(0);
  return readPlane(kernel, plane);
}

describe("thresholdPlane", () => {
  it.each([0, 1, 127, 128, 129, 254, 255])("makes samples from %d on white and the others black", (threshold) => {
    const every = makeSamples(256, 1, (x) => x);
    const result = changed(every, (kernel, plane) => thresholdPlane(kernel, plane, threshold));
    expect(result.values).toEqual(every.values.map((value) => (value >= threshold ? 255 : 0)));
  });

  it("changes planes of any width and nothing outside them", () => {
    const random = openRandom(31);
    for (let width = 1; width <= 40; width += 1) {
      const source = makeNoise(random, width, 3);
      const result = changed(source, (kernel, plane) => thresholdPlane(kernel, plane));
      expect(result.values).toEqual(source.values.map((value) => (value >= defaultThreshold ? 255 : 0)));
    }
  });
});

describe("invertPlane", () => {
  it("is undone by itself and makes each sample 255 less its value", () => {
    const random = openRandom(32);
    for (let width = 1; width <= 40; width += 1) {
      const source = makeNoise(random, width, 3);
      const inverted = changed(source, invertPlane);
      expect(inverted.values).toEqual(source.values.map((value) => 255 - value));
      expect(changed(inverted, invertPlane).values).toEqual(source.values);
    }
  });
});
