import { fromArrayBuffer } from "geotiff";
import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { drawLevels, makeTiff, type TiffOptions } from "../support/make-tiff.ts";
import type { Picture } from "../support/picture.ts";
import type { JpegEncoder } from "../support/tiff-chunk.ts";

const small = { width: 75, height: 53 } as const;
const tiled = { ...small, tile: 32 } as const;
const stripped = { ...small, rowsPerStrip: 20 } as const;

const encodeTile: JpegEncoder = ({ width, height, samplesPerPixel, samples }) =>
  sharp(samples, { raw: { width, height, channels: samplesPerPixel as 1 | 3 } })
    .toColourspace(samplesPerPixel === 1 ? "b-w" : "srgb")
    .jpeg({ quality: 95, optimiseCoding: false })
    .toBuffer();

async function readWithGeotiff(file: Uint8Array<ArrayBuffer>, page = 0): Promise<Picture> {
  const image = await (await fromArrayBuffer(file.buffer)).getImage(page);
  const samples = (await image.readRasters({ interleave: true })) as unknown as Picture["samples"];
  return { width: image.getWidth(), height: image.getHeight(), samplesPerPixel: image.getSamplesPerPixel(), samples };
}

async function readWithSharp(
  file: Uint8Array,
  options: { readonly page?: number; readonly subifd?: number; readonly depth?: "uchar" | "ushort" } = {},
): Promise<Picture> {
  const { depth = "uchar", page = 0, subifd } = options;
  const opened = sharp(file, subifd === undefined ? { page } : { page, tiff: { subifd } });
  const input = depth === "ushort" ? opened.toColourspace("rgb16") : opened;
  const { data, info } = await input.raw({ depth }).toBuffer({ resolveWithObject: true });
  const bytes = Uint8Array.from(data);
  const samples = depth === "uchar" ? bytes : new Uint16Array(bytes.buffer);
  return { width: info.width, height: info.height, samplesPerPixel: info.channels, samples };
}

function expectEqual(actual: Picture, expected: Picture): void {
  const { samples, ...shape } = actual;
  const { samples: expectedSamples, ...expectedShape } = expected;
  expect(shape).toEqual(expectedShape);
  expect(Buffer.compare(Buffer.from(samples.buffer), Buffer.from(expectedSamples.buffer))).toBe(0);
}

function largestDifference(actual: Picture, expected: Picture): number {
  expect(actual.samples.length).toBe(expected.samples.length);
  return Array.from(actual.samples).reduce(
    (most, value, i) => Math.max(most, Math.abs(value - expected.samples[i]!)),
    0,
  );
}

describe("every spelling of the same samples", () => {
  const spellings: TiffOptions[] = [];
  for (const compression of ["none", "deflate", "lzw", "packbits"] as const) {
    for (const form of [tiled, stripped]) {
      for (const byteOrder of ["little", "big"] as const) {
        for (const bitsPerSample of [8, 16] as const) {
          for (const planarConfiguration of [1, 2] as const) {
            for (const bigTiff of [false, true]) {
              const directories = bigTiff ? "back" : "front";
              const predictor = compression === "deflate" || compression === "lzw" ? 2 : 1;
              const common = { compression, byteOrder, bitsPerSample, planarConfiguration, bigTiff, directories };
              spellings.push({ ...form, ...common, predictor } as TiffOptions);
            }
          }
        }
      }
    }
  }

  test.each(spellings.map((options) => [JSON.stringify(options), options] as const))(
    "is read back: %s",
    async (_, o) => {
      const file = await makeTiff(o);
      const expected = drawLevels(o)[0]!;
      // geotiff undoes the predictor of 16-bit samples in the machine's byte order, whatever the file's is.
      const isMisread = o.byteOrder === "big" && o.bitsPerSample === 16 && o.predictor === 2;
      if (!isMisread) expectEqual(await readWithGeotiff(file), expected);
      // libvips does not read tiles of separate planes.
      if (o.tile !== undefined && o.planarConfiguration === 2) return;
      expectEqual(await readWithSharp(file, { depth: o.bitsPerSample === 16 ? "ushort" : "uchar" }), expected);
    },
  );
});

describe("LZW", () => {
  test("is read back past a full table", async () => {
    let state = 1;
    const pixel = () => {
      state = Math.imul(state, 1664525) + 1013904223;
      return [(state >>> 24) & 63, (state >>> 16) & 3, (state >>> 8) & 255];
    };
    const noise = Array.from({ length: 128 * 128 }, pixel);
    const options = {
      width: 128,
      height: 128,
      compression: "lzw",
      pixel: (x, y) => noise[y * 128 + x]!,
    } as TiffOptions;
    expectEqual(await readWithSharp(await makeTiff(options)), drawLevels(options)[0]!);
  });
});

