import { describe, expect, it } from "vitest";
import { checkMaster } from "../../../src/check/check.ts";
import type { DrawPicture } from "../../../src/check/serving.ts";
import { ImageError } from "../../../src/error.ts";
import { planRender } from "../../../src/render/plan.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { checkTiff, jpegTile, largeMaster, largeOf, problemsOf } from "../../support/checked-masters.ts";
import { makeTiff } from "../../support/make-tiff.ts";
import { makeXmp } from "../../support/make-xmp.ts";
import { writePng } from "../../support/png-writer.ts";

describe("the check of a master", () => {
  it("says of a pyramid as the service wants it what it is, and that nothing is wrong", async () => {
    const report = await checkTiff({
      ...largeMaster,
      xmp: makeXmp("", 'xmpRights:WebStatement="https://creativecommons.org/licenses/by/4.0/"'),
      fields: [{ tag: 282, type: "RATIONAL", values: [300, 1] }],
    });
    expect(report).toMatchObject({
      container: { format: "TIFF", byteOrder: "little", directories: 4 },
      served: "whole",
      problems: [],
    });
    const [page] = report.pages;
    expect(page?.picture).toMatchObject({
      width: 3000,
      height: 2000,
      orientation: 1,
      samples: { model: "ycbcr", perPixel: 3, bits: 8, format: "unsigned", alpha: "none", isPlanar: false },
      profile: undefined,
      metadata: { rightsUri: "http://creativecommons.org/licenses/by/4.0/", dotsPerInch: 300, blocks: ["xmp"] },
    });
    expect(page?.picture?.levels).toMatchObject([
      { width: 3000, scaleFactor: 1, layout: "tiles", tiles: 96, interiorTiles: 77, copiedTiles: 77 },
      { width: 1500, scaleFactor: 2, tiles: 24, interiorTiles: 15, copiedTiles: 15 },
      { width: 750, scaleFactor: 4, tiles: 6, interiorTiles: 2, copiedTiles: 2 },
      { width: 375, scaleFactor: 8, tiles: 2, interiorTiles: 0, copiedTiles: 0 },
    ]);
    expect(page?.picture?.levels[0]?.jpeg).toEqual({ process: "baseline", subsampling: "4:4:4" });
    expect(page?.costs?.opening.reads).toBe(1);
    expect(page?.costs?.tile).toMatchObject({ strategy: "copy", reads: 1, tiles: 1, decodedPixels: 0 });
    expect(page?.costs?.thumbnail).toMatchObject({ strategy: "draw", reads: 1, tiles: 2 });
  });

  it.each([
    ["a BigTIFF", { bigTiff: true }, { format: "BigTIFF", byteOrder: "little" }],
    ["a big-endian file", { byteOrder: "big" }, { format: "TIFF", byteOrder: "big" }],
  ] as const)("tells %s", async (_, change, container) => {
    expect((await checkTiff({ ...largeMaster, ...change })).container).toMatchObject(container);
  });

  it("checks each image of a file, and merges what they share", async () => {
    const strips = { width: 700, height: 600 };
    const report = await checkTiff({ ...strips, pages: [{ ...strips, compression: "deflate" }, largeMaster] });
    expect(report.pages.map(({ page, picture }) => [page, picture?.width])).toEqual([
      [1, 700],
      [2, 700],
      [3, 3000],
    ]);
    expect(report.problems.map(({ code, pages }) => [code, pages])).toEqual([
      ["strips", [1, 2]],
      ["uncompressed", [1]],
    ]);
    expect(report.problems[0]?.mend).toEqual(["npx tessera ingest FILE --to local --pages all"]);
  });

  it("is partly served if one of its images is not supported, and reports what its directory states", async () => {
    const report = await checkTiff({
      width: 40,
      height: 30,
      pages: [{ width: 50, height: 20 }],
      overrides: [{ directory: 1, tag: 259, values: [32_809] }],
    });
    expect(report.served).toBe("part");
    expect(report.pages.map(({ served }) => served)).toEqual(["whole", "none"]);
    expect(report.pages[1]?.stated).toMatchObject({ width: 50, compression: 32_809, compressionName: "ThunderScan" });
    expect(report.problems).toMatchObject([{ severity: "error", code: "not-read", pages: [2] }]);
  });

  it("checks files that are not TIFFs", async () => {
    const png = writePng({ width: 600, height: 20, bitDepth: 8, colorType: 0, rows: new Uint8Array(20 * 601) });
    const report = await checkMaster(memorySource(png));
    expect(report.container).toEqual({ format: "PNG" });
    expect(report.served).toBe("whole");
    expect(report.pages[0]?.picture?.levels).toMatchObject([{ layout: "file", tiles: 1, compression: "png" }]);
    expect(problemsOf(report)).toEqual(["note decoded-whole"]);
  });

  it.each([
    ["nothing", "", "not-an-image", 0],
    ["another text", "<!doctype html>", "not-an-image", 0],
    ["the header of a TIFF and no more", "II*\0", "damaged", 0],
    ["a GIF", "GIF89a", "other-format", 1],
    ["a JPEG 2000 codestream", "\xff\x4f\xff\x51", "other-format", 1],
    ["an AVIF file", "\0\0\0\x18ftypavif", "other-format", 1],
    ["an HEIC file", "\0\0\0\x18ftypheic", "other-format", 3],
    ["a PDF", "%PDF-1.7", "other-format", 3],
    ["a bitmap", "BM6", "other-format", 3],
  ])("refuses %s with what reads it", async (_, text, code, steps) => {
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    const report = await checkMaster(memorySource(bytes));
    expect(report).toMatchObject({ container: undefined, pages: [], served: "none" });
    expect(report.problems).toMatchObject([{ severity: "error", code }]);
    expect(report.problems[0]?.mend).toHaveLength(steps);
  });

  it("ends with an error and no exception wherever a file is cut off", async () => {
    const whole = await makeTiff({ width: 40, height: 30, levels: 2, tile: 16, directories: "back" });
    // Readers get by without the pointer that ends the last directory.
    for (let length = 0; length < whole.byteLength - 4; length += 7) {
      const report = await checkMaster(memorySource(whole.subarray(0, length)));
      const [first] = problemsOf(report);
      expect(first, `${length} bytes`).toMatch(/^error |levels-left-out$|broken-link$/);
      expect(report.served === "whole").toBe(first?.startsWith("warning") === true);
    }
  });

  it("counts tiles outside a file that was cut off after its directories", async () => {
    const tile = jpegTile(256);
    const whole = await makeTiff({ ...largeMaster, tileBytes: () => tile.slice() });
    const report = await checkMaster(memorySource(whole.subarray(0, Math.floor(whole.byteLength / 2))));
    expect(problemsOf(report)).toEqual(["error tiles-outside"]);
    expect(report.served).toBe("part");
    expect(report.problems[0]).toMatchObject({ mend: [] });
    expect(report.pages[0]?.picture?.levels[0]?.tilesOutside).toBeGreaterThan(0);
  });
});

