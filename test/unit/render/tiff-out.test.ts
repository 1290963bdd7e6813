import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { openImage, prefixBytes } from "../../../src/masters/image.ts";
import { layOutPlainTiff } from "../../../src/render/tiff-encoder.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { encodeTestTile } from "../../support/jpeg-tile.ts";
import { segmentOf, writeJpeg } from "../../support/jpeg-writer.ts";
import { gammaTag, makeMatrixProfile, primariesOf } from "../../support/make-profile.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import type { Picture } from "../../support/picture.ts";
import { decode, drawTiff, largestDifference, makePicture } from "../../support/render.ts";

const size = { width: 331, height: 230 } as const;
const small = { width: 141, height: 100 } as const;

/** Masters of every kind of colour. */
const masters: Readonly<Record<string, TiffOptions>> = {
  colour: { ...small, tile: 64, levels: 2 },
  grey: { ...small, tile: 64, samplesPerPixel: 1 },
  "colour with alpha": { ...small, tile: 64, samplesPerPixel: 4 },
  "grey with alpha": { ...small, tile: 64, samplesPerPixel: 2 },
  "premultiplied alpha": { ...small, tile: 64, samplesPerPixel: 4, extraSamples: 1 },
  "grey of 16 bits, turned": { ...small, tile: 64, samplesPerPixel: 1, bitsPerSample: 16, orientation: 6 },
  inks: { ...small, tile: 64, photometric: "CMYK" },
};

const requests = [
  "full/max/0",
  "17,9,100,71/max/0",
  "full/99,/90",
  "full/max/!180",
  "full/90,60/33.5",
  "0,0,64,64/^200,/0",
];

/** Opens a TIFF as a master, which reads its directory strictly. */
function open(encoded: Uint8Array) {
  return openImage({ source: memorySource(encoded), prefix: encoded.subarray(0, prefixBytes) });
}

describe("a TIFF that is drawn", () => {
  describe.each(Object.keys(masters))("of %s", (name) => {
    it.each(requests)("shows what the PNG shows, sample for sample: %s", async (request) => {
      const file = await makeTiff(masters[name]!);
      for (const quality of ["default", "gray", "bitonal"]) {
        const { encoded } = await drawTiff(file, `${request}/${quality}.tif`);
        const png = await drawTiff(file, `${request}/${quality}.png`);
        expect(largestDifference(await decode(encoded), await decode(png.encoded)), quality).toBe(0);
      }
    });
  });

  it("has straight alpha as an extra sample, and bits where it is bitonal", async () => {
    const file = await makeTiff(masters["colour with alpha"]!);
    const { pyramid } = await open((await drawTiff(file, "full/100,/0/default.tif")).encoded);
    expect(pyramid.levels[0].encoding).toMatchObject({ compression: "deflate", predictor: "horizontal", model: "rgb" });
    expect(pyramid.levels[0].encoding.layout.alpha).toEqual({ sample: 3, isAssociated: false });
    const bitonal = await open((await drawTiff(file, "full/100,/0/bitonal.tif")).encoded);
    expect(bitonal.pyramid.levels[0].encoding).toMatchObject({ predictor: "none", layout: { bits: 1 } });
  });

  it("is parted into strips of at most 256 KiB of samples, whatever it shows", async () => {
    const noise = (x: number, y: number) => [(x * 7919 + y * 104_729) & 255, (x * y * 31) & 255, (x ^ (y * 13)) & 255];
    const file = await makeTiff({ width: 1200, height: 900, tile: 256, pixel: noise });
    const { encoded, plan } = await drawTiff(file, "full/1199,/0/default.tif");
    expect(plan.kind).toBe("draw");
    const [level] = (await open(encoded)).pyramid.levels;
    expect([level.isStripped, level.tileLength, level.rows]).toEqual([true, 72, 13]);
    const png = await drawTiff(file, "full/1199,/0/default.png");
    expect(largestDifference(await decode(encoded), await decode(png.encoded))).toBe(0);
  });
});

