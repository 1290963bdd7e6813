import { beforeAll, describe, expect, it } from "vitest";
import {
  fetchColors,
  fetchImage,
  fetchInfo,
  fetchSize,
  refusalOf,
  storeMaster,
  versions,
} from "../support/image-client.ts";
import type { Picture } from "../support/picture.ts";
import { cropPicture, largestDifference } from "../support/picture-edits.ts";
import { ask } from "../support/service.ts";

let levels: readonly Picture[];
let halves: readonly Picture[];
let columns: Picture;

beforeAll(async () => {
  levels = await storeMaster("wide", { width: 300, height: 200, tile: 64, levels: 3 });
  halves = await storeMaster("rounded down", { width: 333, height: 219, tile: 64, levels: 3, levelRounding: "floor" });
  await storeMaster("thin", { width: 1000, height: 10, tile: 64 });
  const pixel = (x: number): number[] => [x, 255 - x, (x * 7) & 255];
  [columns] = (await storeMaster("columns", { width: 200, height: 150, tile: 64, pixel })) as [Picture];
});

for (const { name, version, whole } of versions) {
  describe(`${name} §4.2 size`, () => {
    const pathOf = (size: string, region = "full", identifier = "wide"): string =>
      `/iiif/${version}/${identifier}/${region}/${size}/0/default.png`;

    it.each([
      ["max", "300,200"],
      ["150,", "150,100"],
      [",150", "225,150"],
      ["pct:50", "150,100"],
      ["pct:33.3", "100,67"],
      ["225,100", "225,100"],
      ["!225,100", "150,100"],
      ["!100,225", "100,67"],
    ])("answers %s of 300 by 200 pixels with %s", async (size, expected) => {
      expect(await fetchSize(pathOf(size))).toBe(expected);
    });

    it.each([
      ["max", "100,80"],
      ["50,", "50,40"],
      [",40", "50,40"],
      ["pct:25", "25,20"],
      ["100,80", "100,80"],
    ])("takes %s from the region, not from the image", async (size, expected) => {
      expect(await fetchSize(pathOf(size, "200,50,100,80"))).toBe(expected);
    });

    it.each(["max", "300,", ",200", "pct:100", "300,200", "!300,200"])(
      "returns the pixels of the image untouched for %s",
      async (size) => {
        expect(largestDifference(await fetchColors(pathOf(size)), levels[0]!)).toBe(0);
      },
    );

    it("takes sizes of any number of digits for what they are: larger than any image", async () => {
      const huge = "9".repeat(30);
      expect(await fetchSize(pathOf(`!${huge},${huge}`))).toBe("300,200");
      expect(await fetchSize(pathOf(`!${huge},100`))).toBe("150,100");
      for (const size of [`${huge},`, `,${huge}`, `${huge},${huge}`, `pct:${huge}`]) {
        expect(await refusalOf(pathOf(size))).toMatch(/^400 The size is (?:larger than|above)/);
      }
    });

    it("returns a stored level untouched where it has the size", async () => {
      expect(largestDifference(await fetchColors(pathOf("150,")), levels[1]!)).toBe(0);
      expect(largestDifference(await fetchColors(pathOf("!75,75")), levels[2]!)).toBe(0);
    });

    it("returns the level that info.json lists for the side or the box it has, though the proportions round up", async () => {
      // 83 pixels of width are 54.59 of height.
      const info = await fetchInfo(`/iiif/${version}/rounded down/info.json`);
      expect(info.sizes).toContainEqual({ width: 83, height: 54 });
      for (const region of ["full", "0,0,333,219", "pct:0,0,100,100"]) {
        for (const size of ["83,", ",54", "!83,54", "!83,200"]) {
          const picture = await fetchColors(pathOf(size, region, "rounded down"));
          expect(largestDifference(picture, halves[2]!), `${region}/${size}`).toBe(0);
        }
      }
      const tile = await fetchColors(pathOf("64,", "0,128,128,91", "rounded down"));
      expect(largestDifference(tile, cropPicture(halves[1]!, { x: 0, y: 64, width: 64, height: 45 }))).toBe(0);
    });

    it("distorts for w,h: one side is reduced and the other stays as it is", async () => {
      const squeezed = await fetchColors(pathOf("200,40", "full", "columns"));
      const expected = cropPicture(columns, { x: 0, y: 0, width: 200, height: 40 });
      expect(largestDifference(squeezed, expected)).toBe(0);
    });

    it("returns exactly the requested width, and at least one pixel of height", async () => {
      expect(await fetchSize(pathOf("7,", "full", "thin"))).toBe("7,1");
      expect(await fetchSize(pathOf("101,"))).toBe("101,67");
      expect(await fetchSize(pathOf(",1"))).toBe("2,1");
    });

    it("takes a box larger than the region as the region's own size", async () => {
      expect(await fetchSize(pathOf("!400,400"))).toBe("300,200");
      expect(await fetchSize(pathOf("!400,100"))).toBe("150,100");
      expect(await fetchSize(pathOf("!5000,5000", "10,10,20,30"))).toBe("20,30");
    });

    it.each(["0,", ",0", "0,0", "10,0", "!0,10", "pct:0", "pct:0.1"])(
      "refuses %s, which comes to less than one pixel",
      async (size) => {
        expect(await refusalOf(pathOf(size))).toMatch(/^400 The size (has|is zero|comes to less)/);
      },
    );

    it("refuses a percentage that leaves less than one pixel on one side alone", async () => {
      expect(await refusalOf(pathOf("pct:1", "full", "thin"))).toMatch(/^400 The size comes to less than one pixel/);
    });

    it.each([
      "",
      ",",
      "!",
      "!,",
      "!10,",
      "!,10",
      "!pct:10",
      "!max",
      "10",
      "10,10,10",
      "-10,",
      "+10,",
      "10.5,",
      "1e2,",
      "pct:",
      "pct:-5",
      "pct:+5",
      "pct:1e1",
      "pct:NaN",
      "Max",
      "^",
      "^^10,",
      "%5E",
      "10, ",
    ])("refuses %s, which is no size", async (size) => {
      expect(await refusalOf(pathOf(size))).toMatch(/^400 The size is not/);
    });

    it("takes an encoded size for what it says", async () => {
      expect(await fetchImage(pathOf("pct%3A50"))).toEqual(await fetchImage(pathOf("pct:50")));
      expect(await fetchImage(pathOf("150%2C"))).toEqual(await fetchImage(pathOf("150,")));
    });

    it(`returns the region at its own size for ${whole}`, async () => {
      expect(await fetchSize(pathOf(whole))).toBe("300,200");
    });
  });
}

