import { deflateSync } from "node:zlib";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { patternPixel } from "../support/picture.ts";
import { readPng } from "../support/png-reader.ts";

const width = 61;
const height = 47;

function pattern(samplesPerPixel: 1 | 3 | 4): Uint8Array<ArrayBuffer> {
  const pixel = patternPixel(samplesPerPixel, { bitsPerSample: 8, sampleFormat: "unsigned" });
  const pixels = Array.from({ length: width * height }, (_, index) => pixel(index % width, Math.floor(index / width)));
  return Uint8Array.from(pixels.flatMap((samples) => samples.slice(0, samplesPerPixel)));
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  new DataView(bytes.buffer).setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  return bytes;
}

/** Puts a PNG together out of filtered rows. */
function pngOf(header: readonly number[], rows: readonly number[]): Uint8Array {
  const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
  const data = deflateSync(Uint8Array.from(rows));
  const parts = [chunk("IHDR", Uint8Array.from(header)), chunk("IDAT", data), chunk("IEND", new Uint8Array())];
  return Uint8Array.from([...signature, ...parts.flatMap((part) => [...part])]);
}

describe("readPng", () => {
  it.each([1, 3, 4] as const)("reads what libvips writes with %i samples a pixel and all filters", async (channels) => {
    const samples = pattern(channels);
    for (const adaptiveFiltering of [true, false]) {
      const image = sharp(samples, { raw: { width, height, channels } });
      const png = await image
        .toColourspace(channels === 1 ? "b-w" : "srgb")
        .png({ adaptiveFiltering })
        .toBuffer();
      expect(await readPng(png)).toEqual({ width, height, samplesPerPixel: channels, samples });
    }
  });

  it.each([
    [0, [5, 6, 7, 8]],
    [1, [5, 11, 7, 15]],
    [2, [5, 6, 12, 14]],
    [3, [5, 8, 9, 16]],
    [4, [5, 11, 12, 20]],
  ])("undoes filter %i", async (filter, expected) => {
    const png = pngOf([0, 0, 0, 2, 0, 0, 0, 2, 8, 0, 0, 0, 0], [filter, 5, 6, filter, 7, 8]);
    expect([...(await readPng(png)).samples]).toEqual(expected);
  });

  it("reads one bit of gray as black and white", async () => {
    const png = pngOf([0, 0, 0, 9, 0, 0, 0, 2, 1, 0, 0, 0, 0], [0, 0b10100000, 0b10000000, 0, 0b00000001, 0]);
    const samples = [255, 0, 255, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 255, 0];
    expect(await readPng(png)).toEqual({ width: 9, height: 2, samplesPerPixel: 1, samples: Uint8Array.from(samples) });
  });

  it("refuses what it does not read", async () => {
    await expect(readPng(new Uint8Array(20))).rejects.toThrow("This is no PNG.");
    const interlaced = pngOf([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 1], [0, 5]);
    await expect(readPng(interlaced)).rejects.toThrow("are not read");
    const short = pngOf([0, 0, 0, 2, 0, 0, 0, 2, 8, 0, 0, 0, 0], [0, 5, 6]);
    await expect(readPng(short)).rejects.toThrow("more or fewer rows");
  });
});
