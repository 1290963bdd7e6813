import { deflateSync } from "node:zlib";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { formatChunk } from "../../../src/codec/png/chunk.ts";
import { ImageError } from "../../../src/error.ts";
import { openImage, prefixBytes } from "../../../src/masters/image.ts";
import { seenSize } from "../../../src/pyramid/pyramid.ts";
import { openRemake, runRemake } from "../../../src/remake/run.ts";
import type { RemakeSettings } from "../../../src/remake/treatment.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { encodeTestTile } from "../../support/jpeg-tile.ts";
import { gammaTag, makeGrayProfile, makeMatrixProfile, primariesOf } from "../../support/make-profile.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import { makeXmp } from "../../support/make-xmp.ts";
import {
  asImage,
  losslessSettings,
  MemorySpill,
  MemoryTarget,
  makePattern,
  memoryFor,
  openPorts,
  remakeFile,
  usualSettings,
} from "../../support/remaking.ts";
import { decode, drawTiff, largestDifference } from "../../support/render.ts";

const size = { width: 330, height: 290 } as const;

const wide = makeMatrixProfile(primariesOf.proPhoto, gammaTag(1.8));
const gray = makeGrayProfile(gammaTag(1.2));

function tiff(options: Partial<TiffOptions>): Promise<Uint8Array> {
  return makeTiff({ ...size, ...options });
}

const cases: readonly (readonly [string, () => Promise<Uint8Array>])[] = [
  ["uncompressed strips", () => tiff({})],
  ["one strip", () => tiff({ rowsPerStrip: size.height, compression: "lzw" })],
  ["big-endian BigTIFF with levels", () => tiff({ byteOrder: "big", bigTiff: true, tile: 64, levels: 3 })],
  ["separate planes", () => tiff({ planarConfiguration: 2, tile: 64 })],
  ["16 bits", () => tiff({ bitsPerSample: 16 })],
  ["inks", () => tiff({ photometric: "CMYK" })],
  ["CIELab with alpha", () => tiff({ photometric: "CIELab", samplesPerPixel: 4 })],
  ["a palette", () => tiff({ photometric: "Palette", colorMap: Array.from({ length: 768 }, (_, at) => at * 80) })],
  ["a profile", () => tiff({ iccProfile: wide })],
  ["grey with alpha and a profile", () => tiff({ photometric: "MinIsBlack", samplesPerPixel: 2, iccProfile: gray })],
  ["associated alpha", () => tiff({ samplesPerPixel: 4, extraSamples: 1 })],
  ["inverted grey", () => tiff({ photometric: "MinIsWhite" })],
  ["strips of JPEG with halved chroma", () => asImage(makePattern(301, 203)).tiff({ compression: "jpeg" }).toBuffer()],
  [
    "a PNG with a profile and alpha",
    async () => {
      const png = await asImage(makePattern(300, 200, 4))
        .png()
        .toBuffer();
      const chunk = formatChunk("iCCP", Uint8Array.from([0x78, 0, 0, ...deflateSync(wide)]));
      return Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)]);
    },
  ],
  [
    "a WebP",
    () =>
      asImage(makePattern(300, 200, 4))
        .webp({ lossless: true })
        .toBuffer(),
  ],
  ["a progressive JPEG", () => asImage(makePattern(300, 200)).jpeg({ progressive: true }).toBuffer()],
  [
    "a JPEG that is turned",
    () => asImage(makePattern(301, 203)).withMetadata({ orientation: 6 }).jpeg({ quality: 95 }).toBuffer(),
  ],
];

describe("what is remade", () => {
  it.each(cases)("looks as the service shows it, of %s", async (_, make) => {
    const source = await make();
    const { file } = await remakeFile(source, { settings: losslessSettings });
    const path = "full/max/0/default.png";
    const [shown, remade] = await Promise.all([
      decode((await drawTiff(source, path)).encoded),
      decode((await drawTiff(file, path)).encoded),
    ]);
    expect(largestDifference(remade, shown)).toBe(0);
  });

  it("shows no seams where chroma is enlarged", async () => {
    const picture = makePattern(2310, 300);
    const source = await asImage(picture)
      .tiff({ compression: "jpeg", quality: 89, tile: true, tileWidth: 128, tileHeight: 128 })
      .toBuffer();
    const memoryBytes = await memoryFor(source, losslessSettings, "2048x2048");
    const parted = await remakeFile(source, { settings: losslessSettings, memoryBytes });
    const whole = await remakeFile(source, { settings: losslessSettings });
    expect(parted.spill.blocksMade()).toHaveLength(2);
    expect(whole.spill.blocksMade()).toHaveLength(1);
    expect(Buffer.from(parted.file).equals(whole.file)).toBe(true);
  });

  it("says of itself what the source says, and that it is upright", async () => {
    const xmp = makeXmp("<dc:title>Storm</dc:title>", 'tiff:Orientation="6"');
    const exif = { IFD0: { Artist: "Ada Painter" }, IFD2: { LensModel: "Planar" } };
    const jpeg = await asImage(makePattern(300, 200)).withExif(exif).withXmp(xmp).jpeg().toBuffer();
    const strips = await asImage(makePattern(300, 200))
      .withMetadata({ orientation: 6, density: 300 })
      .withXmp(xmp)
      .tiff({ compression: "lzw" })
      .toBuffer();
    for (const source of [jpeg, strips]) {
      const { file } = await remakeFile(source, { settings: usualSettings });
      const [said, told] = await Promise.all([source, file].map(openAll));
      expect(told?.metadata).toEqual(said?.metadata);
      expect(new TextDecoder().decode(told?.metadata.xmp)).toContain('tiff:Orientation="1"');
      expect(Buffer.from(file).includes('tiff:Orientation="6"')).toBe(false);
      expect(told?.pyramid).toMatchObject({ ...(said && seenSize(said.pyramid)), orientation: 1 });
    }
    expect((await openAll(jpeg)).metadata.artist).toBe("Ada Painter");
    expect((await openAll(strips)).metadata.dotsPerInch).toBe(300);
  });
});

