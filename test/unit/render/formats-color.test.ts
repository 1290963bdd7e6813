import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { cmykTable } from "../../../src/color/cmyk-table.ts";
import { convertPixels } from "../../support/color-tables.ts";
import {
  gammaTag,
  labTableTag,
  makeGrayProfile,
  makeMatrixProfile,
  makeProfile,
  primariesOf,
} from "../../support/make-profile.ts";
import { drawLevels, makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import type { Picture } from "../../support/picture.ts";
import { largestDifference, meanDifference } from "../../support/picture-edits.ts";
import { pickChannels } from "../../support/picture-levels.ts";
import { readPng } from "../../support/png-reader.ts";
import { drawTiff } from "../../support/render.ts";

const size = { width: 150, height: 110 } as const;
const colors = (x: number, y: number) => [(x * 3) & 255, (y * 5) & 255, (x + 2 * y) & 255];
const adobeRgb = makeMatrixProfile(primariesOf.adobeRgb, gammaTag(2.2));
const srgbLike = makeMatrixProfile(primariesOf.srgb, gammaTag(1.5));

async function drawPng(file: Uint8Array, path = "full/max/0/default.png"): Promise<Picture> {
  return readPng((await drawTiff(file, path)).encoded);
}

/** What libvips shows, its colours brought to sRGB by Little CMS. */
async function readByLibvips(file: Uint8Array, channels: 1 | 3 | 4 = 3): Promise<Picture> {
  const opened = channels === 4 ? sharp(file) : sharp(file).removeAlpha();
  const picture = channels === 1 ? opened.toColourspace("b-w") : opened.toColourspace("srgb");
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, samplesPerPixel: info.channels, samples: Uint8Array.from(data) };
}

