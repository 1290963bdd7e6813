import { readFile } from "node:fs/promises";
import { fromArrayBuffer } from "geotiff";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { convertMaster } from "../../../src/convert/convert.ts";
import { countPages, inspectSource } from "../../../src/convert/inspect.ts";
import type { ConversionSettings } from "../../../src/settings/conversion.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { openPyramid } from "../../../src/tiff/open.ts";
import { tags } from "../../../src/tiff/tags.ts";
import { formatBox, openJpeg2000Writer, wrapJp2 } from "../../support/jpeg2000-writer.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import { drawScene, ingestCodeOf, makeTestFolder, readTiff, usualConversion } from "../../support/masters.ts";

const folder = makeTestFolder();
const target = folder.path("master.tif");

const lossless: ConversionSettings = { ...usualConversion, compression: "deflate" };
const scene = { width: 700, height: 500 };

async function convert(source: string, settings: Partial<ConversionSettings> = {}) {
  const master = await convertMaster(source, target, { ...usualConversion, ...settings });
  return { master, ...(await readTiff(target)) };
}

async function pixelsOf(file: string | Uint8Array) {
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  return { size: [info.width, info.height, info.channels], data };
}

/** A failed comparison of buffers byte by byte takes seconds to print. */
async function isSamePicture(one: string | Uint8Array, other: string | Uint8Array): Promise<boolean> {
  const [a, b] = await Promise.all([pixelsOf(one), pixelsOf(other)]);
  return a.size.join() === b.size.join() && a.data.equals(b.data);
}

