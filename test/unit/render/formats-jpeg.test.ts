import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { cmykTable } from "../../../src/color/cmyk-table.ts";
import { codeOfAsync } from "../../support/code-of.ts";
import { convertPixels } from "../../support/color-tables.ts";
import { writeJpeg } from "../../support/jpeg-writer.ts";
import { drawLevels, makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import type { Picture } from "../../support/picture.ts";
import { cropPicture, largestDifference, meanDifference } from "../../support/picture-edits.ts";
import { readPng } from "../../support/png-reader.ts";
import { drawTiff } from "../../support/render.ts";
import type { Chunk } from "../../support/tiff-chunk.ts";

const size = { width: 173, height: 117 } as const;
const whole = "full/max/0/default.png";
const smooth = (x: number, y: number) => [40 + x, 250 - y, 60 + ((x + y) >> 1), 200 - x];

async function drawPng(file: Uint8Array, path = whole): Promise<Picture> {
  return readPng((await drawTiff(file, path)).encoded);
}

/** Encodes every sample as a component of its own, nearly without loss; `height` may be more than the chunk has. */
function encodeComponents(chunk: Chunk, height = chunk.height): Uint8Array {
  const { width, samplesPerPixel, samples } = chunk;
  const components = Array.from({ length: samplesPerPixel }, (_, sample) => ({
    horizontal: 1,
    vertical: 1,
    sampleAt: (x: number, y: number) =>
      samples[(Math.min(y, chunk.height - 1) * width + Math.min(x, width - 1)) * samplesPerPixel + sample]!,
  }));
  return writeJpeg({ width, height, components, step: 1 });
}

/** Encodes as libjpeg does. */
const encodeBySharp =
  (options: object) =>
  ({ width, height, samplesPerPixel, samples }: Chunk) =>
    sharp(samples as Uint8Array, { raw: { width, height, channels: samplesPerPixel as 1 | 3 } })
      .toColourspace(samplesPerPixel === 1 ? "b-w" : "srgb")
      .jpeg({ quality: 95, optimiseCoding: false, ...options })
      .toBuffer();

async function readByLibvips(file: Uint8Array, channels: 1 | 3): Promise<Picture> {
  const picture = channels === 1 ? sharp(file).extractChannel(0) : sharp(file);
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, samplesPerPixel: info.channels, samples: Uint8Array.from(data) };
}

describe("JPEG strips", () => {
  const rowsPerStrip = 32;
  const cases = [
    ["grey", { photometric: "MinIsBlack" }, {}],
    ["YCbCr with halved chroma", { photometric: "YCbCr", ycbcrSubsampling: [2, 2] }, { chromaSubsampling: "4:2:0" }],
    ["YCbCr", { photometric: "YCbCr", ycbcrSubsampling: [1, 1] }, { chromaSubsampling: "4:4:4" }],
  ] as const;

  it.each(cases)("with a short last one are what libvips reads: %s", async (_, form, options) => {
    for (const jpegTables of [undefined, "shared"] as const) {
      const file = await makeTiff({
        ...{ ...size, rowsPerStrip, compression: "jpeg", ...form, pixel: smooth, encodeTile: encodeBySharp(options) },
        ...(jpegTables === undefined ? {} : { jpegTables }),
      });
      const drawn = await drawPng(file);
      const theirs = await readByLibvips(file, form.photometric === "MinIsBlack" ? 1 : 3);
      expect(meanDifference(drawn, theirs)).toBeLessThan(1);
      // The last rows, where a strip of full height would have been padded.
      const area = { x: 0, y: 96, width: size.width, height: 21 };
      expect(meanDifference(cropPicture(drawn, area), cropPicture(theirs, area))).toBeLessThan(1);
    }
  });

  it("with a last one as high as the others, padded, are drawn", async () => {
    const encodeTile = (chunk: Chunk) => encodeComponents(chunk, rowsPerStrip);
    const options: TiffOptions = {
      ...{ ...size, rowsPerStrip, compression: "jpeg", photometric: "MinIsBlack", pixel: smooth, encodeTile },
    };
    expect(largestDifference(await drawPng(await makeTiff(options)), drawLevels(options)[0]!)).toBeLessThanOrEqual(2);
  });

  it("of odd height are drawn, also reduced by their blocks", async () => {
    for (const rows of [8, 16, 24, 117]) {
      const options: TiffOptions = {
        ...{ ...size, rowsPerStrip: rows, compression: "jpeg", photometric: "MinIsBlack" },
        ...{ pixel: smooth, encodeTile: encodeComponents },
      };
      const file = await makeTiff(options);
      expect(largestDifference(await drawPng(file), drawLevels(options)[0]!)).toBeLessThanOrEqual(2);
      const reduced = await drawPng(file, "full/43,29/0/default.png");
      const { data } = await sharp(Buffer.from(drawLevels(options)[0]!.samples), { raw: { ...size, channels: 1 } })
        .resize(43, 29, { fit: "fill" })
        .extractChannel(0)
        .raw()
        .toBuffer({ resolveWithObject: true });
      const right = { width: 43, height: 29, samplesPerPixel: 1, samples: Uint8Array.from(data) };
      expect(meanDifference(reduced, right)).toBeLessThan(1.5);
    }
  });

  it("whose frame is shorter than their rows are damaged", async () => {
    const encodeTile = (chunk: Chunk) => encodeComponents(chunk, chunk.height - 1);
    const form = { ...size, rowsPerStrip, compression: "jpeg", photometric: "MinIsBlack", encodeTile } as const;
    expect(await codeOfAsync(drawTiff(await makeTiff(form), whole))).toBe("source-malformed");
  });
});

