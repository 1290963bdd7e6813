import { fromArrayBuffer } from "geotiff";
import { describe, expect, it } from "vitest";
import { concatenate } from "../../../src/bytes.ts";
import { checkMaster } from "../../../src/check/check.ts";
import { ImageError } from "../../../src/error.ts";
import { maxDirectories, maxSidePixels } from "../../../src/limits.ts";
import { formatPyramid, parsePyramid } from "../../../src/pyramid/pyramid-record.ts";
import { tileRanges } from "../../../src/pyramid/tile-index.ts";
import { countReads } from "../../../src/source/counting.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { openPyramid, openTiff } from "../../../src/tiff/open.ts";
import { codeOf, codeOfAsync } from "../../support/code-of.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";

const tags = {
  width: 256,
  bits: 258,
  compression: 259,
  photometric: 262,
  samples: 277,
  tileWidth: 322,
  offsets: 324,
  byteCounts: 325,
  subIfds: 330,
};

async function open(options: TiffOptions) {
  return openPyramid(memorySource(await makeTiff(options)));
}

async function refusal(options: TiffOptions): Promise<string> {
  return codeOfAsync(open(options));
}

const plain: TiffOptions = { width: 200, height: 150, tile: 64, levels: 3 };

describe("openPyramid", () => {
  const orders = ["little", "big"] as const;
  const layouts = ["chain", "sub-ifds"] as const;
  const places = ["front", "back"] as const;
  const cases = orders.flatMap((byteOrder) =>
    layouts.flatMap((levelLayout) =>
      places.flatMap((directories) =>
        [false, true].map((bigTiff) => ({ byteOrder, levelLayout, directories, bigTiff })),
      ),
    ),
  );

  it.each(cases)(
    "finds the same levels in $byteOrder-endian files, $levelLayout, directories in $directories, BigTIFF $bigTiff",
    async (form) => {
      const pyramid = await open({ ...plain, ...form });
      expect(pyramid).toMatchObject({ width: 200, height: 150, orientation: 1 });
      expect(pyramid.levels.map(({ width, height, columns, rows }) => [width, height, columns, rows])).toEqual([
        [200, 150, 4, 3],
        [100, 75, 2, 2],
        [50, 38, 1, 1],
      ]);
    },
  );

  it.each(cases.filter(({ levelLayout }) => levelLayout === "chain"))(
    "finds each tile where geotiff finds it: $byteOrder-endian, directories in $directories, BigTIFF $bigTiff",
    async (form) => {
      const file = await makeTiff({ ...plain, ...form, compression: "deflate" });
      const pyramid = await openPyramid(memorySource(file));
      const oracle = await fromArrayBuffer(file.buffer);
      for (const [index, level] of pyramid.levels.entries()) {
        const { fileDirectory } = await oracle.getImage(index);
        const offsets = Array.from(
          (await fileDirectory.loadValue("TileOffsets")) as ArrayLike<number | bigint>,
          Number,
        );
        const counts = Array.from(
          (await fileDirectory.loadValue("TileByteCounts")) as ArrayLike<number | bigint>,
          Number,
        );
        expect(Array.from(level.offsets)).toEqual(offsets);
        expect(Array.from(level.byteCounts)).toEqual(counts);
      }
    },
  );

  it("leaves out thumbnails of other proportions, masks and unrelated pages", async () => {
    const pyramid = await open({
      ...plain,
      extraPages: [
        { kind: "thumbnail", width: 64, height: 64, position: "second" },
        { kind: "mask", width: 100, height: 75 },
        { kind: "unrelated", width: 180, height: 150, tile: 64 },
        { kind: "unrelated", width: 200, height: 150, tile: 64 },
      ],
    });
    expect(pyramid.levels.map(({ width }) => width)).toEqual([200, 100, 50]);
  });

  it("sorts levels that lie in another order and takes any ratio", async () => {
    const pyramid = await open({
      ...plain,
      levels: [
        { width: 22, height: 17 },
        { width: 67, height: 50 },
      ],
    });
    expect(pyramid.levels.map(({ width }) => width)).toEqual([200, 67, 22]);
  });

  it("leaves out a level that is larger on one side: the image itself is the first", async () => {
    const levels = [
      { width: 101, height: 99 },
      { width: 50, height: 50 },
    ];
    const pyramid = await open({ width: 100, height: 101, tile: 32, levels, levelLayout: "sub-ifds" });
    expect(pyramid.levels.map(({ width }) => width)).toEqual([100, 50]);
  });

  it("leaves out a level that can't be read and keeps the rest", async () => {
    const pyramid = await open({ ...plain, overrides: [{ directory: 1, tag: tags.compression, values: [34887] }] });
    expect(pyramid.levels.map(({ width }) => width)).toEqual([200, 50]);
  });

  it.each<[string, NonNullable<TiffOptions["overrides"]>]>([
    ["offsets past the end", [{ directory: 1, tag: tags.offsets, values: (all) => all.map(() => 0x7000_0000) }]],
    ["one offset past the end", [{ directory: 1, tag: tags.offsets, values: (all) => all.with(1, 0x7000_0000) }]],
    [
      "one byte count past the end",
      [{ directory: 1, tag: tags.byteCounts, values: (all) => all.with(0, 0x7000_0000) }],
    ],
    ["an array of offsets past the end", [{ directory: 1, tag: tags.offsets, valueField: 0x7fff_ffff }]],
  ])("leaves out a level with %s, keeps the rest, and says so", async (_, overrides) => {
    const file = await makeTiff({ ...plain, overrides });
    expect((await openPyramid(memorySource(file))).levels.map(({ width }) => width)).toEqual([200, 50]);
    const { problems, served } = await checkMaster(memorySource(file));
    expect([problems.map(({ code }) => code), served]).toEqual([["levels-left-out"], "whole"]);
  });

  it("keeps the image and its levels where tiles of the image itself are past the end", async () => {
    const outside = (directory: number) => ({
      ...{ directory, tag: tags.offsets },
      values: (all: readonly number[]) => all.with(0, 0x7000_0000),
    });
    const { levels } = await open({ ...plain, overrides: [outside(0), outside(1)] });
    expect(levels.map(({ width }) => width)).toEqual([200, 100, 50]);
  });

  it.each([2, 3, 4, 5, 6, 7, 8] as const)("reads orientation %i", async (orientation) => {
    expect((await open({ ...plain, orientation })).orientation).toBe(orientation);
  });

  it("reads an orientation outside the standard as upright", async () => {
    expect(
      (await open({ ...plain, orientation: 1, overrides: [{ directory: 0, tag: 274, values: [77] }] })).orientation,
    ).toBe(1);
  });

  it("opens a file with its directories at the start in the one read that returned them", async () => {
    const file = await makeTiff({ ...plain, directories: "front" });
    const counts = { reads: 0, bytes: 0 };
    await openPyramid(countReads(memorySource(file), counts), {
      held: [{ offset: 0, bytes: file.subarray(0, 32_768) }],
    });
    expect(counts).toEqual({ reads: 0, bytes: 0 });
  });

  it("opens a file with each directory behind its tiles in one read a level", async () => {
    // Random samples: each level is longer than the run that is read around a directory.
    const file = await makeTiff({ width: 600, height: 500, tile: 64, levels: 3, directories: "back", pixel: noise });
    const counts = { reads: 0, bytes: 0 };
    await openPyramid(countReads(memorySource(file), counts), {
      held: [{ offset: 0, bytes: file.subarray(0, 32_768) }],
    });
    expect(counts.reads).toBeLessThanOrEqual(3);
  });
});