describe("Image API 3.0 §4.2 size without ^", () => {
  const pathOf = (size: string, region = "full"): string => `/iiif/3/wide/${region}/${size}/0/default.png`;

  it.each(["301,", ",201", "301,200", "300,201", "pct:100.1", "pct:120"])(
    "refuses %s, which is larger than the region",
    async (size) => {
      expect(await refusalOf(pathOf(size))).toMatch(/^400 The size is (larger than the region|above 100 per cent)/);
    },
  );

  it("refuses a size larger than the region though it is smaller than the image", async () => {
    expect(await refusalOf(pathOf("101,", "0,0,100,100"))).toMatch(/^400 The size is larger than the region/);
  });
});

describe("Image API 3.0 §4.2 size, ^", () => {
  it.each([
    ["^400,", "400,267"],
    ["^,300", "450,300"],
    ["^pct:120", "360,240"],
    ["^320,100", "320,100"],
    ["^350,350", "350,350"],
    ["^!400,400", "400,267"],
    ["^!360,180", "270,180"],
    ["^150,", "150,100"],
    ["^pct:50", "150,100"],
    ["%5E360,", "360,240"],
  ])("answers %s of 300 by 200 pixels with %s", async (size, expected) => {
    expect(await fetchSize(`/iiif/3/wide/full/${size}/0/default.png`)).toBe(expected);
  });

  it("enlarges without a shift: a ramp stays in place", async () => {
    const enlarged = await fetchColors("/iiif/3/columns/0,0,100,60/^200,120/0/default.png");
    const blue = 2;
    const isNear = enlarged.samples.every((value, index) => {
      const x = Math.floor(index / 3) % 200;
      const ramp = (x + 0.5) / 2 - 0.5;
      const expected = index % 3 === 0 ? ramp : 255 - ramp;
      const isEdge = x < 6 || x >= 194;
      return index % 3 === blue || isEdge || Math.abs(value - expected) <= 1;
    });
    expect(isNear).toBe(true);
  });

  it("still refuses full, which 3.0 no longer has", async () => {
    expect(await refusalOf("/iiif/3/wide/full/full/0/default.jpg")).toMatch(/^400 The size is not max/);
    expect(await refusalOf("/iiif/3/wide/full/^full/0/default.jpg")).toMatch(/^400 The size is not max/);
  });

  it.each(["^", "^,", "^0,", "^!10,", "^-5,"])("refuses %s", async (size) => {
    expect(await refusalOf(`/iiif/3/wide/full/${size}/0/default.jpg`)).toMatch(/^400 The size/);
  });
});

