import { zstdCompressSync } from "node:zlib";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { convertMaster } from "../../../src/convert/convert.ts";
import { judgeLibvips } from "../../../src/convert/faults.ts";
import type { ConversionSettings } from "../../../src/settings/conversion.ts";
import { tags } from "../../../src/tiff/tags.ts";
import { drawLevels, makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import { ingestCodeOf, makeTestFolder, readTiff, usualConversion } from "../../support/masters.ts";
import { showByService } from "../../support/shown-file.ts";

const folder = makeTestFolder();
const target = folder.path("master.tif");

const lossless: ConversionSettings = { ...usualConversion, compression: "deflate" };
const size = { width: 90, height: 70, tile: 32 } as const;
const strips = { width: 90, height: 70, rowsPerStrip: 16 } as const;
const colorMap = Array.from({ length: 768 }, (_, index) => ((index * 37) % 256) * 257);
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

  /** What the ingest stores is held against what the service shows of the source. */
  const grey = "MinIsBlack";
  it.each<[string, TiffOptions]>([
    ["8 bands", { ...size, photometric: grey, samplesPerPixel: 8, extraSamples: [0, 0, 0, 0, 0, 0, 0] }],
    ["RGB and 3 others", { ...size, samplesPerPixel: 6, extraSamples: [0, 0, 0] }],
    ["RGB with transparency and another", { ...size, samplesPerPixel: 5, extraSamples: [2, 0] }],
    ["grey with transparency behind another", { ...size, photometric: grey, samplesPerPixel: 3, extraSamples: [0, 2] }],
    ["grey in planes", { ...strips, photometric: grey, samplesPerPixel: 2, extraSamples: 0, planarConfiguration: 2 }],
    ["RGB of 16 bits and 4 others", { ...size, samplesPerPixel: 7, extraSamples: [0, 0, 0, 0], bitsPerSample: 16 }],
    ["CMYK and 2 spot colours", { ...strips, photometric: "CMYK", samplesPerPixel: 6, extraSamples: [0, 0] }],
    ["CMYK with transparency", { ...strips, photometric: "CMYK", samplesPerPixel: 5 }],
    ["CIELab in planes", { ...strips, photometric: "CIELab", planarConfiguration: 2, bitsPerSample: 16 }],
    ["CIELab with transparency", { ...strips, photometric: "CIELab", samplesPerPixel: 4 }],
    [
      "a palette and another sample",
      { ...size, photometric: "Palette", samplesPerPixel: 2, extraSamples: 0, colorMap },
    ],
  ])("becomes a master of what the service shows: %s", async (_, options) => {
    const { master } = await convert(options);
    const [shown, stored] = [await showByService(folder.path("source.tif")), await showByService(target)];
    expect(stored).toEqual(shown);
    expect(master.warnings).toContainEqual(expect.stringContaining("own reader"));
  });

  it("becomes a master of what the service shows where extra samples are not declared", async () => {
    for (const options of [
      { ...strips, samplesPerPixel: 4 },
      { ...size, samplesPerPixel: 4 },
      { ...strips, photometric: grey, samplesPerPixel: 2 },
    ] as const) {
      const overrides = [{ directory: 0, tag: tags.extraSamples, remove: true }] as const;
      await convert({ ...options, compression: "deflate", overrides });
      expect(await showByService(target)).toEqual(await showByService(folder.path("source.tif")));
    }
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

  const past = 2 ** 31 - 2;
  const fax = { width: 90, height: 70, rowsPerStrip: 70, photometric: "MinIsBlack", bitsPerSample: 1 } as const;
  it.each<[string, TiffOptions]>([
    ["the link to a next directory", { ...size, links: [{ of: 0, to: { offset: past } }] }],
    ["the link of a BigTIFF", { ...strips, bigTiff: true, links: [{ of: 0, to: { offset: 2 ** 53 } }] }],
    ["the link behind fax data", { ...fax, compression: "ccitt-g4", links: [{ of: 0, to: { offset: past } }] }],
    ["a text", { ...size, overrides: [{ directory: 0, tag: 270, type: "ASCII", count: 9, valueField: past }] }],
    ["a tag of SubIFDs", { ...strips, overrides: [{ directory: 0, tag: 330, count: 5, valueField: past }] }],
  ])("becomes a master of what the service shows where something else lies past the end: %s", async (_, options) => {
    await convert(options);
    expect(await showByService(target)).toEqual(await showByService(folder.path("source.tif")));
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

describe("a JPEG with a comment that states too short a length", () => {
  const lay = async (change: (jpeg: Buffer) => Buffer) => {
    const raw = { raw: { width: 64, height: 48, channels: 3 } } as const;
    const pixels = Buffer.from(Array.from({ length: 64 * 48 * 3 }, (_, at) => (at * 7) & 255));
    return folder.lay(
      "comment.jpg",
      change(
        await sharp(pixels, raw)
          .withExif({ IFD0: { Orientation: "6" } })
          .jpeg()
          .toBuffer(),
      ),
    );
  };
  const comment = Buffer.from([0xff, 0xfe, 0, 4, ...Buffer.from("some words")]);
  const withComment = (jpeg: Buffer) => Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2)]);

  it("becomes a master of what the service shows", async () => {
    const source = await lay(withComment);
    await convertMaster(source, target, lossless);
    expect(await showByService(target)).toEqual(await showByService(source));
  });

  it("is called damaged where its picture is, too", async () => {
    const source = await lay((jpeg) => withComment(jpeg).subarray(0, -400));
    expect(await ingestCodeOf(convertMaster(source, folder.path("none.tif"), lossless))).toBe("damaged");
  });
});

describe("an error of libvips", () => {
  it.each([
    ["tiff2vips: ZSTD compression support is not configured\ntiff2vips: read error", "unsupported"],
    ["Input file has corrupt header: tiff2vips: samples_per_pixel not a whole number of bytes", "unsupported"],
    ["Input file has corrupt header: VipsJpeg: Unsupported JPEG data precision 12", "unsupported"],
    ["VipsJpeg: Unsupported marker type 0x4d", "damaged"],
    ["VipsJpeg: Corrupt JPEG data: 3 extraneous bytes before marker 0xd9", "damaged"],
    ["tiff2vips: Uncompressed data (not supported) at line 2 of strip 0 (x 7)", "damaged"],
    ["Warning treated as error due to failOn setting\nIDAT: CRC error", "damaged"],
    ["tiff2vips: Decoding error at scanline 3, incorrect data check", "damaged"],
    ["Input file has corrupt header: VipsJpeg: Bogus marker length", "damaged"],
    ["file.tif: bad seek to 2147483648\ntiff2vips: Seek error at scanline 0, strip 0", "damaged"],
    ["file.tif: bad seek to 2147483648\ntiff2vips: source input: Seek error accessing TIFF directory", "unclear"],
    ["file.tif: bad seek to 2147483648", "unclear"],
    ["Input image exceeds channel limit", "unclear"],
    ["linear: vector must have 1 or 4 elements", "unclear"],
    ['Incompatible type for "YResolution"; tag ignored', "unclear"],
    ["vips_colourspace: no known route from 'multiband' to 'srgb'", "unclear"],
    ["Input file contains unsupported image format", "unclear"],
  ])("is read: %s", (message, verdict) => {
    expect(judgeLibvips(new Error(message))).toBe(verdict);
  });
});

describe("a TIFF that no reader takes whole", () => {
  it("is called damaged for what our own reader finds where libvips does not say why", async () => {
    const broken = () => new Uint8Array(40).fill(7);
    const many: TiffOptions = { ...size, samplesPerPixel: 8, extraSamples: [0, 0, 0, 0, 0], compression: "deflate" };
    expect(await codeOf({ ...many, tileBytes: broken })).toBe("damaged");
    const undeclared = [{ directory: 0, tag: tags.extraSamples, remove: true }] as const;
    expect(await codeOf({ ...many, overrides: undeclared, tileBytes: broken })).toBe("damaged");
  });

  it("is called damaged where libvips knows why, whatever the tags say", async () => {
    const broken = () => new Uint8Array(40).fill(7);
    const odd = [{ directory: 0, tag: tags.extraSamples, remove: true }] as const;
    expect(
      await codeOf({ ...strips, samplesPerPixel: 4, overrides: odd, compression: "deflate", tileBytes: broken }),
    ).toBe("damaged");
  });

  it("is called damaged where its tiles lie past the end", async () => {
    const overrides = [{ directory: 0, tag: 273, values: (all: readonly number[]) => all.map(() => 2 ** 31) }];
    expect(await codeOf({ ...strips, overrides })).toBe("damaged");
  });

  it("is not stored with what is left of it", async () => {
    const broken = () => new Uint8Array(40).fill(7);
    expect(await codeOf({ ...size, compression: "deflate", tileBytes: broken })).toBe("damaged");
    expect(await codeOf({ ...size, ...zstd, tileBytes: broken })).toBe("damaged");
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
