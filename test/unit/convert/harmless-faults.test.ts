import { deflateSync } from "node:zlib";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { convertMaster } from "../../../src/convert/convert.ts";
import { IngestError } from "../../../src/node/ingest-error.ts";
import type { ConversionSettings } from "../../../src/settings/conversion.ts";
import { segmentOf, writeJpeg } from "../../support/jpeg-writer.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import { makeTestFolder, usualConversion } from "../../support/masters.ts";
import { writePng } from "../../support/png-writer.ts";
import { openRandom } from "../../support/random.ts";
import { showByService } from "../../support/shown-file.ts";

// Faults that take nothing from a picture: the service shows it, and it is ingested as it is shown.

const folder = makeTestFolder();
const lossless: ConversionSettings = { ...usualConversion, compression: "deflate" };
const size = { width: 96, height: 80 } as const;

/** What is wrong with a PNG. */
interface PngFault {
  readonly colorType?: 0 | 2 | 6;
  readonly bitDepth?: 8 | 16;
  readonly dataBytes?: number;
  /** Changes the file, of which the last IDAT ends at `dataEnd`, its CRC included. */
  readonly change?: (png: Buffer, dataEnd: number) => void;
  readonly changeData?: (data: Uint8Array) => Uint8Array;
}

function png({ colorType = 2, bitDepth = 8, change, ...parts }: PngFault): Buffer {
  const random = openRandom(5);
  const rowBytes = (size.width * { 0: 1, 2: 3, 6: 4 }[colorType] * bitDepth) / 8;
  const rows = Array.from({ length: size.height }, () => [
    0,
    ...Array.from({ length: rowBytes }, () => random.integer(0, 255)),
  ]).flat();
  const file = Buffer.from(writePng({ ...size, bitDepth, colorType, rows, ...parts }));
  change?.(file, file.length - 12);
  return file;
}

const withLast = (bytes: Uint8Array, at: number) => bytes.with(bytes.length - at, bytes.at(-at)! ^ 0x55);
const wrongSum = (data: Uint8Array) => withLast(data, 1);
const wrongCrc = (file: Buffer, dataEnd: number) => {
  file[dataEnd - 1]! ^= 0x55;
};

/** Blocks of one colour each, in which restart markers are far enough apart to be told from one another. */
function jpeg(channels: 1 | 3 | 4, segments: readonly (readonly number[])[] = []): Buffer {
  const components = Array.from({ length: channels }, (_, index) => ({
    horizontal: 1,
    vertical: 1,
    sampleAt: (x: number, y: number) => ((x & ~7) * (index + 2) + (y & ~7)) & 255,
  }));
  return Buffer.from(writeJpeg({ ...size, components, step: 1, restartInterval: 4, segments }));
}

const adobe = (transform: number) => segmentOf(0xee, [...Buffer.from("Adobe"), 0, 100, 0, 0, 0, 0, transform]);

function renumbered(file: Buffer, numberOf: (index: number) => number): Buffer {
  let index = 0;
  for (let at = scanOf(file); at < file.length - 1; at += 1) {
    if (file[at] !== 0xff || (file[at + 1]! & 0xf8) !== 0xd0) continue;
    file[at + 1] = 0xd0 + (numberOf(index) & 7);
    index += 1;
  }
  expect(index).toBeGreaterThan(20);
  return file;
}

const scanOf = (file: Buffer) => file.indexOf(Buffer.of(0xff, 0xda));
const markerOf = (file: Buffer, code: number) => file.indexOf(Buffer.of(0xff, code));
const inserted = (file: Buffer, at: number) =>
  Buffer.concat([file.subarray(0, at), Buffer.of(1, 2, 3), file.subarray(at)]);
/** One number is two too high, as where a bit was changed. */
const oneWrong = (index: number) => (index === 13 ? index + 2 : index);

const jpegTile = (change: (file: Buffer) => Buffer): TiffOptions => ({
  ...size,
  rowsPerStrip: size.height,
  photometric: "RGB",
  compression: "jpeg",
  tileBytes: () => change(jpeg(3)),
});

