import { describe, expect, it } from "vitest";
import { copyPlane, cropPlane, fillPlane } from "../../src/raster/samples.ts";
import { openTestKernel } from "../support/kernel.ts";
import { allocateGuarded, makeNoise, makeSamples, readPlane, storePlane } from "../support/planes.ts";
import { openRandom } from "../support/random.ts";

describe("copyPlane", () => {
  it("copies what both planes have and touches nothing else", () => {
    const random = openRandom(41);
    for (let round = 0; round < 50; round += 1) {
      const kernel = openTestKernel();
      const source = makeNoise(random, random.integer(1, 50), random.integer(1, 20));
      const target = allocateGuarded(kernel, random.integer(1, 50), random.integer(1, 20));
      fillPlane(kernel, target.plane, 9);
      copyPlane(kernel, storePlane(kernel, source), target.plane);
      const { width, height } = target.plane;
      const expected = makeSamples(width, height, (x, y) =>
        x < source.width && y < source.height ? source.values[y * source.width + x]! : 9,
      );
      expect(readPlane(kernel, target.plane)).toEqual(expected);
      expect(target.countChangedGuards()).toBe(0);
    }
  });
});

describe("cropPlane", () => {
  it("shares the memory of the samples it names", () => {
    const kernel = openTestKernel();
    const plane = storePlane(
      kernel,
      makeSamples(8, 6, (x, y) => 10 * y + x),
    );
    const part = cropPlane(plane, { x: 3, y: 2, width: 2, height: 3 });
    expect([...readPlane(kernel, part).values]).toEqual([23, 24, 33, 34, 43, 44]);
    fillPlane(kernel, part, 200);
    expect(readPlane(kernel, plane).values[2 * 8 + 3]).toBe(200);
  });
});
