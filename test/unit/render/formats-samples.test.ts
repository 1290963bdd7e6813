import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { codeOfAsync } from "../../support/code-of.ts";
import { drawLevels, makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import type { Picture, SampleDepth } from "../../support/picture.ts";
import { cropPicture, largestDifference } from "../../support/picture-edits.ts";
import { levelsOf, mapPixels, pickChannels } from "../../support/picture-levels.ts";
import { readPng } from "../../support/png-reader.ts";
import { drawTiff } from "../../support/render.ts";

const size = { width: 75, height: 53 } as const;
const tiled = { ...size, tile: 32 } as const;
const stripped = { ...size, rowsPerStrip: 20 } as const;

async function drawPng(options: TiffOptions, path = "full/max/0/default.png"): Promise<Picture> {
  return readPng((await drawTiff(await makeTiff(options), path)).encoded);
}

/** What a picture should look like in 8 bits. */
function expected(options: TiffOptions): Picture {
  const depth: SampleDepth = { bitsPerSample: 8, sampleFormat: "unsigned", ...options };
  return levelsOf(drawLevels(options)[0]!, depth, options.sampleRange);
}

/** The samples as libvips reads them from the same file, grey as one. */
async function readByLibvips(file: Uint8Array, channels: 1 | 3): Promise<Picture> {
  const picture = channels === 1 ? sharp(file).extractChannel(0) : sharp(file).removeAlpha();
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, samplesPerPixel: info.channels, samples: Uint8Array.from(data) };
}

describe("samples of every depth", () => {
  const depths = [1, 2, 4, 8, 10, 12, 14, 16, 32] as const;
  const cases = depths.flatMap((bitsPerSample) =>
    (["little", "big"] as const).flatMap((byteOrder) =>
      (["MinIsBlack", "MinIsWhite", "RGB"] as const).flatMap((photometric) =>
        ([1, 2] as const)
          .filter((planarConfiguration) => planarConfiguration === 1 || photometric === "RGB")
          .map((planarConfiguration) => ({ bitsPerSample, byteOrder, photometric, planarConfiguration })),
      ),
    ),
  );

  it.each(cases)(
    "are scaled to 8 bits: $bitsPerSample, $byteOrder-endian, $photometric, planar configuration $planarConfiguration",
    async (form) => {
      for (const layout of [tiled, stripped]) {
        const options: TiffOptions = { ...layout, ...form };
        const right = expected(options);
        const drawn = await drawPng(options);
        expect(largestDifference(drawn, right)).toBe(0);
        const area = { x: 29, y: 17, width: 11, height: 21 };
        const crop = await drawPng(options, "29,17,11,21/max/0/default.png");
        expect(largestDifference(crop, cropPicture(right, area))).toBe(0);
      }
    },
  );

  it.each([1, 2, 4, 8, 16] as const)("are within a level of what libvips reads: %i bits of grey", async (bits) => {
    for (const photometric of ["MinIsBlack", "MinIsWhite"] as const) {
      const file = await makeTiff({ ...stripped, bitsPerSample: bits, photometric });
      const drawn = await readPng((await drawTiff(file, "full/max/0/default.png")).encoded);
      // It drops the low byte of 16 bits, where we round.
      expect(largestDifference(drawn, await readByLibvips(file, 1))).toBeLessThanOrEqual(bits === 16 ? 1 : 0);
    }
  });

  it.each([8, 16] as const)("are within a level of what libvips reads: %i bits of RGB", async (bitsPerSample) => {
    const file = await makeTiff({ ...tiled, bitsPerSample });
    const drawn = await readPng((await drawTiff(file, "full/max/0/default.png")).encoded);
    expect(largestDifference(drawn, await readByLibvips(file, 3))).toBeLessThanOrEqual(bitsPerSample === 16 ? 1 : 0);
  });
});

