import { zstdCompressSync } from "node:zlib";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { convertMaster } from "../../../src/convert/convert.ts";
import type { ConversionSettings } from "../../../src/settings/conversion.ts";
import { tags } from "../../../src/tiff/tags.ts";
import { drawLevels, makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import { ingestCodeOf, makeTestFolder, readTiff, usualConversion } from "../../support/masters.ts";

const folder = makeTestFolder();
const target = folder.path("master.tif");

const lossless: ConversionSettings = { ...usualConversion, compression: "deflate" };
const size = { width: 90, height: 70, tile: 32 } as const;
const zstd = { compression: "zstd", compress: zstdCompressSync } as const;

async function convert(options: TiffOptions, settings: Partial<ConversionSettings> = {}) {
  const source = await folder.lay("source.tif", await makeTiff(options));
  const master = await convertMaster(source, target, { ...lossless, ...settings });
  const { bytes, directories } = await readTiff(target);
  const picture = sharp(bytes, { ignoreIcc: true });
  if (options.photometric === "MinIsBlack") picture.toColourspace("b-w");
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  return { master, directories, samples: new Uint8Array(data), info };
}

const codeOf = async (options: TiffOptions, settings: Partial<ConversionSettings> = {}) =>
  ingestCodeOf(
    convertMaster(await folder.lay("refused.tif", await makeTiff(options)), folder.path("none.tif"), {
      ...lossless,
      ...settings,
    }),
  );

describe("a TIFF that libvips does not decode and the service does", () => {
  it.each<[string, TiffOptions]>([
    ["ZSTD", { ...size, ...zstd }],
    ["strips of ZSTD", { width: 90, height: 70, rowsPerStrip: 9, ...zstd }],
    ["tiles in separate planes", { ...size, planarConfiguration: 2 }],
    ["ZSTD in grey", { ...size, ...zstd, photometric: "MinIsBlack" }],
    ["ZSTD with transparency", { ...size, ...zstd, samplesPerPixel: 4 }],
  ])("becomes a master of the same pixels: %s", async (_, options) => {
    const { samples, master } = await convert(options);
    expect(Buffer.from(samples).equals(Buffer.from(drawLevels(options)[0]!.samples as Uint8Array))).toBe(true);
    expect(master.warnings).toContainEqual(expect.stringContaining("own reader"));
  });

  it("is black where tiles were never written", async () => {
    const options: TiffOptions = { ...size, compression: "deflate", isMissing: ({ column }) => column === 1 };
    const { samples } = await convert(options);
    const drawn = drawLevels(options)[0]!.samples;
    const expected = Uint8Array.from(drawn, (sample, at) => {
      const column = Math.floor(at / 3) % size.width;
      return column >= 32 && column < 64 ? 0 : sample;
    });
    expect(Buffer.from(samples).equals(Buffer.from(expected))).toBe(true);
  });

  it("has 12 bits rounded to 8", async () => {
    const options: TiffOptions = { ...size, photometric: "MinIsBlack", bitsPerSample: 12 };
    const { samples } = await convert(options);
    const wrong = drawLevels(options)[0]!.samples.findIndex(
      (sample, at) => Math.abs(sample / 16.06 - samples[at]!) > 1,
    );
    expect(wrong).toBe(-1);
  });

  it("is upright where it is stored turned, with its profile and what is said of it", async () => {
    const { icc } = await sharp(
      await sharp({ create: { width: 1, height: 1, channels: 3, background: "red" } })
        .withIccProfile("p3")
        .png()
        .toBuffer(),
    ).metadata();
    const options: TiffOptions = { ...size, ...zstd, orientation: 6, xmp: "<x/>", iccProfile: new Uint8Array(icc!) };
    const { samples, info, directories, master } = await convert(options, { keepsProfile: true });
    const stored = drawLevels(options)[0]!.samples as Uint8Array;
    const raw = { width: size.width, height: size.height, channels: 3 } as const;
    const upright = await sharp(stored, { raw }).rotate(90).raw().toBuffer();
    expect([info.width, info.height, master.width, master.height]).toEqual([70, 90, 70, 90]);
    expect(upright.equals(samples)).toBe(true);
    expect(await directories[0]?.bytes(tags.iccProfile)).toEqual(new Uint8Array(icc!));
    expect(Buffer.from((await directories[0]?.bytes(700)) ?? []).toString()).toBe("<x/>");
  });

  it("is sRGB where it is CIELab", async () => {
    const { info, samples } = await convert({ ...size, ...zstd, photometric: "CIELab", pixel: () => [255, 0, 0] });
    expect([info.channels, ...samples.subarray(0, 3)]).toEqual([3, 255, 255, 255]);
  });
});

describe("a TIFF that no reader takes whole", () => {
  it("is not stored with what is left of it", async () => {
    const broken = () => new Uint8Array(40).fill(7);
    expect(await codeOf({ ...size, compression: "deflate", tileBytes: broken })).toBe("damaged");
    expect(await codeOf({ ...size, ...zstd, tileBytes: broken })).toBe("unsupported");
  });

  it("is refused if the service does not support it either", async () => {
    const overrides = [{ directory: 0, tag: tags.compression, values: [6] }];
    expect(await codeOf({ ...size, overrides })).toBe("unsupported");
  });

  it("is refused where it is too large for its own reader, not called damaged", async () => {
    const wide: TiffOptions = {
      width: 40_000,
      height: 2000,
      tile: 2000,
      compression: "deflate",
      isMissing: () => true,
    };
    expect(await codeOf({ ...wide, tileBytes: () => new Uint8Array(0) })).toBe("unsupported");
  });

  it("is refused if 16 bits are to be kept, because its own reader keeps 8", async () => {
    const deep: TiffOptions = { ...size, ...zstd, bitsPerSample: 16 };
    expect(await codeOf(deep)).toBe("none");
    expect(await codeOf(deep, { keepsDepth: true })).toBe("unsupported");
  });
});