describe("a link between directories that is broken", () => {
  const broken: readonly [string, Partial<TiffOptions>, number][] = [
    ["a chain that returns to itself", { links: [{ of: 0, to: { directory: 0 } }] }, 1],
    ["a chain that returns to its start", { links: [{ of: 2, to: { directory: 0 } }] }, 3],
    ["a next directory beyond the end", { links: [{ of: 1, to: { offset: 0x7fffffff } }] }, 2],
    ["a next directory in the header", { links: [{ of: 1, to: { offset: 4 } }] }, 2],
    [
      "a SubIFD that is the directory itself",
      {
        levelLayout: "sub-ifds",
        overrides: [{ directory: 0, tag: tags.subIfds, values: (_, offsets) => [offsets[0] ?? 0] }],
      },
      1,
    ],
    [
      "a SubIFD at 0, next to one that is there",
      {
        levelLayout: "sub-ifds",
        overrides: [{ directory: 0, tag: tags.subIfds, values: (_, offsets) => [0, offsets[1] ?? 0] }],
      },
      2,
    ],
    [
      "SubIFDs of an absurd count",
      { levelLayout: "sub-ifds", overrides: [{ directory: 0, tag: tags.subIfds, count: 2 ** 28 }] },
      1,
    ],
    ["SubIFDs of no count", { levelLayout: "sub-ifds", overrides: [{ directory: 0, tag: tags.subIfds, count: 0 }] }, 1],
  ];

  it("is none where the chain leads to SubIFDs too: each directory counts once, and the chain goes on", async () => {
    const file = await makeTiff({
      ...{ ...plain, levels: 3, levelLayout: "sub-ifds", pages: [{ ...plain, width: 190, levels: 1 }] },
      links: [
        { of: 0, to: { directory: 1 } },
        { of: 1, to: { directory: 2 } },
        { of: 2, to: { directory: 3 } },
      ],
    });
    expect((await openPyramid(memorySource(file))).levels).toHaveLength(3);
    expect(await openPyramid(memorySource(file), { page: 2 })).toMatchObject({ width: 190 });
    expect((await checkMaster(memorySource(file))).problems).toEqual([]);
  });

  it.each(broken)("costs what it should lead to, and not the image: %s", async (_, form, levels) => {
    const file = await makeTiff({ ...plain, levels: 3, ...form });
    const pyramid = await openPyramid(memorySource(file));
    expect([pyramid.width, pyramid.height]).toEqual([plain.width, plain.height]);
    expect(pyramid.levels).toHaveLength(levels);
    const report = await checkMaster(memorySource(file));
    expect(report.problems.filter(({ code }) => code === "broken-link")).toHaveLength(1);
  });
});