describe("Image API 2.1 §4.2 size, upscaling", () => {
  it.each([
    ["450,", "450,300"],
    [",301", "452,301"],
    ["pct:120", "360,240"],
    ["301,200", "301,200"],
  ])("answers %s of 300 by 200 pixels with %s", async (size, expected) => {
    expect(await fetchSize(`/iiif/2/wide/full/${size}/0/default.png`)).toBe(expected);
  });

  it("draws the picture that ^ does in 3.0, of a region too", async () => {
    for (const [region, size] of [
      ["full", "450,"],
      ["0,0,20,10", "90,"],
    ]) {
      const tacit = await fetchColors(`/iiif/2/columns/${region}/${size}/0/default.png`);
      const asked = await fetchColors(`/iiif/3/columns/${region}/^${size}/0/default.png`);
      expect(largestDifference(tacit, asked)).toBe(0);
    }
  });

  it("enlarges to the configured side and not past it, and says so in info.json", async () => {
    const fetchLimited = (path: string) => ask(`/iiif/2/wide/${path}`, { env: { MAX_UPSCALED_SIDE: "400" } });
    expect((await fetchLimited("full/400,/0/default.jpg")).status).toBe(200);
    const { status, text } = await fetchLimited("full/401,/0/default.jpg");
    expect(`${status} ${text}`).toMatch(/^400 The size is larger than the region.* above the 400 a side/);
    const info = JSON.parse((await fetchLimited("info.json")).text);
    expect(info.profile[1]).toMatchObject({ maxWidth: 400, maxHeight: 400 });
    expect(info.profile[1].supports).toContain("sizeAboveFull");
  });

  it("enlarges nothing where the configured side is 0", async () => {
    const fetchNone = (path: string) => ask(`/iiif/2/wide/${path}`, { env: { MAX_UPSCALED_SIDE: "0" } });
    const { status, text } = await fetchNone("full/301,/0/default.jpg");
    expect(`${status} ${text}`).toMatch(/^400 .*Put \^ before the size to upscale with Image API 3/);
    const info = JSON.parse((await fetchNone("info.json")).text);
    expect(info.profile[1].supports).not.toContain("sizeAboveFull");
    expect(info.profile[1]).toMatchObject({ maxWidth: 300, maxHeight: 200 });
  });

  it.each(["^max", "^400,", "^pct:120", "^!400,400", "^100,"])("does not know %s", async (size) => {
    expect(await refusalOf(`/iiif/2/wide/full/${size}/0/default.jpg`)).toMatch(/^400 The size is not full, max/);
  });
});
