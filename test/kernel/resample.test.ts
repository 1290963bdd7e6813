import { describe, expect, it } from "vitest";
import type { Kernel } from "../../src/raster/kernel.ts";
import { createResampler } from "../../src/raster/resampler.ts";
import { type Filter, planWeights } from "../../src/raster/weights.ts";
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
import { openRandom, type Random } from "../support/random.ts";
import { resampleTwin, type TwinAxis } from "../support/resampling.ts";

const filters: readonly Filter[] = ["lanczos3", "cubic", "triangle", "box"];

interface Resampled {
  readonly samples: Samples;
  readonly changedGuards: number;
}

interface Task {
  readonly source: Samples;
  readonly horizontal: TwinAxis;
  readonly vertical: TwinAxis;
  readonly filter: Filter;
}

/** Resamples in one call, into a plane with guards around it. */
function resampleWhole(kernel: Kernel, task: Task): Resampled {
  const { resampler, source } = open(kernel, task);
  const target = allocateGuarded(kernel, task.horizontal.outputLength, task.vertical.outputLength);
  resampler.resample({
    source,
    sourceFirstRow: 0,
    outputFirst: 0,
    outputCount: task.vertical.outputLength,
    destination: target.plane,
  });
  return { samples: readPlane(kernel, target.plane), changedGuards: target.countChangedGuards() };
}

function open(kernel: Kernel, { source, horizontal, vertical, filter }: Task) {
  const resampler = createResampler(kernel, {
    horizontal: planWeights({ ...horizontal, sourceLength: source.width, filter }),
    vertical: planWeights({ ...vertical, sourceLength: source.height, filter }),
  });
  return { resampler, source: storePlane(kernel, source) };
}

/** Draws an axis: whole, cropped or slightly beyond the source, enlarged, reduced, halved or moved by a fraction. */
function drawAxis(random: Random, sourceLength: number): TwinAxis {
  const step = random.pick([1, 2, 0.5, 4, 1 + random.next(), 0.1 + random.next(), 1 + 7 * random.next()]);
  const start = random.pick([0, 0.5, -0.25, random.integer(0, sourceLength - 1), random.next() * sourceLength]);
  const most = Math.ceil((sourceLength + 1 - start) / step);
  return { start, step, outputLength: random.integer(1, Math.max(1, most)) };
}