describe("openPyramid refuses as malformed", () => {
  const lies: readonly [string, Partial<TiffOptions>][] = [
    ["a first directory inside the header", { links: [{ of: "header", to: { offset: 4 } }] }],
    ["a directory beyond the end", { links: [{ of: "header", to: { offset: 0x7fffffff } }] }],
    ["no directory at all", { links: [{ of: "header", to: { offset: 0 } }] }],
    ["tiles of no width", { overrides: [{ directory: 0, tag: tags.tileWidth, values: [0] }] }],
    ["an image of no width", { overrides: [{ directory: 0, tag: tags.width, values: [0] }] }],
    ["an image past the limit", { overrides: [{ directory: 0, tag: tags.width, values: [maxSidePixels + 1] }] }],
    ["a missing width", { overrides: [{ directory: 0, tag: tags.width, remove: true }] }],
    ["a width written as text", { overrides: [{ directory: 0, tag: tags.width, code: 2 }] }],
    ["a width of an unknown type", { overrides: [{ directory: 0, tag: tags.width, code: 99 }] }],
    ["fewer offsets than tiles", { overrides: [{ directory: 0, tag: tags.offsets, count: 3 }] }],
    ["fewer byte counts than tiles", { overrides: [{ directory: 0, tag: tags.byteCounts, count: 3 }] }],
    ["a billion offsets", { overrides: [{ directory: 0, tag: tags.offsets, count: 2 ** 30 }] }],
    ["offsets that lie beyond the end", { overrides: [{ directory: 0, tag: tags.offsets, valueField: 0x7fffffff }] }],
    ["no samples", { overrides: [{ directory: 0, tag: tags.samples, values: [0] }] }],
  ];

  it.each(lies)("%s", async (_, lie) => {
    expect(await refusal({ ...plain, ...lie })).toBe("source-malformed");
  });

  it("a file cut off anywhere in its directories", async () => {
    const file = await makeTiff({ ...plain, levels: 1 });
    const codes = new Set<string>();
    for (let length = 0; length < 400; length += 7)
      codes.add(await codeOfAsync(openPyramid(memorySource(file.subarray(0, length)))));
    expect([...codes].filter((code) => code !== "none" && !code.startsWith("source-"))).toEqual([]);
    expect(codes).toContain("source-malformed");
  });
});

describe("openPyramid refuses as unsupported", () => {
  const unread: readonly [string, Partial<TiffOptions>][] = [
    ["tiles past the limit", { overrides: [{ directory: 0, tag: tags.tileWidth, values: [1 << 20] }] }],
    ["9 bits a sample", { overrides: [{ directory: 0, tag: tags.bits, values: [9, 9, 9] }] }],
    ["several depths", { overrides: [{ directory: 0, tag: tags.bits, values: [8, 8, 1] }] }],
    ["an unknown compression", { overrides: [{ directory: 0, tag: tags.compression, values: [34887] }] }],
    ["old-style JPEG", { overrides: [{ directory: 0, tag: tags.compression, values: [6] }] }],
    ["an unknown colour model", { overrides: [{ directory: 0, tag: tags.photometric, values: [32845] }] }],
    ["more samples than any picture has", { overrides: [{ directory: 0, tag: tags.samples, values: [65_535] }] }],
  ];

  it.each(unread)("%s, in one sentence for the viewer", async (_, form) => {
    const error = await open({ ...plain, ...form }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: "source-unsupported",
      message: expect.stringMatching(/^The stored image [^.]+\.$/),
    });
  });

  it.each([
    ["a JPEG file", "ffd8ffe000104a46", "is a JPEG file"],
    ["a PNG file", "89504e470d0a1a0a", "is a PNG file"],
    ["a web page", "3c68746d6c3e3c2f", "is not a TIFF file"],
    ["an empty file", "", "is empty"],
  ])("%s by its name", async (_, hex, name) => {
    const file = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    const error = await openPyramid(memorySource(file)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "source-unsupported", message: expect.stringContaining(name) });
  });

  it("no file for SubIFDs beyond that limit: they are left out", async () => {
    const levels = Array.from({ length: maxDirectories }, () => ({ width: 100, height: 75 }));
    const file = await makeTiff({ ...plain, levels, levelLayout: "sub-ifds" });
    expect((await openPyramid(memorySource(file))).levels.map(({ width }) => width)).toEqual([200, 100]);
    expect((await checkMaster(memorySource(file))).problems.map(({ code }) => code)).toContain("broken-link");
  });

  it("more directories than the limit, and takes the limit itself", async () => {
    const pages = (count: number) => ({
      extraPages: Array.from({ length: count }, () => ({ kind: "mask", width: 4, height: 4 }) as const),
    });
    expect(await refusal({ ...plain, levels: 1, ...pages(maxDirectories - 1) })).toBe("none");
    expect(await refusal({ ...plain, levels: 1, ...pages(maxDirectories) })).toBe("source-unsupported");
  });
});

