import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { formatChunk } from "../../src/codec/png/chunk.ts";
import { createPngEncoder } from "../../src/codec/png/encoder.ts";
import { codeOf } from "../support/code-of.ts";
import { openTestKernel } from "../support/kernel.ts";
import { makeNoise, makeSamples, type Samples } from "../support/planes.ts";
import { inflatePng, readPngChunks } from "../support/png-chunks.ts";
import { encodeChannels } from "../support/png-encoding.ts";
import { drawPhotograph, drawText } from "../support/png-pictures.ts";
import { openRandom, type Random } from "../support/random.ts";

type Draw = (random: Random, width: number, height: number, channels: number) => Samples[];

const each =
  (draw: (random: Random, width: number, height: number, channel: number) => Samples): Draw =>
  (random, width, height, channels) =>
    Array.from({ length: channels }, (_, channel) => draw(random, width, height, channel));

const contents: Readonly<Record<string, Draw>> = {
  photograph: drawPhotograph,
  "one level": each((_, width, height, channel) => makeSamples(width, height, () => 40 * channel + 7)),
  noise: each(makeNoise),
  text: each(drawText),
  "equal rows": each((random, width, height) => {
    const row = makeNoise(random, width, 1);
    return makeSamples(width, height, (x) => row.values[x]!);
  }),
  "extremes side by side": each((random, width, height) =>
    makeSamples(width, height, () => (random.next() < 0.5 ? 0 : 255)),
  ),
};

const sizes = [
  [1, 1],
  [1, 70],
  [2, 3],
  [5, 1],
  [15, 4],
  [16, 4],
  [17, 5],
  [33, 33],
  [257, 130],
  [700, 300],
  [20000, 3],
] as const;

/** Decodes a PNG with libpng to samples per channel; libvips makes three of gray with alpha. */
async function decode(png: Uint8Array, channelCount: number): Promise<number[][]> {
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  const wanted = [[0], [0, 3], [0, 1, 2], [0, 1, 2, 3]][channelCount - 1]!;
  return wanted.map((channel) =>
    Array.from({ length: info.width * info.height }, (_, pixel) => data[pixel * info.channels + channel]!),
  );
}

/** Returns how many of the samples libpng decodes are not those that were encoded. */
async function countDifferences(png: Uint8Array, channels: readonly Samples[]): Promise<number> {
  const decoded = await decode(png, channels.length);
  let differences = 0;
  channels.forEach(({ values }, channel) => {
    values.forEach((value, at) => {
      if (decoded[channel]![at] !== value) differences += 1;
    });
  });
  return differences;
}

describe("createPngEncoder", () => {
  it.each(Object.entries(contents))("writes %s in every model and size for libpng to read back", async (_, draw) => {
    const random = openRandom(71);
    for (const [width, height] of sizes) {
      const kernel = openTestKernel();
      for (const channelCount of [1, 2, 3, 4]) {
        const channels = draw(random, width, height, channelCount);
        const png = encodeChannels(kernel, channels);
        expect(inflatePng(png).length).toBe((width * channelCount + 1) * height);
        expect(await countDifferences(png, channels)).toBe(0);
      }
    }
  });

  it("writes every width up to two vectors", async () => {
    const random = openRandom(72);
    const kernel = openTestKernel();
    for (let width = 1; width <= 34; width += 1) {
      for (const channelCount of [1, 2, 3, 4]) {
        const channels = drawPhotograph(random, width, 3, channelCount);
        expect(await countDifferences(encodeChannels(kernel, channels), channels)).toBe(0);
      }
    }
  });

  it("writes gray with one bit a pixel, white from 128 on, at every width", async () => {
    const random = openRandom(73);
    const kernel = openTestKernel();
    for (let width = 1; width <= 40; width += 1) {
      const gray = makeSamples(width, 5, () => random.pick([0, 127, 128, 255]));
      const png = encodeChannels(kernel, [gray], { bitDepth: 1 });
      expect(inflatePng(png).length).toBe((Math.ceil(width / 8) + 1) * 5);
      const thresholded = makeSamples(width, 5, (x, y) => (gray.values[y * width + x]! >= 128 ? 255 : 0));
      expect(await countDifferences(png, [thresholded])).toBe(0);
    }
  });

  it("keeps the bits after the last pixel zero", () => {
    const white = makeSamples(11, 1, () => 255);
    expect([...inflatePng(encodeChannels(openTestKernel(), [white], { bitDepth: 1 }))]).toEqual([0, 0xff, 0xe0]);
  });

  it("says in the header what the picture is", async () => {
    const kernel = openTestKernel();
    for (const [channelCount, colorType] of [
      [1, 0],
      [2, 4],
      [3, 2],
      [4, 6],
    ] as const) {
      const png = encodeChannels(kernel, drawPhotograph(openRandom(74), 300, 7, channelCount));
      const [header] = readPngChunks(png);
      expect(header!.type).toBe("IHDR");
      expect([...header!.data]).toEqual([0, 0, 1, 44, 0, 0, 0, 7, 8, colorType, 0, 0, 0]);
    }
  });

  it("begins the stream as RFC 1950 asks: deflate, a window of 32 KiB, a multiple of 31", () => {
    const png = encodeChannels(openTestKernel(), drawPhotograph(openRandom(75), 9, 9, 3));
    const [first, second] = readPngChunks(png).find(({ type }) => type === "IDAT")!.data;
    expect(first).toBe(0x78);
    expect((first! * 256 + second!) % 31).toBe(0);
  });

  it("puts given chunks after the header and the resolution before the data", async () => {
    const gray = [makeSamples(4, 4, () => 9)];
    const chunks = [formatChunk("tEXt", new TextEncoder().encode("Title\0a"))];
    const png = encodeChannels(openTestKernel(), gray, { chunks, dotsPerInch: 300 });
    expect(readPngChunks(png).map(({ type }) => type)).toEqual(["IHDR", "tEXt", "pHYs", "IDAT", "IEND"]);
    expect((await sharp(png).metadata()).density).toBe(300);
  });

  it("refuses sizes, depths, rows and planes that do not fit", () => {
    const kernel = openTestKernel();
    const options = { width: 8, height: 4, model: "gray", hasAlpha: false } as const;
    expect(codeOf(() => createPngEncoder(kernel, { ...options, width: 0 }))).toBe("internal");
    expect(codeOf(() => createPngEncoder(kernel, { ...options, width: 2 ** 24 + 1 }))).toBe("internal");
    expect(codeOf(() => createPngEncoder(kernel, { ...options, height: 2 ** 31 }))).toBe("internal");
    expect(codeOf(() => createPngEncoder(kernel, { ...options, bitDepth: 1, hasAlpha: true }))).toBe("internal");
    expect(codeOf(() => createPngEncoder(openTestKernel(1 << 17), options))).toBe("render-memory");
    const encoder = createPngEncoder(kernel, options);
    const plane = kernel.allocatePlane(8, 5);
    expect(codeOf(() => encoder.write({ planes: [plane], rows: 5 }))).toBe("internal");
    expect(codeOf(() => encoder.write({ planes: [plane], rows: 0 }))).toBe("internal");
    expect(codeOf(() => encoder.write({ planes: [plane, plane, plane], rows: 4 }))).toBe("internal");
    expect(codeOf(() => encoder.write({ planes: [plane], alpha: plane, rows: 4 }))).toBe("internal");
    expect(codeOf(() => encoder.finish())).toBe("internal");
  });
});
