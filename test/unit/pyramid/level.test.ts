import { describe, expect, it } from "vitest";
import { maxSidePixels, maxTilesPerLevel } from "../../../src/limits.ts";
import { checkLevel, checkSize, type Level, refuseOddChroma } from "../../../src/pyramid/level.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { openPyramid } from "../../../src/tiff/open.ts";
import { codeOf } from "../../support/code-of.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import { makePyramid } from "../../support/pyramid.ts";

const size = { width: 150, height: 101 } as const;
const [tiled] = makePyramid({ ...size, tile: 64 }).levels;
const stripped: Level = { ...tiled, ...{ tileWidth: 150, tileLength: 32, columns: 1, rows: 4, isStripped: true } };
const strips: Level = { ...stripped, offsets: tiled.offsets.slice(0, 4), byteCounts: tiled.byteCounts.slice(0, 4) };

/** The grid of a level of one tile. */
const sole = { columns: 1, rows: 1, offsets: tiled.offsets.slice(0, 1), byteCounts: tiled.byteCounts.slice(0, 1) };

const refusal = (level: Level, maxTiles: number = maxTilesPerLevel) => codeOf(() => checkLevel(level, maxTiles));

describe("checkLevel", () => {
  const forms: readonly (readonly [string, TiffOptions])[] = [
    ["tiles", { ...size, tile: 64, levels: 3 }],
    ["tiles of two lengths", { ...size, tile: { tileWidth: 64, tileLength: 32 }, levels: 2 }],
    ["planar tiles", { ...size, tile: 64, planarConfiguration: 2 }],
    ["strips", { ...size, rowsPerStrip: 16, compression: "lzw" }],
    ["planar strips", { ...size, rowsPerStrip: 16, compression: "lzw", planarConfiguration: 2 }],
    ["one strip, read in pieces", { width: 1200, height: 900 }],
    ["grey of 16 bits", { ...size, tile: 64, photometric: "MinIsBlack", bitsPerSample: 16 }],
    ["alpha", { ...size, tile: 64, samplesPerPixel: 4 }],
    ["floats", { ...size, tile: 64, bitsPerSample: 32, sampleFormat: "float" }],
    ["fax", { ...size, photometric: "MinIsBlack", bitsPerSample: 1, compression: "ccitt-g4" }],
  ];

  it.each(forms)("takes every level that opening gives: %s", async (_, options) => {
    const { levels } = await openPyramid(memorySource(await makeTiff(options)));
    expect(levels.map((level) => refusal(level))).toEqual(levels.map(() => "none"));
  });

  const lies: readonly (readonly [string, Level])[] = [
    ["no width", { ...tiled, width: 0 }],
    ["a column too few", { ...tiled, columns: tiled.columns - 1 }],
    ["a row too many", { ...tiled, rows: tiled.rows + 1 }],
    ["an offset too few", { ...tiled, offsets: tiled.offsets.slice(1) }],
    ["a byte count too few", { ...tiled, byteCounts: tiled.byteCounts.slice(1) }],
    ["tiles of no width", { ...tiled, tileWidth: 0 }],
    ["strips that are narrower than the image", { ...tiled, isStripped: true }],
    ["a strip longer than the image", { ...strips, ...sole, tileLength: 102 }],
    [
      "fewer samples than colours",
      { ...tiled, encoding: { ...tiled.encoding, model: "cmyk", subsampling: { x: 1, y: 1 } } },
    ],
  ];

  it.each(lies)("refuses %s", (_, level) => {
    expect(refusal(level)).toBe("source-malformed");
  });

  it("refuses a tile that is too large, though it is the only one", () => {
    expect(refusal({ ...tiled, ...sole, tileWidth: 2048, tileLength: 2048 })).toBe("none");
    expect(refusal({ ...tiled, ...sole, tileWidth: 2048, tileLength: 2050 })).toBe("source-unsupported");
  });

  it("takes what the lies were made from", () => {
    expect([refusal(tiled), refusal(strips)]).toEqual(["none", "none"]);
  });

  it("takes as many tiles as it may and refuses one more", () => {
    expect(tiled.offsets).toHaveLength(6);
    expect(refusal(tiled, 6)).toBe("none");
    expect(refusal(tiled, 5)).toBe("source-malformed");
  });
});

describe("checkSize", () => {
  it("takes sides from one pixel to the limit and refuses what lies outside", () => {
    const code = (width: number, height: number) => codeOf(() => checkSize({ width, height }));
    expect([code(1, 1), code(maxSidePixels, 1), code(1, maxSidePixels)]).toEqual(["none", "none", "none"]);
    for (const side of [0, maxSidePixels + 1]) {
      expect([code(side, 1), code(1, side)]).toEqual(["source-malformed", "source-malformed"]);
    }
  });
});

describe("refuseOddChroma", () => {
  const refused = (change: Partial<Level>, subsampling: Level["encoding"]["subsampling"]) =>
    codeOf(() => refuseOddChroma({ ...tiled, ...change }, { ...tiled.encoding, subsampling }));

  it("refuses a chroma sample that lies in two tiles of a row or of a column", () => {
    expect(refused({ tileWidth: 63 }, { x: 2, y: 1 })).toBe("source-unsupported");
    expect(refused({ tileLength: 62 }, { x: 1, y: 4 })).toBe("source-unsupported");
    expect(refused({ tileWidth: 64, tileLength: 64 }, { x: 4, y: 4 })).toBe("none");
  });

  it("takes any side where no other tile follows on its axis", () => {
    expect(refused({ tileWidth: 63, columns: 1 }, { x: 2, y: 2 })).toBe("none");
    expect(refused({ tileLength: 63, rows: 1 }, { x: 2, y: 2 })).toBe("none");
  });
});
