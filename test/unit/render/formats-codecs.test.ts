import { zstdCompressSync } from "node:zlib";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { codeOfAsync } from "../../support/code-of.ts";
import { type Jpeg2000Writer, openJpeg2000Writer } from "../../support/jpeg2000-writer.ts";
import { drawLevels, makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import type { Picture } from "../../support/picture.ts";
import { cropPicture, largestDifference } from "../../support/picture-edits.ts";
import { levelsOf } from "../../support/picture-levels.ts";
import { readPng } from "../../support/png-reader.ts";
import { drawTiff } from "../../support/render.ts";
import type { Chunk } from "../../support/tiff-chunk.ts";

const size = { width: 109, height: 83 } as const;
const layouts = [{ tile: 32 }, { rowsPerStrip: 25 }, {}] as const;
const whole = "full/max/0/default.png";

async function drawPng(file: Uint8Array, path = whole): Promise<Picture> {
  return readPng((await drawTiff(file, path)).encoded);
}

/** Draws the whole picture and a part at an odd place, in every layout, within `most` levels of what they should be. */
async function expectRight(
  form: Omit<TiffOptions, "width" | "height">,
  right: (options: TiffOptions) => Picture = (options) => drawLevels(options)[0]!,
  most = 0,
): Promise<void> {
  for (const layout of layouts) {
    const options: TiffOptions = { ...size, ...layout, ...form };
    const file = await makeTiff(options);
    const expected = right(options);
    expect(largestDifference(await drawPng(file), expected)).toBeLessThanOrEqual(most);
    const area = { x: 31, y: 17, width: 59, height: 51 };
    const crop = await drawPng(file, "31,17,59,51/max/0/default.png");
    expect(largestDifference(crop, cropPicture(expected, area))).toBeLessThanOrEqual(most);
  }
}

describe("fax compression", () => {
  /** Text-like rows: runs of all lengths, rows of one colour, rows like the one above. */
  const page = (x: number, y: number) => [y % 23 === 0 ? 0 : ((x >> 2) * (y >> 3)) % 7 < 2 || x % 31 < 3 ? 1 : 0];
  const bits = { bitsPerSample: 1, pixel: page } as const;
  const right = (options: TiffOptions) =>
    levelsOf(drawLevels(options)[0]!, { bitsPerSample: 1, sampleFormat: "unsigned" });
  const schemes = [
    { compression: "ccitt-rle" },
    { compression: "ccitt-g3" },
    { compression: "ccitt-g3", t4Options: 1 },
    { compression: "ccitt-g4" },
  ] as const;
  const cases = schemes.flatMap((scheme) =>
    (["MinIsWhite", "MinIsBlack"] as const).flatMap((photometric) =>
      ([1, 2] as const).map((fillOrder) => ({ ...scheme, photometric, fillOrder })),
    ),
  );

  it.each(cases)("is drawn in tiles and strips: %o", async (form) => {
    await expectRight({ ...bits, ...form }, right);
  });

  it.each(schemes)("is what libvips reads: %o", async (scheme) => {
    const file = await makeTiff({ ...size, rowsPerStrip: 40, ...bits, ...scheme, photometric: "MinIsWhite" });
    const { data } = await sharp(file).extractChannel(0).raw().toBuffer({ resolveWithObject: true });
    expect(Buffer.compare(data, Buffer.from((await drawPng(file)).samples))).toBe(0);
  });

  it("is shown in grey when it is reduced, so that text stays legible", async () => {
    const options: TiffOptions = { ...size, ...bits, compression: "ccitt-g4", photometric: "MinIsWhite" };
    const drawn = await drawPng(await makeTiff(options), "full/60,/0/default.png");
    expect(new Set(drawn.samples).size).toBeGreaterThan(50);
  });

  it("of more than a bit is refused", async () => {
    const file = await makeTiff({ ...size, tile: 32, overrides: [{ directory: 0, tag: 259, values: [4] }] });
    expect(await codeOfAsync(drawTiff(file, whole))).toBe("source-malformed");
  });
});

describe("ZSTD", () => {
  const zstd = { compression: "zstd", compress: zstdCompressSync } as const;
  const cases: readonly [string, Omit<TiffOptions, "width" | "height">][] = [
    ["RGB", {}],
    ["grey in 16 bits, big-endian", { photometric: "MinIsBlack", bitsPerSample: 16, byteOrder: "big" }],
    ["RGB with the horizontal predictor", { predictor: 2 }],
    ["16 bits with the horizontal predictor", { predictor: 2, bitsPerSample: 16 }],
    ["32 bits with the horizontal predictor, big-endian", { predictor: 2, bitsPerSample: 32, byteOrder: "big" }],
    ["floats with the predictor of floats", { predictor: 3, bitsPerSample: 32, sampleFormat: "float" }],
    ["planes", { planarConfiguration: 2, predictor: 2 }],
  ];

  it.each(cases)("is drawn: %s", async (_, form) => {
    const right = (options: TiffOptions): Picture =>
      levelsOf(drawLevels(options)[0]!, { bitsPerSample: 8, sampleFormat: "unsigned", ...options });
    await expectRight({ ...zstd, ...form }, right, form.sampleFormat === "float" ? 1 : 0);
  });
});

describe("predictors", () => {
  const widths = [8, 16, 32] as const;
  const cases = (["deflate", "lzw"] as const).flatMap((compression) =>
    (["little", "big"] as const).flatMap((byteOrder) => [
      ...widths.map((bits) => ({
        compression,
        byteOrder,
        predictor: 2,
        bitsPerSample: bits,
        sampleFormat: "unsigned",
      })),
      { compression, byteOrder, predictor: 2, bitsPerSample: 32, sampleFormat: "float" },
      ...([16, 24, 32, 64] as const).map((bits) => ({
        ...{ compression, byteOrder, predictor: 3, bitsPerSample: bits, sampleFormat: "float" },
      })),
    ]),
  ) as readonly Pick<TiffOptions, "compression" | "byteOrder" | "predictor" | "bitsPerSample" | "sampleFormat">[];

  it.each(cases)("are undone: %o", async (form) => {
    for (const samples of [{ photometric: "MinIsBlack" }, { samplesPerPixel: 4 }] as const) {
      const right = (options: TiffOptions): Picture =>
        levelsOf(drawLevels(options)[0]!, { bitsPerSample: 8, sampleFormat: "unsigned", ...options });
      await expectRight({ ...form, ...samples }, right, form.sampleFormat === "float" ? 1 : 0);
    }
  });

  it.each([
    ["of floats on whole numbers", 3, 16, "source-malformed"],
    ["that is unknown", 7, 8, "source-malformed"],
    ["on bits", 2, 4, "source-unsupported"],
  ] as const)("are refused: %s", async (_, predictor, bitsPerSample, code) => {
    const overrides = [{ directory: 0, tag: 317, type: "SHORT", values: [predictor] }] as const;
    const file = await makeTiff({ ...size, tile: 32, compression: "lzw", bitsPerSample, overrides });
    expect(await codeOfAsync(drawTiff(file, whole))).toBe(code);
  });
});

describe("WebP tiles", () => {
  const encodeWebp =
    (options: object) =>
    ({ width, height, samplesPerPixel, samples }: Chunk) =>
      sharp(samples as Uint8Array, { raw: { width, height, channels: samplesPerPixel as 3 | 4 } })
        .webp(options)
        .toBuffer();

  it.each([3, 4])("without loss are drawn exactly: %i samples", async (samplesPerPixel) => {
    const encodeTile = encodeWebp({ lossless: true, exact: true });
    await expectRight({ compression: "webp", samplesPerPixel, encodeTile });
  });

  it("with loss are what libvips reads", async () => {
    const form = { ...size, tile: 32, compression: "webp", encodeTile: encodeWebp({ quality: 90 }) } as const;
    const file = await makeTiff(form);
    const { data } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    expect(Buffer.compare(data, Buffer.from((await drawPng(file)).samples))).toBe(0);
  });

  it("of another size than their directory says are refused", async () => {
    const encodeTile = ({ samplesPerPixel }: Chunk) =>
      encodeWebp({ lossless: true })({ width: 9, height: 9, samplesPerPixel, samples: new Uint8Array(243) });
    const file = await makeTiff({ ...size, tile: 32, compression: "webp", encodeTile });
    expect(await codeOfAsync(drawTiff(file, whole))).toBe("source-malformed");
  });

  it("of grey are refused, for WebP holds none", async () => {
    const encodeTile = encodeWebp({ lossless: true });
    const overrides = [{ directory: 0, tag: 262, values: [1] }];
    const file = await makeTiff({ ...size, tile: 32, compression: "webp", encodeTile, overrides });
    expect(await codeOfAsync(drawTiff(file, whole))).toBe("source-unsupported");
  });
});

describe("JPEG 2000 tiles", () => {
  let write: Jpeg2000Writer;
  beforeAll(async () => {
    write = await openJpeg2000Writer();
  });
  const encodeTile = ({ width, height, samplesPerPixel, samples }: Chunk) =>
    write({ width, height, components: samplesPerPixel as 1 | 3, samples: samples as Uint8Array, halvings: 2 });

  it.each(["MinIsBlack", "RGB"] as const)("without loss are drawn exactly: %s", async (photometric) => {
    await expectRight({ compression: "jpeg2000", photometric, encodeTile });
  });

  it("with an extra sample are refused", async () => {
    const overrides = [
      { directory: 0, tag: 277, values: [4] },
      { directory: 0, tag: 338, type: "SHORT", values: [2] },
    ] as const;
    const file = await makeTiff({ ...size, tile: 32, compression: "jpeg2000", encodeTile, overrides });
    expect(await codeOfAsync(drawTiff(file, whole))).toBe("source-unsupported");
  });
});

describe("YCbCr outside of JPEG", () => {
  /** Pixels in units: luma row by row, then Cb and Cr of the whole unit. Source: TIFF 6.0 §21. */
  const packUnits =
    (x: number, y: number) =>
    ({ row }: { readonly row: number }, rowsPerStrip: number): Uint8Array => {
      const rows = Math.min(rowsPerStrip, size.height - row * rowsPerStrip);
      const bytes: number[] = [];
      for (let unitRow = 0; unitRow < rows; unitRow += y) {
        for (let unitColumn = 0; unitColumn < size.width; unitColumn += x) {
          for (let dy = 0; dy < y; dy += 1) {
            for (let dx = 0; dx < x; dx += 1) {
              const [luma] = ycbcrAt(unitColumn + dx, row * rowsPerStrip + unitRow + dy);
              bytes.push(luma);
            }
          }
          // Colours change slowly here: those of a unit's middle stand for all of it.
          const middle = ycbcrAt(unitColumn + (x - 1) / 2, row * rowsPerStrip + unitRow + (y - 1) / 2);
          bytes.push(middle[1], middle[2]);
        }
      }
      return Uint8Array.from(bytes);
    };
  const ycbcrAt = (x: number, y: number): [number, number, number] => {
    const [red, green, blue] = smooth(x, y) as [number, number, number];
    return [
      Math.round(0.299 * red + 0.587 * green + 0.114 * blue),
      Math.round(128 - 0.168736 * red - 0.331264 * green + 0.5 * blue),
      Math.round(128 + 0.5 * red - 0.418688 * green - 0.081312 * blue),
    ];
  };
  const smooth = (x: number, y: number): number[] => [40 + x / 2, 200 - y / 2, 60 + (x + y) / 4];

  it.each([
    [1, 2],
    [2, 1],
    [2, 2],
    [4, 1],
    [4, 2],
    [4, 4],
  ] as const)("is drawn from units of %i by %i pixels", async (x, y) => {
    for (const rowsPerStrip of [size.height, 16]) {
      const file = await makeTiff({
        ...{ ...size, rowsPerStrip, photometric: "YCbCr", ycbcrSubsampling: [x, y] },
        tileBytes: (place) => packUnits(x, y)(place, rowsPerStrip),
      });
      const drawn = await drawPng(file);
      const right = drawLevels({ ...size, pixel: (...at) => smooth(...at).map(Math.round) })[0]!;
      const { x: left, y: top, ...inner } = { x: 0, y: 0, width: size.width - 4, height: size.height - 4 };
      const area = { x: left, y: top, ...inner };
      expect(largestDifference(cropPicture(drawn, area), cropPicture(right, area))).toBeLessThanOrEqual(4);
    }
  });

  it("is drawn in tiles where it is not subsampled", async () => {
    await expectRight(
      { photometric: "YCbCr", ycbcrSubsampling: [1, 1], compression: "lzw", predictor: 2 },
      undefined,
      3,
    );
  });

  it("in strips that divide its units is refused", async () => {
    const overrides = [{ directory: 0, tag: 530, type: "SHORT", values: [2, 2] }] as const;
    const form = { photometric: "YCbCr", ycbcrSubsampling: [1, 1], overrides } as const;
    const file = await makeTiff({ ...size, rowsPerStrip: 15, ...form });
    expect(await codeOfAsync(drawTiff(file, whole))).toBe("source-unsupported");
  });
});
