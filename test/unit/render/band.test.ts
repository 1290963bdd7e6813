import { describe, expect, it } from "vitest";
import { openTileDecoder } from "../../../src/codec/open-tile-decoder.ts";
import type { Area } from "../../../src/geometry.ts";
import { gridOf } from "../../../src/pyramid/decoded-grid.ts";
import type { TileEncoding } from "../../../src/pyramid/tile-encoding.ts";
import { Band, bandBytes } from "../../../src/render/band.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { encodeTestTile } from "../../support/jpeg-tile.ts";
import { openTestKernel } from "../../support/kernel.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import { type OpenedBand, openBand } from "../../support/opened-band.ts";
import { makeSamples, readPlane } from "../../support/planes.ts";
import { makePyramid } from "../../support/pyramid.ts";
import { openRandom, type Random } from "../../support/random.ts";

/** A sample that tells its place and its plane. */
const valueAt = (x: number, y: number, plane: number): number => (x * 7 + y * 13 + plane * 101 + (x >> 3) * y) & 255;

const size = { width: 150, height: 260 } as const;

function drawForm(random: Random): TiffOptions {
  const samplesPerPixel = random.pick([1, 3, 4]);
  const isTiled = random.next() < 0.7;
  return {
    ...{ ...size, samplesPerPixel, compression: random.pick(["none", "packbits"] as const) },
    planarConfiguration: random.pick([1, 2] as const),
    ...(isTiled
      ? { tile: { tileWidth: 16 * random.integer(1, 8), tileLength: 16 * random.integer(1, 8) } }
      : { rowsPerStrip: random.integer(1, 100) }),
    pixel: (x, y) => Array.from({ length: samplesPerPixel }, (_, plane) => valueAt(x, y, plane)),
  };
}

function drawRegion(random: Random): Area {
  const x = random.integer(0, size.width - 1);
  const y = random.integer(0, size.height - 1);
  return { x, y, width: random.integer(1, size.width - x), height: random.integer(1, size.height - y) };
}

/** Says whether all rows of a plane that are held are those of the picture, as far as the window has them. */
function areRowsRight({ kernel, band, choice, firstPixel }: OpenedBand, plane: number): boolean {
  const held = readPlane(kernel, band.rowsOf(plane));
  const { window } = choice;
  for (let row = Math.max(band.firstOf(plane), window.y); row < band.endOf(plane); row += 1) {
    if (row >= window.y + window.height) break;
    for (let x = window.x; x < window.x + window.width; x += 1) {
      const value = held.values[(row - band.firstOf(plane)) * held.width + x - firstPixel];
      if (value !== valueAt(x, row, plane)) return false;
    }
  }
  return true;
}