describe("JPEG tiles", () => {
  const tiled = { ...size, tile: 64, compression: "jpeg", pixel: smooth } as const;

  it("of RGB, which their components are, are drawn as such", async () => {
    const options: TiffOptions = { ...tiled, photometric: "RGB", encodeTile: encodeComponents };
    expect(largestDifference(await drawPng(await makeTiff(options)), drawLevels(options)[0]!)).toBeLessThanOrEqual(2);
  });

  it("of RGB with alpha as a fourth component are drawn with it", async () => {
    const options: TiffOptions = { ...tiled, samplesPerPixel: 4, encodeTile: encodeComponents };
    const drawn = await drawPng(await makeTiff(options));
    expect(largestDifference(drawn, drawLevels(options)[0]!)).toBeLessThanOrEqual(2);
  });

  it("of grey with alpha are drawn with it", async () => {
    const options: TiffOptions = {
      ...{ ...tiled, photometric: "MinIsBlack", samplesPerPixel: 2 },
      encodeTile: encodeComponents,
    };
    const drawn = await drawPng(await makeTiff(options));
    expect(largestDifference(drawn, drawLevels(options)[0]!)).toBeLessThanOrEqual(2);
  });

  it("of grey with 0 as white are drawn the right way round", async () => {
    const options: TiffOptions = { ...tiled, photometric: "MinIsWhite", encodeTile: encodeComponents };
    expect(largestDifference(await drawPng(await makeTiff(options)), drawLevels(options)[0]!)).toBeLessThanOrEqual(2);
  });

  it("of four inks are drawn in the colours of these", async () => {
    for (const layout of [{ tile: 64 }, { rowsPerStrip: 40 }]) {
      const options: TiffOptions = {
        ...{ ...size, ...layout, compression: "jpeg", photometric: "CMYK", pixel: smooth },
        encodeTile: encodeComponents,
      };
      const drawn = await drawPng(await makeTiff(options));
      const { samples } = drawLevels(options)[0]!;
      const inks = Array.from({ length: samples.length / 4 }, (_, pixel) =>
        Array.from(samples.subarray(pixel * 4, pixel * 4 + 4)),
      );
      const right = Uint8Array.from(convertPixels(cmykTable(), inks).flat());
      expect(largestDifference(drawn, { ...drawn, samples: right })).toBeLessThanOrEqual(4);
    }
  });

  it("of four inks whose chroma-like components are subsampled are drawn", async () => {
    const encodeTile = ({ width, height, samplesPerPixel, samples }: Chunk) => {
      const components = [2, 1, 1, 2].map((factor, sample) => ({
        horizontal: factor,
        vertical: factor,
        sampleAt: (x: number, y: number) => {
          const [column, row] = factor === 2 ? [x, y] : [2 * x, 2 * y];
          return samples[(Math.min(row, height - 1) * width + Math.min(column, width - 1)) * samplesPerPixel + sample]!;
        },
      }));
      return writeJpeg({ width, height, components, step: 1 });
    };
    const form = { ...tiled, photometric: "CMYK", pixel: () => [30, 60, 90, 20], encodeTile } as const;
    const drawn = await drawPng(await makeTiff(form));
    const [right] = convertPixels(cmykTable(), [[30, 60, 90, 20]]);
    const colors = Uint8Array.from({ length: drawn.samples.length }, (_, at) => right![at % 3]!);
    expect(largestDifference(drawn, { ...drawn, samples: colors })).toBeLessThanOrEqual(2);
  });

  it("whose tables alone are shared are what libvips reads", async () => {
    const file = await makeTiff({
      ...{ ...tiled, photometric: "YCbCr", ycbcrSubsampling: [2, 2], jpegTables: "shared" },
      encodeTile: encodeBySharp({ chromaSubsampling: "4:2:0" }),
    });
    expect(meanDifference(await drawPng(file), await readByLibvips(file, 3))).toBeLessThan(1);
  });

  it.each([
    ["one more component than the directory has", { photometric: "MinIsBlack" }, 2],
    ["one component less than the directory has", { photometric: "RGB" }, 2],
  ] as const)("with %s are damaged", async (_, form, components) => {
    const encodeTile = (chunk: Chunk) =>
      encodeComponents({ ...chunk, samplesPerPixel: components, samples: new Uint8Array(64 * 64 * components) });
    expect(await codeOfAsync(drawTiff(await makeTiff({ ...tiled, ...form, encodeTile }), whole))).toBe(
      "source-malformed",
    );
  });

  it("of a directory with more samples than a JPEG has are no fault of ours", async () => {
    const encodeTile = (chunk: Chunk) => encodeComponents({ ...chunk, samplesPerPixel: 3 });
    const form = { ...tiled, samplesPerPixel: 5, extraSamples: [0, 0] } as const;
    for (const isMissing of [() => false, ({ row }: { readonly row: number }) => row === 0]) {
      const file = await makeTiff({ ...form, encodeTile, isMissing });
      expect(await codeOfAsync(drawTiff(file, whole))).toMatch(/^source-/);
    }
  });

  it.each([
    ["12 bits a sample", { precision: 12 }, "source-unsupported"],
    ["arithmetic coding", { frameMarker: 0xc9 }, "source-unsupported"],
    ["lossless coding", { frameMarker: 0xc3 }, "source-unsupported"],
  ] as const)("of %s are refused", async (_, oddity, code) => {
    const encodeTile = ({ width, height }: Chunk) =>
      writeJpeg({ width, height, components: [{ horizontal: 1, vertical: 1, sampleAt: () => 9 }], ...oddity });
    const file = await makeTiff({ ...tiled, photometric: "MinIsBlack", encodeTile });
    expect(await codeOfAsync(drawTiff(file, whole))).toBe(code);
  });
});