/** Opens a file with all it says about itself. */
function openAll(file: Uint8Array) {
  return openImage({ source: memorySource(file), prefix: file.subarray(0, prefixBytes), policy: "all" });
}

/** What a conversion is refused with, the reads that were made, and whether anything was written. */
async function refusal(
  file: Uint8Array,
  settings: RemakeSettings = usualSettings,
  more: { keepsDepth?: boolean } = {},
) {
  let reads = 0;
  const whole = memorySource(file);
  const source = {
    ...whole,
    read(offset: number, length: number) {
      reads += 1;
      return whole.read(offset, length);
    },
  };
  const spill = new MemorySpill();
  const target = new MemoryTarget();
  const error: unknown = await runRemake({ source, settings, ...more }, openPorts({ spill, target })).catch((e) => e);
  if (!(error instanceof ImageError)) throw error;
  expect(spill.puts).toEqual([]);
  expect(target.file).toBeUndefined();
  return { code: error.code, message: error.message, hint: error.hint ?? "", reads };
}

describe("what can't be remade", () => {
  it.each([
    ["a PDF", Buffer.from("%PDF-1.7"), "vips copy"],
    ["a JPEG 2000 file", Buffer.from("0000000c6a5020200d0a870a", "hex"), "tessera ingest FILE --compression jpeg"],
    ["a GIF", Buffer.from("GIF89a"), "tessera ingest FILE"],
  ])("is refused with the command that does it: %s", async (_, file, command) => {
    const { code, hint, reads } = await refusal(file);
    expect({ code, reads }).toEqual({ code: "remake-impossible", reads: 1 });
    expect(hint).toContain(command);
  });

  it("is what is no image", async () => {
    const { code } = await refusal(Buffer.from("<!doctype html>"));
    expect(code).toBe("source-unsupported");
  });

  it("is 16 bits that are to be kept", async () => {
    const { code, hint } = await refusal(await tiff({ bitsPerSample: 16 }), losslessSettings, { keepsDepth: true });
    expect(code).toBe("remake-impossible");
    expect(hint).toContain("tessera ingest FILE --compression deflate --tile 256 --keep-depth");
  });

  it("is floating point, which has no standard rendering", async () => {
    const { code, message } = await refusal(await tiff({ bitsPerSample: 32, sampleFormat: "float" }));
    expect(code).toBe("remake-impossible");
    expect(message).toContain("floating point");
  });

  it("is one strip that takes more memory than a block may", async () => {
    const huge = await makeTiff({
      ...{ width: 7000, height: 7000, rowsPerStrip: 7000, compression: "zstd" },
      tileBytes: () => new Uint8Array(1000),
    });
    const { code, message, hint } = await refusal(huge);
    expect(code).toBe("remake-impossible");
    expect(message).toMatch(/MB of memory|too large/);
    expect(hint).toContain("tessera ingest FILE --compression jpeg --quality 89 --tile 256");
  });

  it("is a progressive JPEG of which too much would be held", async () => {
    const jpeg = await sharp({ create: { width: 5000, height: 5000, channels: 3, background: "#345" } })
      .jpeg({ progressive: true, quality: 30, chromaSubsampling: "4:4:4" })
      .toBuffer();
    const { work } = await openRemake({ source: memorySource(jpeg), settings: usualSettings }, openPorts({}));
    const least = Math.min(...work.plan.blocks.map(({ bytes }) => bytes));
    const source = memorySource(jpeg);
    const refused = openRemake({ source, settings: usualSettings, memoryBytes: least / 3 }, openPorts({}));
    await expect(refused).rejects.toMatchObject({ code: "remake-impossible" });
  });

  it("is a damaged image: it is not made without what is missing", async () => {
    const strips = Buffer.from(await tiff({ compression: "lzw", rowsPerStrip: 64 }));
    const { pyramid } = await openImage({ source: memorySource(strips), prefix: strips.subarray(0, prefixBytes) });
    const [{ offsets, byteCounts }] = pyramid.levels;
    strips.fill(0, (offsets[2] ?? 0) + 20, (offsets[2] ?? 0) + (byteCounts[2] ?? 0));
    const target = new MemoryTarget();
    const run = runRemake({ source: memorySource(strips), settings: usualSettings }, openPorts({ target }));
    await expect(run).rejects.toMatchObject({ code: "source-malformed" });
    expect(target.file).toBeUndefined();
  });

  it("is a picture of which a tile was written by JPEG in another way than the first", async () => {
    const tiles = await tiff({
      ...{ tile: 64, compression: "jpeg", photometric: "YCbCr", ycbcrSubsampling: [1, 1] },
      encodeTile: (tile) => encodeTestTile(tile).slice(0, -40),
    });
    const run = runRemake({ source: memorySource(tiles), settings: usualSettings }, openPorts({}));
    await expect(run).rejects.toMatchObject({ code: "source-malformed" });
  });
});
