import { describe, expect, it } from "vitest";
import { maxDirectories, maxSidePixels } from "../../src/limits.ts";
import { type FieldOverride, makeTiff, type TiffOptions } from "../support/make-tiff.ts";
import { drawTiff } from "../support/render.ts";
import { attempt } from "./attempt.ts";

const tags = {
  width: 256,
  length: 257,
  bits: 258,
  stripOffsets: 273,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  tileWidth: 322,
  tileLength: 323,
  offsets: 324,
  byteCounts: 325,
  subIfds: 330,
};

const small: TiffOptions = { width: 40, height: 24, tile: 16, levels: 2, compression: "deflate" };

const lie = (tag: number, ...values: number[]): FieldOverride => ({ directory: 0, tag, values });

describe("a file that is cut off", () => {
  const forms: readonly Partial<TiffOptions>[] = [
    { byteOrder: "little" },
    { byteOrder: "big", compression: "none" },
    { bigTiff: true, byteOrder: "big" },
    { bigTiff: true, directories: "back" },
  ];

  it.each(forms)("is refused at every byte of its header, directory and tiles: %o", async (form) => {
    const file = await makeTiff({ ...small, levels: 1, ...form });
    const path = "full/max/0/default.jpg";
    expect((await attempt(file, path)).code).toBe("none");
    const wrong: string[] = [];
    for (let length = 0; length < file.byteLength; length += 1) {
      const { code, opening } = await attempt(file.slice(0, length), path);
      const expected = length < 4 ? "source-unsupported" : "source-malformed";
      if (code !== expected || opening.reads > 4) wrong.push(`${length}: ${code}, ${opening.reads} reads`);
    }
    expect(wrong).toEqual([]);
  });

  it.each(["chain", "sub-ifds"] as const)(
    "is refused at every byte of its directories by %s, and behind them drawn or refused",
    { tags: "slow" },
    async (levelLayout) => {
      const file = await makeTiff({ ...small, levelLayout });
      const { offsets } = (await attempt(file)).image?.pyramid.levels[0] ?? {};
      const codes = new Map<number, string>();
      for (let length = 4; length < file.byteLength; length += 1) {
        codes.set(length, (await attempt(file.slice(0, length))).code);
      }
      const firstTile = offsets?.[0] ?? 0;
      expect(firstTile).toBeGreaterThan(300);
      const inDirectories = [...codes].filter(([length]) => length < firstTile);
      expect(new Set(inDirectories.map(([, code]) => code))).toEqual(new Set(["source-malformed"]));
      expect(new Set(codes.values())).toEqual(new Set(["source-malformed", "none"]));
    },
  );
});

describe("directories that lead astray", () => {
  const cases: readonly [string, Partial<TiffOptions>, string][] = [
    ["a chain that returns to its first directory", { links: [{ of: 1, to: { directory: 0 } }] }, "none"],
    ["a directory that follows itself", { links: [{ of: 0, to: { directory: 0 } }] }, "none"],
    [
      "a SubIFD that is its own parent",
      {
        levelLayout: "sub-ifds",
        overrides: [{ directory: 0, tag: tags.subIfds, values: (_, offsets) => [offsets[0] ?? 0] }],
      },
      "none",
    ],
    [
      "SubIFDs that are all the same one",
      { levelLayout: "sub-ifds", overrides: [{ directory: 0, tag: tags.subIfds, values: ([at = 0]) => [at, at] }] },
      "none",
    ],
    ["a first directory beyond the end", { links: [{ of: "header", to: { offset: 2 ** 31 } }] }, "source-malformed"],
    ["a first directory in the header", { links: [{ of: "header", to: { offset: 2 } }] }, "source-malformed"],
    ["a next directory beyond the end", { links: [{ of: 1, to: { offset: 0xfffffffe } }] }, "none"],
    ["a next directory at the last byte", { links: [{ of: 1, to: { offset: 900 } }] }, "none"],
    ["no directory", { links: [{ of: "header", to: { offset: 0 } }] }, "source-malformed"],
  ];

  it.each(cases)("%s ends after few reads, with the first image or a refusal", async (_, form, code) => {
    const result = await attempt(await makeTiff({ ...small, ...form }));
    expect(result.code).toBe(code);
    expect(result.opening.reads).toBeLessThanOrEqual(4);
    if (code !== "none") expect(result.kernelBytes).toBe(0);
  });

  it("a chain longer than is followed ends in a refusal after as many reads at most", async () => {
    const page = { kind: "mask", width: 4, height: 4 } as const;
    const extraPages = Array.from({ length: 2 * maxDirectories }, () => page);
    const result = await attempt(await makeTiff({ ...small, extraPages, directories: "back" }));
    expect(result.code).toBe("source-unsupported");
    expect(result.opening.reads).toBeLessThanOrEqual(maxDirectories);
  });

  it("refuses more entries than a directory may have", async () => {
    const file = await makeTiff(small);
    const view = new DataView(file.buffer);
    view.setUint16(view.getUint32(4, true), 0xffff, true);
    const result = await attempt(file);
    expect(result).toMatchObject({ code: "source-malformed", opening: { reads: 0, bytes: 0 } });
  });
});

describe("pictures of odd proportions", () => {
  it.each([
    [3, 100_000],
    [100_000, 3],
    [1, 1],
  ])("are drawn within what was planned: %d by %d", async (width, height) => {
    const file = await makeTiff({ width, height, rowsPerStrip: 8, bitsPerSample: 8, compression: "none" });
    for (const path of ["full/!90,90/0/default.jpg", "full/!90,90/90/gray.png", "full/^!400,400/0/default.png"]) {
      const { code, kernelBytes, plannedBytes } = await attempt(file, path);
      expect([path, code]).toEqual([path, "none"]);
      expect(kernelBytes).toBeLessThanOrEqual(plannedBytes + (1 << 16));
    }
  });
});

