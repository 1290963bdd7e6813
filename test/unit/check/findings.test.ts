import { describe, expect, it } from "vitest";
import {
  checkTiff,
  jpegTile,
  type LargeChange,
  largeMaster,
  largeOf,
  problemsOf,
} from "../../support/checked-masters.ts";
import {
  asciiTag,
  gammaTag,
  makeGrayProfile,
  makeMatrixProfile,
  makeProfile,
  parametricTag,
  primariesOf,
} from "../../support/make-profile.ts";

const levelsOf = (...widths: readonly number[]) =>
  widths.map((width) => ({ width, height: Math.round((width * 2) / 3) }));

const strips = { tile: undefined, rowsPerStrip: 64, levels: 1 } as const;

describe("the findings of layout", () => {
  it.each<[string, LargeChange, readonly string[]]>([
    ["strips of one level", strips, ["warning strips", "warning one-level"]],
    ["tiles of one level", { levels: 1 }, ["warning one-level", "note reencoded"]],
    ["levels of a third", { levels: levelsOf(1000, 333) }, ["note levels-not-halved", "note reencoded"]],
    ["levels far apart", { levels: levelsOf(500) }, ["warning levels-missing", "note reencoded"]],
    ["no small level", { levels: levelsOf(1500) }, ["warning levels-missing", "note reencoded"]],
    ["a level off the grid", { levels: levelsOf(1600, 800) }, ["note level-off-grid", "note reencoded"]],
    ["huge tiles", { tile: 2048, levels: 3 }, ["warning tiles-huge", "note reencoded"]],
    ["tiny tiles", { tile: 64, levels: 3 }, ["warning tiles-tiny", "note reencoded"]],
    ["planes", { planarConfiguration: 2 }, ["note reencoded", "note planes"]],
    ["no compression", { compression: "none", tileBytes: () => new Uint8Array(4096) }, ["warning uncompressed"]],
    ["WebP", { compression: "webp" }, ["note reencoded"]],
    ["JPEG 2000", { compression: "jpeg2000" }, ["warning slow-codec"]],
    ["ZSTD", { compression: "zstd" }, ["note reencoded"]],
    ["black and white", { photometric: "MinIsBlack", bitsPerSample: 1, compression: "ccitt-g4" }, []],
    [
      "tiles that were never written",
      { isMissing: ({ column }) => column === 1 },
      ["note unwritten-tiles", "note reencoded"],
    ],
    ["samples of 16 bits", { bitsPerSample: 16 }, ["note reencoded", "note deep-samples"]],
    ["transparency", { samplesPerPixel: 4, extraSamples: 2 }, ["note reencoded", "note alpha"]],
    [
      "samples beside the colours",
      { samplesPerPixel: 5, extraSamples: [0, 0] },
      ["note reencoded", "note extra-samples"],
    ],
    [
      "floating point of an unknown range",
      { bitsPerSample: 32, sampleFormat: "float" },
      ["warning range-guessed", "note reencoded"],
    ],
    [
      "floating point of a known range",
      { bitsPerSample: 32, sampleFormat: "float", sampleRange: [0, 1] },
      ["note reencoded"],
    ],
    ["CMYK without a profile", { photometric: "CMYK" }, ["warning inks", "note reencoded"]],
    ["CIELab", { photometric: "CIELab" }, ["note reencoded", "note lab"]],
  ])("are for %s as they should be", async (_, change, problems) => {
    const report = await checkTiff(largeOf(change));
    expect(problemsOf(report)).toEqual(problems);
    expect(report.served).toBe("whole");
  });

  it("are milder for a middling picture, and none for a small one", async () => {
    const middling = { width: 900, height: 600, levels: 1, tile: undefined } as const;
    expect(problemsOf(await checkTiff(largeOf(middling)))).toEqual(["note strips"]);
    expect(problemsOf(await checkTiff(largeOf({ ...middling, width: 512, height: 400 })))).toEqual([]);
  });

  it("report tiles that are stored turned, and none of them as copied", async () => {
    const report = await checkTiff({ ...largeMaster, orientation: 6 });
    expect(problemsOf(report)).toEqual(["note turned"]);
    const [page] = report.pages;
    expect(page?.picture).toMatchObject({ width: 2000, height: 3000, orientation: 6 });
    expect(page?.picture?.levels.every(({ copiedTiles }) => copiedTiles === 0)).toBe(true);
  });

  it("tell progressive tiles", async () => {
    const progressive = jpegTile(256).map((byte, at, all) => (byte === 0xc0 && all[at - 1] === 0xff ? 0xc2 : byte));
    const report = await checkTiff({ ...largeMaster, tileBytes: () => progressive });
    expect(problemsOf(report)).toContain("warning progressive");
  });

  it("report directories after tiles, which repacking fixes, unless new tiles are needed anyway", async () => {
    const tile = jpegTile(256);
    const behind = { directories: "back", tileBytes: () => tile.slice() } as const;
    const report = await checkTiff({ ...largeMaster, ...behind });
    expect(problemsOf(report)).toEqual(["note slow-opening"]);
    expect(report.pages[0]?.costs?.opening.reads).toBeGreaterThan(2);
    expect(report.problems[0]?.mend).toEqual(["npx tessera ingest FILE --to local --repack"]);
    const turned = await checkTiff({ ...largeMaster, ...behind, orientation: 3 });
    expect(turned.problems.map(({ code, mend }) => [code, ...mend])).toEqual([
      ["slow-opening", "npx tessera ingest FILE --to local"],
      ["turned", "npx tessera ingest FILE --to local"],
    ]);
  });

  it("tell levels that can't be read from directories that are none", async () => {
    const report = await checkTiff({
      ...largeMaster,
      overrides: [{ directory: 2, tag: 259, values: [6] }],
      extraPages: [{ width: 300, height: 300, kind: "thumbnail" }],
    });
    expect(problemsOf(report)).toEqual(["warning levels-left-out", "note levels-not-halved", "note other-directories"]);
    expect(report.problems[0]?.message).toContain("750 by 500");
  });
});

