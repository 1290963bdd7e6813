import { beforeAll, describe, expect, it } from "vitest";
import { fetchInfo, fetchSize, origin, send, storeMaster, versions } from "../support/image-client.ts";

const limits = { maxWidth: 20_000, maxHeight: 20_000, maxArea: 25_000_000 };
const sizes = [
  { width: 38, height: 25 },
  { width: 75, height: 50 },
  { width: 150, height: 100 },
  { width: 300, height: 200 },
];
const tiles = [{ width: 64, height: 64, scaleFactors: [1, 2, 4, 8] }];

beforeAll(async () => {
  await storeMaster("wide", { width: 300, height: 200, tile: 64, levels: 3 });
  await storeMaster("oblong", { width: 300, height: 200, tile: { tileWidth: 64, tileLength: 32 }, levels: 2 });
  await storeMaster("sideways", { width: 300, height: 200, tile: { tileWidth: 64, tileLength: 32 }, orientation: 6 });
  await storeMaster("single", { width: 300, height: 200, tile: 64 });
  const thirds = [
    { width: 100, height: 67 },
    { width: 34, height: 23 },
  ];
  await storeMaster("thirds", { width: 300, height: 200, tile: 64, levels: thirds });
  await storeMaster("floored", { width: 301, height: 201, tile: 64, levels: 3, levelRounding: "floor" });
});

describe("Image API 3.0 §5.2 to §5.7 info.json", () => {
  it("says all that the service does, and nothing that level 2 says already", async () => {
    expect(await fetchInfo("/iiif/3/wide/info.json")).toEqual({
      "@context": "http://iiif.io/api/image/3/context.json",
      id: `${origin}/iiif/3/wide`,
      type: "ImageService3",
      protocol: "http://iiif.io/api/image",
      profile: "level2",
      width: 300,
      height: 200,
      ...limits,
      sizes,
      tiles,
      extraFormats: ["webp", "tif", "gif", "pdf"],
      extraQualities: ["color", "gray", "bitonal"],
      extraFeatures: ["canonicalLinkHeader", "profileLinkHeader", "mirroring", "rotationArbitrary", "sizeUpscaling"],
    });
  });

  it("states its context first", async () => {
    expect(Object.keys(await fetchInfo("/iiif/3/wide/info.json"))[0]).toBe("@context");
  });

  it("states maxWidth or maxArea, for it offers sizeUpscaling", async () => {
    const info = await fetchInfo("/iiif/3/wide/info.json");
    expect(info.extraFeatures).toContain("sizeUpscaling");
    expect(info).toHaveProperty("maxWidth");
    expect(info).toHaveProperty("maxArea");
  });
});

describe("Image API 2.1 §5.2 and §5.3 info.json", () => {
  it("says all that the service does, its profile as a list", async () => {
    expect(await fetchInfo("/iiif/2/wide/info.json")).toEqual({
      "@context": "http://iiif.io/api/image/2/context.json",
      "@id": `${origin}/iiif/2/wide`,
      protocol: "http://iiif.io/api/image",
      width: 300,
      height: 200,
      sizes,
      tiles,
      profile: [
        "http://iiif.io/api/image/2/level2.json",
        {
          formats: ["webp", "tif", "gif", "pdf"],
          qualities: ["color", "gray"],
          supports: [
            "canonicalLinkHeader",
            "profileLinkHeader",
            "mirroring",
            "rotationArbitrary",
            "regionSquare",
            "sizeAboveFull",
          ],
          ...limits,
        },
      ],
    });
  });

  it("states its context first", async () => {
    expect(Object.keys(await fetchInfo("/iiif/2/wide/info.json"))[0]).toBe("@context");
  });
});

for (const { name, version } of versions) {
  describe(`${name} §5 sizes and tiles`, () => {
    const infoOf = (identifier: string): Promise<Record<string, unknown>> =>
      fetchInfo(`/iiif/${version}/${identifier}/info.json`);

    it("advertises the tile size the file has", async () => {
      expect((await infoOf("oblong")).tiles).toEqual([{ width: 64, height: 32, scaleFactors: [1, 2, 4, 8] }]);
    });

    it("describes a sideways master upright, its tiles too", async () => {
      expect(await infoOf("sideways")).toMatchObject({
        width: 200,
        height: 300,
        sizes: [
          { width: 25, height: 38 },
          { width: 50, height: 75 },
          { width: 100, height: 150 },
          { width: 200, height: 300 },
        ],
        tiles: [{ width: 32, height: 64, scaleFactors: [1, 2, 4, 8] }],
      });
    });

    it("offers smaller scale factors than a master with a single level stores", async () => {
      expect(await infoOf("single")).toMatchObject({
        sizes,
        tiles: [{ width: 64, height: 64, scaleFactors: [1, 2, 4, 8] }],
      });
    });

    it("advertises the factors of the levels that are stored, thirds too, but no sizes of thirds", async () => {
      const info = await infoOf("thirds");
      expect(info.tiles).toEqual([{ width: 64, height: 64, scaleFactors: [1, 3, 9] }]);
      expect(info).not.toHaveProperty("sizes");
    });

    it.each(["wide", "oblong", "sideways", "floored"])(
      "serves every size it offers of %s as w,h, and in 2.1 as w, too",
      async (identifier) => {
        const offered = (await infoOf(identifier)).sizes as { width: number; height: number }[];
        for (const { width, height } of offered) {
          const path = (size: string): string => `/iiif/${version}/${identifier}/full/${size}/0/default.png`;
          expect(await fetchSize(path(`${width},${height}`))).toBe(`${width},${height}`);
          if (version === 2) expect((await fetchSize(path(`${width},`))).split(",")[0]).toBe(String(width));
        }
      },
    );
  });
}

describe("Image API 3.0 §5.1 content negotiation", () => {
  const linked = 'application/ld+json;profile="http://iiif.io/api/image/3/context.json"';

  it.each([
    [undefined, linked],
    ["*/*", linked],
    ["text/html,application/xhtml+xml,*/*;q=0.8", linked],
    ["application/ld+json", linked],
    [linked, linked],
    ["application/json", "application/json"],
    ["application/json, */*;q=0.5", "application/json"],
    ["application/json;q=0.5, application/ld+json", linked],
    ["application/ld+json;q=0.5, application/json", "application/json"],
    ["APPLICATION/JSON", "application/json"],
    ["image/png", linked],
  ])("answers Accept %s with %s", async (accept, expected) => {
    const headers = accept === undefined ? {} : { Accept: accept };
    const response = await send("/iiif/3/wide/info.json", { headers });
    expect(response.headers.get("Content-Type")).toBe(expected);
    expect(response.headers.get("Vary")).toBe("Accept");
  });
});

describe("Image API 2.1 §5.1 content negotiation", () => {
  it.each([
    [undefined, "application/json"],
    ["*/*", "application/json"],
    ["application/json", "application/json"],
    ["application/ld+json", "application/ld+json"],
    ["application/ld+json;q=0.9, */*;q=0.1", "application/ld+json"],
    ["application/ld+json, application/json", "application/json"],
    ["application/ld+json;q=0, application/json;q=0", "application/json"],
    ["text/html", "application/json"],
  ])("answers Accept %s with %s", async (accept, expected) => {
    const headers = accept === undefined ? {} : { Accept: accept };
    const response = await send("/iiif/2/wide/info.json", { headers });
    expect(response.headers.get("Content-Type")).toBe(expected);
    expect(response.headers.get("Vary")).toBe("Accept");
  });
});
