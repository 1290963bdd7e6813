import { describe, expect, it } from "vitest";
import { maxTileBytes } from "../../../src/limits.ts";
import type { Level } from "../../../src/pyramid/level.ts";
import { areTilesInside, tileRanges } from "../../../src/pyramid/tile-index.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { openPyramid } from "../../../src/tiff/open.ts";
import { codeOf } from "../../support/code-of.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import { makePyramid } from "../../support/pyramid.ts";
import { openRandom } from "../../support/random.ts";

/** Three tiles in a row, at the places given. */
function levelOf(offsets: readonly number[], byteCounts: readonly number[]): Level {
  const [level] = makePyramid({ width: offsets.length * 10, height: 10, tile: 10 }).levels;
  return { ...level, offsets: Float64Array.from(offsets), byteCounts: Float64Array.from(byteCounts) };
}

/** A planar level of two tiles and three samples, each part at 100 times its number and 10 bytes long. */
function planarLevel(byteCounts: readonly number[] = [10, 10, 10, 10, 10, 10]): Level {
  const level = levelOf([100, 200], [10, 10]);
  const encoding = { ...level.encoding, layout: { ...level.encoding.layout, isPlanar: true } };
  const offsets = Float64Array.of(100, 200, 300, 400, 500, 600);
  return { ...level, encoding, offsets, byteCounts: Float64Array.from(byteCounts) };
}

const first = { column: 0, row: 0 };

describe("tileRanges", () => {
  it.each([1, 2] as const)(
    "finds each tile of each level where it was written, planar configuration %i",
    async (configuration) => {
      const options: TiffOptions = {
        ...{ width: 200, height: 150, tile: 48, levels: 3, compression: "deflate", planarConfiguration: configuration },
        tileBytes: ({ level, column, row, plane }) => Uint8Array.of(level, column, row, plane, 0xee),
      };
      const file = await makeTiff(options);
      const { levels } = await openPyramid(memorySource(file));
      const seen = new Set<number>();
      for (const [index, level] of levels.entries()) {
        for (let row = 0; row < level.rows; row += 1) {
          for (let column = 0; column < level.columns; column += 1) {
            const ranges = tileRanges(level, { column, row }, file.byteLength) ?? [];
            expect(ranges).toHaveLength(configuration === 2 ? 3 : 1);
            for (const [plane, { offset, length }] of ranges.entries()) {
              seen.add(offset);
              expect([...file.subarray(offset, offset + length)]).toEqual([index, column, row, plane, 0xee]);
            }
          }
        }
      }
      expect(levels.map(({ columns, rows }) => columns * rows)).toEqual([20, 6, 2]);
      expect(seen.size).toBe(28 * (configuration === 2 ? 3 : 1));
    },
  );

  it("says nothing of a tile of no bytes, or of one that lies where the header does", () => {
    expect(tileRanges(levelOf([500], [0]), first, 1000)).toBeUndefined();
    expect(tileRanges(levelOf([0], [999]), first, 1000)).toBeUndefined();
  });

  it("takes a tile that is all of its file", () => {
    expect(tileRanges(levelOf([0], [1000]), first, 1000)).toEqual([{ offset: 0, length: 1000 }]);
  });

  it("takes a tile of the most bytes that ends with the file, and refuses one more byte of either", () => {
    const refusal = (length: number, sourceSize: number) =>
      codeOf(() => tileRanges(levelOf([8], [length]), first, sourceSize));
    expect(refusal(maxTileBytes, maxTileBytes + 8)).toBe("none");
    expect(refusal(maxTileBytes + 1, maxTileBytes + 9)).toBe("source-malformed");
    expect(refusal(maxTileBytes, maxTileBytes + 7)).toBe("source-malformed");
  });

  it("takes a planar tile of which nothing was written and refuses one that was written in part", () => {
    expect(tileRanges(planarLevel([0, 10, 0, 10, 0, 10]), first, 1000)).toBeUndefined();
    expect(codeOf(() => tileRanges(planarLevel([10, 10, 0, 10, 10, 10]), first, 1000))).toBe("source-malformed");
    expect(tileRanges(planarLevel(), { column: 1, row: 0 }, 1000)).toEqual(
      [200, 400, 600].map((offset) => ({ offset, length: 10 })),
    );
  });
});

describe("areTilesInside", () => {
  it("says of any places whether all tiles are taken", () => {
    const random = openRandom(421);
    const answers = { inside: 0, outside: 0 };
    for (let round = 0; round < 2000; round += 1) {
      const offsets = Array.from({ length: 3 }, () =>
        random.pick([0, 1, 500, 900, 990, 1000, random.integer(0, 1100)]),
      );
      const byteCounts = offsets.map(() => random.pick([0, 1, 10, 100, 1000, random.integer(0, 600)]));
      const level = levelOf(offsets, byteCounts);
      const isTaken = offsets.every(
        (_, column) => codeOf(() => tileRanges(level, { column, row: 0 }, 1000)) === "none",
      );
      expect(areTilesInside(level, 1000), JSON.stringify({ offsets, byteCounts })).toBe(isTaken);
      answers[isTaken ? "inside" : "outside"] += 1;
    }
    expect(Math.min(answers.inside, answers.outside)).toBeGreaterThan(200);
  });

  it.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])("takes %d for the place of no tile", (number) => {
    expect(areTilesInside(levelOf([10, 20, 30], [5, 5, 5]), 1000)).toBe(true);
    expect(areTilesInside(levelOf([10, number, 30], [5, 5, 5]), 1000)).toBe(false);
    expect(areTilesInside(levelOf([10, 20, 30], [5, 5, number]), 1000)).toBe(false);
  });
});
