import { describe, expect, it } from "vitest";
import { composePremultipliedOnWhite, premultiply, unpremultiply } from "../../src/raster/alpha.ts";
import { composeOnWhite } from "../../src/raster/color.ts";
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

/** Every sample with every alpha. */
const samples = makeSamples(256, 256, (x) => x);
const alphas = makeSamples(256, 256, (_, y) => y);

const conversions = [
  { name: "premultiply", convert: premultiply, exact: (sample: number, alpha: number) => (sample * alpha) / 255 },
  {
    name: "unpremultiply",
    convert: unpremultiply,
    exact: (sample: number, alpha: number) => (alpha === 0 ? 0 : (sample * 255) / alpha),
  },
  {
    name: "composePremultipliedOnWhite",
    convert: composePremultipliedOnWhite,
    exact: (sample: number, alpha: number) => sample + 255 - alpha,
  },
];

function rounded(exact: (sample: number, alpha: number) => number, a: Samples, b: Samples): Samples {
  return makeSamples(a.width, a.height, (x, y) => {
    const at = y * a.width + x;
    return Math.min(255, Math.round(exact(a.values[at]!, b.values[at]!)));
  });
}

describe.each(conversions)("$name", ({ convert, exact }) => {
  it("is exactly rounded for every sample and alpha", () => {
    const kernel = openTestKernel();
    const plane = storePlane(kernel, samples);
    convert(kernel, { plane, alpha: storePlane(kernel, alphas) });
    expect(readPlane(kernel, plane)).toEqual(rounded(exact, samples, alphas));
  });

  it("changes only the rows asked for, at any width", () => {
    const random = openRandom(91);
    for (let width = 1; width <= 40; width += 1) {
      const kernel = openTestKernel();
      const before = makeNoise(random, width, 4);
      const opacities = makeNoise(random, width, 4);
      const { plane, countChangedGuards } = allocateGuarded(kernel, width, 4);
      const bytes = kernel.bytes;
      for (let at = 0; at < width * 4; at += 1) {
        bytes[plane.pointer + Math.floor(at / width) * plane.stride + (at % width)] = before.values[at]!;
      }
      const alpha = storePlane(kernel, opacities);
      convert(kernel, { plane, alpha, rows: { first: 1, count: 2 } });
      const all = rounded(exact, before, opacities);
      const expected = makeSamples(width, 4, (x, y) => (y === 1 || y === 2 ? all : before).values[y * width + x]!);
      expect(readPlane(kernel, plane)).toEqual(expected);
      expect(countChangedGuards()).toBe(0);
    }
  });
});

describe("composePremultipliedOnWhite", () => {
  it("is within one level of composeOnWhite once samples are multiplied", () => {
    const kernel = openTestKernel();
    const alpha = storePlane(kernel, alphas);
    const straight = storePlane(kernel, samples);
    const weighed = storePlane(kernel, samples);
    composeOnWhite(kernel, { plane: straight, alpha });
    premultiply(kernel, { plane: weighed, alpha });
    composePremultipliedOnWhite(kernel, { plane: weighed, alpha });
    expect(greatestDifference(readPlane(kernel, straight), readPlane(kernel, weighed))).toBeLessThanOrEqual(1);
  });
});
