import { describe, expect, it } from "vitest";
import { maxTilesPerLevel } from "../../../src/limits.ts";
import { checkPyramid } from "../../../src/pyramid/pyramid.ts";
import { formatPyramid } from "../../../src/pyramid/pyramid-record.ts";
import { isDrawnFromLarger, reducedSide, reducePyramid } from "../../../src/pyramid/reduced.ts";
import { makePyramid } from "../../support/pyramid.ts";

const atlas = makePyramid({ width: 8000, height: 6001, levels: 6 });

const widths = ({ levels }: typeof atlas): readonly number[] => levels.map(({ width }) => width);

describe("reducePyramid", () => {
  it("makes the longest side exact and rounds the other", () => {
    for (const longestSide of [1, 2, 511, 512, 999, 1001, 5000, 7999]) {
      const { width, height } = reducePyramid(atlas, longestSide);
      expect(width).toBe(longestSide);
      expect(Math.abs(height - (longestSide * 6001) / 8000)).toBeLessThanOrEqual(0.5);
    }
    const tall = makePyramid({ width: 600, height: 90_000, levels: 1 });
    expect(reducePyramid(tall, 1000)).toMatchObject({ width: 7, height: 1000 });
    expect(reducePyramid(tall, 10)).toMatchObject({ width: 1, height: 10 });
  });

  it("keeps the smallest level that covers it, those below, and nothing larger", () => {
    expect(widths(reducePyramid(atlas, 7999))).toEqual([8000, 4000, 2000, 1000, 500, 250]);
    expect(widths(reducePyramid(atlas, 1001))).toEqual([2000, 1000, 500, 250]);
    expect(widths(reducePyramid(atlas, 999))).toEqual([1000, 500, 250]);
    expect(widths(reducePyramid(atlas, 9))).toEqual([250]);
  });

  it("is a level as it is stored where one has the longest side", () => {
    const reduced = reducePyramid(atlas, 1000);
    expect(reduced).toMatchObject({ width: 1000, height: 750, reducedFrom: { width: 8000, height: 6001 } });
    expect(widths(reduced)).toEqual([1000, 500, 250]);
    expect(isDrawnFromLarger(reduced)).toBe(false);
    expect(reducedSide(reduced)).toBe(1000);
    checkPyramid(reduced);
  });

  it("takes no level that is large enough on one side alone", () => {
    const level = { ...atlas.levels[3], width: 1001, height: 749 };
    const [full, half] = atlas.levels;
    const uneven = { ...atlas, levels: [full, half, level] } as typeof atlas;
    const reduced = reducePyramid(uneven, 1000);
    expect(reduced).toMatchObject({ width: 1000, height: 750 });
    expect(widths(reduced)).toEqual([4000]);
  });

  it("leaves an image that is no larger as it is", () => {
    expect(reducePyramid(atlas, 8000)).toBe(atlas);
    expect(reducePyramid(atlas, 100_000)).toBe(atlas);
    expect(reducedSide(atlas)).toBeUndefined();
  });

  it("comes to the same when it is done twice", () => {
    for (const longestSide of [999, 500, 333]) {
      expect(reducePyramid(reducePyramid(atlas, 1001), longestSide)).toEqual(reducePyramid(atlas, longestSide));
    }
    const reduced = reducePyramid(atlas, 999);
    expect(reducePyramid(reduced, 1001)).toBe(reduced);
  });

  it("wants a whole number of pixels", () => {
    for (const longestSide of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => reducePyramid(atlas, longestSide)).toThrow(RangeError);
    }
  });
});

describe("a reduced pyramid", () => {
  it("is never written down as what a master is", () => {
    const fileBytes = maxTilesPerLevel * 5000;
    expect(formatPyramid(atlas, fileBytes)).toBeDefined();
    for (const longestSide of [1000, 999]) {
      expect(formatPyramid(reducePyramid(atlas, longestSide), fileBytes)).toBeUndefined();
    }
  });
});