describe("a converted master", () => {
  it("is a pyramid of JPEG tiles, each level half of the one before until one tile holds it", async () => {
    const source = await folder.lay("scene.png", drawScene(scene).png());
    const { master, bytes } = await convert(source);
    const { levels } = await openPyramid(memorySource(bytes));
    expect(levels.map(({ width, height }) => [width, height])).toEqual([
      [700, 500],
      [350, 250],
      [175, 125],
    ]);
    expect(levels.map(({ encoding }) => [encoding.compression, encoding.model])).toEqual(
      levels.map(() => ["jpeg", "ycbcr"]),
    );
    expect(master).toMatchObject({
      width: 700,
      height: 500,
      levels: 3,
      tileSize: 256,
      isRepacked: false,
      warnings: [],
    });
    expect(master.bytesIn).toBe((await readFile(source)).byteLength);
    expect(master.bytesOut).toBe(bytes.byteLength);
    expect(master.checksum).toBe(Buffer.from(await crypto.subtle.digest("SHA-256", bytes.slice())).toString("hex"));
  });

  it("has its directories at the start and its tiles smallest level first", async () => {
    const { bytes, chain } = await convert(await folder.lay("scene.png", drawScene(scene).png()));
    const { levels } = await openPyramid(memorySource(bytes));
    const order = levels.toReversed().flatMap(({ offsets }) => Array.from(offsets));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(Math.max(...chain.pages.map(({ directory }) => directory.offset))).toBeLessThan(order[0] ?? 0);
    expect(order[0]).toBeLessThan(32_768);
  });

  it("opens in other readers, every level of it", async () => {
    const { bytes } = await convert(await folder.lay("scene.png", drawScene(scene).png()));
    const image = await (await fromArrayBuffer(bytes.slice().buffer)).getImage(1);
    expect([image.getWidth(), image.getTileWidth()]).toEqual([350, 256]);
    for (const [page, width] of [700, 350, 175].entries()) {
      expect((await sharp(bytes, { page }).metadata()).width).toBe(width);
      await expect(sharp(bytes, { page, failOn: "warning" }).stats()).resolves.toBeDefined();
    }
  });

  it("holds exactly the source's pixels in lossless modes", async () => {
    const source = await folder.lay("scene.png", drawScene(scene).png());
    const { bytes } = await convert(source, lossless);
    expect(await isSamePicture(bytes, source)).toBe(true);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("is upright where its source has orientation %i", async (orientation) => {
    const source = await folder.lay("turned.jpg", drawScene(scene).withMetadata({ orientation }).jpeg());
    const { bytes, directories } = await convert(source, lossless);
    expect(await directories[0]?.number(tags.orientation)).toBe(1);
    expect(await isSamePicture(bytes, await sharp(source).autoOrient().png().toBuffer())).toBe(true);
  });

  it("stays one component where the source is grey", async () => {
    const { bytes } = await convert(await folder.lay("gray.png", drawScene(scene).toColourspace("b-w").png()));
    const { levels } = await openPyramid(memorySource(bytes));
    expect(levels[0].encoding).toMatchObject({ model: "gray", compression: "jpeg" });
  });

  it("is grey with Deflate, without loss, where the source has one bit", async () => {
    const bilevel = drawScene(scene)
      .toColourspace("b-w")
      .threshold(128)
      .tiff({ bitdepth: 1, compression: "ccittfax4" });
    const source = await folder.lay("page.tif", bilevel);
    const { bytes, master } = await convert(source);
    const { levels } = await openPyramid(memorySource(bytes));
    expect(levels[0].encoding).toMatchObject({ model: "gray", compression: "deflate", predictor: "none" });
    expect(await isSamePicture(bytes, source)).toBe(true);
    expect(master.warnings).toHaveLength(1);
  });

  it.each([
    [false, 8],
    [true, 16],
  ])("keeps 16 bits where asked: %s", async (keepsDepth, bits) => {
    const source = await folder.lay("deep.png", drawScene(scene).toColourspace("rgb16").png());
    const { directories } = await convert(source, { ...lossless, keepsDepth });
    expect(await directories[0]?.number(tags.bitsPerSample)).toBe(bits);
  });

  it("keeps transparency in lossless modes and lays it on white otherwise", async () => {
    const source = await folder.lay("clear.png", drawScene(scene).ensureAlpha(0).png());
    expect((await pixelsOf((await convert(source, lossless)).bytes)).size[2]).toBe(4);
    const { bytes, master } = await convert(source);
    const { data } = await pixelsOf(bytes);
    expect(data.every((sample) => sample > 250)).toBe(true);
    expect(master.warnings).toHaveLength(1);
  });

  it("is sRGB and says so where the source is CMYK", async () => {
    const source = await folder.lay("inks.jpg", drawScene(scene).toColourspace("cmyk").jpeg());
    const { directories } = await convert(source);
    expect(await directories[0]?.number(tags.photometricInterpretation)).toBe(6);
    expect((await directories[0]?.bytes(tags.iccProfile))?.byteLength).toBeLessThan(1000);
  });

  it("keeps the source's colours and profile where asked, and converts them where not", async () => {
    const wide = await drawScene(scene).withIccProfile("p3").png().toBuffer();
    const source = await folder.lay("wide.png", wide);
    const kept = await convert(source, { ...lossless, keepsProfile: true });
    expect(await kept.directories[0]?.bytes(tags.iccProfile)).toEqual(
      new Uint8Array((await sharp(wide).metadata()).icc!),
    );
    const stored = await sharp(wide, { ignoreIcc: true }).raw().toBuffer();
    expect((await sharp(kept.bytes, { ignoreIcc: true }).raw().toBuffer()).equals(stored)).toBe(true);
    const converted = await convert(source, lossless);
    const meant = await sharp(wide).raw().toBuffer();
    const samples = await sharp(converted.bytes, { ignoreIcc: true }).raw().toBuffer();
    expect(samples.every((sample, index) => Math.abs(sample - (meant[index] ?? 0)) <= 1)).toBe(true);
  });

  it("keeps the profile of 16 bits that are kept, and says so", async () => {
    const deep = await folder.lay("deep.png", drawScene(scene).withIccProfile("p3").toColourspace("rgb16").png());
    const { directories, master } = await convert(deep, { ...lossless, keepsDepth: true });
    expect(await directories[0]?.bytes(tags.iccProfile)).toEqual(
      new Uint8Array((await sharp(await readFile(deep)).metadata()).icc!),
    );
    expect(master.warnings).toEqual([expect.stringContaining("the profile is kept")]);
  });
});

describe("what a master keeps of its source besides pixels", () => {
  const xmp = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><r tiff:Orientation="6"/></x:xmpmeta>';

  it("is Exif, XMP, resolution and texts of a JPEG, upright", async () => {
    const exif = { IFD0: { Copyright: "the owner", Artist: "the maker" }, IFD2: { LensModel: "a lens" } };
    const picture = drawScene(scene).withExif(exif).withXmp(xmp).withMetadata({ orientation: 6, density: 300 });
    const { bytes, directories } = await convert(await folder.lay("told.jpg", picture.jpeg()));
    const text = async (tag: number) => Buffer.from((await directories[0]?.bytes(tag)) ?? []).toString();
    expect(await text(33_432)).toContain("the owner");
    expect(await text(315)).toContain("the maker");
    expect(await text(700)).toBe(xmp.replace('"6"', '"1"'));
    expect(await directories[0]?.real(282)).toBe(300);
    expect(await directories[0]?.number(tags.orientation)).toBe(1);
    expect(await directories[0]?.number(34_665)).toBeGreaterThan(0);
    expect(Buffer.from(bytes).includes("a lens")).toBe(true);
  });

  it("is the same of a TIFF, from whichever byte order", async () => {
    const options = { ...scene, tile: 64, byteOrder: "big", xmp, overrides: [] } as const;
    const told = [{ directory: 0, tag: 270, type: "ASCII", values: [104, 105, 0] }] as const;
    const { directories } = await convert(
      await folder.lay("told.tif", await makeTiff({ ...options, overrides: told })),
    );
    expect(Buffer.from((await directories[0]?.bytes(270)) ?? []).toString()).toBe("hi\0");
    expect(Buffer.from((await directories[0]?.bytes(700)) ?? []).toString()).toBe(xmp.replace('"6"', '"1"'));
  });

  it("is said on the full image alone", async () => {
    const { directories } = await convert(await folder.lay("told.jpg", drawScene(scene).withXmp(xmp).jpeg()));
    expect(await directories[1]?.bytes(700)).toBeUndefined();
    expect(await directories[1]?.number(tags.newSubfileType)).toBe(1);
  });
});

describe("the settings of a conversion", () => {
  it("choose compression, tile size and chroma", async () => {
    const source = await folder.lay("scene.png", drawScene(scene).png());
    const webp = await openPyramid(memorySource((await convert(source, { compression: "webp", tileSize: 512 })).bytes));
    expect(webp.levels[0]).toMatchObject({ tileWidth: 512, encoding: { compression: "webp" } });
    const whole = await openPyramid(memorySource((await convert(source, { quality: 92, subsampling: "4:4:4" })).bytes));
    expect(whole.levels[0].encoding.model).toBe("rgb");
  });

  it("make tiles of 256 of what fits into one, for libvips reads no tiles much larger than their image", async () => {
    const source = await folder.lay("small.png", drawScene({ width: 64, height: 56 }).png());
    const { bytes, master } = await convert(source, { tileSize: 512 });
    expect(master.tileSize).toBe(256);
    expect((await sharp(bytes).metadata()).width).toBe(64);
  });

  it.each<[string, Partial<ConversionSettings>]>([
    ["whole chroma below quality 90", { subsampling: "4:4:4" }],
    ["halved chroma from quality 90 on", { quality: 90 }],
    ["16 bits in JPEG", { keepsDepth: true }],
    ["a quality of 0", { quality: 0 }],
    ["a page that is not there", { page: 3 }],
  ])("are refused for %s", async (_, settings) => {
    const source = await folder.lay("scene.png", drawScene({ width: 20, height: 20 }).png());
    expect(await ingestCodeOf(convertMaster(source, target, { ...usualConversion, ...settings }))).toBe(
      "setting-impossible",
    );
  });

  it("choose a page of a TIFF, thumbnails and levels left out of the count", async () => {
    const pages = await makeTiff({
      width: 64,
      height: 64,
      levels: 2,
      tile: 32,
      extraPages: [
        { width: 30, height: 20, kind: "thumbnail", position: "second" },
        { width: 50, height: 80, kind: "unrelated" },
      ],
    });
    const source = await folder.lay("pages.tif", pages);
    expect(await countPages(source)).toBe(2);
    const { master } = await convert(source, { ...lossless, page: 1 });
    expect([master.width, master.height]).toEqual([50, 80]);
  });
});

describe("a TIFF that keeps its picture in the SubIFD of a thumbnail", () => {
  /** As TIFF/EP has it; the thumbnail is the first directory, and describes the picture. */
  const thumbnail = (change: Partial<TiffOptions> = {}): TiffOptions => ({
    ...{ width: 24, height: 16, subfileType: 1, levelSubfileType: 0, levelLayout: "sub-ifds" },
    levels: [{ width: 96, height: 64 }],
    tileBytes: ({ level }) =>
      level === 0
        ? new Uint8Array(24 * 16 * 3).fill(9)
        : Uint8Array.from({ length: 96 * 64 * 3 }, (_, at) => (at % 3) * 40 + Math.floor(at / (96 * 3))),
    fields: [{ tag: 270, type: "ASCII", values: [104, 105, 0] }],
    ...change,
  });

  it("is converted to that picture, with the description of the thumbnail", async () => {
    const source = await folder.lay("nested.tif", await makeTiff(thumbnail()));
    expect([await countPages(source), (await inspectSource(source)).width]).toEqual([1, 96]);
    const { master, bytes, directories } = await convert(source, lossless);
    expect([master.width, master.height]).toEqual([96, 64]);
    expect([...(await pixelsOf(bytes)).data.subarray(0, 3)]).toEqual([0, 40, 80]);
    expect(Buffer.from((await directories[0]?.bytes(270)) ?? []).toString()).toBe("hi\0");
  });

  it("is turned as the thumbnail is", async () => {
    const overrides = [{ directory: 1, tag: tags.orientation, remove: true }] as const;
    const source = await folder.lay("turned.tif", await makeTiff(thumbnail({ orientation: 6, overrides })));
    const { master, bytes } = await convert(source, lossless);
    expect([master.width, master.height]).toEqual([64, 96]);
    // Turned clockwise, the last row is the first column.
    expect([...(await pixelsOf(bytes)).data.subarray(0, 3)]).toEqual([63, 103, 143]);
  });
});

describe("a pyramid whose own level shows something else", () => {
  it("is converted from its full image, and the result says so", async () => {
    const fill = ({ level, row }: { readonly level: number; readonly row: number }) =>
      new Uint8Array(64 * 64 * 3).fill(level === 0 ? 60 + 60 * row : 200 - 60 * row);
    const pyramid = (pattern: typeof fill) =>
      makeTiff({ width: 256, height: 192, levels: 2, tile: 64, tileBytes: pattern });
    const { master, bytes } = await convert(await folder.lay("wrong.tif", await pyramid(fill)), lossless);
    expect(master.warnings).toEqual([expect.stringContaining("level of 128 by 96 does not show")]);
    expect([...(await pixelsOf(bytes)).data.subarray(0, 3)]).toEqual([60, 60, 60]);
    const right = await pyramid(({ level, row }) => fill({ level: 0, row: level === 0 ? row : 2 * row }));
    expect((await convert(await folder.lay("right.tif", right), lossless)).master.warnings).toEqual([]);
  });
});

describe("a JPEG 2000 source", () => {
  const samplesOf = async () => new Uint8Array(await drawScene(scene).raw().toBuffer());

  it("is converted without loss, with what its boxes say", async () => {
    const write = await openJpeg2000Writer();
    const samples = await samplesOf();
    const { icc } = await sharp(await drawScene(scene).withIccProfile("p3").png().toBuffer()).metadata();
    const identifier = Buffer.from("be7acfcb97a942e89c71999491e3afac", "hex");
    const boxes = [
      formatBox("uuid", Buffer.concat([identifier, Buffer.from("<x/>")])),
      formatBox("colr", Buffer.concat([Uint8Array.of(2, 0, 0), icc!])),
    ];
    const file = wrapJp2(write({ ...scene, components: 3, samples }), 16, boxes);
    const source = await folder.lay("scene.jp2", file);
    const { bytes, directories } = await convert(source, { ...lossless, keepsProfile: true });
    expect((await sharp(bytes, { ignoreIcc: true }).raw().toBuffer()).equals(samples)).toBe(true);
    expect(Buffer.from((await directories[0]?.bytes(700)) ?? []).toString()).toBe("<x/>");
    expect(await directories[0]?.bytes(tags.iccProfile)).toEqual(new Uint8Array(icc!));
  });

  it("fills all of 16 bits where it has 12", async () => {
    const write = await openJpeg2000Writer();
    const samples = new Uint16Array(scene.width * scene.height).map((_, index) => index % 4096);
    const source = await folder.lay("deep.j2k", write({ ...scene, components: 1, samples, depth: 12 }));
    const { bytes } = await convert(source, { ...lossless, keepsDepth: true });
    const kept = await sharp(bytes).toColourspace("grey16").raw({ depth: "ushort" }).toBuffer();
    expect([kept.readUInt16LE(0), kept.readUInt16LE(2 * 2048), kept.readUInt16LE(2 * 4095)]).toEqual([
      0, 32_776, 65_535,
    ]);
  });

  it("is refused if it is cut off, too large, or of an unsupported kind", async () => {
    const write = await openJpeg2000Writer();
    const file = write({ ...scene, components: 3, samples: await samplesOf() });
    const large = file.slice();
    new DataView(large.buffer).setUint32(8, 70_000);
    new DataView(large.buffer).setUint32(12, 70_000);
    const codeOfFile = async (content: Uint8Array) =>
      ingestCodeOf(convertMaster(await folder.lay("refused.j2k", content), folder.path("none.tif"), usualConversion));
    expect(await codeOfFile(file.subarray(0, file.byteLength / 2))).toBe("damaged");
    expect(await codeOfFile(large)).toBe("unsupported");
    expect(await codeOfFile(wrapJp2(file, 18))).toBe("unsupported");
  });
});

describe("a source that makes no master", () => {
  const half = async (file: Promise<Uint8Array>) => (await file).subarray(0, Math.floor((await file).byteLength / 2));

  it.each<[string, string, () => Promise<Uint8Array | string>]>([
    ["a JPEG that is cut off", "damaged", () => half(drawScene(scene).jpeg().toBuffer())],
    ["a PNG that is cut off", "damaged", () => half(drawScene(scene).png().toBuffer())],
    ["a WebP that is cut off", "damaged", () => half(drawScene(scene).webp().toBuffer())],
    ["a TIFF that is cut off", "damaged", () => half(makeTiff({ ...scene, rowsPerStrip: 10 }))],
    ["a text", "not-an-image", async () => "no picture"],
    ["an empty file", "not-an-image", async () => ""],
    ["a PDF", "unsupported", async () => "%PDF-1.7\n"],
    ["a JPEG XL file", "unsupported", async () => new Uint8Array([0xff, 0x0a, 0, 0])],
  ])("is refused for %s and leaves no file", async (_, code, content) => {
    const source = await folder.lay("refused", await content());
    const before = await folder.names();
    expect(await ingestCodeOf(convertMaster(source, folder.path("none.tif"), usualConversion))).toBe(code);
    expect(await folder.names()).toEqual(before);
  });

  it("is refused where it is not there", async () => {
    expect(await ingestCodeOf(convertMaster(folder.path("nowhere"), target, usualConversion))).toBe("unreadable");
  });

  it("is refused where its master can't be written", async () => {
    const source = await folder.lay("scene.png", drawScene(scene).png());
    expect(await ingestCodeOf(convertMaster(source, folder.path("nowhere/master.tif"), usualConversion))).toBe(
      "write-failed",
    );
  });

  it("is left alone once the signal is set, also in the middle", async () => {
    const source = await folder.lay("scene.png", drawScene(scene).png());
    const before = await folder.names();
    const stop = new AbortController();
    const work = convertMaster(source, folder.path("none.tif"), usualConversion, { signal: stop.signal });
    setTimeout(() => stop.abort(), 5);
    expect(await ingestCodeOf(work)).toBe("stopped");
    expect(await folder.names()).toEqual(before);
  });
});

describe("inspecting a source", () => {
  it("says format, size, model, depth and orientation without decoding", async () => {
    const source = await folder.lay("told.jpg", drawScene(scene).withMetadata({ orientation: 5 }).jpeg());
    expect(await inspectSource(source)).toMatchObject({
      format: "jpeg",
      width: 700,
      height: 500,
      model: "rgb",
      depth: 8,
      orientation: 5,
      pages: 1,
      isPyramid: false,
    });
  });

  it("distinguishes a pyramid from a plain TIFF", async () => {
    const pyramid = await folder.lay("pyramid.tif", await makeTiff({ ...scene, tile: 64, levels: 2 }));
    const plain = await folder.lay("plain.tif", await makeTiff({ ...scene, rowsPerStrip: 10 }));
    expect((await inspectSource(pyramid)).isPyramid).toBe(true);
    expect((await inspectSource(plain)).isPyramid).toBe(false);
  });
});