describe("a TIFF that is streamed", () => {
  const large: TiffOptions = { width: 2501, height: 1803, tile: 256, samplesPerPixel: 4 };

  it.each(["0/default", "90/default", "0/gray", "180/bitonal"])("shows what the PNG shows: %s", async (end) => {
    const file = await makeTiff(large);
    const { picture, encoded, statedBytes } = await makePicture(file, `full/max/${end}.tif`);
    expect(picture.plan.kind).toBe("stream");
    expect(statedBytes).toBe(encoded.byteLength);
    const png = await drawTiff(file, `full/max/${end}.png`);
    expect(largestDifference(await decode(encoded), await decode(png.encoded))).toBe(0);
    expect((await open(encoded)).pyramid.levels[0].encoding.compression).toBe("none");
  });

  it("takes memory by its width alone: none more for four times the height", async () => {
    const tile = new Uint8Array(65_536).fill(77);
    const form = { width: 8192, tile: 256, samplesPerPixel: 1, tileBytes: () => tile } as const;
    const draw = async (height: number) => drawTiff(await makeTiff({ ...form, height }), "full/max/0/default.tif");
    const [low, high] = [await draw(1024), await draw(4096)];
    expect(high.kernelBytes).toBe(low.kernelBytes);
    expect(high.kernelBytes).toBeLessThanOrEqual(high.plan.cost.peakBytes);
  });

  it("is a BigTIFF above 4 GiB and only there", async () => {
    const form = { model: "rgb", hasAlpha: false, bitDepth: 8, envelope: {} } as const;
    const classic = layOutPlainTiff({ ...form, width: 37_000, height: 38_000 });
    expect(classic).toMatchObject({ isBigTiff: false });
    const big = layOutPlainTiff({ ...form, width: 38_000, height: 38_000 });
    expect(big).toMatchObject({ isBigTiff: true });
    expect(big.size).toBeGreaterThan(3 * 38_000 ** 2);
    const source = { ...memorySource(big.head), size: big.size };
    const { pyramid } = await openImage({ source, prefix: big.head.subarray(0, prefixBytes) });
    const [level] = pyramid.levels;
    expect(level.offsets.at(-1)! + level.byteCounts.at(-1)!).toBe(big.size);
  });
});