describe("photometric interpretations", () => {
  test.each(["MinIsBlack", "MinIsWhite"] as const)("%s shows the same gray", async (photometric) => {
    const options = { ...tiled, photometric };
    const gray = await readWithSharp(await makeTiff(options));
    const expected = drawLevels(options)[0]!;
    const first = gray.samples.filter((_, index) => index % gray.samplesPerPixel === 0);
    expectEqual({ ...gray, samplesPerPixel: 1, samples: first }, expected);
  });

  test("MinIsWhite stores white as 0", async () => {
    const file = await makeTiff({ ...tiled, photometric: "MinIsWhite", pixel: () => [255] });
    expect((await readWithGeotiff(file)).samples.every((sample) => sample === 0)).toBe(true);
  });

  test("YCbCr outside of JPEG holds luma first", async () => {
    const ycbcr = { photometric: "YCbCr", ycbcrSubsampling: [1, 1] } as const;
    const file = await makeTiff({ ...tiled, ...ycbcr, pixel: () => [255, 0, 0] });
    expect((await readWithGeotiff(file)).samples.slice(0, 3)).toEqual(Uint8Array.of(76, 85, 255));
  });

  test("alpha is the fourth sample", async () => {
    const options = { ...tiled, samplesPerPixel: 4 };
    expectEqual(await readWithSharp(await makeTiff(options)), drawLevels(options)[0]!);
  });
});

describe("JPEG", () => {
  const ycbcr = { compression: "jpeg", photometric: "YCbCr", ycbcrSubsampling: [2, 2], encodeTile } as const;

  test.each([undefined, "shared"] as const)("tiles with tables %s are read back", async (jpegTables) => {
    const pixel = (x: number, y: number) => [x * 2, y * 3, 128];
    const options: TiffOptions = { ...tiled, ...ycbcr, pixel, ...(jpegTables && { jpegTables }) };
    const difference = largestDifference(await readWithSharp(await makeTiff(options)), drawLevels(options)[0]!);
    expect(difference).toBeLessThan(16);
  });

  test("strips of gray are read back", async () => {
    const pixel = (x: number, y: number) => [x + y];
    const options: TiffOptions = { ...stripped, compression: "jpeg", photometric: "MinIsBlack", encodeTile, pixel };
    const difference = largestDifference(await readWithGeotiff(await makeTiff(options)), drawLevels(options)[0]!);
    expect(difference).toBeLessThan(8);
  });

  test("needs an encoder", async () => {
    await expect(makeTiff({ ...tiled, compression: "jpeg" })).rejects.toThrow("needs encodeTile");
  });
});

describe("pyramids", () => {
  test.each([
    ["ceil", [38, 27, 19, 14]],
    ["floor", [37, 26, 18, 13]],
  ] as const)("a chain of levels rounded %s is read level by level", async (levelRounding, sides) => {
    const options: TiffOptions = { ...tiled, levels: 3, levelRounding, directories: "back", byteOrder: "big" };
    const file = await makeTiff(options);
    const levels = drawLevels(options);
    expect(levels.slice(1).flatMap(({ width, height }) => [width, height])).toEqual(sides);
    for (const [page, expected] of levels.entries()) expectEqual(await readWithSharp(file, { page }), expected);
  });

  test.each([false, true])("levels are SubIFDs of the first page, BigTIFF %s", async (bigTiff) => {
    const options: TiffOptions = { ...tiled, levels: 3, levelLayout: "sub-ifds", bigTiff };
    const file = await makeTiff(options);
    const [full, half, quarter] = drawLevels(options);
    expect((await sharp(file).metadata()).pages ?? 1).toBe(1);
    expectEqual(await readWithSharp(file), full!);
    expectEqual(await readWithSharp(file, { subifd: 0 }), half!);
    expectEqual(await readWithSharp(file, { subifd: 1 }), quarter!);
  });

  test("levels may have any sizes", async () => {
    const file = await makeTiff({ ...tiled, levels: [{ width: 25, height: 18 }] });
    expect(await sharp(file, { page: 1 }).metadata()).toMatchObject({ width: 25, height: 18 });
  });

  test("reduced levels average the full picture", () => {
    const pixel = (x: number, y: number) => [x * 10 + y, 0, 0];
    const half = drawLevels({ width: 3, height: 2, levels: 2, pixel })[1]!;
    expect([half.samples[0], half.samples[3]]).toEqual([6, 21]);
  });

  test("extra pages stand second and last, each with its NewSubfileType", async () => {
    const file = await makeTiff({
      ...tiled,
      levels: 2,
      extraPages: [
        { kind: "thumbnail", width: 20, height: 11, position: "second" },
        { kind: "mask", width: 75, height: 53 },
        { kind: "unrelated", width: 30, height: 40, photometric: "MinIsBlack" },
      ],
    });
    const tiff = await fromArrayBuffer(file.buffer);
    const pages = await Promise.all([0, 1, 2, 3, 4].map((page) => tiff.getImage(page)));
    expect(pages.map((page) => page.getWidth())).toEqual([75, 20, 38, 75, 30]);
    expect(pages.map((page) => page.fileDirectory.getValue("NewSubfileType"))).toEqual([0, 1, 1, 4, 0]);
  });
});

