import sharp from "sharp";
import { describe, expect, it } from "vitest";
import type { Size } from "../../../src/geometry.ts";
import type { Master } from "../../../src/masters/store.ts";
import { orientations, seenSize } from "../../../src/pyramid/pyramid.ts";
import { encodeTestTile } from "../../support/jpeg-tile.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import { openRandom, type Random } from "../../support/random.ts";
import { openReduced, see, seeInTiles } from "../../support/reduced.ts";
import { decode, drawOpened, largestDifference, makeOfMaster, type Pixels } from "../../support/render.ts";

/** Detail of every scale up to single pixels. */
function detailAt(x: number, y: number): readonly number[] {
  const wave = Math.sin((x * x + y * y) / 3000) * 50;
  const edge = (x >> 5) % 3 === (y >> 4) % 2 ? 40 : 0;
  const grain = (Math.imul(x + 1, 0x9e3779b1) ^ Math.imul(y + 1, 0x85ebca77)) >>> 28;
  return [100 + wave + edge + grain, 110 - wave + grain, 60 + edge * 2 + grain].map((value) => Math.round(value));
}

function samplesOf({ width, height }: Size, channels: 3 | 4): Uint8Array {
  const samples = new Uint8Array(width * height * channels);
  for (let at = 0; at < width * height; at += 1) {
    const [x, y] = [at % width, Math.floor(at / width)];
    samples.set(detailAt(x, y), at * channels);
    if (channels === 4) samples[at * 4 + 3] = (x + 2 * y) % 256;
  }
  return samples;
}

const size: Size = { width: 701, height: 467 };

function picture(channels: 3 | 4 = 3) {
  return sharp(samplesOf(size, channels), { raw: { ...size, channels } });
}

const tiff = (options: Partial<TiffOptions>) => makeTiff({ ...size, pixel: detailAt, ...options });

const jpegTiff = (options: { quality: number; pyramid: boolean }) =>
  picture()
    .tiff({ ...options, compression: "jpeg", tile: true, tileWidth: 64, tileHeight: 64 })
    .toBuffer();

/** Masters of one picture by how they are stored. */
const masters: readonly (readonly [string, () => Promise<Uint8Array>])[] = [
  ["deflated tiles with levels", () => tiff({ tile: 64, compression: "deflate", levels: 4 })],
  ["deflated tiles without levels", () => tiff({ tile: 64, compression: "deflate" })],
  ["tiles of samples in planes", () => tiff({ tile: 64, levels: 3, planarConfiguration: 2 })],
  ["JPEG tiles of halved chroma", () => jpegTiff({ quality: 80, pyramid: true })],
  ["JPEG tiles without levels", () => jpegTiff({ quality: 80, pyramid: false })],
  [
    "JPEG tiles of whole chroma",
    () => tiff({ tile: 64, levels: 3, compression: "jpeg", photometric: "YCbCr", encodeTile: encodeTestTile }),
  ],
  ["strips", () => tiff({ rowsPerStrip: 16, compression: "lzw" })],
  ["strips with levels", () => tiff({ rowsPerStrip: 50, compression: "packbits", levels: 3 })],
  [
    "grey of 16 bits",
    () =>
      tiff({ tile: 64, bitsPerSample: 16, samplesPerPixel: 1, levels: 2, pixel: (x, y) => [detailAt(x, y)[0]! * 257] }),
  ],
  [
    "alpha",
    () =>
      tiff({
        tile: 64,
        samplesPerPixel: 4,
        extraSamples: 2,
        levels: 3,
        pixel: (x, y) => [...detailAt(x, y), (x * 3) & 255],
      }),
  ],
  [
    "associated alpha",
    () =>
      tiff({
        tile: 64,
        samplesPerPixel: 4,
        extraSamples: 1,
        levels: 3,
        pixel: (x, y) => [...detailAt(x, y).map((value) => value >> 1), 128 + (x & 127)],
      }),
  ],
  ["a JPEG file", () => picture().jpeg({ quality: 85 }).toBuffer()],
  ["a progressive JPEG file", () => picture().jpeg({ quality: 85, progressive: true }).toBuffer()],
  ["a PNG file", () => picture().png().toBuffer()],
  ["a PNG file with alpha", () => picture(4).png().toBuffer()],
  ["a WebP file", () => picture().webp({ quality: 90 }).toBuffer()],
];

async function expectSeamless(master: Master, side: number): Promise<void> {
  const whole = await see(master, "full/max");
  const { width, height } = seenSize(master.pyramid);
  expect(whole).toMatchObject({ width, height });
  expect(largestDifference(await seeInTiles(master, { width, height, side }), whole)).toBe(0);
}