describe("a band", () => {
  it("holds every row of its window once, and those that are kept as they were, however many they are", async () => {
    const random = openRandom(441);
    for (let round = 0; round < 20; round += 1) {
      const options = drawForm(random);
      const region = drawRegion(random);
      const carryRows = random.integer(0, 60);
      const opened = await openBand(await makeTiff(options), { region, size: region, carryRows });
      const { band, choice, decoder, tileRows, load } = opened;
      const { grid: level, window } = choice;
      const planes = Array.from({ length: decoder.planeCount }, (_, plane) => plane);
      const named = JSON.stringify({ ...options, region, carryRows });
      let end = Math.floor(window.y / level.tileLength) * level.tileLength;
      expect(end, named).toBeLessThanOrEqual(window.y);
      for (const tileRow of tileRows) {
        // What is asked for may lie before what is held, or after it.
        const keepFrom = planes.map((plane) => {
          const all = end - band.firstOf(plane) <= carryRows ? [band.firstOf(plane), 0] : [];
          return random.pick([end, end - random.integer(0, carryRows), end + 5, ...all]);
        });
        const least = planes.map((plane) => Math.min(end, Math.max(band.firstOf(plane), keepFrom[plane]!)));
        await load(tileRow, keepFrom);
        expect(
          planes.map((plane) => band.firstOf(plane)),
          named,
        ).toEqual(least);
        end += level.tileLength;
        expect(
          planes.map((plane) => band.endOf(plane)),
          named,
        ).toEqual(planes.map(() => end));
        expect(
          planes.every((plane) => areRowsRight(opened, plane)),
          named,
        ).toBe(true);
      }
    }
  });

  it("begins with the tile row of its window and ends with it", async () => {
    const random = openRandom(442);
    for (let round = 0; round < 12; round += 1) {
      const region = drawRegion(random);
      const opened = await openBand(await makeTiff(drawForm(random)), { region, size: region, carryRows: 0 });
      const { band, tileRows, load, choice } = opened;
      const begin = band.firstOf(0);
      for (const tileRow of tileRows) await load(tileRow, [size.height, size.height, size.height, size.height]);
      const { window, grid: level } = choice;
      expect(begin).toBeLessThanOrEqual(window.y);
      expect(begin + level.tileLength).toBeGreaterThan(window.y);
      expect(band.endOf(0)).toBeGreaterThanOrEqual(window.y + window.height);
      expect(band.endOf(0) - level.tileLength).toBeLessThan(window.y + window.height);
    }
  });

  it("gives as its newest rows those that were loaded last", async () => {
    const options: TiffOptions = { ...size, samplesPerPixel: 1, tile: 64, pixel: (x, y) => [valueAt(x, y, 0)] };
    const whole = { x: 0, y: 0, ...size };
    const { kernel, band, tileRows, load } = await openBand(await makeTiff(options), {
      ...{ region: whole, size, carryRows: 20 },
    });
    for (const [index, tileRow] of tileRows.entries()) {
      await load(tileRow, [band.endOf(0) - 20]);
      const [newest] = band.newestRows();
      const height = Math.min(64, size.height - index * 64);
      const expected = makeSamples(size.width, height, (x, y) => valueAt(x, index * 64 + y, 0));
      expect(readPlane(kernel, { ...newest!, width: size.width, height })).toEqual(expected);
    }
  });

  it("has of JPEG tiles what a band of the whole picture has, wherever its window begins", async () => {
    const form = { compression: "jpeg", photometric: "MinIsBlack", encodeTile: encodeTestTile } as const;
    const file = await makeTiff({ width: 150, height: 140, tile: 64, ...form, pixel: (x, y) => [valueAt(x, y, 0)] });
    const pixelsOf = async (region: Area): Promise<readonly number[]> => {
      const { kernel, band, tileRows, load, firstPixel } = await openBand(file, {
        region,
        size: region,
        carryRows: 140,
      });
      for (const tileRow of tileRows) await load(tileRow, [0]);
      const held = readPlane(kernel, band.rowsOf(0));
      const { width, height } = region;
      const [left, top] = [region.x - firstPixel, region.y - band.firstOf(0)];
      return [...makeSamples(width, height, (x, y) => held.values[(top + y) * held.width + left + x]!).values];
    };
    const whole = await pixelsOf({ x: 0, y: 0, width: 150, height: 140 });
    for (const region of [
      { x: 40, y: 40, width: 100, height: 90 },
      { x: 70, y: 20, width: 20, height: 60 },
      { x: 10, y: 130, width: 120, height: 9 },
    ]) {
      const { x, y, width, height } = region;
      const rows = Array.from({ length: height }, (_, row) =>
        whole.slice((y + row) * 150 + x, (y + row) * 150 + x + width),
      );
      expect(await pixelsOf(region)).toEqual(rows.flat());
    }
  });

  it("counts the rows of subsampled chroma in samples", async () => {
    // YCbCr in units of two by two pixels of one value.
    const units = (tileLength: number) => new Uint8Array((6 * 32 * tileLength) / 4).fill(90);
    const options: TiffOptions = { width: 64, height: 96, tile: 32, photometric: "YCbCr", ycbcrSubsampling: [2, 2] };
    const file = await makeTiff({ ...options, tileBytes: () => units(32) });
    const region = { x: 0, y: 40, width: 64, height: 56 };
    const { band, tileRows, load } = await openBand(file, { region, size: region, carryRows: 10 });
    const state = () => [0, 1, 2].map((plane) => [band.firstOf(plane), band.endOf(plane)]);
    expect(state()).toEqual([
      [32, 32],
      [16, 16],
      [16, 16],
    ]);
    await load(tileRows[0]!, [0, 0, 0]);
    expect(state()).toEqual([
      [32, 64],
      [16, 32],
      [16, 32],
    ]);
    await load(tileRows[1]!, [54, 27, 28]);
    expect(state()).toEqual([
      [54, 96],
      [27, 48],
      [28, 48],
    ]);
  });

  it("refuses to keep more rows than it was made for", async () => {
    const file = await makeTiff({ ...size, samplesPerPixel: 1, tile: 64 });
    const { tileRows, load } = await openBand(file, { region: { x: 0, y: 0, ...size }, size, carryRows: 10 });
    await load(tileRows[0]!, [0]);
    await expect(load(tileRows[1]!, [64 - 12])).rejects.toThrow("a band is too small for its rows");
  });

  const colorMap = Array.from({ length: 768 }, (_, index) => [10, 20, 30][Math.floor(index / 256)]! * 257);
  const backgrounds: readonly (readonly [string, Partial<TiffOptions>, readonly number[]])[] = [
    ["grey", { photometric: "MinIsBlack" }, [0]],
    ["grey with 0 as white", { photometric: "MinIsWhite" }, [255]],
    ["grey with 0 as white, and alpha", { photometric: "MinIsWhite", samplesPerPixel: 2 }, [255, 0]],
    ["RGB with alpha", { samplesPerPixel: 4 }, [0, 0, 0, 0]],
    ["YCbCr", { photometric: "YCbCr", ycbcrSubsampling: [1, 1] }, [0, 128, 128]],
    ["CIELab", { photometric: "CIELab" }, [0, 128, 128]],
    ["inks", { photometric: "CMYK" }, [0, 0, 0, 0]],
    ["a palette", { photometric: "Palette", colorMap }, [10, 20, 30]],
  ];

  it.each(backgrounds)("shows a tile that was never written as samples of 0: %s", async (_, form, expected) => {
    const file = await makeTiff({ width: 40, height: 32, tile: 16, isMissing: ({ column }) => column === 1, ...form });
    const region = { x: 0, y: 0, width: 40, height: 32 };
    const { kernel, band, tileRows, load } = await openBand(file, { region, size: region, carryRows: 0 });
    await load(tileRows[0]!, []);
    const columns = band
      .newestRows()
      .map((plane) => readPlane(kernel, { ...plane, pointer: plane.pointer + 16, width: 16 }));
    expect(columns.map(({ values }) => [...new Set(values)])).toEqual(expected.map((value) => [value]));
  });
});

