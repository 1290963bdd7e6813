import { writeFile } from "node:fs/promises";
import { deflateSync } from "node:zlib";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { formatChunk } from "../../../src/codec/png/chunk.ts";
import { convertMaster } from "../../../src/convert/convert.ts";
import type { ConversionSettings } from "../../../src/settings/conversion.ts";
import { segmentOf, writeJpeg } from "../../support/jpeg-writer.ts";
import {
  gammaTag,
  labTableTag,
  makeGrayProfile,
  makeMatrixProfile,
  makeProfile,
  primariesOf,
} from "../../support/make-profile.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import { makeTestFolder, readTiff, usualConversion } from "../../support/masters.ts";
import { writePng } from "../../support/png-writer.ts";
import { openRandom } from "../../support/random.ts";
import { drawTiff } from "../../support/render.ts";

// The one rule that holds the two ways together: a file looks the same whether it is put or ingested.

const folder = makeTestFolder();
const lossless: ConversionSettings = { ...usualConversion, compression: "deflate" };
const size = { width: 40, height: 30 } as const;

/** Where nothing is to be converted libvips makes 8 bits of 16 by cutting them off, and opacity as well. */
const tolerance = { 8: 0, 16: 2 } as const;

type Depth = keyof typeof tolerance;
type Pixel = (x: number, y: number) => number[];

/** Samples of any value, the same each time they are asked for. */
function anySamples(channels: number, most: number): Pixel {
  const random = openRandom(channels + most);
  const pixels = Array.from({ length: size.width * size.height }, () =>
    Array.from({ length: channels }, () => random.integer(0, most)),
  );
  return (x, y) => pixels[y * size.width + x]!;
}

const lightness = ([r, g, b]: readonly number[]) => 5 + 93 * (0.3 * r! + 0.6 * g! + 0.1 * b!);
const ofScanner = (device: readonly number[]) =>
  [lightness(device), 80 * (device[0]! - device[1]!), 80 * (device[1]! - device[2]!)] as const;
const ofPrinter = (device: readonly number[]) =>
  [0.9 * lightness(device) + 3, 70 * (device[0]! - device[1]!), 70 * (device[1]! - device[2]!)] as const;
/** Black ink is not black, and all inks together are little darker: what moves the black point. */
const ofPress = ([c, m, y, k]: readonly number[]) => {
  const light = (1 - 0.5 * c!) * (1 - 0.55 * m!) * (1 - 0.08 * y!) * (1 - 0.85 * k!);
  return [6 + 92 * light, (60 * m! - 35 * c!) * (1 - k!), (85 * y! - 45 * c!) * (1 - k!)] as const;
};

const profiles = {
  curves: makeMatrixProfile(primariesOf.proPhoto, gammaTag(1.8)),
  scanner: makeProfile({ deviceClass: "scnr", connectionSpace: "Lab", tags: { A2B0: labTableTag(3, 9, ofScanner) } }),
  // Its colours are others perceptually and colorimetrically.
  printer: makeProfile({
    deviceClass: "prtr",
    connectionSpace: "Lab",
    tags: { A2B0: labTableTag(3, 9, ofScanner), A2B1: labTableTag(3, 9, ofPrinter) },
  }),
  press: makeProfile({
    deviceClass: "prtr",
    colorSpace: "CMYK",
    connectionSpace: "Lab",
    tags: { A2B0: labTableTag(4, 5, ofPress), A2B1: labTableTag(4, 5, ofPress) },
  }),
  grey: makeGrayProfile(gammaTag(1.8)),
};

function tiff(bits: Depth, options: Omit<TiffOptions, "width" | "height">, channels: number) {
  return makeTiff({ ...size, ...options, bitsPerSample: bits, pixel: anySamples(channels, 2 ** bits - 1) });
}

/** Samples that are stored multiplied by their alpha can't be more than it. */
function associated(bits: Depth, iccProfile?: Uint8Array) {
  const most = 2 ** bits - 1;
  const pixel: Pixel = (x, y) => {
    const [r, g, b, alpha] = anySamples4[bits](x, y) as [number, number, number, number];
    return [...[r, g, b].map((value) => Math.round((value * alpha) / most)), alpha];
  };
  const form = { photometric: "RGB", samplesPerPixel: 4, extraSamples: 1 } as const;
  return makeTiff({ ...size, ...form, bitsPerSample: bits, pixel, ...(iccProfile ? { iccProfile } : {}) });
}

const anySamples4 = { 8: anySamples(4, 255), 16: anySamples(4, 65_535) };

