import { beforeAll, describe, expect, it } from "vitest";
import { canonicalOf, fetchColors, fetchSize, refusalOf, storeMaster, versions } from "../support/image-client.ts";
import type { Picture } from "../support/picture.ts";
import { cropPicture, largestDifference } from "../support/picture-edits.ts";

let wide: Picture;
let tall: Picture;

beforeAll(async () => {
  [wide] = (await storeMaster("wide", { width: 300, height: 200, tile: 64, levels: 2 })) as [Picture];
  [tall] = (await storeMaster("tall", { width: 121, height: 200, tile: 64 })) as [Picture];
  await storeMaster("even", { width: 128, height: 128, tile: 64 });
});

for (const { name, version, whole } of versions) {
  describe(`${name} §4.1 region`, () => {
    const pathOf = (identifier: string, region: string): string =>
      `/iiif/${version}/${identifier}/${region}/${whole}/0/default.png`;

    it("returns the whole image for full", async () => {
      expect(largestDifference(await fetchColors(pathOf("wide", "full")), wide)).toBe(0);
    });

    it.each([
      ["inside one tile", { x: 3, y: 5, width: 40, height: 30 }],
      ["across tiles", { x: 50, y: 60, width: 101, height: 77 }],
      ["of one pixel", { x: 299, y: 199, width: 1, height: 1 }],
    ])("cuts out a region in pixels %s", async (_, area) => {
      const region = `${area.x},${area.y},${area.width},${area.height}`;
      expect(largestDifference(await fetchColors(pathOf("wide", region)), cropPicture(wide, area))).toBe(0);
    });

    it("clips a region that passes the edge and adds no empty space", async () => {
      const clipped = await fetchColors(pathOf("wide", "250,150,100,100"));
      expect(largestDifference(clipped, cropPicture(wide, { x: 250, y: 150, width: 50, height: 50 }))).toBe(0);
    });

    it("clips a region however far it passes the edge", async () => {
      expect(await fetchSize(pathOf("wide", "250,150,99999999999,99999999999"))).toBe("50,50");
    });

    it("derives the size from the clipped region", async () => {
      const path = `/iiif/${version}/wide/200,0,200,50/pct:50/0/default.png`;
      expect(await fetchSize(path)).toBe("50,25");
      const above = `/iiif/${version}/wide/200,0,200,50/101,/0/default.png`;
      if (version === 3) expect(await refusalOf(above)).toMatch(/^400 The size/);
      else expect(await fetchSize(above)).toBe("101,51");
    });

    it("cuts out a region in per cent of the image", async () => {
      const cut = await fetchColors(pathOf("wide", "pct:10,25,50.5,50"));
      expect(largestDifference(cut, cropPicture(wide, { x: 30, y: 50, width: 152, height: 100 }))).toBe(0);
    });

    it("clips a region that passes 100 per cent", async () => {
      const clipped = await fetchColors(pathOf("wide", "pct:50,50,66.6,100"));
      expect(largestDifference(clipped, cropPicture(wide, { x: 150, y: 100, width: 150, height: 100 }))).toBe(0);
    });

    it("accepts decimals with or without digits before or after the point", async () => {
      expect(await canonicalOf(pathOf("wide", "pct:.5,1.,50.0,50"))).toMatch(/^2,2,/);
    });

    it("centres the square on the shorter side of a wide image", async () => {
      const square = await fetchColors(pathOf("wide", "square"));
      expect(largestDifference(square, cropPicture(wide, { x: 50, y: 0, width: 200, height: 200 }))).toBe(0);
    });

    it("centres the square within a pixel on a tall image with an odd rest", async () => {
      const square = await fetchColors(pathOf("tall", "square"));
      expect(largestDifference(square, cropPicture(tall, { x: 0, y: 39, width: 121, height: 121 }))).toBe(0);
    });

    it("calls the square of a square image full", async () => {
      expect(await canonicalOf(pathOf("even", "square"))).toBe(`full/${whole}/0/default.png`);
    });

    it.each(["0,0,0,10", "0,0,10,0", "pct:0,0,0,10", "pct:0,0,10,0.0"])(
      "refuses %s, which is empty",
      async (region) => {
        expect(await refusalOf(pathOf("wide", region))).toMatch(/^400 The region has a width or height of zero/);
      },
    );

    it.each(["300,0,10,10", "0,200,10,10", "pct:100,0,10,10", "pct:0,150,10,10"])(
      "refuses %s, which is completely outside",
      async (region) => {
        expect(await refusalOf(pathOf("wide", region))).toMatch(/^400 The region is completely outside/);
      },
    );

    it.each([
      "-1,0,10,10",
      "+1,0,10,10",
      "1.5,0,10,10",
      "0,0,1e2,10",
      "0,0,10",
      "0,0,10,10,10",
      "0,0,,10",
      "a,b,c,d",
      "pct:-1,0,10,10",
      "pct:+1,0,10,10",
      "pct:1e1,0,10,10",
      "pct:NaN,0,10,10",
      "pct:Infinity,0,10,10",
      "pct:.,0,10,10",
      "pct:0,0,10",
      "Full",
      "FULL",
      "pct:",
      "%20full",
    ])("refuses %s, which is no region", async (region) => {
      expect(await refusalOf(pathOf("wide", region))).toMatch(/^400 The region is not/);
    });
  });
}