describe("a check that draws", () => {
  const planOf = (...[{ pyramid, source }, request]: Parameters<DrawPicture>) =>
    planRender(request, pyramid, { sourceSize: source.size, isProfiled: false });
  const image = { width: 700, height: 600, levels: 2, tile: 256 } as const;

  it("draws a tile of each level and the smallest picture, and copied tiles once more as PNG", async () => {
    const drawn: string[] = [];
    const draw: DrawPicture = async (image, request) => {
      drawn.push(`${planOf(image, request).kind} ${request.format}`);
      return { warnings: [], damage: undefined };
    };
    const report = await checkTiff({ ...largeMaster, levels: 3 }, draw);
    expect(drawn).toEqual(["copy jpg", "draw png", "copy jpg", "draw png", "copy jpg", "draw png", "draw jpg"]);
    expect(report.served).toBe("whole");
  });

  it.each([
    ["nothing", () => true, "none"],
    ["only the tiles", (tiles: number) => tiles > 1, "part"],
  ] as const)("tells that tiles can't be decoded, where %s can", async (_, isBroken, served) => {
    const draw: DrawPicture = async (image, request) => {
      if (isBroken(planOf(image, request).cost.tiles))
        throw new ImageError("source-malformed", "Damaged.", { detail: "a tile" });
      return { warnings: [], damage: undefined };
    };
    const report = await checkTiff(image, draw);
    expect(report.served).toBe(served);
    expect(report.problems.filter(({ severity }) => severity === "error")).toMatchObject([
      { code: "undecodable", message: expect.stringContaining("Damaged. (a tile) Not served: "), mend: [] },
    ]);
  });

  it("reports what the service would log about the profile", async () => {
    const warnings = ["the profile is ignored: no conversion can be made of it"];
    const report = await checkTiff(image, async () => ({ warnings, damage: undefined }));
    expect(report.problems).toContainEqual(
      expect.objectContaining({
        severity: "warning",
        code: "profile-ignored",
        message: "The profile is ignored: no conversion can be made of it.",
      }),
    );
  });

  it("tells which rows can't be read of what is served all the same", async () => {
    const damage = { firstRow: 1200, rows: 31, lostPercent: 2.5 };
    const report = await checkTiff(image, async (_, { size }) => ({
      warnings: [],
      damage: size.width < 256 ? damage : undefined,
    }));
    expect(report.served).toBe("part");
    expect(report.problems).toContainEqual({
      severity: "error",
      code: "rows-missing",
      pages: [1],
      message: expect.stringMatching(
        /31 of its rows can't be read, the first is row 1,200, and 2\.5 % of the whole picture/,
      ),
      mend: [],
    });
  });

  it("passes on errors that are not the master's fault", async () => {
    const draw: DrawPicture = () => Promise.reject(new RangeError("ours"));
    await expect(checkTiff(image, draw)).rejects.toThrow(RangeError);
    const failing = { ...memorySource(new Uint8Array(99)), read: () => Promise.reject(new Error("the disk")) };
    await expect(checkMaster(failing)).rejects.toThrow("the disk");
  });
});