function png(bits: Depth, colorType: 0 | 2 | 4 | 6, chunks: readonly Uint8Array[] = []) {
  const channels = { 0: 1, 2: 3, 4: 2, 6: 4 }[colorType];
  const pixelAt = anySamples(channels, 2 ** bits - 1);
  const rows: number[] = [];
  for (let y = 0; y < size.height; y += 1) {
    rows.push(0);
    for (let x = 0; x < size.width; x += 1) {
      for (const value of pixelAt(x, y)) rows.push(...(bits === 16 ? [value >> 8, value & 255] : [value]));
    }
  }
  return writePng({ ...size, bitDepth: bits, colorType, rows, chunks });
}

const iCCP = (profile: Uint8Array) => formatChunk("iCCP", Uint8Array.from([0x78, 0, 0, ...deflateSync(profile)]));
const linear = formatChunk("gAMA", Uint8Array.of(0, 1, 0x86, 0xa0));

/** Changes the last byte of the data's CRC, which is in front of IEND. */
const wrongCrc = (file: Uint8Array) => file.with(file.length - 13, file.at(-13)! ^ 0x55);

interface JpegColors {
  readonly profile?: Uint8Array;
  readonly adobe?: 0 | 2;
  /** How many parts the profile is said to have; the first holds all that there is. */
  readonly parts?: number;
}

/** Blocks of one colour each, which all decoders make the same pixels of. */
function jpeg(channels: 3 | 4, { profile, adobe, parts = 1 }: JpegColors = {}) {
  const sampleAt = anySamples(channels, 255);
  const components = Array.from({ length: channels }, (_, index) => ({
    horizontal: 1,
    vertical: 1,
    sampleAt: (x: number, y: number) =>
      sampleAt(Math.min(x & ~7, size.width - 1), Math.min(y & ~7, size.height - 1))[index]!,
  }));
  const segments = [
    ...(adobe === undefined ? [] : [segmentOf(0xee, [...Buffer.from("Adobe"), 0, 100, 0, 0, 0, 0, adobe])]),
    ...(profile ? [segmentOf(0xe2, [...Buffer.from("ICC_PROFILE\0\x01", "latin1"), parts, ...profile])] : []),
  ];
  return writeJpeg({ ...size, components, step: 1, segments });
}

const { curves, scanner, printer, press, grey } = profiles;

const cases: readonly (readonly [string, Depth, () => Uint8Array | Promise<Uint8Array>])[] = [
  ...([8, 16] as const).flatMap((bits) => [
    [`TIFF of ${bits}-bit inks`, bits, () => tiff(bits, { photometric: "CMYK" }, 4)] as const,
    [
      `TIFF of ${bits}-bit inks of a press`,
      bits,
      () => tiff(bits, { photometric: "CMYK", iccProfile: press }, 4),
    ] as const,
    [
      `TIFF of ${bits}-bit inks with alpha`,
      bits,
      () => tiff(bits, { photometric: "CMYK", samplesPerPixel: 5, iccProfile: press }, 5),
    ] as const,
    [`TIFF of ${bits}-bit CIELab`, bits, () => tiff(bits, { photometric: "CIELab" }, 3)] as const,
    [
      `TIFF of ${bits}-bit CIELab with alpha`,
      bits,
      () => tiff(bits, { photometric: "CIELab", samplesPerPixel: 4 }, 4),
    ] as const,
    [`TIFF of ${bits}-bit ICCLab`, bits, () => tiff(bits, { photometric: "ICCLab" }, 3)] as const,
    ...[undefined, curves, scanner, printer].flatMap((profile) => {
      const name = profile === undefined ? "" : ` and a profile of ${profile.byteLength} bytes`;
      const icc = profile === undefined ? {} : { iccProfile: profile };
      const chunks = profile === undefined ? [] : [iCCP(profile)];
      return [
        [`TIFF of ${bits} bits${name}`, bits, () => tiff(bits, { photometric: "RGB", ...icc }, 3)] as const,
        [
          `TIFF of ${bits} bits with alpha${name}`,
          bits,
          () => tiff(bits, { photometric: "RGB", samplesPerPixel: 4, ...icc }, 4),
        ] as const,
        [`TIFF of ${bits} bits with associated alpha${name}`, bits, () => associated(bits, profile)] as const,
        [`PNG of ${bits} bits${name}`, bits, () => png(bits, 2, chunks)] as const,
        [`PNG of ${bits} bits with alpha${name}`, bits, () => png(bits, 6, chunks)] as const,
      ];
    }),
    [`TIFF of ${bits}-bit grey`, bits, () => tiff(bits, { photometric: "MinIsBlack", iccProfile: grey }, 1)] as const,
    [
      `TIFF of ${bits}-bit grey with alpha`,
      bits,
      () => tiff(bits, { photometric: "MinIsBlack", samplesPerPixel: 2, iccProfile: grey }, 2),
    ] as const,
    [`PNG of ${bits}-bit grey`, bits, () => png(bits, 0, [iCCP(grey)])] as const,
    [`PNG of ${bits}-bit grey with alpha`, bits, () => png(bits, 4, [iCCP(grey)])] as const,
    [`PNG of ${bits} bits of linear light`, bits, () => png(bits, 2, [linear])] as const,
    [`PNG of ${bits} bits of linear light with a wrong CRC`, bits, () => wrongCrc(png(bits, 2, [linear]))] as const,
    [`PNG of ${bits} bits of linear light with alpha`, bits, () => png(bits, 6, [linear])] as const,
    [`PNG of ${bits}-bit grey of linear light`, bits, () => png(bits, 0, [linear])] as const,
  ]),
  ["JPEG with a profile of curves", 8, () => jpeg(3, { adobe: 0, profile: curves })],
  ["JPEG with a profile of tables", 8, () => jpeg(3, { adobe: 0, profile: printer })],
  ["JPEG that lacks a part of its profile", 8, () => jpeg(3, { adobe: 0, profile: curves, parts: 2 })],
  ["JPEG of inks without Adobe's marker", 8, () => jpeg(4)],
  ["JPEG of inks of a press without Adobe's marker", 8, () => jpeg(4, { profile: press })],
  ["JPEG of inks", 8, () => jpeg(4, { adobe: 0 })],
  ["JPEG of inks of a press", 8, () => jpeg(4, { adobe: 0, profile: press })],
  ["JPEG of inks as YCCK", 8, () => jpeg(4, { adobe: 2, profile: press })],
];

