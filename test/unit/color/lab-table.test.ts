import { describe, expect, it } from "vitest";
import { labTable } from "../../../src/color/lab-table.ts";
import { cubeOfLab, d50, d65, encodeSrgb, multiply, srgbOfXyz } from "../../../src/color/srgb.ts";
import { convertPixels, errorOf, makePixels, type Pixel, toLevels } from "../../support/color-tables.ts";
import { openRandom } from "../../support/random.ts";

/** CIELAB as its definition has it, in double precision. */
function convertExactly([l = 0, a = 0, b = 0]: Pixel, white: "d50" | "d65"): Pixel {
  const [x, y, z] = white === "d50" ? d50 : d65;
  const root = (l / 2.55 + 16) / 116;
  const xyz = [x * cubeOfLab(root + (a - 128) / 500), y * cubeOfLab(root), z * cubeOfLab(root - (b - 128) / 200)];
  return toLevels(multiply(srgbOfXyz(white), xyz as [number, number, number]).map(encodeSrgb));
}

describe("labTable", () => {
  it.each(["d50", "d65"] as const)("stays near the definition for all colors, relative to %s", (white) => {
    const pixels = makePixels(openRandom(11), 50_000, 3);
    const inGamut = pixels.filter((pixel) => convertExactly(pixel, white).every((value) => value > 0 && value < 255));
    const exact = inGamut.map((pixel) => convertExactly(pixel, white));
    expect(inGamut.length).toBeGreaterThan(1000);
    const { mean, most } = errorOf(convertPixels(labTable(white), inGamut), exact);
    expect(mean).toBeLessThan(0.1);
    expect(most).toBeLessThanOrEqual(3);
    const all = errorOf(
      convertPixels(labTable(white), pixels),
      pixels.map((pixel) => convertExactly(pixel, white)),
    );
    expect(all.mean).toBeLessThan(1);
  });

  it.each(["d50", "d65"] as const)("keeps greys grey, from black to white, relative to %s", (white) => {
    const grays = convertPixels(
      labTable(white),
      Array.from({ length: 256 }, (_, level) => [level, 128, 128]),
    );
    expect(grays.filter(([r, g, b]) => r !== g || g !== b)).toEqual([]);
    expect([grays[0], grays[255]]).toEqual([
      [0, 0, 0],
      [255, 255, 255],
    ]);
  });

  it("is relative to D65 where nothing is said", () => {
    expect(labTable()).toEqual(labTable("d65"));
    expect(labTable("d50")).not.toEqual(labTable("d65"));
  });
});