describe("floating-point samples", () => {
  const depths = [16, 24, 32, 64] as const;
  const cases = depths.flatMap((bitsPerSample) =>
    (["little", "big"] as const).flatMap((byteOrder) =>
      (["MinIsBlack", "RGB"] as const).map((photometric) => ({ bitsPerSample, byteOrder, photometric })),
    ),
  );

  it.each(cases)("run from 0 to 1: $bitsPerSample bits, $byteOrder-endian, $photometric", async (form) => {
    const options: TiffOptions = { ...tiled, ...form, sampleFormat: "float" };
    expect(largestDifference(await drawPng(options), expected(options))).toBeLessThanOrEqual(1);
  });

  it.each(cases)(
    "run between the values stated: $bitsPerSample bits, $byteOrder-endian, $photometric",
    async (form) => {
      const pixel = (x: number, y: number) => [x - 20, 300 + y, 100 - x + y];
      const options: TiffOptions = { ...stripped, ...form, sampleFormat: "float", sampleRange: [-10, 350], pixel };
      expect(largestDifference(await drawPng(options), expected(options))).toBeLessThanOrEqual(1);
    },
  );

  it("that are no numbers are black, and those beyond the range are clamped", async () => {
    const values = [Number.NaN, -5, 0, 0.5, 1, 700, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    const options: TiffOptions = {
      width: values.length,
      height: 1,
      photometric: "MinIsBlack",
      bitsPerSample: 64,
      sampleFormat: "float",
      pixel: (x) => [values[x]!],
    };
    expect([...(await drawPng(options)).samples]).toEqual([0, 0, 0, 128, 255, 255, 255, 0]);
  });

  it("run from 0 to 1 where the values stated make no range", async () => {
    const options: TiffOptions = { ...tiled, bitsPerSample: 32, sampleFormat: "float" };
    const said = await drawPng({ ...options, sampleRange: [7, 7] });
    expect(largestDifference(said, expected(options))).toBeLessThanOrEqual(1);
  });
});

describe("palettes", () => {
  /** Colours that differ in all channels by index, in 16 bits. */
  const makeMap = (bits: number): number[] => {
    const count = 2 ** bits;
    const channel = (of: (level: number) => number): number[] =>
      Array.from({ length: count }, (_, index) => of(index / (count - 1)));
    return [
      ...channel((level) => Math.round(level * 65_535)),
      ...channel((level) => Math.round((1 - level) * 65_535)),
      ...channel((level) => Math.round(Math.abs(level - 0.5) * 131_070)),
    ];
  };
  const lookUp = (options: TiffOptions, map: readonly number[], white: number): Picture => {
    const count = map.length / 3;
    return mapPixels(drawLevels(options)[0]!, 3, ([index = 0]) =>
      [0, 1, 2].map((channel) => Math.round((map[channel * count + index]! * 255) / white)),
    );
  };

  it.each([1, 2, 4, 8] as const)("give the colours of their indexes: %i bits", async (bitsPerSample) => {
    const colorMap = makeMap(bitsPerSample);
    for (const layout of [tiled, stripped]) {
      const options: TiffOptions = { ...layout, photometric: "Palette", bitsPerSample, colorMap };
      expect(largestDifference(await drawPng(options), lookUp(options, colorMap, 65_535))).toBe(0);
    }
  });

  it("are within a level of what libvips reads", async () => {
    const file = await makeTiff({ ...stripped, photometric: "Palette", bitsPerSample: 8, colorMap: makeMap(8) });
    const drawn = await readPng((await drawTiff(file, "full/max/0/default.png")).encoded);
    expect(largestDifference(drawn, await readByLibvips(file, 3))).toBeLessThanOrEqual(1);
  });

  it("that hold 8 bits in their 16 are read as they are meant", async () => {
    const colorMap = makeMap(8).map((value) => value >> 8);
    const options: TiffOptions = { ...tiled, photometric: "Palette", colorMap };
    expect(largestDifference(await drawPng(options), lookUp(options, colorMap, 255))).toBe(0);
  });

  it("resample colours, not indexes", async () => {
    // Neighbouring indexes of black and white, whose mean index is green.
    const colorMap = Array.from({ length: 768 }, (_, at) => (at === 200 || at === 456 || at === 712 ? 65_535 : 0));
    colorMap[256 + 100] = 65_535;
    const pixel = (x: number) => [x % 2 === 0 ? 0 : 200];
    const drawn = await drawPng(
      { width: 64, height: 64, photometric: "Palette", colorMap, pixel },
      "full/32,/0/default.png",
    );
    for (let at = 0; at < drawn.samples.length; at += 3) {
      expect(drawn.samples[at + 1]).toBe(drawn.samples[at]);
      expect(drawn.samples[at + 2]).toBe(drawn.samples[at]);
    }
  });

  it("without a map are refused", async () => {
    const file = await makeTiff({ ...tiled, photometric: "Palette" });
    expect(await codeOfAsync(drawTiff(file, "full/max/0/default.png"))).toBe("source-malformed");
  });
});

describe("extra samples that are no alpha", () => {
  it.each([1, 2] as const)("are left out: planar configuration %i", async (planarConfiguration) => {
    const options: TiffOptions = { ...tiled, samplesPerPixel: 5, extraSamples: [0, 0], planarConfiguration };
    expect(largestDifference(await drawPng(options), pickChannels(expected(options), [0, 1, 2]))).toBe(0);
    const gray: TiffOptions = {
      ...stripped,
      photometric: "MinIsBlack",
      samplesPerPixel: 3,
      extraSamples: [0, 0],
      planarConfiguration,
    };
    expect(largestDifference(await drawPng(gray), pickChannels(expected(gray), [0]))).toBe(0);
  });

  it("may stand before alpha", async () => {
    const options: TiffOptions = { ...tiled, samplesPerPixel: 5, extraSamples: [0, 2] };
    expect(largestDifference(await drawPng(options), pickChannels(expected(options), [0, 1, 2, 4]))).toBe(0);
  });
});

describe("samples that are not read", () => {
  const tagOf = { bits: 258, format: 339, samples: 277, photometric: 262 } as const;

  it.each([
    ["a depth that is unknown", tagOf.bits, [3, 3, 3], "source-unsupported"],
    ["several depths", tagOf.bits, [5, 6, 5], "source-unsupported"],
    ["signed numbers", tagOf.format, [2, 2, 2], "source-unsupported"],
    ["complex numbers", tagOf.format, [6, 6, 6], "source-unsupported"],
    ["fewer samples than colours", tagOf.samples, [2], "source-malformed"],
    ["no samples", tagOf.samples, [0], "source-malformed"],
    ["more samples than any picture has", tagOf.samples, [300], "source-unsupported"],
    ["a colour filter array", tagOf.photometric, [32_803], "source-unsupported"],
    ["LogLuv", tagOf.photometric, [32_845], "source-unsupported"],
  ] as const)("are refused: %s", async (_, tag, values, code) => {
    const file = await makeTiff({ ...tiled, overrides: [{ directory: 0, tag, type: "SHORT", values }] });
    expect(await codeOfAsync(drawTiff(file, "full/max/0/default.png"))).toBe(code);
  });
});
