import { describe, expect, it } from "vitest";
import type { Size } from "../../../src/geometry.ts";
import { isLevel0Segment, type Level0Choice, level0End, listLevel0, offerLevel0 } from "../../../src/iiif/level0.ts";
import { formatLevel0Info } from "../../../src/iiif/level0-info.ts";
import { formatLevel0InfoV2 } from "../../../src/iiif/v2/level0-info.ts";
import { loadLeafletIiif } from "../../support/viewers/leaflet-iiif.ts";
import { loadOpenSeadragon } from "../../support/viewers/open-seadragon.ts";

const limits = { maxWidth: 20_000, maxHeight: 20_000, maxArea: 400_000_000 };

function choose(image: string, change: Partial<Level0Choice> = {}): Level0Choice {
  return { image: sizeOf(image), tile: { width: 512, height: 512 }, limits, ...change };
}

function sizeOf(text: string): Size {
  const [width = 0, height = 0] = text.split("x").map(Number);
  return { width, height };
}

function namesOf(choice: Level0Choice, version: 2 | 3): readonly string[] {
  return [...listLevel0(choice, version)].map(({ region, size }) => `${region}/${size}`);
}

describe("the files of an image of level 0", () => {
  // Each with what Leaflet-IIIF asks in a map of 256 pixels next to it, which is one picture.
  it.each([
    ["4993x3877", 115, 121],
    ["512x2000", 11, 19],
    ["300x200", 3, 5],
    ["6001x4001", 135, 141],
    ["1025x4097", 48, 54],
    ["2561x33", 17, 22],
    ["20000x16000", 1717, 1725],
  ])("are as many for %s as were counted from what viewers ask", (image, third, second) => {
    const counts = ([3, 2] as const).map((version) => namesOf(choose(image), version).length - 1);
    expect(counts).toEqual([third, second]);
  });

  it("are, of an image smaller than a tile, the picture in all spellings", () => {
    expect(namesOf(choose("300x200"), 3)).toEqual([
      ...["full/max", "full/300,200", "0,0,300,200/300,200", "0,0,300,200/150,100"],
    ]);
    expect(namesOf(choose("300x200"), 2)).toEqual([
      ...["full/full", "full/max", "full/300,200", "full/300,", "0,0,300,200/300,", "0,0,300,200/150,"],
    ]);
  });

  it("hold widths that were asked for, none above the image's own", () => {
    const wider = namesOf(choose("300x200", { thumbnailWidths: [90, 200, 400] }), 3);
    expect(wider.filter((name) => /^full\/\d+,$/.test(name))).toEqual(["full/90,", "full/200,"]);
  });

  it("hold the names that OpenSeadragon 4.0.0 rounds, where they were asked for", () => {
    const added = (image: string, version: 2 | 3) => {
      const usual = new Set(namesOf(choose(image), version));
      return namesOf(choose(image, { isAlsoRounded: true }), version).filter((name) => !usual.has(name));
    };
    expect([added("4993x3877", 3).length, added("4993x3877", 2).length]).toEqual([6, 4]);
    expect(added("4993x3877", 3)).toContain("full/312,242");
    // Of the last row nothing would be left, and 2.1 does not say so.
    expect(added("1025x4097", 2)).toContain("0,4096,1025,1/128,");
    expect(added("1025x4097", 3).every((name) => !/\b0,|,0$/.test(name.split("/")[1] ?? ""))).toBe(true);
  });

  it("are no larger than the limits, which are stated then", () => {
    const limited = choose("6000x4000", { limits: { ...limits, maxArea: 2_000_000 } });
    const { sizes } = offerLevel0(limited);
    expect(sizes.at(-1)).toEqual({ width: 1500, height: 1000 });
    expect(namesOf(limited, 2)).not.toContain("full/full");
    const info = {
      id: "https://images.example/3/a",
      ...limited.image,
      limits: limited.limits,
      ...offerLevel0(limited),
    };
    expect(formatLevel0Info(info)).toMatchObject({ maxWidth: 20_000, maxHeight: 20_000, maxArea: 2_000_000 });
    expect(formatLevel0Info({ ...info, limits })).not.toHaveProperty("maxArea");
  });

  it("lie in folders whose names are known", () => {
    for (const name of namesOf(choose("4993x3877"), 2)) expect(isLevel0Segment(name.split("/")[0] ?? "")).toBe(true);
    expect(["maps", "fullness", "1,2,3", "info"].filter(isLevel0Segment)).toEqual([]);
  });
});

const viewers = [
  ...["openseadragon-2", "openseadragon-3", "openseadragon-4", "openseadragon-5", "openseadragon"].map((name) =>
    loadOpenSeadragon(name),
  ),
  loadLeafletIiif(),
];

const shapes = [
  ...["4993x3877", "512x2000", "2000x512", "300x200", "512x512", "1024x1024", "1025x4097", "2561x33", "33x2561"],
  ...["1x1", "300x1", "1x3000", "513x512", "511x1023"],
];

/** What OpenSeadragon 2.4.2 asks of an image that is as wide as a tile, and a level-0 set of 2.1 has under another name. */
const known: Readonly<Record<string, RegExp>> = { "OpenSeadragon 2.4.2 2": /^\d[\d,]*\/max$/ };

describe.each([3, 2] as const)("in version %i", (version) => {
  describe.each(viewers)("$name", (viewer) => {
    it.each(shapes)("asks for nothing that is not there: %s", async (image) => {
      const choice = choose(image);
      const base = `https://images.example/${version}/a/b`;
      const format = version === 3 ? formatLevel0Info : formatLevel0InfoV2;
      const info = format({ id: base, ...choice.image, limits, ...offerLevel0(choice) });
      const there = new Set(namesOf(choice, version));
      const levels = await viewer.listLevels(info, `${base}/info.json`);
      const asked = levels.flatMap(({ tiles }) => tiles.map(({ path }) => path));
      expect(asked.length).toBeGreaterThan(0);
      const end = `/${level0End.rotation}/${level0End.qualityAndFormat}`;
      const names = asked.map((path) => path.slice(`/${version}/a/b/`.length));
      expect(names.filter((name) => !name.endsWith(end))).toEqual([]);
      const missing = names.map((name) => name.slice(0, -end.length)).filter((name) => !there.has(name));
      expect(missing.filter((name) => known[`${viewer.name} ${version}`]?.test(name) !== true)).toEqual([]);
    });
  });
});
