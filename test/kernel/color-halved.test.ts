import { describe, expect, it } from "vitest";
import { rgbToGray, rgbToYcbcrHalved } from "../../src/raster/color.ts";
import { threePlanes } from "../../src/raster/raster.ts";
import { openTestKernel } from "../support/kernel.ts";
import {
  allocateGuarded,
  greatestDifference,
  makeNoise,
  makeSamples,
  readPlane,
  type Samples,
  storePlane,
} from "../support/planes.ts";
import { openRandom } from "../support/random.ts";

const sizes = [1, 2, 3, 7, 15, 16, 17, 31, 32, 33, 40].flatMap((width) =>
  [1, 2, 3, 6].map((height) => ({ width, height })),
);

/** Returns the mean of the pixels that there are in a block of 2 x 2. */
function meanOfBlock({ width, height, values }: Samples, column: number, row: number): number {
  const found = [0, 1, 2, 3]
    .map((index) => ({ x: 2 * column + (index & 1), y: 2 * row + (index >> 1) }))
    .filter(({ x, y }) => x < width && y < height)
    .map(({ x, y }) => values[y * width + x]!);
  return found.reduce((sum, value) => sum + value, 0) / found.length;
}

/** Weighs the means of blocks in double precision, as JFIF 1.02 has it. */
function exactChroma(planes: readonly Samples[], weights: readonly number[]): Samples {
  const { width, height } = planes[0]!;
  return makeSamples(Math.ceil(width / 2), Math.ceil(height / 2), (x, y) => {
    const sum = planes.reduce((total, plane, index) => total + weights[index]! * meanOfBlock(plane, x, y), 128);
    return Math.min(255, Math.max(0, Math.round(sum)));
  });
}

describe("rgbToYcbcrHalved", () => {
  it("stays within one level of double precision and touches nothing outside its planes at any size", () => {
    const random = openRandom(53);
    for (const { width, height } of sizes) {
      const kernel = openTestKernel();
      // Half of the samples are extremes: that is where sums could run over.
      const samples = [0, 1, 2].map(() =>
        makeSamples(width, height, () => random.pick([0, 255, random.integer(0, 255), random.integer(0, 255)])),
      );
      const source = threePlanes(samples.map((plane) => storePlane(kernel, plane)));
      const guarded = [0, 1, 1].map((shift) =>
        allocateGuarded(kernel, Math.ceil(width / (1 + shift)), Math.ceil(height / (1 + shift))),
      );
      rgbToYcbcrHalved(kernel, {
        source,
        destination: threePlanes(guarded.map(({ plane }) => plane)),
      });
      const [y, cb, cr] = guarded.map(({ plane }) => readPlane(kernel, plane)) as [Samples, Samples, Samples];
      expect(greatestDifference(cb, exactChroma(samples, [-0.168736, -0.331264, 0.5]))).toBeLessThanOrEqual(1);
      expect(greatestDifference(cr, exactChroma(samples, [0.5, -0.418688, -0.081312]))).toBeLessThanOrEqual(1);
      expect(guarded.map((target) => target.countChangedGuards())).toEqual([0, 0, 0]);
      rgbToGray(kernel, { source, destination: source[0] });
      expect(y).toEqual(readPlane(kernel, source[0]));
    }
  });

  it("gives greys a chroma of exactly 128 and keeps them unchanged", () => {
    const random = openRandom(54);
    for (const { width, height } of sizes) {
      const kernel = openTestKernel();
      const gray = makeNoise(random, width, height);
      const source = threePlanes([0, 1, 2].map(() => storePlane(kernel, gray)));
      const halved = [0, 1].map(() => kernel.allocatePlane(Math.ceil(width / 2), Math.ceil(height / 2)));
      rgbToYcbcrHalved(kernel, { source, destination: [source[0], halved[0]!, halved[1]!] });
      expect(readPlane(kernel, source[0])).toEqual(gray);
      for (const plane of halved) {
        expect(readPlane(kernel, plane)).toEqual(makeSamples(plane.width, plane.height, () => 128));
      }
    }
  });

  it("may write luma over any plane of its source", () => {
    const random = openRandom(55);
    const samples = [0, 1, 2].map(() => makeNoise(random, 37, 9));
    for (const index of [0, 1, 2]) {
      const kernel = openTestKernel();
      const source = threePlanes(samples.map((plane) => storePlane(kernel, plane)));
      const apart = [kernel.allocatePlane(37, 9), kernel.allocatePlane(19, 5), kernel.allocatePlane(19, 5)] as const;
      const over = [source[index]!, kernel.allocatePlane(19, 5), kernel.allocatePlane(19, 5)] as const;
      rgbToYcbcrHalved(kernel, { source, destination: apart });
      rgbToYcbcrHalved(kernel, { source, destination: over });
      expect(over.map((plane) => readPlane(kernel, plane))).toEqual(apart.map((plane) => readPlane(kernel, plane)));
    }
  });
});
