import { describe, expect, it } from "vitest";
import { maxTilePixels } from "../../../src/limits.ts";
import { checkTileSize, countTiles } from "../../../src/pyramid/tile-grid.ts";
import { codeOf } from "../../support/code-of.ts";
import { makePyramid } from "../../support/pyramid.ts";
import { openRandom } from "../../support/random.ts";

const { encoding: interleaved } = makePyramid({ width: 1, height: 1 }).levels[0];
const planar = { layout: { ...interleaved.layout, isPlanar: true } };

describe("countTiles", () => {
  it("counts as many columns and rows as cover the image, and not one more", () => {
    const random = openRandom(411);
    for (let round = 0; round < 1000; round += 1) {
      const size = { width: random.integer(1, 5000), height: random.integer(1, 5000) };
      const tile = { tileWidth: random.integer(1, 600), tileLength: random.integer(1, 600) };
      const { columns, rows, count } = countTiles(size, tile, { encoding: interleaved, maxTiles: 1e8 });
      const named = JSON.stringify({ size, tile });
      expect(columns * tile.tileWidth, named).toBeGreaterThanOrEqual(size.width);
      expect((columns - 1) * tile.tileWidth, named).toBeLessThan(size.width);
      expect(rows * tile.tileLength, named).toBeGreaterThanOrEqual(size.height);
      expect((rows - 1) * tile.tileLength, named).toBeLessThan(size.height);
      expect(count, named).toBe(columns * rows);
    }
  });

  it("counts the tiles of each sample of a planar level", () => {
    const size = { width: 100, height: 100 };
    const tile = { tileWidth: 32, tileLength: 64 };
    expect(countTiles(size, tile, { encoding: planar, maxTiles: 24 })).toEqual({ columns: 4, rows: 2, count: 24 });
  });

  it("takes as many tiles as it may and refuses one more", () => {
    const tile = { tileWidth: 10, tileLength: 10 };
    const refusal = (width: number) =>
      codeOf(() => countTiles({ width, height: 10 }, tile, { encoding: interleaved, maxTiles: 7 }));
    expect(refusal(70)).toBe("none");
    expect(refusal(71)).toBe("source-malformed");
  });
});

describe("checkTileSize", () => {
  const refusal = (tileWidth: number, tileLength: number, isStripped: boolean) =>
    codeOf(() => checkTileSize({ tileWidth, tileLength, isStripped }));

  it("takes a tile of the most pixels, however long its sides, and refuses one more row", () => {
    for (const width of [1, 2048, maxTilePixels]) {
      const length = maxTilePixels / width;
      expect(refusal(width, length, false)).toBe("none");
      expect(refusal(width, length + 1, false)).toBe("source-unsupported");
    }
  });

  it("takes a strip of 16 times as many pixels and refuses one more row", () => {
    expect(refusal(2048, 16 * 2048, true)).toBe("none");
    expect(refusal(2048, 16 * 2048 + 1, true)).toBe("source-unsupported");
  });

  it.each([
    [0, 256],
    [256, 0],
  ])("refuses tiles of %i by %i pixels", (tileWidth, tileLength) => {
    expect(refusal(tileWidth, tileLength, false)).toBe("source-malformed");
    expect(refusal(tileWidth, tileLength, true)).toBe("source-malformed");
  });
});
