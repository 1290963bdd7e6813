import { fromArrayBuffer } from "geotiff";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { repackMaster } from "../../../src/convert/repack.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { openPyramid } from "../../../src/tiff/open.ts";
import { tags } from "../../../src/tiff/tags.ts";
import { encodeTestTile } from "../../support/jpeg-tile.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import { ingestCodeOf, makeTestFolder, readTiff } from "../../support/masters.ts";

const folder = makeTestFolder();

/** A pyramid as libtiff writes it: each directory behind its own tiles. */
const usual: TiffOptions = {
  width: 300,
  height: 200,
  levels: 3,
  levelRounding: "floor",
  tile: 64,
  directories: "back",
};

async function repack(options: TiffOptions) {
  const file = await makeTiff(options);
  const source = await folder.lay("source.tif", file);
  const master = await repackMaster(source, folder.path("master.tif"));
  return { file, master, ...(await readTiff(folder.path("master.tif"))) };
}

/** The bytes of every tile of every level. */
async function tilesOf(file: Uint8Array): Promise<readonly (readonly Uint8Array[])[]> {
  const { levels } = await openPyramid(memorySource(file));
  return levels.map(({ offsets, byteCounts }) =>
    Array.from(offsets, (offset, tile) => file.subarray(offset, offset + (byteCounts[tile] ?? 0))),
  );
}

/** A level that shows the picture upside down. */
const differing: TiffOptions = {
  ...{ width: 256, height: 192, levels: 2, tile: 64 },
  tileBytes: ({ level, row }) =>
    new Uint8Array(64 * 64 * 3).fill((level === 0 ? 60 : 20) + (level === 0 ? 60 : -10) * row),
};

describe("repacking a pyramid", () => {
  // The engine that looks at levels is compiled on first use.
  beforeAll(() => repack(usual), 60_000);

  it.each<[string, TiffOptions]>([
    [
      "JPEG with tables",
      {
        ...usual,
        compression: "jpeg",
        photometric: "YCbCr",
        ycbcrSubsampling: [1, 1],
        encodeTile: encodeTestTile,
        jpegTables: "shared",
      },
    ],
    ["Deflate with a predictor", { ...usual, compression: "deflate", predictor: 2 }],
    ["a big-endian file", { ...usual, byteOrder: "big", compression: "lzw" }],
    ["big-endian samples of 16 bits", { ...usual, byteOrder: "big", bitsPerSample: 16 }],
    ["a BigTIFF with SubIFDs", { ...usual, bigTiff: true, levelLayout: "sub-ifds" }],
    ["separate planes", { ...usual, planarConfiguration: 2 }],
  ])("keeps every tile of %s byte for byte", async (_, options) => {
    const { file, bytes, master } = await repack(options);
    expect(await tilesOf(bytes)).toEqual(await tilesOf(file));
    expect(master).toMatchObject({ width: 300, height: 200, levels: 3, tileSize: 64, isRepacked: true });
    expect(master.bytesOut).toBe(bytes.byteLength);
  });

  it("puts all directories at the start, and the tiles smallest level first and row by row", async () => {
    const { bytes, chain } = await repack(usual);
    const { levels } = await openPyramid(memorySource(bytes));
    const order = levels.toReversed().flatMap(({ offsets }) => Array.from(offsets));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(Math.max(...chain.pages.map(({ directory }) => directory.offset))).toBeLessThan(order[0] ?? 0);
  });

  it("marks every level but the full one as reduced", async () => {
    const { directories } = await repack(usual);
    const types = await Promise.all(directories.map((fields) => fields.number(tags.newSubfileType)));
    expect(types.map((type) => type ?? 0)).toEqual([0, 1, 1]);
  });

  it("keeps profile, XMP and orientation", async () => {
    const iccProfile = new Uint8Array(500).map((_, index) => index);
    const { directories, master } = await repack({ ...usual, iccProfile, xmp: "<x:xmpmeta/>", orientation: 6 });
    expect(await directories[0]?.bytes(tags.iccProfile)).toEqual(iccProfile);
    expect(Buffer.from((await directories[0]?.bytes(700)) ?? []).toString()).toBe("<x:xmpmeta/>");
    expect(await directories[0]?.number(tags.orientation)).toBe(6);
    expect(master).toMatchObject({ width: 200, height: 300 });
  });

  it("shows other readers the same pixels", async () => {
    const { file, bytes } = await repack({ ...usual, compression: "deflate" });
    for (const page of [0, 1, 2]) {
      const [before, after] = await Promise.all([file, bytes].map((from) => sharp(from, { page }).raw().toBuffer()));
      expect(after).toEqual(before);
    }
    const image = await (await fromArrayBuffer(bytes.slice().buffer)).getImage(2);
    expect([image.getWidth(), image.getHeight()]).toEqual([75, 50]);
  });

  it("keeps a tile unwritten that never was written", async () => {
    const sparse = [
      { directory: 0, tag: tags.tileByteCounts, values: (counts: readonly number[]) => [0, ...counts.slice(1)] },
    ];
    const { bytes } = await repack({ ...usual, overrides: sparse });
    const { levels } = await openPyramid(memorySource(bytes));
    expect([levels[0].offsets[0], levels[0].byteCounts[0]]).toEqual([0, 0]);
  });

  it("says with which SHA-256 the file was written", async () => {
    const { bytes, master } = await repack(usual);
    const digest = await crypto.subtle.digest("SHA-256", bytes.slice());
    expect(master.checksum).toBe(Buffer.from(digest).toString("hex"));
  });
});