describe("bandBytes", () => {
  it("is no less than what a band takes of the kernel, and little more", () => {
    const random = openRandom(443);
    for (let round = 0; round < 60; round += 1) {
      const kernel = openTestKernel();
      const model = random.pick(["gray", "rgb", "ycbcr"] as const);
      const subsampling =
        model === "ycbcr"
          ? { x: random.pick([1, 2] as const), y: random.pick([1, 2] as const) }
          : ({ x: 1, y: 1 } as const);
      const encoding: Partial<TileEncoding> = { compression: "none", model, subsampling };
      const pyramid = makePyramid({ width: 4000, height: 4000, tile: 16 * random.integer(1, 20), encoding });
      const [level] = pyramid.levels;
      const decoder = openTileDecoder(kernel, { level, reduction: 1 }, undefined);
      const columns = random.integer(1, level.columns);
      const carryRows = random.integer(0, 100);
      const before = kernel.mark();
      const window = { x: 0, y: 0, width: 4000, height: 4000 };
      const grid = gridOf(level);
      new Band(kernel, {
        grid,
        encoding: level.encoding,
        window,
        decoder,
        firstColumn: 0,
        columns,
        firstRow: 0,
        carryRows,
        source: memorySource(new Uint8Array()),
        count: () => undefined,
      });
      const taken = kernel.mark() - before;
      // Of subsampled chroma a pixel has a part of a sample.
      const chroma = 2 / (subsampling.x * subsampling.y);
      const planned = bandBytes({ grid, columns, carryRows }, model === "ycbcr" ? 1 + chroma : decoder.planeCount);
      const named = JSON.stringify({ tile: level.tileWidth, columns, carryRows, model, subsampling, taken, planned });
      expect(taken, named).toBeLessThanOrEqual(planned);
      const pixels = columns * level.tileWidth * (level.tileLength + carryRows);
      if (pixels > 1 << 18) expect(planned, named).toBeLessThan(taken * 1.2);
    }
  });
});
