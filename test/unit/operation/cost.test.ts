import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { mastersFolder } from "../../../demo/masters.ts";
import { insertPrices } from "../../../docs/prices-table.ts";
import { shippedLimits } from "../../../src/check/viewer-requests.ts";
import { canonicalise } from "../../../src/iiif/canonical.ts";
import { parseRequest } from "../../../src/iiif/request.ts";
import { openFileSource } from "../../../src/node/file-source.ts";
import { billOf } from "../../../src/operation/bill.ts";
import { measuredRun, totalsOf, totalsOfImages, usageOfTotals } from "../../../src/operation/measured-usage.ts";
import { dollarsFor, type Price, prices } from "../../../src/operation/prices.ts";
import {
  type ForecastImage,
  figuresOfRun,
  forecastSession,
  forecastView,
  usageOfViews,
} from "../../../src/operation/view-forecast.ts";
import { formatTileRequest, sessionTiles, viewKinds } from "../../../src/operation/viewer-session.ts";
import { planRender } from "../../../src/render/plan.ts";
import { newTally } from "../../../src/statistics/tally.ts";
import { openPyramid } from "../../../src/tiff/open.ts";

describe("prices", () => {
  it("have a source and the day on which it was read", () => {
    for (const { source, read, dollars } of Object.values<Price>(prices)) {
      expect(source).toMatch(/^https:\/\/developers\.cloudflare\.com\/.+\/$/);
      expect(Number.isNaN(Date.parse(read))).toBe(false);
      expect(dollars).toBeGreaterThanOrEqual(0);
    }
  });

  it("stand in docs/operating.md as `npm run docs` writes them", () => {
    const document = readFileSync(join(import.meta.dirname, "../../../docs/operating.md"), "utf8");
    expect(insertPrices(document)).toBe(document);
    expect(() => insertPrices("nothing")).toThrow(RangeError);
  });

  it("make a bill, and that of an account which has nothing else", () => {
    const bill = billOf({ storage: 1000, requests: 15e6, cpu: 7 * 15e6 });
    expect(bill.lines.map(({ price, dollars }) => [price, dollars])).toEqual([
      ["storage", 15],
      ["requests", 4.5],
      ["cpu", 2.1],
    ]);
    expect(bill.dollars).toBeCloseTo(21.6);
    // Cloudflare's own example of requests and CPU comes to 8.00 with the plan; the storage less 10 GB to 14.85.
    expect(bill.dollarsOfAccount).toBeCloseTo(8 + 14.85);
    expect(dollarsFor("egress", 1e9)).toBe(0);
  });
});

/** What the Worker's own plans of a session come to, for a painting. */
async function planSession(name: string) {
  const path = join(mastersFolder, `${name}.tif`);
  const { size: bytes } = statSync(path);
  await using source = await openFileSource(path);
  const pyramid = await openPyramid(source);
  const { width, height, levels } = pyramid;
  const image: ForecastImage = { width, height, tile: levels[0].tileWidth, bytes };
  const tiles = sessionTiles(image, { tile: image.tile, journey: viewKinds.study });
  const rules = { limits: shippedLimits, isStrictConfined: false };
  const plans = tiles.map((tile) => {
    const [region = "", size = "", rotation = "", qualityAndFormat = ""] = formatTileRequest(tile).split("/");
    const asked = parseRequest({ region, size, rotation, qualityAndFormat }, 3);
    const canonical = canonicalise(
      asked,
      { width, height, isGray: false, tile: { width: image.tile, height: image.tile } },
      rules,
    );
    return planRender(canonical, pyramid, { sourceSize: bytes, isProfiled: false }).cost;
  });
  const readBytes = plans.reduce((sum, cost) => sum + cost.readBytes, 0);
  return { image, tiles, reads: plans.reduce((sum, cost) => sum + cost.reads, 0), readBytes };
}

describe("a forecast", () => {
  it.each(["caillebotte-paris-street", "morisot-woman-at-her-toilette", "seurat-la-grande-jatte"])(
    "is within a tenth of what a session takes of %s, and no longer is with a wrong model",
    async (name) => {
      const { image, tiles, reads, readBytes } = await planSession(name);
      const opening = 65_536;
      const share = (change: Partial<ForecastImage>, asked = tiles) => {
        const foretold = forecastSession({ ...image, ...change }, asked);
        return [foretold.reads / (reads + 1), foretold.bytesRead / (readBytes + opening)] as const;
      };
      for (const part of share({})) expect(Math.abs(part - 1)).toBeLessThan(0.1);
      // Levels that are not reckoned with, tiles of another size, a file that is half as long again.
      expect(share({ tile: 1e9 })[1]).toBeGreaterThan(1.1);
      expect(share({}, sessionTiles(image, { tile: 512, journey: viewKinds.study }))[0]).toBeLessThan(0.9);
      expect(share({ bytes: 1.5 * image.bytes })[1]).toBeGreaterThan(1.1);
    },
  );

  it("charges requests that the cache in front answers, and nothing else for them", () => {
    const view = forecastView();
    const run = figuresOfRun(view);
    const all = usageOfViews(view, { views: 1000, hit: 0 }, run);
    const few = usageOfViews(view, { views: 1000, hit: 0.9 }, run);
    expect(few.requests).toBe(all.requests);
    expect(few.classB).toBeCloseTo((all.classB ?? 0) / 10);
    expect(few.cpu).toBeCloseTo((all.cpu ?? 0) / 10);
    expect(all.classB).toBeCloseTo(1000 * view.classB);
  });
});

describe("what was counted", () => {
  const tally = newTally();
  tally.total.splice(0, 6, 2000, 9e6, 5000, 1500, 8e6, 400e6);
  tally.by.index.set("isolate", [1700, 0, 0, 0, 0, 0]).set("storage", [200, 0, 0, 0, 0, 0]);
  tally.by.index.set("bucket", [100, 0, 0, 0, 0, 0]);
  tally.by.tier.set("bucket", [50, 0, 0, 0, 0, 0]);
  tally.images.set("maps/1", { figures: [600, 1, 1, 500, 1, 10e6], last: 0 });
  tally.images.set("other", { figures: [900, 1, 1, 900, 1, 20e6], last: 0 });
  tally.others.splice(0, 1, 500);

  it("is scaled to thirty days, with looks at the bucket of derivatives", () => {
    const totals = totalsOf(tally);
    expect(totals).toMatchObject({ requests: 2000, reads: 1500, decodedPixels: 400e6, derivativeReads: 350 });
    expect(usageOfTotals(totals, 72)).toEqual({ requests: 20_000, classB: 18_500, cpu: expect.closeTo(31_600) });
    expect(measuredRun(totals)).toEqual({ classB: 0.925, cpuMilliseconds: expect.closeTo(1.58) });
  });

  it("is told of some images as far as they have entries, and foretells nothing from few requests", () => {
    const { totals, unknownRequests } = totalsOfImages(tally, (name) => name.startsWith("maps/"));
    expect(totals).toMatchObject({ requests: 600, reads: 500, derivativeReads: undefined });
    expect(unknownRequests).toBe(500);
    expect(measuredRun(totals)).toBeUndefined();
    expect(usageOfTotals(totalsOf(newTally()), 24)).toEqual({ requests: 0, classB: 0, cpu: 0 });
  });
});