describe("what a file says of itself", () => {
  test.each(["SHORT", "LONG"] as const)("offsets and byte counts may be %s", async (type) => {
    const options: TiffOptions = { ...tiled, compression: "deflate", offsetType: type, byteCountType: type };
    expectEqual(
      await readWithSharp(await makeTiff({ ...options, width: 40 })),
      drawLevels({ ...options, width: 40 })[0]!,
    );
  });

  test("orientation, profile and XMP reach the reader", async () => {
    const iccProfile = (await sharp({ create: { ...small, channels: 3, background: "red" } })
      .withIccProfile("p3")
      .tiff()
      .toBuffer()
      .then((tiff) => sharp(tiff).metadata())
      .then((metadata) => metadata.icc)) as Uint8Array;
    const metadata = await sharp(await makeTiff({ ...tiled, orientation: 6, iccProfile, xmp: "<x/>" })).metadata();
    expect(metadata.orientation).toBe(6);
    expect(Buffer.from(iccProfile).equals(metadata.icc!)).toBe(true);
    expect(metadata.xmp?.toString()).toBe("<x/>");
  });

  test("directories at the front precede every tile, at the back follow their own", async () => {
    const firstDirectory = async (directories: "front" | "back") =>
      new DataView((await makeTiff({ ...tiled, directories })).buffer).getUint32(4, true);
    expect(await firstDirectory("front")).toBe(8);
    expect(await firstDirectory("back")).toBe(8 + 6 * 32 * 32 * 3);
  });

  test("the same chunk object is stored once", async () => {
    const tileBytes = new Uint8Array(1000);
    const file = await makeTiff({ width: 32768, height: 32768, tile: 256, tileBytes: () => tileBytes });
    expect(file.length).toBeLessThan(1000 + 128 * 128 * 8 + 400);
  });

  test("overrides write lies", async () => {
    const file = await makeTiff({
      ...tiled,
      overrides: [
        { directory: 0, tag: 256, type: "SHORT", values: [999] },
        { directory: 0, tag: 324, values: (offsets) => offsets.with(2, 0) },
        { directory: 0, tag: 277, remove: true },
        { directory: 0, tag: 325, count: 4_000_000 },
      ],
    });
    const view = new DataView(file.buffer);
    const entries = Array.from({ length: view.getUint16(8, true) }, (_, index) => 10 + index * 12);
    const entry = (tag: number) => entries.find((at) => view.getUint16(at, true) === tag);
    expect([view.getUint16(entry(256)! + 2, true), view.getUint16(entry(256)! + 8, true)]).toEqual([3, 999]);
    expect(view.getUint32(view.getUint32(entry(324)! + 8, true) + 8, true)).toBe(0);
    expect(entry(277)).toBeUndefined();
    expect(view.getUint32(entry(325)! + 4, true)).toBe(4_000_000);
  });

  test("links may lead back or out of the file", async () => {
    const next = (file: Uint8Array<ArrayBuffer>) => {
      const view = new DataView(file.buffer);
      return view.getUint32(10 + view.getUint16(8, true) * 12, true);
    };
    expect(next(await makeTiff(tiled))).toBe(0);
    expect(next(await makeTiff({ ...tiled, links: [{ of: 0, to: { directory: 0 } }] }))).toBe(8);
    expect(next(await makeTiff({ ...tiled, links: [{ of: 0, to: { offset: 987654321 } }] }))).toBe(987654321);
  });
});