describe("colours with a profile", () => {
  const forms: readonly [string, TiffOptions][] = [
    ["RGB in tiles", { ...size, tile: 32, pixel: colors }],
    ["RGB in planes", { ...size, rowsPerStrip: 20, planarConfiguration: 2, pixel: colors }],
    ["RGB, compressed", { ...size, tile: 32, compression: "deflate", predictor: 2, pixel: colors }],
  ];

  it.each(forms)("are brought to sRGB as libvips does: %s", async (_, form) => {
    for (const iccProfile of [adobeRgb, srgbLike]) {
      const file = await makeTiff({ ...form, iccProfile });
      const drawn = await drawPng(file);
      expect(meanDifference(drawn, await readByLibvips(file))).toBeLessThan(1);
      const unmanaged = await drawPng(await makeTiff(form));
      expect(meanDifference(drawn, unmanaged)).toBeGreaterThan(2);
    }
  });

  it("of 16 bits end as those of 8 do", async () => {
    const form = { ...size, tile: 32, iccProfile: adobeRgb } as const;
    const wide = (x: number, y: number) => colors(x, y).map((value) => value * 257);
    const drawn = await drawPng(await makeTiff({ ...form, bitsPerSample: 16, pixel: wide }));
    expect(largestDifference(drawn, await drawPng(await makeTiff({ ...form, pixel: colors })))).toBe(0);
  });

  it("are brought to sRGB with their alpha untouched", async () => {
    const pixel = (x: number, y: number) => [...colors(x, y), (x + y) & 255];
    const file = await makeTiff({ ...size, tile: 32, samplesPerPixel: 4, pixel, iccProfile: adobeRgb });
    const drawn = await drawPng(file);
    const theirs = await readByLibvips(file, 4);
    expect(largestDifference(pickChannels(drawn, [3]), pickChannels(theirs, [3]))).toBe(0);
    expect(meanDifference(pickChannels(drawn, [0, 1, 2]), pickChannels(theirs, [0, 1, 2]))).toBeLessThan(1);
  });

  it("are brought to sRGB behind a palette", async () => {
    const map = Array.from({ length: 768 }, (_, at) => ((at * 85) % 256) * 257);
    const form = { ...size, tile: 32, photometric: "Palette", colorMap: map, pixel: (x: number) => [x] } as const;
    const right = await drawPng(await makeTiff({ ...size, tile: 32, pixel: lookUp(map), iccProfile: adobeRgb }));
    expect(largestDifference(await drawPng(await makeTiff({ ...form, iccProfile: adobeRgb })), right)).toBe(0);
  });

  it("are brought to sRGB behind JPEG", async () => {
    const samples = drawLevels({ ...size, pixel: (x, y) => [x, y * 2, 200 - x] })[0]!.samples;
    for (const options of [{ chromaSubsampling: "4:4:4" }, { progressive: true }] as const) {
      const file = await sharp(Buffer.from(samples), { raw: { ...size, channels: 3 } })
        .withIccProfile("p3")
        .jpeg({ quality: 95, ...options })
        .toBuffer();
      expect(meanDifference(await drawPng(file), await readByLibvips(file))).toBeLessThan(1);
    }
  });

  it("are resampled before they are brought to sRGB, and end alike", async () => {
    const smooth = (x: number, y: number) => [x, y * 2, 200 - x];
    const file = await makeTiff({ ...size, tile: 32, pixel: smooth, iccProfile: adobeRgb });
    const { data } = await sharp(file).resize(61, 45, { fit: "fill" }).raw().toBuffer({ resolveWithObject: true });
    const drawn = await drawPng(file, "full/61,45/0/default.png");
    expect(meanDifference(drawn, { ...drawn, samples: Uint8Array.from(data) })).toBeLessThan(1);
  });

  it("of grey stay grey", async () => {
    const iccProfile = makeGrayProfile(gammaTag(1.4));
    const form: TiffOptions = { ...size, tile: 32, photometric: "MinIsBlack", pixel: (x) => [x] };
    const file = await makeTiff({ ...form, iccProfile });
    const drawn = await drawPng(file);
    expect(drawn.samplesPerPixel).toBe(1);
    expect(meanDifference(drawn, await readByLibvips(file, 1))).toBeLessThan(1);
    expect(meanDifference(drawn, await drawPng(await makeTiff(form)))).toBeGreaterThan(2);
    const { encoded } = await drawTiff(file, "full/max/0/default.jpg");
    expect(await sharp(encoded).metadata()).toMatchObject({ channels: 1 });
  });

  it.each([
    ["that are broken", Uint8Array.from(adobeRgb, (byte, at) => (at > 40 ? 255 - byte : byte))],
    ["that are cut off", adobeRgb.subarray(0, 130)],
    ["that are one of grey", makeGrayProfile(gammaTag(1))],
    ["that are noise", Uint8Array.from({ length: 500 }, (_, at) => (at * 37) & 255)],
  ])("are taken for sRGB by profiles %s", async (_, iccProfile) => {
    const form: TiffOptions = { ...size, tile: 32, pixel: colors };
    const drawn = await drawPng(await makeTiff({ ...form, iccProfile: Uint8Array.from(iccProfile) }));
    expect(largestDifference(drawn, drawLevels(form)[0]!)).toBe(0);
  });
});

describe("inks", () => {
  const inks = (x: number, y: number) => [x & 255, (y * 2) & 255, (x + y) & 255, (y * x) & 63];
  const form: TiffOptions = { ...size, tile: 32, photometric: "CMYK", pixel: inks };
  /** Subtractive mixing, far from any press but smooth, as Lab. */
  const press = makeProfile({
    deviceClass: "prtr",
    colorSpace: "CMYK",
    connectionSpace: "Lab",
    tags: {
      A2B0: labTableTag(4, 5, ([c = 0, m = 0, y = 0, k = 0]) => {
        const light = (1 - 0.4 * c) * (1 - 0.5 * m) * (1 - 0.1 * y) * (1 - k);
        return [100 * light, 60 * (m - c) * (1 - k), 70 * (y - (c + m) / 2) * (1 - k)];
      }),
    },
  });

  it("are brought to sRGB by their profile as libvips does", async () => {
    for (const layout of [{}, { planarConfiguration: 2, rowsPerStrip: 30 }] as const) {
      const { tile: _, ...stripped } = form;
      const file = await makeTiff({ ...("rowsPerStrip" in layout ? stripped : form), ...layout, iccProfile: press });
      expect(meanDifference(await drawPng(file), await readByLibvips(file))).toBeLessThan(1.5);
    }
  });

  it("without a profile look as on coated paper", async () => {
    for (const layout of [{}, { bitsPerSample: 16 }] as const) {
      const options: TiffOptions = { ...form, ...layout, ...("bitsPerSample" in layout ? { pixel: wide } : {}) };
      const drawn = await drawPng(await makeTiff(options));
      const pixels = Array.from({ length: size.width * size.height }, (_, at) =>
        inks(at % size.width, Math.floor(at / size.width)),
      );
      const right = Uint8Array.from(convertPixels(cmykTable(), pixels).flat());
      expect(largestDifference(drawn, { ...drawn, samples: right })).toBe(0);
    }
  });

  it("become luma in gray, and are never copied", async () => {
    const { encoded, plan } = await drawTiff(await makeTiff(form), "0,0,32,32/32,/0/gray.jpg");
    expect(plan.kind).toBe("draw");
    expect(await sharp(encoded).metadata()).toMatchObject({ channels: 1 });
  });

  it("of a JPEG by Adobe are the other way round", async () => {
    const picture = drawLevels({ ...size, pixel: (x, y) => [60 + x, 200 - y, 100 + (x >> 1)] })[0]!;
    const file = await sharp(Buffer.from(picture.samples), { raw: { ...size, channels: 3 } })
      .toColourspace("cmyk")
      .jpeg({ quality: 98, chromaSubsampling: "4:4:4" })
      .toBuffer();
    expect(await sharp(file).metadata()).toMatchObject({ space: "cmyk" });
    // Inks of one press seen as those of another: near the colours they were made of, and far from their opposite.
    expect(meanDifference(await drawPng(file), picture)).toBeLessThan(20);
  });
});

