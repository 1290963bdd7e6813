import { describe, expect, it } from "vitest";
import type { Size } from "../../../src/geometry.ts";
import { reversedAxes, type Turn } from "../../../src/raster/orientation.ts";
import type { Subsampling } from "../../../src/raster/raster.ts";
import { type Weights, weightUnity } from "../../../src/raster/weights.ts";
import { chooseLevel, type LevelChoice } from "../../../src/render/level.ts";
import { type PlaneSampling, type PlaneSubsampling, planSampling } from "../../../src/render/sampling.ts";
import { codeOf } from "../../support/code-of.ts";
import { makePyramid } from "../../support/pyramid.ts";
import { openRandom, type Random } from "../../support/random.ts";

const one: Subsampling = { x: 1, y: 1 };
const two: Subsampling = { x: 2, y: 2 };
const upright: Turn = { mirror: false, quarterTurns: 0 };

/** Luma, and chroma as it is subsampled by the files and encoders there are. */
const subsamplings: readonly PlaneSubsampling[] = [
  { source: one, output: one },
  { source: one, output: two },
  { source: two, output: two },
  { source: two, output: one },
  { source: { x: 2, y: 1 }, output: two },
  { source: { x: 4, y: 1 }, output: one },
];

interface Laid {
  readonly choice: LevelChoice;
  readonly size: Size;
  readonly turn: Turn;
  readonly samplings: readonly PlaneSampling[];
}

/** Lays a region of a pyramid of any size on its level, for any turn. */
function drawLaid(random: Random): Laid {
  const pyramid = makePyramid({
    ...{ width: random.integer(1, 600), height: random.integer(1, 600) },
    ...{ tile: 64, levels: random.integer(1, 4), rounding: random.pick(["floor", "ceil"] as const) },
  });
  const x = random.integer(0, pyramid.width - 1);
  const y = random.integer(0, pyramid.height - 1);
  const region = { x, y, width: random.integer(1, pyramid.width - x), height: random.integer(1, pyramid.height - y) };
  const scale = random.pick([1, 0.5, 2, random.next() * 1.2]);
  const size = {
    width: Math.max(1, Math.round(region.width * scale)),
    height: Math.max(1, Math.round(region.height * scale)),
  };
  const turn: Turn = { mirror: random.next() < 0.5, quarterTurns: random.pick([0, 1, 2, 3] as const) };
  const choice = chooseLevel(pyramid, region, { size, reversed: reversedAxes(turn) });
  return { choice, size, turn, samplings: planSampling(choice, { size, turn, planes: subsamplings }) };
}

function eachLaid(seed: number, rounds: number, check: (laid: Laid, named: string) => void): void {
  const random = openRandom(seed);
  for (let round = 0; round < rounds; round += 1) {
    const laid = drawLaid(random);
    const { grid: level, window, x, y } = laid.choice;
    const { size, turn } = laid;
    check(laid, JSON.stringify({ level: { width: level.width, height: level.height }, window, x, y, size, turn }));
  }
}

/** The two axes of a sampling as they are planned, and what they are planned from. */
function axesOf({ choice, size, turn }: Laid, { subsampling, window, horizontal, vertical }: PlaneSampling) {
  const reversed = reversedAxes(turn);
  const { source, output } = subsampling;
  return [
    {
      ...{ axis: choice.x, source: source.x, output: output.x, isReversed: reversed.x, pixels: size.width },
      ...{ from: window.x, length: window.width, weights: horizontal },
      ...{ level: choice.grid.width, windowFrom: choice.window.x, windowLength: choice.window.width },
    },
    {
      ...{ axis: choice.y, source: source.y, output: output.y, isReversed: reversed.y, pixels: size.height },
      ...{ from: window.y, length: window.height, weights: vertical },
      ...{ level: choice.grid.height, windowFrom: choice.window.y, windowLength: choice.window.height },
    },
  ];
}

function rowOf({ rows, taps }: Weights, output: number): readonly number[] {
  return [...rows.subarray(output * taps, (output + 1) * taps)];
}

