import { describe, expect, it } from "vitest";
import { composeOnWhite, interleaveRgba, rgbToGray, rgbToYcbcr, ycbcrToRgb } from "../../src/raster/color.ts";
import type { Kernel } from "../../src/raster/kernel.ts";
import type { ThreePlanes } from "../../src/raster/raster.ts";
import { threePlanes } from "../../src/raster/raster.ts";
import { openTestKernel } from "../support/kernel.ts";
import { allocateGuarded, makeNoise, makeSamples, readPlane, type Samples, storePlane } from "../support/planes.ts";
import { openRandom } from "../support/random.ts";

type Triple = readonly [number, number, number];

const round255 = (value: number): number => Math.min(255, Math.max(0, Math.round(value)));

/** JFIF 1.02, in double precision. */
const exactRgb = ([y, cb, cr]: Triple): Triple => [
  round255(y + 1.402 * (cr - 128)),
  round255(y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128)),
  round255(y + 1.772 * (cb - 128)),
];

const exactYcbcr = ([r, g, b]: Triple): Triple => [
  round255(0.299 * r + 0.587 * g + 0.114 * b),
  round255(-0.168736 * r - 0.331264 * g + 0.5 * b + 128),
  round255(0.5 * r - 0.418688 * g - 0.081312 * b + 128),
];

/** Three planes that together hold a coarse grid of all triples, extremes included. */
function makeCube(): readonly [Samples, Samples, Samples] {
  const levels = Array.from({ length: 18 }, (_, index) => index * 15);
  const at = (divisor: number) => makeSamples(324, 18, (x, y) => levels[Math.floor((y * 324 + x) / divisor) % 18]!);
  return [at(1), at(18), at(324)];
}

function storeThree(kernel: Kernel, planes: readonly Samples[]): ThreePlanes {
  return threePlanes(planes.map((plane) => storePlane(kernel, plane)));
}

function tripleAt(planes: readonly Samples[], at: number): Triple {
  return planes.map((plane) => plane.values[at]!) as unknown as Triple;
}

function greatestError(before: readonly Samples[], after: readonly Samples[], exact: (t: Triple) => readonly number[]) {
  let most = 0;
  for (let at = 0; at < before[0]!.values.length; at += 1) {
    exact(tripleAt(before, at)).forEach((value, index) => {
      most = Math.max(most, Math.abs(value - after[index]!.values[at]!));
    });
  }
  return most;
}

describe("ycbcrToRgb and rgbToYcbcr", () => {
  it.each([
    { name: "ycbcrToRgb", convert: ycbcrToRgb, exact: exactRgb },
    { name: "rgbToYcbcr", convert: rgbToYcbcr, exact: exactYcbcr },
  ])("$name stays within one level of double precision, in place too", ({ convert, exact }) => {
    const kernel = openTestKernel();
    const cube = makeCube();
    const source = storeThree(kernel, cube);
    const destination = storeThree(kernel, cube);
    convert(kernel, { source, destination });
    const apart = destination.map((plane) => readPlane(kernel, plane));
    expect(greatestError(cube, apart, exact)).toBeLessThanOrEqual(1);
    convert(kernel, { source, destination: source });
    expect(source.map((plane) => readPlane(kernel, plane))).toEqual(apart);
  });

  it("keep every grey exactly", () => {
    const kernel = openTestKernel();
    const ramp = makeSamples(256, 1, (x) => x);
    const middle = makeSamples(256, 1, () => 128);
    const planes = storeThree(kernel, [ramp, ramp, ramp]);
    rgbToYcbcr(kernel, { source: planes, destination: planes });
    expect(planes.map((plane) => readPlane(kernel, plane))).toEqual([ramp, middle, middle]);
    ycbcrToRgb(kernel, { source: planes, destination: planes });
    expect(planes.map((plane) => readPlane(kernel, plane))).toEqual([ramp, ramp, ramp]);
  });

  it("return colors within two levels after both", () => {
    const kernel = openTestKernel();
    const cube = makeCube();
    const planes = storeThree(kernel, cube);
    rgbToYcbcr(kernel, { source: planes, destination: planes });
    ycbcrToRgb(kernel, { source: planes, destination: planes });
    const after = planes.map((plane) => readPlane(kernel, plane));
    expect(greatestError(cube, after, (triple) => triple)).toBeLessThanOrEqual(2);
  });

  it("convert the requested rows and touch nothing outside them at any width", () => {
    const random = openRandom(51);
    for (let width = 1; width <= 40; width += 1) {
      const kernel = openTestKernel();
      const source = storeThree(
        kernel,
        [0, 1, 2].map(() => makeNoise(random, width, 5)),
      );
      const guarded = [0, 1, 2].map(() => allocateGuarded(kernel, width, 2));
      // Two rows of the targets stand where rows 1 and 2 of the source do.
      const destination = threePlanes(
        guarded.map(({ plane }) => ({
          ...plane,
          pointer: plane.pointer - plane.stride,
        })),
      );
      for (const convert of [ycbcrToRgb, rgbToYcbcr]) {
        convert(kernel, { source, destination, rows: { first: 1, count: 2 } });
        expect(guarded.map((target) => target.countChangedGuards())).toEqual([0, 0, 0]);
      }
      const rows = source.map((plane) => ({ ...plane, pointer: plane.pointer + plane.stride, height: 2 }));
      const before = rows.map((plane) => readPlane(kernel, plane));
      const after = guarded.map(({ plane }) => readPlane(kernel, plane));
      expect(greatestError(before, after, exactYcbcr)).toBeLessThanOrEqual(1);
    }
  });
});

