import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { formatChunk } from "../../../src/codec/png/chunk.ts";
import { pngTileDecoder } from "../../../src/codec/png-tile.ts";
import { openFile } from "../../../src/files/open.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { openTestKernel } from "../../support/kernel.ts";
import { allocateGuarded, readPlane } from "../../support/planes.ts";
import { writePng } from "../../support/png-writer.ts";
import { openRandom } from "../../support/random.ts";

/** Opens a file as a master and decodes its one tile: the samples of each plane, row by row. */
async function decode(png: Uint8Array, shown: { readonly width?: number; readonly height?: number } = {}) {
  const opened = await openFile(memorySource(png), png.subarray(0, 32_768));
  const [level] = opened!.pyramid.levels;
  const kernel = openTestKernel();
  const decoder = pngTileDecoder({ level, reduction: 1 });
  const { width = level.width, height = level.height } = shown;
  const guarded = Array.from({ length: decoder.planeCount }, () => allocateGuarded(kernel, width, height));
  const planes = guarded.map(({ plane }) => plane);
  await decoder.decodeInto(kernel, { parts: [png], rows: level.height }, planes);
  expect(guarded.map((item) => item.countChangedGuards())).toEqual(planes.map(() => 0));
  return { decoder, samples: planes.map((plane) => [...readPlane(kernel, plane).values]) };
}

/** Parts interleaved samples into planes. */
function planesOf(raw: Uint8Array, channels: number): number[][] {
  return Array.from({ length: channels }, (_, channel) => [...raw].filter((_, index) => index % channels === channel));
}

const random = openRandom(8);
const width = 37;
const height = 29;
const noise = Uint8Array.from({ length: width * height * 4 }, () => random.integer(0, 255));

describe("a PNG as a tile", () => {
  it.each([
    [1, "gray"],
    [2, "gray"],
    [3, "rgb"],
    [4, "rgb"],
  ] as const)("of %i samples a pixel fills its planes", async (channels, model) => {
    const raw = noise.subarray(0, width * height * channels);
    const png = await sharp(raw, { raw: { width, height, channels } })
      .toColourspace(model === "gray" ? "b-w" : "srgb")
      .png()
      .toBuffer();
    const { decoder, samples } = await decode(png);
    expect(decoder).toMatchObject({ model, hasAlpha: channels % 2 === 0, planeCount: channels });
    expect(samples).toEqual(planesOf(raw, channels));
  });

  it("fills planes that show only a part of it", async () => {
    const raw = noise.subarray(0, width * height * 3);
    const png = await sharp(raw, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer();
    const { samples } = await decode(png, { width: 20, height: 11 });
    const part = await sharp(png).extract({ left: 0, top: 0, width: 20, height: 11 }).raw().toBuffer();
    expect(samples).toEqual(planesOf(part, 3));
  });

  it("of 16 bits is scaled to 8", async () => {
    const rows = [0, 0x00, 0x00, 0xff, 0xff, 0x80, 0x7f, 0x01, 0x02];
    const { samples } = await decode(writePng({ width: 4, height: 1, bitDepth: 16, colorType: 0, rows }));
    expect(samples).toEqual([[0, 255, 128, 1]]);
  });

  it.each([
    [1, [0, 0b01000000], [0, 255, 0]],
    [2, [0, 0b00011000], [0, 85, 170]],
    [4, [0, 0x0f, 0x70], [0, 255, 119]],
  ])("of %i bits of gray is scaled to 8", async (bitDepth, rows, expected) => {
    const { samples } = await decode(writePng({ width: 3, height: 1, bitDepth, colorType: 0, rows }));
    expect(samples).toEqual([expected]);
  });

  const palette = formatChunk("PLTE", Uint8Array.of(10, 11, 12, 20, 21, 22, 30, 31, 32));

  it("with a palette has its colours", async () => {
    const png = writePng({ width: 3, height: 1, bitDepth: 2, colorType: 3, rows: [0, 0b10000100], chunks: [palette] });
    const { decoder, samples } = await decode(png);
    expect(decoder).toMatchObject({ model: "rgb", hasAlpha: false });
    expect(samples).toEqual([
      [30, 10, 20],
      [31, 11, 21],
      [32, 12, 22],
    ]);
  });

  it("with opacities of its indexes has alpha, those without one opaque", async () => {
    const chunks = [palette, formatChunk("tRNS", Uint8Array.of(0, 128))];
    const png = writePng({ width: 3, height: 1, bitDepth: 8, colorType: 3, rows: [0, 2, 0, 1], chunks });
    const { decoder, samples } = await decode(png);
    expect(decoder).toMatchObject({ model: "rgb", hasAlpha: true, planeCount: 4 });
    expect(samples.at(-1)).toEqual([255, 0, 128]);
    expect(samples[0]).toEqual([30, 10, 20]);
  });

  it.each([
    ["gray of 4 bits", { bitDepth: 4, colorType: 0 }, [0, 0x1a, 0xa2], [0, 10], [255, 0, 0, 255]],
    ["gray of 8 bits", { bitDepth: 8, colorType: 0 }, [0, 7, 8, 8, 9], [0, 8], [255, 0, 0, 255]],
    ["gray of 16 bits", { bitDepth: 16, colorType: 0 }, [0, 1, 2, 1, 3, 2, 2, 1, 2], [1, 2], [0, 255, 255, 0]],
    [
      "RGB",
      { bitDepth: 8, colorType: 2 },
      [0, 1, 2, 3, 1, 2, 4, 9, 2, 3, 1, 2, 3],
      [0, 1, 0, 2, 0, 3],
      [0, 255, 255, 0],
    ],
  ])("of %s with one transparent colour has alpha", async (_, kind, rows, key, alpha) => {
    const chunks = [formatChunk("tRNS", Uint8Array.from(key))];
    const { decoder, samples } = await decode(writePng({ width: 4, height: 1, ...kind, rows, chunks }));
    expect(decoder.hasAlpha).toBe(true);
    expect(samples.at(-1)).toEqual(alpha);
  });
});