describe("a reduced image", () => {
  it.each(masters)("has the same pixels in its tiles as in all of it: %s", async (_, make) => {
    const file = await make();
    for (const longestSide of [600, 250, 61, 1]) {
      const master = await openReduced(file, longestSide);
      await expectSeamless(master, Math.ceil(longestSide / 3.3));
    }
  });

  it.each(orientations)("is seen upright, its tiles too, of orientation %i", async (orientation) => {
    for (const form of [{ levels: 3 }, { levels: 1 }]) {
      const file = await tiff({ tile: 64, compression: "deflate", orientation, ...form });
      for (const longestSide of [500, 101]) {
        const master = await openReduced(file, longestSide);
        await expectSeamless(master, Math.ceil(longestSide / 2.7));
        const upright = await openReduced(await tiff({ tile: 64, compression: "deflate", ...form }), longestSide);
        const turned = await sharp((await makeOfMaster(upright, "full/max/0/default.png")).encoded)
          .withMetadata({ orientation })
          .png()
          .toBuffer();
        const expected = await decode(await sharp(turned).rotate().png().toBuffer());
        expect(largestDifference(await see(master, "full/max"), expected)).toBeLessThanOrEqual(1);
      }
    }
  });

  it("is each page by itself", async () => {
    const page = { width: 300, height: 500, tile: 64, levels: 2, pixel: (x: number, y: number) => detailAt(y, x) };
    const file = await tiff({ tile: 64, levels: 3, pages: [page] });
    const second = await openReduced(file, 200, 2);
    expect(seenSize(second.pyramid)).toEqual({ width: 120, height: 200 });
    await expectSeamless(second, 50);
  });

  it("of a very long image is at least a pixel high", async () => {
    const file = await makeTiff({ width: 5000, height: 3, pixel: detailAt, tile: 64, levels: 4 });
    for (const [longestSide, height] of [
      [4000, 2],
      [900, 1],
      [10, 1],
      [1, 1],
    ] as const) {
      const master = await openReduced(file, longestSide);
      expect(seenSize(master.pyramid)).toEqual({ width: longestSide, height });
      await expectSeamless(master, longestSide > 100 ? 500 : 3);
    }
  });

  it("has its stored tiles copied where a level has its size", async () => {
    const file = await jpegTiff({ quality: 80, pyramid: true });
    const master = await openReduced(file, 350);
    const { picture: planned, reads } = await makeOfMaster(master, "64,64,64,64/max/0/default.jpg");
    expect(planned.plan).toMatchObject({ kind: "copy", level: { width: 350 } });
    expect(reads).toBe(1);
  });
});

/** Masters of a picture of nothing but detail that is finer than the reduced image can show. */
const gratings: readonly (readonly [string, readonly number[], (x: number, y: number) => number])[] = [
  ["a checkerboard", [440, 320, 99], (x, y) => ((x + y) % 2 === 0 ? 255 : 0)],
  ["vertical lines", [440, 320, 99], (x) => (x % 2 === 0 ? 255 : 0)],
  ["horizontal lines", [440, 320, 99], (_, y) => (y % 2 === 0 ? 255 : 0)],
  // Each pixel of the reduced image is half of a line and half of a gap: any between them would show which.
  ["lines across its pixels", [320], (x) => ((x + 1) % 4 < 2 ? 255 : 0)],
];

/**
 * Draws a request for a region that begins and ends at least `margin` pixels inside of the image, at a size of at least
 * `leastSize` of it.
 */
function drawRequest(random: Random, { width, height }: Size, { margin = 0, leastSize = 0 } = {}): string {
  const x = random.integer(margin, width - 1 - margin);
  const y = random.integer(margin, height - 1 - margin);
  const region = { width: random.integer(1, width - margin - x), height: random.integer(1, height - margin - y) };
  // Sizes near that of the region leave most to see.
  const least = random.pick([1, 0.9, 0.5, leastSize]);
  const side = (length: number): number => random.integer(Math.max(1, Math.ceil(length * least)), length);
  return `${x},${y},${region.width},${region.height}/${side(region.width)},${side(region.height)}`;
}

/** How far the samples of a picture are apart at most. */
function contrastOf({ samples }: Pixels): number {
  let [least, most] = [255, 0];
  for (const sample of samples) {
    least = Math.min(least, sample);
    most = Math.max(most, sample);
  }
  return most - least;
}