describe("what is refused for its cost", () => {
  it("is an error with the requests it concerns, and a conversion that mends it", async () => {
    const report = await checkTiff(largeOf({ width: 8000, height: 6000, levels: 1, tile: 32 }));
    expect(report.served).toBe("part");
    const [first] = report.problems;
    expect(first).toMatchObject({ severity: "error", code: "refused", mend: ["npx tessera ingest FILE --to local"] });
    expect(first?.message).toContain("Not served: the whole picture in 128 pixels, the whole picture in 1024 pixels");
    expect(report.pages[0]?.costs).toMatchObject({ tile: { strategy: "draw" }, thumbnail: undefined });
  });

  it("recognises an unsupported JPEG process by the head of a tile", async () => {
    const lossless = jpegTile(64).map((byte, index, all) => (byte === 0xc0 && all[index - 1] === 0xff ? 0xc3 : byte));
    const master = { ...largeMaster, tile: 64, levels: 1, tileBytes: () => lossless };
    const opening = await checkTiff(master);
    expect(opening.served).toBe("none");
    expect(opening.problems[0]).toMatchObject({
      code: "not-read",
      message: expect.stringContaining("has JPEG tiles of the lossless process, which is not supported"),
    });
    const report = await checkTiff({ ...master, xmp: "x".repeat(40_000) });
    expect(report.served).toBe("none");
    expect(report.problems[0]).toMatchObject({
      code: "undecodable",
      message: "Its tiles are lossless JPEG, which is not supported.",
      mend: ["npx tessera ingest FILE --to local"],
    });
  });
});
