import { describe, expect, it } from "vitest";
import type { MasterReport } from "../../../src/check/report.ts";
import { checkTiff, jpegTile, type LargeChange, largeOf } from "../../support/checked-masters.ts";

const ingest = "npx tessera ingest FILE --to local";
const through = (command: string) => ["mkdir -p mended", command, "npx tessera ingest mended/NAME.tif --to local"];
const written = "mended/NAME.tif[compression=deflate,tile,bigtiff]";
const strips = { tile: undefined, rowsPerStrip: 64, levels: 1 } as const;
const oneLevel = { levels: 1 } as const;

/** The commands of the problem that a picture of one level has. */
function mendOf({ problems }: MasterReport): readonly string[] | undefined {
  return problems.find(({ code }) => code === "one-level")?.mend;
}

describe("the commands that mend", () => {
  it.each<[string, LargeChange, readonly string[]]>([
    ["what the ingest reads", strips, [ingest]],
    ["tiles of ZSTD", { ...oneLevel, compression: "zstd" }, through(`vips copy FILE[fail-on=error] ${written}`)],
    [
      "tiles of JPEG 2000",
      { ...oneLevel, width: 1100, height: 900, compression: "jpeg2000" },
      through(`vips copy FILE[fail-on=error] ${written}`),
    ],
    [
      "planes in tiles",
      { ...oneLevel, planarConfiguration: 2 },
      through("tiffcp -p contig -c lzw FILE mended/NAME.tif"),
    ],
    ["planes in strips", { ...strips, planarConfiguration: 2 }, [ingest]],
    [
      "planes of 16 bits in tiles",
      { ...oneLevel, planarConfiguration: 2, bitsPerSample: 16 },
      through(`vips magickload FILE ${written}`),
    ],
    ["samples of 12 bits", { ...strips, bitsPerSample: 12 }, through(`vips magickload FILE ${written}`)],
    [
      "floating point, by its range",
      { ...strips, bitsPerSample: 32, sampleFormat: "float", sampleRange: [-1, 2] },
      through(`vips linear FILE ${written} 85 85 --uchar`),
    ],
    [
      "floating point of 16 bits",
      { ...strips, bitsPerSample: 16, sampleFormat: "float" },
      through(`vips magickload FILE ${written}`),
    ],
    [
      "floating point of 16 bits whose range is not the usual one",
      { ...strips, bitsPerSample: 16, sampleFormat: "float", sampleRange: [0, 4] },
      [],
    ],
    ["floating point of 24 bits", { ...strips, bitsPerSample: 24, sampleFormat: "float" }, []],
    [
      "whole numbers of 32 bits",
      { ...strips, bitsPerSample: 32 },
      through(`vips linear FILE ${written} ${255 / 4_294_967_295} 0 --uchar`),
    ],
    ["CIELab of 8 bits", { ...strips, photometric: "CIELab" }, through(`vips colourspace FILE ${written} srgb`)],
    ["CIELab as ICC has it", { ...strips, photometric: "ICCLab" }, []],
    [
      "JPEG tiles with transparency",
      { ...oneLevel, compression: "jpeg", samplesPerPixel: 4, tileBytes: () => jpegTile(256) },
      through("tiffcp -c lzw FILE mended/NAME.tif"),
    ],
    ["tiles some of which were never written", { ...oneLevel, isMissing: ({ column }) => column === 1 }, []],
  ])("are right for %s", async (_, change, mend) => {
    expect(mendOf(await checkTiff(largeOf(change)))).toEqual(mend);
  });

  it.each<[string, { readonly tag: number; readonly values: readonly number[] }[], readonly string[]]>([
    ["old-style JPEG", [{ tag: 259, values: [6] }], through("tiff2rgba -n -c lzw FILE mended/NAME.tif")],
    ["ThunderScan", [{ tag: 259, values: [32_809] }], through("tiff2rgba -n -c lzw FILE mended/NAME.tif")],
    ["LogLuv", [{ tag: 262, values: [32_845] }], through("tiff2rgba -n -c lzw FILE mended/NAME.tif")],
    ["LERC", [{ tag: 259, values: [34_887] }], through(`vips copy FILE[fail-on=error] ${written}`)],
    ["18 samples a pixel", [{ tag: 277, values: [18] }], through(`vips extract_band FILE ${written} 0 --n 3`)],
    ["65,535 samples a pixel", [{ tag: 277, values: [65_535] }], []],
    ["signed samples", [{ tag: 339, values: [2, 2, 2] }], []],
    [
      "CIELab of signed samples",
      [
        { tag: 262, values: [8] },
        { tag: 339, values: [2, 2, 2] },
      ],
      through(`vips colourspace FILE ${written} srgb`),
    ],
    ["samples of several depths", [{ tag: 258, values: [8, 8, 4] }], []],
    ["an unknown compression", [{ tag: 259, values: [40_056] }], []],
    ["a colour filter array", [{ tag: 262, values: [32_803] }], []],
  ])("are right for %s, which is not read", async (_, fields, mend) => {
    const overrides = fields.map((field) => ({ directory: 0, type: "SHORT" as const, ...field }));
    const report = await checkTiff({ width: 40, height: 30, overrides });
    expect(report.problems).toMatchObject([{ code: "not-read", mend }]);
  });

  it("are the ingest for tiles that are too large to be read", async () => {
    const report = await checkTiff(largeOf({ tile: 4096, levels: 1 }));
    expect(report.problems).toMatchObject([{ code: "not-read", mend: [ingest] }]);
  });

  it("take all images of a file with more directories than are looked through", async () => {
    const page = { width: 8, height: 8 };
    const report = await checkTiff({ ...page, pages: Array.from({ length: 70 }, () => page) });
    expect(report.problems).toMatchObject([{ code: "not-read", mend: [`${ingest} --pages all`] }]);
  });

  it("are the same for all images of a file, by what reads the hardest of them", async () => {
    const report = await checkTiff({
      ...largeOf(strips),
      pages: [{ width: 50, height: 20 }],
      overrides: [{ directory: 1, tag: 259, values: [6] }],
    });
    const steps = through("tiff2rgba -n -c lzw FILE mended/NAME.tif");
    const expected = [...steps.slice(0, 2), `${steps[2]} --pages all`];
    expect(report.problems.map(({ code, mend }) => [code, mend])).toEqual([
      ["not-read", expected],
      ["strips", expected],
      ["one-level", expected],
    ]);
  });
});
