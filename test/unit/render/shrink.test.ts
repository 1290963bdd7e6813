import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import type { Size } from "../../../src/geometry.ts";
import { chooseShrink, shrinkOfPlane } from "../../../src/render/shrink.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import { makeSamples } from "../../support/planes.ts";
import { decode, drawTiff, largestDifference, type Pixels } from "../../support/render.ts";
import { resampleTwin } from "../../support/resampling.ts";

const axis = (step: number) => ({ start: 0, step });

describe("chooseShrink", () => {
  it("leaves two to three pixels for each of the output, on each axis by itself", () => {
    for (const step of [4, 5, 5.99, 6, 17.3, 100, 4095]) {
      const { x, y } = chooseShrink({ x: axis(step), y: axis(1.2) });
      expect(step / x).toBeGreaterThanOrEqual(2);
      expect(step / x).toBeLessThan(3);
      expect(y).toBe(1);
    }
  });

  it("shrinks nothing below a reduction of 4, which no pyramid of halves needs", () => {
    expect(chooseShrink({ x: axis(3.999), y: axis(0.1) })).toEqual({ x: 1, y: 1 });
  });

  it("stays below what a sum of 32 bits holds", () => {
    expect(chooseShrink({ x: axis(1 << 20), y: axis(1 << 19) })).toEqual({ x: 2048, y: 2048 });
  });
});

describe("shrinkOfPlane", () => {
  it("goes by the output of each plane", () => {
    expect(shrinkOfPlane(6, { source: 2, output: 2 })).toBe(6);
    expect(shrinkOfPlane(6, { source: 1, output: 2 })).toBe(12);
    expect(shrinkOfPlane(6, { source: 2, output: 1 })).toBe(3);
    expect(shrinkOfPlane(2, { source: 4, output: 1 })).toBe(1);
    expect(shrinkOfPlane(1, { source: 1, output: 2 })).toBe(1);
  });
});

/** Detail of every scale up to single pixels, with edges: what shows both aliasing and blur. */
function pictureAt(x: number, y: number): readonly number[] {
  const wave = Math.sin((x * x + y * y) / 9000) * 60;
  const edge = (x >> 6) % 3 === (y >> 5) % 2 ? 40 : 0;
  const grain = (Math.imul(x + 1, 0x9e3779b1) ^ Math.imul(y + 1, 0x85ebca77)) >>> 27;
  return [120 + wave + edge + grain, 110 - wave + grain, 70 + edge * 2 + grain].map((value) => Math.round(value));
}

const size: Size = { width: 1501, height: 1003 };

function peakSignalToNoise(a: Pixels, b: Pixels): number {
  if (a.samples.length !== b.samples.length) return 0;
  const squares = a.samples.reduce((sum, value, index) => sum + (value - b.samples[index]!) ** 2, 0);
  return 10 * Math.log10((255 ** 2 * a.samples.length) / squares);
}

describe("a picture that is shrunk", () => {
  const raw = { raw: { ...size, channels: 3 } } as const;
  let samples: Uint8Array;
  let tiled: Uint8Array;
  beforeAll(async () => {
    samples = new Uint8Array(size.width * size.height * 3);
    for (let at = 0; at < size.width * size.height; at += 1) {
      samples.set(pictureAt(at % size.width, Math.floor(at / size.width)), at * 3);
    }
    const tiles = { tile: true, tileWidth: 128, tileHeight: 128, compression: "deflate" } as const;
    tiled = await sharp(samples, raw).tiff(tiles).toBuffer();
  });

  it.each([4, 7.3, 16, 60])(
    "is what libvips' Lanczos3 makes of it, above 43 dB, at a reduction of %d",
    async (step) => {
      const width = Math.round(size.width / step);
      const { plan, encoded } = await drawTiff(tiled, `full/${width},/0/default.png`);
      if (plan.kind === "copy") throw new Error("this request copies a tile");
      expect(plan.shrink.x).toBeGreaterThan(1);
      const { height } = plan.size;
      const reference = await decode(
        await sharp(samples, raw).resize(width, height, { fit: "fill", kernel: "lanczos3" }).png().toBuffer(),
      );
      expect(peakSignalToNoise(await decode(encoded), reference)).toBeGreaterThan(43);
    },
  );

  it("is the same whatever parts the master is stored in", async () => {
    const whole: TiffOptions = { width: 301, height: 203, pixel: pictureAt };
    const forms: readonly Partial<TiffOptions>[] = [
      { tile: { tileWidth: 16, tileLength: 128 } },
      { rowsPerStrip: 7 },
      { rowsPerStrip: 203, compression: "packbits" },
      { tile: 256, planarConfiguration: 2 },
    ];
    const small = await makeTiff({ ...whole, tile: 64 });
    const files = await Promise.all(forms.map((form) => makeTiff({ ...whole, ...form })));
    for (const path of ["full/40,/0/default.png", "33,11,201,187/21,13/0/color.jpg", "full/,9/90/gray.png"]) {
      const expected = await decode((await drawTiff(small, path)).encoded);
      for (const [index, file] of files.entries()) {
        const drawn = await decode((await drawTiff(file, path)).encoded);
        expect(largestDifference(drawn, expected), `${path} ${JSON.stringify(forms[index])}`).toBe(0);
      }
    }
  });
});

