import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { checkMaster } from "../../../src/check/check.ts";
import { shippedLimits, squareRequest, thumbnailRequest, tileRequest } from "../../../src/check/viewer-requests.ts";
import { openImage, prefixBytes } from "../../../src/masters/image.ts";
import { planRender } from "../../../src/render/plan.ts";
import { countReads } from "../../../src/source/counting.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { openPyramid } from "../../../src/tiff/open.ts";
import { jpegTile, largeMaster } from "../../support/checked-masters.ts";
import { gammaTag, makeGrayProfile, makeMatrixProfile, primariesOf } from "../../support/make-profile.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";

const adobeRgb = makeMatrixProfile(primariesOf.adobeRgb, gammaTag(2.2));

/** Opens the first image of a file as the service does, and counts the reads, the first one included. */
async function countAsServed(file: Uint8Array, page: number) {
  const prefix = file.subarray(0, prefixBytes);
  const counts = { reads: 1, bytes: prefix.byteLength };
  const source = countReads(memorySource(file), counts);
  await openImage({ source, prefix, page });
  return counts;
}

describe("an image opened for a check", () => {
  const tile = jpegTile(256);
  const spread = { ...largeMaster, directories: "back", tileBytes: () => tile.slice() } as const;

  it.each<[string, TiffOptions, number]>([
    ["directories in front", largeMaster, 1],
    ["directories behind tiles", spread, 1],
    ["a profile", { ...spread, iccProfile: adobeRgb }, 1],
    ["a profile of another model", { ...spread, iccProfile: makeGrayProfile(gammaTag(2.2)) }, 1],
    ["a profile that is broken", { ...spread, iccProfile: new Uint8Array(200) }, 1],
    ["several images", { ...spread, pages: [spread] }, 2],
    ["strips", { width: 900, height: 700, rowsPerStrip: 8, directories: "back" }, 1],
  ])("takes the reads of the service: %s", async (_, options, page) => {
    const file = await makeTiff(options);
    const counts = await countAsServed(file, page);
    const report = await checkMaster(memorySource(file));
    expect(report.pages[page - 1]?.costs?.opening).toEqual(counts);
  });
});

describe("the requests of viewers", () => {
  it("are held to the sizes that the service is shipped with", () => {
    const settings = readFileSync(resolve(import.meta.dirname, "../../../wrangler.toml"), "utf8");
    for (const [name, value] of [
      ["MAX_WIDTH", shippedLimits.maxWidth],
      ["MAX_HEIGHT", shippedLimits.maxHeight],
      ["MAX_AREA", shippedLimits.maxArea],
    ]) {
      expect(settings).toContain(`${name} = "${value}"`);
    }
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8] as const)("ask for one tile of each level, orientation %i", async (orientation) => {
    const file = await makeTiff({ ...largeMaster, orientation });
    const pyramid = await openPyramid(memorySource(file));
    for (const level of pyramid.levels) {
      const { request } = tileRequest(pyramid, level);
      const plan = planRender(request, pyramid, { sourceSize: file.byteLength, isProfiled: false });
      const isWhole = level.width >= 256 && level.height >= 256;
      expect(plan.kind).toBe(isWhole && orientation === 1 ? "copy" : "draw");
      expect(plan.cost.tiles).toBe(1);
      expect(plan.kind === "copy" ? plan.level.width : plan.stored.width).toBe(level.width);
    }
  });

  it("ask for a tile that was written, where there is one", async () => {
    const isMissing = ({ column, row }: { readonly column: number; readonly row: number }) => column !== 2 || row !== 1;
    const pyramid = await openPyramid(memorySource(await makeTiff({ ...largeMaster, isMissing })));
    const { request } = tileRequest(pyramid, pyramid.levels[0]);
    expect(request.region).toEqual({ x: 512, y: 256, width: 256, height: 256 });
  });

  it.each([
    [
      { width: 3000, height: 2000 },
      { x: 1280, y: 768, width: 256, height: 256 },
      { width: 128, height: 85 },
    ],
    [
      { width: 300, height: 100 },
      { x: 0, y: 0, width: 256, height: 100 },
      { width: 128, height: 43 },
    ],
    [
      { width: 1, height: 1 },
      { x: 0, y: 0, width: 1, height: 1 },
      { width: 1, height: 1 },
    ],
  ])("have their square and their thumbnail inside a picture of %o", async (size, region, thumbnail) => {
    const pyramid = await openPyramid(memorySource(await makeTiff(size)));
    expect(squareRequest(pyramid).request).toMatchObject({
      region,
      size: { width: region.width, height: region.height },
    });
    expect(thumbnailRequest(pyramid).request.size).toEqual(thumbnail);
  });
});
