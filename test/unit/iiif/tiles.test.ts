import { describe, expect, it } from "vitest";
import type { Size } from "../../../src/geometry.ts";
import { offerTiles } from "../../../src/iiif/tiles.ts";
import { scaleFactor } from "../../../src/pyramid/scale-factor.ts";
import { openRandom } from "../../support/random.ts";

const limits = { maxWidth: 1e6, maxHeight: 1e6, maxArea: 1e12 };
const maxReduction = 32;
const tile = { width: 256, height: 256 };

function pyramidOf(image: Size, options: { rounding: "ceil" | "floor"; count: number; ratio?: number }): Size[] {
  const levels = [image];
  const divide = (side: number): number => Math.max(1, Math[options.rounding](side / (options.ratio ?? 2)));
  while (levels.length < options.count) {
    const { width, height } = levels.at(-1)!;
    levels.push({ width: divide(width), height: divide(height) });
  }
  return levels;
}

function factorsOf(levels: readonly Size[], of: Size = tile): readonly number[] {
  return offerTiles({ levels, tile: of, limits, maxReduction }).tiles[0]?.scaleFactors ?? [];
}

describe("offerTiles", () => {
  it.each(["ceil", "floor"] as const)(
    "lists the factors of a pyramid halved with %s, awkward sides included",
    (rounding) => {
      for (const image of [
        { width: 4097, height: 3071 },
        { width: 4095, height: 3073 },
        { width: 10_001, height: 257 },
      ]) {
        expect(factorsOf(pyramidOf(image, { rounding, count: 5 }))).toEqual(expect.arrayContaining([1, 2, 4, 8, 16]));
      }
    },
  );

  it("lists the factors of a pyramid of thirds", () => {
    const levels = pyramidOf({ width: 2700, height: 1800 }, { rounding: "ceil", count: 3, ratio: 3 });
    expect(factorsOf(levels)).toEqual([1, 3, 9, 18]);
  });

  it("goes on doubling past a single level until one tile covers the image", () => {
    expect(factorsOf([{ width: 1000, height: 700 }])).toEqual([1, 2, 4]);
    expect(factorsOf([{ width: 1024, height: 700 }])).toEqual([1, 2, 4]);
    expect(factorsOf([{ width: 1025, height: 700 }])).toEqual([1, 2, 4, 8]);
    expect(factorsOf([{ width: 256, height: 256 }])).toEqual([1]);
  });

  it("stops where a tile would be drawn from more than the reduction allows", () => {
    expect(factorsOf([{ width: 100_000, height: 100_000 }])).toEqual([1, 2, 4, 8, 16, 32]);
    const [first, second] = pyramidOf({ width: 100_000, height: 100_000 }, { rounding: "ceil", count: 2 });
    expect(factorsOf([first!, second!])).toEqual([1, 2, 4, 8, 16, 32, 64]);
  });

  it("leaves out a level at no whole fraction, but offers its size", () => {
    const levels = [
      { width: 1000, height: 700 },
      { width: 640, height: 448 },
      { width: 250, height: 175 },
    ];
    const offer = offerTiles({ levels, tile, limits, maxReduction });
    expect(offer.tiles[0]?.scaleFactors).toEqual([1, 4]);
    expect(offer.sizes).toEqual(levels.toReversed());
  });

  it("offers sizes from the smallest up, each once and within the limits", () => {
    const image = { width: 4000, height: 3 };
    const levels = [image, { width: 2000, height: 2 }, { width: 1, height: 1 }, { width: 1, height: 1 }];
    const tight = { ...limits, maxWidth: 2000 };
    expect(offerTiles({ levels, tile, limits: tight, maxReduction }).sizes).toEqual([
      { width: 1, height: 1 },
      { width: 2000, height: 2 },
    ]);
  });

  it("offers no tiles above the limits", () => {
    const levels = [{ width: 1000, height: 700 }];
    const area = (maxArea: number) => offerTiles({ levels, tile, limits: { ...limits, maxArea }, maxReduction }).tiles;
    expect(area(65_535)).toEqual([]);
    expect(area(65_536)).toHaveLength(1);
  });

  it("offers factors that rise, each once", () => {
    const random = openRandom(13);
    for (let round = 0; round < 500; round += 1) {
      const image = { width: random.integer(1, 50_000), height: random.integer(1, 50_000) };
      const rounding = random.pick(["ceil", "floor"] as const);
      const factors = factorsOf(pyramidOf(image, { rounding, count: random.integer(1, 9) }));
      expect(factors[0]).toBe(1);
      expect(factors.every((factor, index) => index === 0 || factor > factors[index - 1]!)).toBe(true);
    }
  });
});

describe("scaleFactor", () => {
  it.each([2, 3, 4, 8, 16, 64])("finds %i whether the writer rounded up or down", (factor) => {
    const random = openRandom(factor);
    for (let round = 0; round < 500; round += 1) {
      const image = { width: random.integer(factor * 70, 30_000), height: random.integer(factor * 70, 30_000) };
      for (const rounding of ["ceil", "floor"] as const) {
        const level = { width: Math[rounding](image.width / factor), height: Math[rounding](image.height / factor) };
        expect(scaleFactor(image, level)).toBe(factor);
      }
    }
  });

  it("finds the factor of levels that were halved again and again", () => {
    const random = openRandom(14);
    for (let round = 0; round < 500; round += 1) {
      const image = { width: random.integer(5000, 50_000), height: random.integer(5000, 50_000) };
      for (const rounding of ["ceil", "floor"] as const) {
        const levels = pyramidOf(image, { rounding, count: 6 });
        expect(levels.map((level) => scaleFactor(image, level))).toEqual([1, 2, 4, 8, 16, 32]);
      }
    }
  });

  it("takes a power of two where another number would do as well", () => {
    expect(scaleFactor({ width: 20_095, height: 15_000 }, { width: 156, height: 117 })).toBe(128);
  });

  it("finds none where the sides are reduced unevenly", () => {
    expect(scaleFactor({ width: 1000, height: 1000 }, { width: 500, height: 250 })).toBeUndefined();
    expect(scaleFactor({ width: 1000, height: 1000 }, { width: 640, height: 640 })).toBeUndefined();
  });
});