describe("planSampling", () => {
  it("covers the window of the level in each plane, and nothing outside of the plane", () => {
    eachLaid(451, 100, (laid, named) => {
      for (const sampling of laid.samplings) {
        for (const { source, from, length, level, windowFrom, windowLength } of axesOf(laid, sampling)) {
          expect(from * source, named).toBeLessThanOrEqual(windowFrom);
          expect((from + length) * source, named).toBeGreaterThanOrEqual(windowFrom + windowLength);
          expect(from * source, named).toBeGreaterThan(windowFrom - source);
          expect(from, named).toBeGreaterThanOrEqual(0);
          expect(from + length, named).toBeLessThanOrEqual(Math.ceil(level / source));
        }
      }
    });
  });

  it("makes a sample for each of the output, of weights that sum to unity and lie in the window", () => {
    eachLaid(452, 60, (laid, named) => {
      for (const sampling of laid.samplings) {
        for (const { weights, pixels, output, length } of axesOf(laid, sampling)) {
          expect(weights.outputLength, named).toBe(Math.ceil(pixels / output));
          expect(weights.sourceLength, named).toBe(length);
          for (let at = 0; at < weights.outputLength; at += 1) {
            const sum = rowOf(weights, at).reduce((total, weight) => total + weight, 0);
            const end = weights.firsts[at]! + weights.counts[at]!;
            if (sum !== weightUnity || end > length) expect({ at, sum, end, named }).toBe("whole and inside");
          }
        }
      }
    });
  });

  it("centres each sample on the pixels it covers, counted from the edge where the picture begins once turned", () => {
    let judged = 0;
    eachLaid(453, 80, (laid, named) => {
      for (const sampling of laid.samplings) {
        for (const { axis, source, output, isReversed, pixels, from, weights } of axesOf(laid, sampling)) {
          const count = weights.outputLength;
          for (let at = 0; at < count; at += 1) {
            const isCutOff =
              weights.firsts[at] === 0 || weights.firsts[at]! + weights.counts[at]! === weights.sourceLength;
            if (isCutOff) continue;
            const pixel = isReversed ? pixels - (count - at - 0.5) * output : (at + 0.5) * output;
            const expected = (axis.start + pixel * axis.step) / source - from;
            const row = rowOf(weights, at);
            const centre =
              row.reduce((sum, weight, tap) => sum + weight * (weights.firsts[at]! + tap + 0.5), 0) / weightUnity;
            judged += 1;
            // Weights of Lanczos at whole samples are off their centre by a little.
            const step = (axis.step * output) / source;
            if (Math.abs(centre - expected) > 0.1 * Math.max(1, step))
              expect({ at, centre, expected, named }).toBe("near");
          }
        }
      }
    });
    expect(judged).toBeGreaterThan(5000);
  });

  it("shares one sampling between planes that are subsampled alike, and none between others", () => {
    eachLaid(454, 20, ({ choice, size, turn, samplings }) => {
      expect(new Set(samplings).size).toBe(subsamplings.length);
      const planes = [subsamplings[0]!, subsamplings[2]!, { source: { ...two }, output: { ...two } }, subsamplings[0]!];
      const [luma, blue, red, alpha] = planSampling(choice, { size, turn, planes });
      expect(red).toBe(blue);
      expect(alpha).toBe(luma);
      expect(luma).not.toBe(blue);
    });
  });

  describe("on the grid of a level", () => {
    const pyramid = makePyramid({ width: 801, height: 603, tile: 64, levels: 3 });
    const lay = (region: LevelChoice["window"], size: Size, turn = upright): readonly PlaneSampling[] => {
      const choice = chooseLevel(pyramid, region, { size, reversed: reversedAxes(turn) });
      return planSampling(choice, { size, turn, planes: subsamplings });
    };

    it("copies what is subsampled before as after", () => {
      const region = { x: 128, y: 192, width: 256, height: 128 };
      const [luma, , chroma] = lay(region, { width: 128, height: 64 });
      expect(luma).toMatchObject({ window: { x: 64, y: 96, width: 128, height: 64 } });
      expect(chroma).toMatchObject({ window: { x: 32, y: 48, width: 64, height: 32 } });
      for (const { horizontal, vertical } of [luma!, chroma!]) {
        expect([horizontal.identity, vertical.identity]).toEqual([true, true]);
      }
    });

    it("copies no chroma that begins between two pixels of it", () => {
      const [luma, , chroma] = lay({ x: 65, y: 0, width: 64, height: 64 }, { width: 64, height: 64 });
      expect([luma!.horizontal.identity, chroma!.horizontal.identity]).toEqual([true, false]);
      expect(chroma!.vertical.identity).toBe(true);
    });

    it("repeats the last sample where a tile is rounded up past the edge", () => {
      // 801 pixels are 400 of the level, and 401 where they are rounded up.
      const [luma] = lay({ x: 768, y: 0, width: 33, height: 128 }, { width: 17, height: 64 });
      expect(luma!.window).toMatchObject({ x: 384, width: 16 });
      expect([...luma!.horizontal.firsts]).toEqual([...Array(16).keys(), 15]);
      expect([...luma!.horizontal.rows]).toEqual(Array(17).fill([weightUnity, 0]).flat());
    });

    it("brings chroma up to luma by three quarters and one, as JPEG decoders do", () => {
      const { horizontal } = lay({ x: 0, y: 0, width: 128, height: 128 }, { width: 128, height: 128 })[3]!;
      const inner = Array.from({ length: 126 }, (_, at) => rowOf(horizontal, at + 1).slice(0, 2));
      const [near, far] = [(weightUnity * 3) / 4, weightUnity / 4];
      expect(inner).toEqual(inner.map((_, at) => (at % 2 === 0 ? [near, far] : [far, near])));
    });

    it("sharpens what is made smaller", () => {
      const [luma] = lay({ x: 0, y: 0, width: 801, height: 603 }, { width: 300, height: 226 });
      expect(luma!.horizontal.rows.some((weight) => weight < 0)).toBe(true);
    });
  });

  it("refuses more weights than are held", () => {
    const pyramid = makePyramid({ width: 1000, height: 10 });
    const plan = (width: number) => {
      const size = { width, height: 1 };
      const choice = chooseLevel(
        pyramid,
        { x: 0, y: 0, width: 1000, height: 10 },
        { size, reversed: reversedAxes(upright) },
      );
      return codeOf(() => planSampling(choice, { size, turn: upright, planes: [subsamplings[0]!] }));
    };
    expect([plan(20_000), plan(3_000_000)]).toEqual(["none", "render-memory"]);
  });
});