describe("a TIFF of tiles that are copied", () => {
  const jpeg = {
    ...{ ...size, tile: 64, compression: "jpeg", photometric: "YCbCr", ycbcrSubsampling: [1, 1], levels: 2 },
    encodeTile: encodeTestTile,
  } as const satisfies TiffOptions;
  const deflated = { ...size, tile: 64, compression: "deflate", predictor: 2, levels: 2 } as const;
  const copied: Readonly<Record<string, TiffOptions>> = {
    "JPEG tiles": jpeg,
    "JPEG tiles with tables of their level": { ...jpeg, jpegTables: "shared" },
    "grey JPEG tiles": { ...jpeg, photometric: "MinIsBlack", samplesPerPixel: 1, ycbcrSubsampling: undefined! },
    "JPEG tiles of RGB": { ...jpeg, photometric: "RGB", ycbcrSubsampling: undefined!, encodeTile: encodeRgb },
    "deflated tiles": { ...deflated, predictor: 1 },
    "predicted deflated tiles": deflated,
    "deflated tiles with alpha": { ...deflated, samplesPerPixel: 4 },
    "a big-endian BigTIFF": { ...deflated, byteOrder: "big", bigTiff: true },
  };

  it.each(Object.keys(copied))("decodes nothing of %s, and shows what the PNG shows", async (name) => {
    const { ycbcrSubsampling, ...options } = copied[name]!;
    const file = await makeTiff(ycbcrSubsampling === undefined ? options : { ...options, ycbcrSubsampling });
    for (const request of ["full/max", "full/166,", "64,128,128,64/128,", "256,192,75,38/75,"]) {
      const { picture, encoded, statedBytes } = await makePicture(file, `${request}/0/default.tif`);
      expect(picture.plan, request).toMatchObject({ kind: "copy", format: "tif", cost: { decodedPixels: 0 } });
      expect(statedBytes).toBe(encoded.byteLength);
      const png = await drawTiff(file, `${request}/0/default.png`);
      const difference = largestDifference(await decode(encoded), await decode(png.encoded));
      // Two decoders of JPEG round differently.
      expect(difference, request).toBeLessThanOrEqual(options.compression === "jpeg" ? 3 : 0);
      const opened = await open(encoded);
      expect(opened.pyramid.levels[0]).toMatchObject({ isStripped: false, tileWidth: 64 });
    }
  });

  it.each([
    ["a region off the grid", "1,0,64,64/64,/0/default.tif"],
    ["a region that ends within a tile", "0,0,65,64/65,/0/default.tif"],
    ["another size", "full/100,/0/default.tif"],
    ["a rotation", "full/max/90/default.tif"],
    ["grey", "full/max/0/gray.tif"],
  ])("are drawn for %s", async (_, path) => {
    const { picture } = await makePicture(await makeTiff(jpeg), path);
    expect(picture.plan.kind).toBe("draw");
  });

  it.each<[string, TiffOptions]>([
    ["never written", { ...deflated, isMissing: ({ column, row }) => column === 1 && row === 1 }],
    ["of 16 bits", { ...deflated, bitsPerSample: 16 }],
    ["of white first", { ...deflated, photometric: "MinIsWhite", samplesPerPixel: 1 }],
    ["of planes", { ...deflated, planarConfiguration: 2 }],
    ["multiplied by alpha", { ...deflated, samplesPerPixel: 4, extraSamples: 1 }],
    ["of LZW, whose bits old writers ordered otherwise", { ...deflated, compression: "lzw" }],
    ["of a side that TIFF does not allow", { ...deflated, tile: 72 }],
    ["turned", { ...deflated, orientation: 3 }],
    ["of a wide profile", { ...deflated, iccProfile: makeMatrixProfile(primariesOf.adobeRgb, gammaTag(2.2)) }],
  ])("are drawn where they are %s", async (_, options) => {
    const { picture, encoded } = await makePicture(await makeTiff(options), "full/max/0/default.tif");
    expect(picture.plan.kind).toBe("draw");
    const png = await drawTiff(await makeTiff(options), "full/max/0/default.png");
    expect(largestDifference(await decode(encoded), await decode(png.encoded))).toBe(0);
  });

  it("carry the profile where profiles are embedded", async () => {
    const iccProfile = makeMatrixProfile(primariesOf.adobeRgb, gammaTag(2.2));
    const file = await makeTiff({ ...deflated, iccProfile });
    for (const path of ["full/max/0/default.tif", "full/100,/0/default.tif"]) {
      const { encoded } = await makePicture(file, path, { colorProfile: "embed" });
      expect((await sharp(encoded).metadata()).icc).toEqual(Buffer.from(iccProfile));
    }
    const { picture } = await makePicture(file, "full/max/0/default.tif", { colorProfile: "embed" });
    expect(picture.plan.kind).toBe("copy");
  });

  it("state the subsampling of the tiles, not that of a directory that is wrong", async () => {
    const pixels = sharp({ create: { width: 256, height: 256, channels: 3, background: "#c63" } });
    const tile = new Uint8Array(await pixels.jpeg({ chromaSubsampling: "4:2:0" }).toBuffer());
    const file = await makeTiff({ ...jpeg, tile: 256, levels: 1, tileBytes: () => tile });
    const { encoded, picture } = await makePicture(file, "full/max/0/default.tif");
    expect(picture.plan.kind).toBe("copy");
    expect((await open(encoded)).pyramid.levels[0].encoding.subsampling).toEqual({ x: 2, y: 2 });
    const png = await drawTiff(file, "full/max/0/default.png");
    expect(largestDifference(await decode(encoded), await decode(png.encoded))).toBeLessThanOrEqual(2);
  });

  it("are drawn after all where libtiff refuses their sampling", async () => {
    const file = await makeTiff({ ...jpeg, levels: 1, encodeTile: (tile) => encodeTwice(tile) });
    const { encoded, picture } = await makePicture(file, "full/max/0/default.tif");
    expect(picture.plan.kind).toBe("copy");
    expect((await open(encoded)).pyramid.levels[0].encoding.compression).toBe("deflate");
    const png = await drawTiff(file, "full/max/0/default.png");
    expect(largestDifference(await decode(encoded), await decode(png.encoded))).toBe(0);
  });

  it("say nothing that their picture does not say", async () => {
    const secret = new TextEncoder().encode("Exif\0\0 taken at home");
    const encodeTile = (tile: Picture) => {
      const plain = encodeTestTile(tile);
      return Uint8Array.from([
        ...plain.subarray(0, 2),
        ...segmentOf(0xe1, secret),
        ...segmentOf(0xfe, secret),
        ...plain.subarray(2),
      ]);
    };
    const { encoded, picture } = await makePicture(await makeTiff({ ...jpeg, encodeTile }), "full/max/0/default.tif");
    expect(picture.plan.kind).toBe("copy");
    expect(new TextDecoder("latin1").decode(encoded)).not.toContain("taken at home");
    await decode(encoded);
  });

  it("are read as they lie, and the picture breaks off at one that is damaged", async () => {
    const isDamaged = ({ column, row }: { column: number; row: number }) => column === 2 && row === 2;
    const plain = encodeTestTile({ width: 64, height: 64, samplesPerPixel: 3, samples: new Uint8Array(64 * 64 * 3) });
    const file = await makeTiff({
      ...jpeg,
      levels: 1,
      tileBytes: (place) => (isDamaged(place) ? plain.subarray(9) : plain),
    });
    await expect(makePicture(file, "full/max/0/default.tif")).rejects.toMatchObject({ code: "source-malformed" });
  });
});

/** Encodes red, green and blue as they are. */
function encodeRgb({ width, height, samplesPerPixel, samples }: Picture): Uint8Array {
  const components = [0, 1, 2].map((sample) => ({
    ...{ horizontal: 1, vertical: 1 },
    sampleAt: (x: number, y: number) => samples[(y * width + x) * samplesPerPixel + sample]!,
  }));
  return writeJpeg({ width, height, components });
}

/** Encodes components of two blocks a unit each, which is 4:4:4 in a way that few readers know. */
function encodeTwice({ width, height, samples }: Picture): Uint8Array {
  const components = [0, 1, 2].map((sample) => ({
    ...{ horizontal: 2, vertical: 1 },
    sampleAt: (x: number, y: number) => (sample === 0 ? samples[(y * width + x) * 3]! : 128),
  }));
  return writeJpeg({ width, height, components });
}