function wide(x: number, y: number): number[] {
  return [x & 255, (y * 2) & 255, (x + y) & 255, (y * x) & 63].map((value) => value * 257);
}

describe("CIELab", () => {
  /** L*, a* and b* of colours that sRGB has, with a* and b* as signed bytes. */
  const lab = (x: number, y: number) => [60 + x, ((x >> 2) - 20) & 255, ((y >> 2) - 12) & 255];

  const signed = (value: number): number => (value > 127 ? value - 256 : value);
  const wideLab = (x: number, y: number): number[] => {
    const [l, a, b] = lab(x, y) as [number, number, number];
    return [l * 257, (signed(a) * 256) & 65_535, (signed(b) * 256) & 65_535];
  };

  it("is brought to sRGB as libvips does", async () => {
    // Of 16 bits, for libvips reads no other.
    const form = { ...size, photometric: "CIELab", bitsPerSample: 16, pixel: wideLab } as const;
    const file = await makeTiff({ ...form, rowsPerStrip: 20 });
    expect(meanDifference(await drawPng(file), await readByLibvips(file))).toBeLessThan(1);
  });

  it("is the same in tiles, strips and planes, and in 8 bits within their rounding", async () => {
    const form: TiffOptions = { ...size, photometric: "CIELab", pixel: lab };
    const right = await drawPng(await makeTiff(form));
    for (const layout of [{ tile: 32 }, { rowsPerStrip: 20 }, { planarConfiguration: 2 }] as const) {
      expect(largestDifference(await drawPng(await makeTiff({ ...form, ...layout })), right)).toBe(0);
    }
    const deep = await drawPng(await makeTiff({ ...form, bitsPerSample: 16, pixel: wideLab }));
    expect(meanDifference(deep, right)).toBeLessThan(1);
  });

  it("with an offset, as profiles have it, is relative to D50 and near the same colours", async () => {
    const pixel = (x: number, y: number): number[] => {
      const [l, a, b] = lab(x, y) as [number, number, number];
      return [l, (a + 128) & 255, (b + 128) & 255];
    };
    const right = await drawPng(await makeTiff({ ...size, photometric: "CIELab", pixel: lab }));
    const drawn = await drawPng(await makeTiff({ ...size, photometric: "ICCLab", pixel }));
    expect(meanDifference(drawn, right)).toBeLessThan(3);
  });

  it("of neutral grey is neutral", async () => {
    const drawn = await drawPng(await makeTiff({ ...size, photometric: "CIELab", pixel: (x) => [x, 0, 0] }));
    for (let at = 0; at < drawn.samples.length; at += 3) {
      const pixel = drawn.samples.subarray(at, at + 3);
      expect(Math.max(...pixel) - Math.min(...pixel)).toBeLessThanOrEqual(1);
    }
  });
});

function lookUp(map: readonly number[]) {
  return (x: number): number[] => [0, 1, 2].map((channel) => Math.round(map[channel * 256 + (x & 255)]! / 257));
}