/** Pixels as they are seen: colours that nothing shows of are not compared. */
async function seen(file: Uint8Array, background: string) {
  const { encoded } = await drawTiff(file, "full/max/0/default.png");
  const flat = sharp(encoded).flatten({ background }).toColourspace("srgb");
  const { hasAlpha = false } = await sharp(encoded).metadata();
  return { samples: await flat.raw().toBuffer(), hasAlpha };
}

async function ingested(source: Uint8Array, settings: ConversionSettings = lossless) {
  const target = folder.path("master.tif");
  const path = folder.path("source");
  await writeFile(path, source);
  const { warnings } = await convertMaster(path, target, settings);
  return { master: (await readTiff(target)).bytes, warnings };
}

function mostBetween(one: Uint8Array, other: Uint8Array): number {
  if (one.length !== other.length) return Number.POSITIVE_INFINITY;
  return one.reduce((most, sample, index) => Math.max(most, Math.abs(sample - other[index]!)), 0);
}

describe("a file that is ingested looks as it does when it is put", { tags: ["slow"] }, () => {
  it.each(cases)("%s", async (_, bits, make) => {
    const source = await make();
    const { master } = await ingested(source);
    for (const background of ["#ffffff", "#000000"]) {
      const [put, kept] = [await seen(source, background), await seen(master, background)];
      expect(kept.hasAlpha).toBe(put.hasAlpha);
      expect(mostBetween(put.samples, kept.samples)).toBeLessThanOrEqual(tolerance[bits]);
    }
  });

  // Samples that are multiplied by their alpha are left out: the service rounds them to 8 bits before it divides.
  // What libvips refuses is decoded to 8 bits.
  const deep = cases.filter(([name, bits]) => bits === 16 && !/associated|wrong/.test(name));

  it.each(deep)("with its 16 bits kept, %s", async (_, bits, make) => {
    const source = await make();
    const { master } = await ingested(source, { ...lossless, keepsDepth: true });
    const [put, kept] = [await seen(source, "#ffffff"), await seen(master, "#ffffff")];
    expect(mostBetween(put.samples, kept.samples)).toBeLessThanOrEqual(tolerance[bits]);
  });
});

describe("what is said of converted colours", () => {
  let inks: Uint8Array;

  beforeAll(async () => {
    inks = await tiff(16, { photometric: "CMYK" }, 4);
  });

  it("is that inks without a profile are guessed, become sRGB, and 8 bits", async () => {
    expect((await ingested(inks)).warnings).toEqual(["It is CMYK without a profile; common inks were assumed."]);
    const all = { ...lossless, keepsProfile: true, keepsDepth: true };
    expect((await ingested(inks, all)).warnings).toEqual([
      "It is CMYK, which is always converted to sRGB.",
      "It is CMYK, which is converted to sRGB of 8 bits per sample.",
      "It is CMYK without a profile; common inks were assumed.",
    ]);
    const lab = await tiff(8, { photometric: "CIELab" }, 3);
    expect((await ingested(lab, { ...lossless, keepsProfile: true })).warnings).toEqual([
      "It is CIELab, which is always converted to sRGB.",
    ]);
  });

  it("is that a profile is ignored, where the service ignores it", async () => {
    const wrong = await tiff(8, { photometric: "RGB", iccProfile: press }, 3);
    expect((await ingested(wrong)).warnings).toEqual(["The profile is ignored: it is one of cmyk."]);
  });
});