const cases: readonly (readonly [string, () => Uint8Array | Promise<Uint8Array>])[] = [
  ["PNG with a wrong Adler-32", () => png({ changeData: wrongSum })],
  ["PNG of many chunks with a wrong Adler-32", () => png({ changeData: wrongSum, dataBytes: 900 })],
  ["PNG with a wrong CRC of IDAT", () => png({ change: wrongCrc })],
  ["PNG of grey with a wrong CRC of IDAT", () => png({ change: wrongCrc, colorType: 0 })],
  ["PNG with alpha and a wrong CRC of IDAT", () => png({ change: wrongCrc, colorType: 6 })],
  ["PNG of 16 bits with a wrong Adler-32", () => png({ changeData: wrongSum, bitDepth: 16 })],
  ["JPEG with restart markers that are all the first", () => renumbered(jpeg(3), () => 0)],
  ["JPEG with restart markers that count from 1", () => renumbered(jpeg(3), (index) => index + 1)],
  ["JPEG with one wrong restart marker", () => renumbered(jpeg(3), oneWrong)],
  ["JPEG with bytes before SOS", () => inserted(jpeg(3), scanOf(jpeg(3)))],
  ["JPEG with bytes before DHT", () => inserted(jpeg(3), markerOf(jpeg(3), 0xc4))],
  ["JPEG without EOI", () => jpeg(3).subarray(0, -2)],
  ["JPEG of inks with Adobe's transform 1", () => jpeg(4, [adobe(1)])],
  ["JPEG of inks with Adobe's transform 3", () => jpeg(4, [adobe(3)])],
  ["JPEG of colours with Adobe's transform 2", () => jpeg(3, [adobe(2)])],
  ["JPEG of inks with wrong restart markers", () => renumbered(jpeg(4), () => 3)],
  ["TIFF with a JPEG strip with wrong restart markers", () => makeTiff(jpegTile((file) => renumbered(file, () => 0)))],
  ["TIFF with a JPEG strip with bytes before SOS", () => makeTiff(jpegTile((file) => inserted(file, scanOf(file))))],
];

const lay = async (bytes: Uint8Array) => folder.lay("source", bytes);

describe("a file with a fault that takes nothing from its picture", () => {
  it.each(cases)("is ingested as the service shows it: %s", async (_, make) => {
    const source = await lay(await make());
    const master = folder.path("master.tif");
    const { warnings } = await convertMaster(source, master, lossless);
    expect((await showByService(master)).equals(await showByService(source))).toBe(true);
    expect(warnings).toContainEqual(expect.stringContaining("own reader"));
  });

  it("is ingested as the service shows it where libvips does not mind: tiles with a wrong Adler-32", async () => {
    const compress = (samples: Uint8Array) => wrongSum(deflateSync(samples));
    const source = await lay(await makeTiff({ ...size, tile: 32, compression: "deflate", compress }));
    await convertMaster(source, folder.path("master.tif"), lossless);
    expect((await showByService(folder.path("master.tif"))).equals(await showByService(source))).toBe(true);
  });

  it("is told what libvips says of it", async () => {
    const source = await lay(renumbered(jpeg(3), oneWrong));
    const { warnings } = await convertMaster(source, folder.path("master.tif"), lossless);
    expect(warnings).toEqual([
      "libvips calls it damaged (VipsJpeg: Corrupt JPEG data: found marker 0xd7 instead of RST5), but nothing of the picture is missing; this service's own reader decoded it, with the colours the service shows.",
    ]);
  });

  it("keeps its samples", async () => {
    const rows = await sharp(png({})).raw().toBuffer();
    await convertMaster(await lay(png({ changeData: wrongSum })), folder.path("master.tif"), lossless);
    expect(await sharp(folder.path("master.tif")).raw().toBuffer()).toEqual(rows);
  });
});

describe("a file that lacks rows", () => {
  const errorOf = async (bytes: Uint8Array) => {
    const error = await convertMaster(await lay(bytes), folder.path("none.tif"), lossless).catch((cause) => cause);
    return error instanceof IngestError ? `${error.code}: ${error.message}` : String(error);
  };

  it.each<[string, () => Uint8Array]>([
    ["a PNG that breaks off", () => png({}).subarray(0, 9000)],
    ["a JPEG that breaks off", () => jpeg(3).subarray(0, -300)],
    ["a JPEG that breaks off, with bytes before SOS", () => inserted(jpeg(3), scanOf(jpeg(3))).subarray(0, -300)],
    ["a JPEG with a lost interval", () => jpeg(3).fill(0xff, jpeg(3).length - 300, jpeg(3).length - 250)],
  ])("is damaged, with what is missing: %s", async (_, make) => {
    expect(await errorOf(make())).toMatch(/^damaged: .*rows of it can't be read. \(\d+ rows from row \d+ on/);
  });
});