describe("rgbToGray", () => {
  it("is the luma of rgbToYcbcr, and may replace a plane of its source", () => {
    const kernel = openTestKernel();
    const source = storeThree(kernel, makeCube());
    const destination = storeThree(kernel, makeCube());
    rgbToYcbcr(kernel, { source, destination });
    rgbToGray(kernel, { source, destination: source[1] });
    expect(readPlane(kernel, source[1])).toEqual(readPlane(kernel, destination[0]));
  });
});

describe("composeOnWhite", () => {
  it("is exactly rounded for every sample and alpha", () => {
    const kernel = openTestKernel();
    const plane = storePlane(
      kernel,
      makeSamples(256, 256, (x) => x),
    );
    const alpha = storePlane(
      kernel,
      makeSamples(256, 256, (_, y) => y),
    );
    composeOnWhite(kernel, { plane, alpha });
    const expected = makeSamples(256, 256, (x, y) => 255 - Math.round(((255 - x) * y) / 255));
    expect(readPlane(kernel, plane)).toEqual(expected);
  });

  it("changes only the rows asked for", () => {
    const kernel = openTestKernel();
    const plane = storePlane(
      kernel,
      makeSamples(5, 3, () => 7),
    );
    const alpha = storePlane(
      kernel,
      makeSamples(5, 3, () => 0),
    );
    composeOnWhite(kernel, { plane, alpha, rows: { first: 1, count: 1 } });
    expect(readPlane(kernel, plane)).toEqual(makeSamples(5, 3, (_, y) => (y === 1 ? 255 : 7)));
  });
});

describe("interleaveRgba", () => {
  const subsampling = { x: 1, y: 1 } as const;

  it("lays planes and alpha side by side at any width, all rows or some", () => {
    const random = openRandom(52);
    for (let width = 1; width <= 40; width += 1) {
      const kernel = openTestKernel();
      const channels = [0, 1, 2, 3].map(() => makeNoise(random, width, 4));
      const planes = storeThree(kernel, channels.slice(0, 3));
      const alpha = storePlane(kernel, channels[3]!);
      const whole = interleaveRgba(kernel, { model: "rgb", width, height: 4, subsampling, planes, alpha });
      expect(whole).toEqual(
        Uint8Array.from({ length: width * 16 }, (_, at) => channels[at % 4]!.values[Math.floor(at / 4)]!),
      );
      const rows = { first: 1, count: 2 };
      const some = interleaveRgba(kernel, { model: "rgb", width, height: 4, subsampling, planes, alpha }, rows);
      expect(some).toEqual(whole.slice(width * 4, width * 12));
    }
  });

  it("repeats a grey three times, opaque without alpha, and keeps no memory", () => {
    const kernel = openTestKernel();
    const gray = storePlane(
      kernel,
      makeSamples(2, 1, (x) => 40 + x),
    );
    const before = kernel.mark();
    const rgba = interleaveRgba(kernel, { model: "gray", width: 2, height: 1, subsampling, planes: [gray] });
    expect([...rgba]).toEqual([40, 40, 40, 255, 41, 41, 41, 255]);
    expect(kernel.mark()).toBe(before);
  });
});
