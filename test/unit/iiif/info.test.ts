import { describe, expect, it } from "vitest";
import { extrasOf } from "../../../src/iiif/features.ts";
import { formatInfo, formatTile, type ImageInformation } from "../../../src/iiif/info.ts";
import { formatInfoV2 } from "../../../src/iiif/v2/info.ts";

const information: ImageInformation = {
  id: "https://images.example/iiif/3/a%2Fb",
  width: 6000,
  height: 4000,
  isGray: false,
  limits: { maxWidth: 3000, maxHeight: 2000, maxArea: 4_000_000 },
  sizes: [{ width: 150, height: 100 }],
  tiles: [{ width: 512, height: 512, scaleFactors: [1, 2, 4] }],
};

describe("formatInfo", () => {
  it("begins with the context and states level, limits and extras", () => {
    const info = formatInfo(information);
    expect(Object.keys(info).slice(0, 4)).toEqual(["@context", "id", "type", "protocol"]);
    expect(info).toMatchObject({
      id: information.id,
      profile: "level2",
      maxWidth: 3000,
      maxHeight: 2000,
      maxArea: 4_000_000,
      sizes: [{ width: 150, height: 100 }],
      tiles: [{ width: 512, scaleFactors: [1, 2, 4] }],
    });
  });
});

describe("formatInfoV2", () => {
  it("states its profile as a list of the level and what is beyond it", () => {
    const info = formatInfoV2(information) as Record<string, unknown>;
    expect(Object.keys(info).slice(0, 3)).toEqual(["@context", "@id", "protocol"]);
    expect(info).not.toHaveProperty("type");
    expect(info).not.toHaveProperty("maxWidth");
    expect(info.profile).toEqual([
      "http://iiif.io/api/image/2/level2.json",
      expect.objectContaining({ maxWidth: 3000, maxHeight: 2000, maxArea: 4_000_000 }),
    ]);
  });

  it("states how far a small picture is enlarged, if it is", () => {
    const small = { ...information, width: 600, height: 1200 };
    const statedOf = (of: ImageInformation) => (formatInfoV2(of) as { profile: [string, object] }).profile[1];
    const enlarged = statedOf({ ...small, maxUpscaledSide: 1000 });
    expect(enlarged).toMatchObject({ maxWidth: 1000, maxHeight: 1200, maxArea: 4_000_000 });
    expect(enlarged).toHaveProperty("supports", expect.arrayContaining(["sizeAboveFull"]));
    const never = statedOf({ ...small, maxUpscaledSide: 0 });
    expect(never).toMatchObject({ maxWidth: 600, maxHeight: 1200 });
    expect(never).toHaveProperty("supports", expect.not.arrayContaining(["sizeAboveFull"]));
  });
});

describe.each([formatInfo, formatInfoV2])("%o", (format) => {
  it("leaves out sizes and tiles where there are none, rather than list nothing", () => {
    const text = JSON.stringify(format({ ...information, sizes: [], tiles: [] }));
    expect(text).not.toContain("[]");
    expect(Object.keys(JSON.parse(text))).not.toContain("tiles");
  });
});

describe("formatTile", () => {
  it("writes the height, also where it is the width", () => {
    const square = { width: 256, height: 256, scaleFactors: [1] };
    expect(formatTile(square)).toEqual(square);
    expect(formatTile({ width: 256, height: 128, scaleFactors: [1] })).toEqual({
      width: 256,
      height: 128,
      scaleFactors: [1],
    });
  });
});

describe("extrasOf", () => {
  it("never lists what level 2 holds already", () => {
    for (const version of [2, 3] as const) {
      const { formats, qualities } = extrasOf(version, { isGray: false });
      expect([...formats, ...qualities]).not.toEqual(expect.arrayContaining(["jpg"]));
      expect(formats).toEqual(["webp", "tif", "gif", "pdf"]);
      expect(qualities).not.toContain("default");
    }
    expect(extrasOf(3, { isGray: false }).qualities).toEqual(["color", "gray", "bitonal"]);
    expect(extrasOf(2, { isGray: false }).qualities).toEqual(["color", "gray"]);
  });

  it("offers no colour of a grey image", () => {
    expect(extrasOf(3, { isGray: true }).qualities).toEqual(["gray", "bitonal"]);
    expect(extrasOf(2, { isGray: true }).qualities).toEqual(["gray"]);
  });

  it("offers upscaling in 3.0 always and in 2.1 where it is configured, and the square as an extra in 2.1 alone", () => {
    expect(extrasOf(3, { isGray: false }).features).toContain("sizeUpscaling");
    expect(extrasOf(3, { isGray: false }).features).not.toContain("regionSquare");
    expect(extrasOf(2, { isGray: false }).features).toContain("regionSquare");
    expect(extrasOf(2, { isGray: false }).features).not.toContain("sizeAboveFull");
    expect(extrasOf(2, { isGray: false, isUpscaled: true }).features).toContain("sizeAboveFull");
  });
});