describe("numbers that are not true", () => {
  const cases: readonly [string, readonly FieldOverride[], string][] = [
    ["no width", [lie(tags.width, 0)], "source-malformed"],
    ["a width of four billion", [lie(tags.width, 0xffffffff)], "source-malformed"],
    ["a width one past the limit", [lie(tags.width, maxSidePixels + 1)], "source-malformed"],
    ["both sides at the limit", [lie(tags.width, maxSidePixels), lie(tags.length, maxSidePixels)], "source-malformed"],
    ["tiles of no length", [lie(tags.tileLength, 0)], "source-malformed"],
    ["tiles of a million by a million", [lie(tags.tileWidth, 1e6), lie(tags.tileLength, 1e6)], "source-unsupported"],
    ["tiles of one by one", [lie(tags.tileWidth, 1), lie(tags.tileLength, 1)], "source-malformed"],
    ["no samples", [lie(277, 0)], "source-malformed"],
    ["65,535 samples", [lie(277, 65_535)], "source-unsupported"],
    ["16 samples of which three are stored", [lie(277, 16)], "source-malformed"],
    ["64 bits where 8 are stored", [lie(tags.bits, 64, 64, 64), lie(339, 3, 3, 3)], "source-malformed"],
    ["a billion offsets", [{ directory: 0, tag: tags.offsets, count: 2 ** 30 }], "source-malformed"],
    ["one offset too few", [{ directory: 0, tag: tags.offsets, count: 5 }], "source-malformed"],
    ["one byte count too few", [{ directory: 0, tag: tags.byteCounts, count: 5 }], "source-malformed"],
    ["offsets beyond the end", [{ directory: 0, tag: tags.offsets, valueField: 0xfffffff0 }], "source-malformed"],
    ["tiles beyond the end", [lie(tags.offsets, ...Array<number>(6).fill(0xfffffff0))], "source-malformed"],
    ["tiles in the header", [lie(tags.offsets, ...Array<number>(6).fill(1))], "source-malformed"],
    ["tiles of four billion bytes", [lie(tags.byteCounts, ...Array<number>(6).fill(0xffffffff))], "source-malformed"],
    ["tiles of one byte", [lie(tags.byteCounts, ...Array<number>(6).fill(1))], "source-malformed"],
    ["a width in text", [{ directory: 0, tag: tags.width, code: 2 }], "source-malformed"],
    ["a width of no known type", [{ directory: 0, tag: tags.width, code: 99 }], "source-malformed"],
    ["a width without a value", [{ directory: 0, tag: tags.width, count: 0 }], "source-malformed"],
  ];

  it.each(["none", "lzw", "deflate"] as const)(
    "tiles one pixel wider than stored lack a row, in %s",
    async (compression) => {
      const file = await makeTiff({ ...small, levels: 1, compression, overrides: [lie(tags.tileWidth, 17)] });
      const { damage } = await drawTiff(file, "full/max/0/default.png");
      expect(damage?.firstRow).toBe(15);
    },
  );

  it.each(cases)("%s ends in a refusal within what was planned", async (_, overrides, code) => {
    const file = await makeTiff({ ...small, levels: 1, overrides });
    const result = await attempt(file);
    expect(result.code).toBe(code);
    expect(result.opening.reads).toBeLessThanOrEqual(4);
    expect(result.drawing.bytes).toBeLessThanOrEqual(file.byteLength);
    expect(result.kernelBytes).toBeLessThanOrEqual(4 << 20);
  });

  it("BigTIFF counts and offsets of 2^60 and more end in a refusal", async () => {
    const wide = { ...small, levels: 1, bigTiff: true } as const;
    for (const override of [
      { tag: tags.offsets, count: 2 ** 60 },
      { tag: tags.byteCounts, count: 2 ** 63 },
      { tag: tags.offsets, valueField: 2 ** 62 },
      { tag: tags.width, type: "LONG8", values: [2 ** 62] },
      { tag: tags.offsets, values: Array<number>(6).fill(2 ** 62) },
    ] as const) {
      const result = await attempt(await makeTiff({ ...wide, overrides: [{ directory: 0, ...override }] }));
      expect(result.code).toBe("source-malformed");
      expect(result.opening.reads).toBeLessThanOrEqual(4);
    }
  });

  it("strips of all lengths and places end in a refusal or a picture of what is there", async () => {
    const strips: TiffOptions = { width: 40, height: 24, rowsPerStrip: 5 };
    const codes: Record<string, string> = {};
    for (const [name, override] of Object.entries({
      "more rows than the image": lie(tags.rowsPerStrip, 0xffffffff),
      "no rows": lie(tags.rowsPerStrip, 0),
      "byte counts of nothing": lie(tags.stripByteCounts, 0, 0, 0, 0, 0),
      "byte counts past the end": lie(tags.stripByteCounts, ...Array<number>(5).fill(1 << 30)),
      "strips past the end": lie(tags.stripOffsets, ...Array<number>(5).fill(1 << 30)),
      "overlapping strips": lie(tags.stripOffsets, ...Array<number>(5).fill(300)),
      "one strip": { directory: 0, tag: tags.stripOffsets, count: 1 } as const,
    })) {
      codes[name] = (await attempt(await makeTiff({ ...strips, overrides: [override] }))).code;
    }
    expect(codes).toEqual({
      "more rows than the image": "source-malformed",
      "no rows": "source-malformed",
      "byte counts of nothing": "none",
      "byte counts past the end": "source-malformed",
      "strips past the end": "source-malformed",
      "overlapping strips": "none",
      "one strip": "source-malformed",
    });
  });
});