describe("a constant picture that is shrunk", () => {
  const forms: Readonly<Record<string, Partial<TiffOptions>>> = {
    "8 bits": {},
    "16 bits": { bitsPerSample: 16, pixel: () => [77 * 257, 77 * 257, 77 * 257] },
    "one strip": { rowsPerStrip: 301, compression: "packbits" },
    inks: { photometric: "CMYK", pixel: () => [0, 0, 0, 0] },
  };

  it.each(Object.keys(forms))("stays constant up to its edges, whose boxes are cut: %s", async (name) => {
    const form: TiffOptions = { width: 403, height: 301, tile: 64, pixel: () => [77, 77, 77], ...forms[name] };
    const file = await makeTiff(form);
    for (const path of ["full/40,/0/default.png", "1,2,397,293/31,/!90/default.png", "full/3,/0/gray.jpg"]) {
      const { samples } = await decode((await drawTiff(file, path)).encoded);
      expect(new Set(samples).size, path).toBe(1);
    }
  });
});

describe("the weight of what is shrunk", () => {
  /** Black but for the last column. */
  const pixel = (x: number): readonly number[] => [x === 400 ? 255 : 0];

  it("goes by the pixels in it: a column that fills a box of its own at the edge counts as one column", async () => {
    const file = await makeTiff({ width: 401, height: 400, tile: 64, samplesPerPixel: 1, pixel });
    const { encoded, plan } = await drawTiff(file, "full/10,/0/default.png");
    if (plan.kind === "copy") throw new Error("this request copies a tile");
    expect(plan.shrink.x).toBe(20);
    const { samples, channels, width } = await decode(encoded);
    const row = Array.from({ length: width }, (_, x) => samples[x * channels]!);
    const across = { start: 0, step: 40.1, outputLength: 10 };
    const twin = resampleTwin(
      makeSamples(401, 1, (x) => pixel(x)[0]!),
      across,
      { start: 0, step: 1, outputLength: 1 },
      "lanczos3",
    );
    // By itself the last box would be of 20 columns of 255: some 60 levels.
    expect(row.every((value, x) => Math.abs(value - twin.values[x]!) <= 1)).toBe(true);
    expect(row.at(-1)).toBeGreaterThan(0);
  });

  it("is multiplied by alpha: what can't be seen gives no colour", async () => {
    const seen = (x: number, y: number): readonly number[] =>
      (x + y) % 2 === 0 ? [200, 100, 50, 255] : [0, 255, 0, 0];
    const file = await makeTiff({ width: 400, height: 400, tile: 64, samplesPerPixel: 4, pixel: seen });
    const { samples } = await decode((await drawTiff(file, "full/20,/0/default.png")).encoded);
    for (let at = 0; at < samples.length; at += 4) {
      expect(Math.abs(samples[at]! - 200)).toBeLessThanOrEqual(1);
      expect(Math.abs(samples[at + 1]! - 100)).toBeLessThanOrEqual(1);
      expect(Math.abs(samples[at + 3]! - 128)).toBeLessThanOrEqual(1);
    }
  });

  it("is that of the region alone: nothing beside it shows", async () => {
    const inside = (x: number, y: number): boolean => x >= 101 && x < 300 && y >= 53 && y < 352;
    const file = await makeTiff({
      width: 400,
      height: 400,
      tile: 64,
      pixel: (x, y) => (inside(x, y) ? [9, 9, 9] : [255, 0, 255]),
    });
    for (const path of ["101,53,199,299/17,/0/default.png", "101,53,199,299/17,/!90/default.png"]) {
      const { samples } = await decode((await drawTiff(file, path)).encoded);
      expect([...new Set(samples)], path).toEqual([9]);
    }
  });
});