describe("resample", () => {
  it("stays within one level of double precision and touches nothing around the destination", () => {
    const random = openRandom(1);
    for (let round = 0; round < 250; round += 1) {
      const kernel = openTestKernel();
      const source = makeNoise(random, random.integer(1, 90), random.integer(1, 60));
      const task: Task = {
        source,
        horizontal: drawAxis(random, source.width),
        vertical: drawAxis(random, source.height),
        filter: random.pick(filters),
      };
      const { samples, changedGuards } = resampleWhole(kernel, task);
      const { horizontal, vertical, filter } = task;
      const named = JSON.stringify({ width: source.width, height: source.height, horizontal, vertical, filter });
      expect(
        greatestDifference(samples, resampleTwin(source, horizontal, vertical, filter)),
        named,
      ).toBeLessThanOrEqual(1);
      expect(changedGuards, named).toBe(0);
    }
  });

  it("stays within one level of double precision over hundreds of taps", () => {
    const random = openRandom(2);
    const source = makeNoise(random, 700, 500);
    const horizontal = { start: 0, step: 100, outputLength: 7 };
    const vertical = { start: 3, step: 70.7, outputLength: 7 };
    for (const filter of filters) {
      const { samples } = resampleWhole(openTestKernel(), { source, horizontal, vertical, filter });
      expect(
        greatestDifference(samples, resampleTwin(source, horizontal, vertical, filter)),
        filter,
      ).toBeLessThanOrEqual(1);
    }
  });

  it("halves pictures of any width and phase within one level, whose inner columns share their weights", () => {
    const random = openRandom(7);
    for (let width = 40; width < 80; width += 1) {
      for (const start of [0, 1, 0.5]) {
        const source = makeNoise(random, width, 4);
        const horizontal = { start, step: 2, outputLength: width >> 1 };
        const vertical = { start: 0, step: 1, outputLength: 4 };
        const task = { source, horizontal, vertical, filter: "lanczos3" } as const;
        const { samples, changedGuards } = resampleWhole(openTestKernel(), task);
        expect(greatestDifference(samples, resampleTwin(source, horizontal, vertical, "lanczos3"))).toBeLessThanOrEqual(
          1,
        );
        expect(changedGuards).toBe(0);
      }
    }
  });

  it("errs as often upwards as downwards, on both axes and on either", () => {
    const source = makeSamples(200, 200, (x, y) => 60 + ((x * 7 + y * 13) % 130));
    const reduced = { start: 0, step: 1.7, outputLength: 117 };
    const copied = { start: 0, step: 1, outputLength: 200 };
    for (const [horizontal, vertical, most] of [
      [reduced, reduced, 0.004],
      [reduced, copied, 0.004],
      // Rounded twice, first to 1/64 of a level: halves of that go up once too often.
      [copied, reduced, 0.004 + 1 / 128],
    ] as const) {
      const task = { source, horizontal, vertical, filter: "lanczos3" } as const;
      const { samples } = resampleWhole(openTestKernel(), task);
      const exact = resampleTwin(source, horizontal, vertical, "lanczos3");
      const errors = samples.values.reduce((sum, value, at) => sum + value - exact.values[at]!, 0);
      expect(Math.abs(errors / samples.values.length)).toBeLessThan(most);
    }
  });

  it("keeps a constant picture exactly constant under every filter", () => {
    const random = openRandom(3);
    for (let round = 0; round < 120; round += 1) {
      const value = random.pick([0, 1, 127, 128, 254, 255, random.integer(0, 255)]);
      const source = makeSamples(random.integer(1, 120), random.integer(1, 90), () => value);
      const task: Task = {
        source,
        horizontal: drawAxis(random, source.width),
        vertical: drawAxis(random, source.height),
        filter: random.pick(filters),
      };
      const { samples } = resampleWhole(openTestKernel(), task);
      expect(new Set(samples.values)).toEqual(new Set([value]));
    }
  });

  it("makes the same rows from bands of any height as from the whole source", () => {
    const random = openRandom(4);
    for (let round = 0; round < 60; round += 1) {
      const kernel = openTestKernel();
      const source = makeNoise(random, random.integer(8, 60), random.integer(20, 120));
      const task: Task = {
        source,
        horizontal: drawAxis(random, source.width),
        vertical: drawAxis(random, source.height),
        filter: random.pick(filters),
      };
      const whole = resampleWhole(kernel, task).samples;
      const { resampler } = open(kernel, task);
      const target = kernel.allocatePlane(task.horizontal.outputLength, task.vertical.outputLength);
      const bandHeight = random.integer(1, 24);
      let made = 0;
      for (let end = bandHeight; made < task.vertical.outputLength; end += bandHeight) {
        const available = Math.min(end, source.height);
        let last = made;
        while (last < task.vertical.outputLength && resampler.neededTo(last) <= available) last += 1;
        if (last === made) continue;
        // The band holds nothing but what these rows need.
        const first = resampler.neededFrom(made);
        const band = storePlane(kernel, {
          width: source.width,
          height: available - first,
          values: source.values.subarray(first * source.width, available * source.width),
        });
        resampler.resample({
          source: band,
          sourceFirstRow: first,
          outputFirst: made,
          outputCount: last - made,
          destination: { pointer: target.pointer + made * target.stride, stride: target.stride },
        });
        made = last;
      }
      expect(readPlane(kernel, target).values).toEqual(whole.values);
    }
  });

  it("copies where both axes are unchanged", () => {
    const source = makeNoise(openRandom(5), 50, 40);
    const { samples } = resampleWhole(openTestKernel(), {
      source,
      horizontal: { start: 7, step: 1, outputLength: 33 },
      vertical: { start: 5, step: 1, outputLength: 20 },
      filter: "lanczos3",
    });
    expect(samples.values).toEqual(makeSamples(33, 20, (x, y) => source.values[(y + 5) * 50 + x + 7]!).values);
  });

  it("refuses rows that the band begins too late for", () => {
    const kernel = openTestKernel();
    const { resampler, source } = open(kernel, {
      source: makeNoise(openRandom(6), 16, 16),
      horizontal: { start: 0, step: 2, outputLength: 8 },
      vertical: { start: 0, step: 2, outputLength: 8 },
      filter: "lanczos3",
    });
    const step = { source, sourceFirstRow: 4, outputFirst: 0, outputCount: 1, destination: source };
    expect(() => resampler.resample(step)).toThrow(expect.objectContaining({ code: "internal" }));
  });
});