describe("tileRanges", () => {
  it("says nothing of a tile that was never written", async () => {
    const pyramid = await open({
      ...plain,
      overrides: [{ directory: 0, tag: tags.byteCounts, values: (values) => values.with(5, 0) }],
    });
    expect(tileRanges(pyramid.levels[0], { column: 1, row: 1 }, 1e6)).toBeUndefined();
    expect(tileRanges(pyramid.levels[0], { column: 0, row: 0 }, 1e6)).toBeDefined();
  });

  it("refuses a tile that ends beyond the file, and takes one that ends with it", async () => {
    const { levels } = await open(plain);
    const ranges = tileRanges(levels[0], { column: 0, row: 0 }, 1e6);
    const end = (ranges?.[0]?.offset ?? 0) + (ranges?.[0]?.length ?? 0);
    expect(tileRanges(levels[0], { column: 0, row: 0 }, end)).toEqual(ranges);
    expect(codeOf(() => tileRanges(levels[0], { column: 0, row: 0 }, end - 1))).toBe("source-malformed");
  });
});

describe("memory for an index", () => {
  it("is waited for once, before the places of tiles are read, in proportion to all levels", async () => {
    const file = await makeTiff({ width: 512, height: 512, tile: 16, levels: 3, samplesPerPixel: 1, pixel: () => [7] });
    const counts = { reads: 0, bytes: 0 };
    const reserved: { readonly bytes: number; readonly read: number }[] = [];
    await openTiff(countReads(memorySource(file), counts), {
      reserve: async (bytes) => void reserved.push({ bytes, read: counts.bytes }),
    });
    expect(reserved).toHaveLength(1);
    const tiles = 32 * 32 + 16 * 16 + 8 * 8;
    expect(reserved[0]!.bytes).toBeGreaterThanOrEqual(tiles * 16);
    expect(reserved[0]!.bytes).toBeLessThan(tiles * 32);
  });

  it("is not taken where there is none: nothing more is read", async () => {
    const file = await makeTiff({ width: 512, height: 512, tile: 16, samplesPerPixel: 1, pixel: () => [7] });
    const opened = openTiff(memorySource(file), {
      reserve: () => Promise.reject(new ImageError("render-busy", "busy")),
    });
    expect(await codeOfAsync(opened)).toBe("render-busy");
  });
});

describe("the record of a pyramid", () => {
  it("comes back as it was", async () => {
    const pyramid = await open({ ...plain, orientation: 6, compression: "lzw", predictor: 2 });
    expect(parsePyramid(concatenate(formatPyramid(pyramid, 1e6)!), 1e6)).toEqual(pyramid);
  });

  it("counts as nothing when it is cut off, longer than it says or of another kind", async () => {
    const record = concatenate(formatPyramid(await open(plain), 1e6)!);
    expect(parsePyramid(record, 1e6)).toBeDefined();
    expect(parsePyramid(record.subarray(0, record.length - 1), 1e6)).toBeUndefined();
    expect(parsePyramid(new Uint8Array([...record, 0]), 1e6)).toBeUndefined();
    expect(parsePyramid(new Uint8Array(10), 1e6)).toBeUndefined();
  });

  it("is none for a file that ends before its last tile does", async () => {
    const pyramid = await open(plain);
    const ends = pyramid.levels.flatMap(({ offsets, byteCounts }) =>
      Array.from(offsets, (offset, index) => offset + byteCounts[index]!),
    );
    const end = Math.max(...ends);
    expect(formatPyramid(pyramid, end - 1)).toBeUndefined();
    const record = concatenate(formatPyramid(pyramid, end)!);
    expect(parsePyramid(record, end)).toEqual(pyramid);
    expect(parsePyramid(record, end - 1)).toBeUndefined();
  });
});

function noise(x: number, y: number): readonly [number, number, number] {
  const value = (Math.imul(x * 7919 + y * 104_729, 2_654_435_761) >>> 24) & 255;
  return [value, 255 - value, (value * 7) & 255];
}
