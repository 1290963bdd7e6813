import { describe, expect, it } from "vitest";
import type { Area, Size } from "../../../src/geometry.ts";
import { offerTiles, sizeOfTile } from "../../../src/iiif/tiles.ts";
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

  it("lists the factors of a pyramid of thirds, and no sizes: viewers would take them for halves", () => {
    const levels = pyramidOf({ width: 2700, height: 1800 }, { rounding: "ceil", count: 3, ratio: 3 });
    expect(factorsOf(levels)).toEqual([1, 3, 9, 18]);
    expect(offerTiles({ levels, tile, limits, maxReduction }).sizes).toEqual([]);
  });

  it("lists the factors between levels that lack, as far as the reduction allows", () => {
    const image = { width: 10_000, height: 8000 };
    expect(factorsOf([image, { width: 2500, height: 2000 }])).toEqual([1, 2, 4, 8, 16, 32, 64]);
    expect(factorsOf([image, { width: 157, height: 125 }], { width: 16, height: 16 })).toEqual([
      1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024,
    ]);
    expect(factorsOf([image, { width: 79, height: 63 }])).toEqual([1, 2, 4, 8, 16, 32]);
  });

  it("lists no factor that leaves less than a pixel of a side", () => {
    expect(factorsOf([{ width: 1, height: 5000 }])).toEqual([1]);
    expect(
      factorsOf([
        { width: 3, height: 5000 },
        { width: 1, height: 1250 },
      ]),
    ).toEqual([1, 2]);
    expect(factorsOf([{ width: 5000, height: 4 }])).toEqual([1, 2, 4]);
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

  it("leaves out a level at no whole fraction, as a factor and as a size", () => {
    const levels = [
      { width: 1000, height: 700 },
      { width: 640, height: 448 },
      { width: 250, height: 175 },
    ];
    const offer = offerTiles({ levels, tile, limits, maxReduction });
    expect(offer.tiles[0]?.scaleFactors).toEqual([1, 2, 4]);
    expect(offer.sizes).toEqual([
      { width: 250, height: 175 },
      { width: 500, height: 350 },
      { width: 1000, height: 700 },
    ]);
  });

  it("offers the sizes that levels have, however they are rounded, and rounds up where there is none", () => {
    const levels = pyramidOf({ width: 1001, height: 333 }, { rounding: "floor", count: 2 });
    expect(offerTiles({ levels, tile, limits, maxReduction }).sizes).toEqual([
      { width: 251, height: 84 },
      { width: 500, height: 166 },
      { width: 1001, height: 333 },
    ]);
  });

  it("offers sizes from the smallest up, those within the limits", () => {
    const levels = pyramidOf({ width: 4000, height: 3000 }, { rounding: "ceil", count: 3 });
    const tight = { ...limits, maxWidth: 2000 };
    expect(offerTiles({ levels, tile, limits: tight, maxReduction }).sizes).toEqual([
      { width: 250, height: 188 },
      { width: 500, height: 375 },
      { width: 1000, height: 750 },
      { width: 2000, height: 1500 },
    ]);
  });

  it("offers one size for each factor, or none", () => {
    const random = openRandom(15);
    for (let round = 0; round < 500; round += 1) {
      const image = { width: random.integer(1, 50_000), height: random.integer(1, 50_000) };
      const all = pyramidOf(image, { rounding: random.pick(["ceil", "floor"] as const), count: random.integer(1, 9) });
      const levels = all.filter((_, index) => index === 0 || random.integer(0, 2) > 0);
      const { sizes, tiles } = offerTiles({ levels, tile, limits, maxReduction });
      const factors = tiles[0]!.scaleFactors;
      expect(factors).toEqual(factors.map((_, index) => 2 ** index));
      expect(sizes).toHaveLength(factors.length);
    }
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

describe("sizeOfTile", () => {
  const image = { width: 333, height: 217 };
  const square = { width: 64, height: 64 };
  const sizeOf = (width: number, region: Area, { of = image, by = square } = {}) =>
    sizeOfTile({ kind: "width", width, isUpscaling: false }, region, { image: of, tile: by });
  const width = (value: number) => ({ kind: "width", width: value, isUpscaling: false });
  const exact = (...[across, down]: [number, number]) => ({
    kind: "exact",
    width: across,
    height: down,
    isUpscaling: false,
  });

  it("is as high as its neighbours where the viewer rounded the width of a last column, up or down", () => {
    expect(sizeOf(20, { x: 256, y: 0, width: 77, height: 217 })).toEqual(exact(20, 55));
    expect(sizeOf(39, { x: 256, y: 0, width: 77, height: 128 })).toEqual(exact(39, 64));
    expect(sizeOf(38, { x: 256, y: 0, width: 77, height: 128 })).toEqual(exact(38, 64));
  });

  it("is the size of the level where one tile holds all of it", () => {
    const tall = { width: 100, height: 5000 };
    const by = { width: 1024, height: 1024 };
    expect(sizeOf(13, { x: 0, y: 0, ...tall }, { of: tall, by })).toEqual(exact(13, 625));
    expect(sizeOf(7, { x: 0, y: 0, ...tall }, { of: tall, by })).toEqual(exact(7, 313));
    expect(sizeOf(14, { x: 0, y: 0, ...tall }, { of: tall, by })).toEqual(width(14));
  });

  it("is left as it is off the grid, in the other columns, and where a pixel makes no difference", () => {
    expect(sizeOf(20, { x: 256, y: 1, width: 77, height: 216 })).toEqual(width(20));
    expect(sizeOf(20, { x: 250, y: 0, width: 83, height: 217 })).toEqual(width(20));
    expect(sizeOf(64, { x: 128, y: 0, width: 128, height: 128 })).toEqual(width(64));
    expect(sizeOf(39, { x: 256, y: 128, width: 77, height: 89 })).toEqual(width(39));
    expect(sizeOf(77, { x: 256, y: 0, width: 77, height: 217 })).toEqual(width(77));
    expect(sizeOf(1, { x: 0, y: 0, width: 1, height: 300 }, { of: { width: 1, height: 300 } })).toEqual(width(1));
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