describe("detail finer than a reduced image", () => {
  const whole: Size = { width: 640, height: 480 };
  const margin = 8;
  it.each(gratings)("stays out of every part of it: %s", async (_, longestSides, at) => {
    const form = { ...whole, samplesPerPixel: 1, pixel: (x: number, y: number) => [at(x, y)] } as const;
    const random = openRandom(15);
    for (const options of [{ tile: 64 }, { rowsPerStrip: 40 }]) {
      const file = await makeTiff({ ...form, ...options, compression: "deflate" });
      for (const longestSide of longestSides) {
        const master = await openReduced(file, longestSide);
        const { width, height } = seenSize(master.pyramid);
        // At the edges of the picture the filter has nothing to weigh the last line against.
        const inside = `${margin},${margin},${width - 2 * margin},${height - 2 * margin}/max`;
        const most = contrastOf(await see(master, inside));
        expect(most).toBeLessThan(20);
        for (let count = 0; count < 30; count += 1) {
          const path = drawRequest(random, { width, height }, { margin, leastSize: 0.25 });
          expect(contrastOf(await see(master, path)), path).toBeLessThanOrEqual(most + 4);
        }
      }
    }
  });
});

function meanDifference(a: Pixels, b: Pixels): number {
  expect(a).toMatchObject({ width: b.width, height: b.height, channels: b.channels });
  return a.samples.reduce((sum, value, at) => sum + Math.abs(value - b.samples[at]!), 0) / a.samples.length;
}

describe("a part of a reduced image", () => {
  it.each(masters.slice(0, 4))("shows what a master of its pixels shows: %s", async (_, make) => {
    const file = await make();
    const random = openRandom(2);
    for (const longestSide of [600, 280]) {
      const master = await openReduced(file, longestSide);
      const { encoded } = await makeOfMaster(master, "full/max/0/default.png");
      const own = await openReduced(encoded, longestSide);
      for (let count = 0; count < 40; count += 1) {
        const path = drawRequest(random, seenSize(master.pyramid));
        // Of halved chroma a smaller level holds half as much: it is left out of what is compared.
        const [shown, expected] = [await see(master, path, "0/gray"), await see(own, path, "0/gray")];
        expect(meanDifference(shown, expected), path).toBeLessThan(8);
        expect(largestDifference(shown, expected), path).toBeLessThan(32);
      }
    }
  });
});

describe("a reduced image too large to hold", () => {
  it("streams turned, and its tiles show the same", async () => {
    const form = { width: 2501, height: 1803, samplesPerPixel: 1, tile: 256, compression: "deflate" } as const;
    const file = await makeTiff({ ...form, orientation: 6, pixel: (x, y) => detailAt(x, y).slice(0, 1) });
    const master = await openReduced(file, 2400);
    const { picture: whole, encoded } = await makeOfMaster(master, "full/max/0/default.png");
    expect(whole.plan).toMatchObject({ kind: "stream", turn: { mirror: false, quarterTurns: 0 } });
    for (const [x, y] of [
      [0, 0],
      [700, 1100],
      [1530, 2200],
    ] as const) {
      const part = { left: x, top: y, width: 200, height: 200 };
      const cut = await decode(await sharp(encoded).extract(part).png().toBuffer());
      // Weights that are rounded from the other end differ by a step.
      expect(largestDifference(await see(master, `${x},${y},200,200/max`), cut)).toBeLessThanOrEqual(1);
    }
  });
});

describe("the memory of a reduced image", () => {
  it.each(masters)("stays below what the plan says: %s", async (_, make) => {
    const file = await make();
    for (const longestSide of [600, 61]) {
      const master = await openReduced(file, longestSide);
      for (const path of [
        "full/max/0/default.jpg",
        "11,13,40,20/max/0/default.png",
        "pct:10,10,80,80/30,/0/gray.jpg",
      ]) {
        const { plan, kernelBytes } = await drawOpened(master, file, path);
        expect(kernelBytes, path).toBeLessThanOrEqual(plan.cost.peakBytes);
      }
    }
  });
});

describe("the reads of a reduced image", () => {
  it("are of the level above its size, and of the tiles under a region and what the filter reaches", async () => {
    const tile = await picture().resize(256, 256).jpeg().toBuffer();
    const form = {
      width: 40_000,
      height: 30_000,
      tile: 256,
      levels: 8,
      compression: "jpeg",
      photometric: "YCbCr",
    } as const;
    const file = await makeTiff({ ...form, ycbcrSubsampling: [2, 2], tileBytes: () => tile });
    const master = await openReduced(file, 512);
    const whole = await makeOfMaster(master, "full/max/0/default.jpg");
    expect(whole.picture.plan).toMatchObject({ kind: "draw", stored: { width: 625 }, cost: { tiles: 6 } });
    expect(whole.reads).toBe(1);
    const part = await makeOfMaster(master, "0,0,190,190/max/0/default.jpg");
    expect(part.picture.plan).toMatchObject({ stored: { width: 625 }, cost: { tiles: 1 } });
    const thumbnail = await makeOfMaster(master, "full/256,/0/default.jpg");
    expect(thumbnail.picture.plan).toMatchObject({ stored: { width: 313 }, cost: { tiles: 2 } });
  });
});