describe("a pyramid that is not repacked", () => {
  it.each<[string, string, TiffOptions]>([
    ["strips", "not-repackable", { width: 300, height: 200 }],
    ["a large image of one resolution", "not-repackable", { width: 2100, height: 40, tile: 64 }],
    ["a level that shows something else", "not-repackable", differing],
    [
      "tiles behind the end of the file",
      "damaged",
      { ...usual, overrides: [{ directory: 0, tag: tags.tileOffsets, values: (all) => all.map(() => 0xffff_0000) }] },
    ],
    [
      "tiles that lie over each other and add up to more than the file",
      "damaged",
      {
        ...usual,
        overrides: [
          { directory: 0, tag: tags.tileOffsets, values: (all) => all.map((_, index) => 8 + index) },
          { directory: 0, tag: tags.tileByteCounts, values: (all) => all.map(() => 60_000) },
        ],
      },
    ],
  ])("is refused for %s and leaves no file", async (_, code, options) => {
    const source = await folder.lay("refused.tif", await makeTiff(options));
    const before = await folder.names();
    expect(await ingestCodeOf(repackMaster(source, folder.path("none.tif")))).toBe(code);
    expect(await folder.names()).toEqual(before);
  });

  it("takes no level along that may be another page's", async () => {
    const page = { width: 256, height: 192, tile: 64, levels: 1 } as const;
    const level = { ...page, width: 128, height: 96 };
    const { chain } = await repack({ ...page, pages: [page, { ...level, subfileType: 1 }] });
    expect(chain.pages).toHaveLength(1);
  });

  it("is refused for a file that is not a TIFF", async () => {
    const source = await folder.lay(
      "picture.png",
      sharp({ create: { width: 9, height: 9, channels: 3, background: "red" } }).png(),
    );
    expect(await ingestCodeOf(repackMaster(source, folder.path("none.tif")))).toBe("not-repackable");
  });

  it("is left alone once the signal is set", async () => {
    const source = await folder.lay("stopped.tif", await makeTiff(usual));
    const before = await folder.names();
    const work = repackMaster(source, folder.path("none.tif"), { signal: AbortSignal.abort() });
    expect(await ingestCodeOf(work)).toBe("stopped");
    expect(await folder.names()).toEqual(before);
  });
});