const adobeRgb = makeMatrixProfile(primariesOf.adobeRgb, gammaTag(2.2), { desc: asciiTag("Adobe RGB (1998)") });
const srgb = makeMatrixProfile(primariesOf.srgb, parametricTag(3, [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045]));

describe("the findings of colours", () => {
  it("are none for sRGB", async () => {
    const report = await checkTiff({ ...largeMaster, iccProfile: srgb });
    expect(report.problems).toEqual([]);
    expect(report.pages[0]?.picture?.profile).toMatchObject({ use: "srgb" });
  });

  it("name a profile that tiles are converted by, so that none is copied", async () => {
    const report = await checkTiff({ ...largeMaster, iccProfile: adobeRgb });
    expect(problemsOf(report)).toEqual(["warning profile-converted"]);
    expect(report.problems[0]?.message).toContain('"Adobe RGB (1998)"');
    const [page] = report.pages;
    expect(page?.picture?.profile).toMatchObject({ description: "Adobe RGB (1998)", use: "converted" });
    expect(page?.picture?.levels[0]).toMatchObject({ interiorTiles: 77, copiedTiles: 0 });
  });

  it.each([
    ["broken", new Uint8Array(300), "it is broken"],
    ["of another model", makeGrayProfile(gammaTag(2.2)), "its colour space is gray"],
    ["without what a conversion is made of", makeProfile({ tags: {} }), "no conversion can be made of it"],
  ])("warn of a profile that is %s", async (_, iccProfile, reason) => {
    const report = await checkTiff({ ...largeMaster, iccProfile });
    expect(report.pages[0]?.picture?.profile).toMatchObject({ use: "ignored", reason });
    expect(report.problems).toContainEqual(
      expect.objectContaining({
        severity: "warning",
        code: "profile-ignored",
        message: expect.stringContaining(reason),
      }),
    );
  });

  it("warn of a profile beyond the end of the file", async () => {
    const overrides = [{ directory: 0, tag: 34_675, valueField: 9_000_000 }];
    const report = await checkTiff({ ...largeMaster, iccProfile: adobeRgb, overrides });
    expect(report.pages[0]?.picture?.profile).toMatchObject({
      use: "ignored",
      reason: expect.stringContaining("beyond"),
    });
  });
});
