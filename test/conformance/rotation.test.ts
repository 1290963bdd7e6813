import { beforeAll, describe, expect, it } from "vitest";
import {
  canonicalOf,
  fetchColors,
  fetchImage,
  fetchJpegFrame,
  fetchPng,
  refusalOf,
  storeMaster,
  versions,
} from "../support/image-client.ts";
import { decodeTwin } from "../support/jpeg-twin.ts";
import type { Picture } from "../support/picture.ts";
import { largestDifference, mirrorPicture, turnPicture } from "../support/picture-edits.ts";

let source: Picture;

beforeAll(async () => {
  [source] = (await storeMaster("wide", { width: 300, height: 200, tile: 64, levels: 2 })) as [Picture];
  const pixel = (): number[] => [40, 90, 140];
  await storeMaster("plain", { width: 120, height: 80, tile: 64, pixel });
});

function alphaAt({ width, samples }: Picture, x: number, y: number): number {
  return samples[(y * width + x) * 4 + 3]!;
}

for (const { name, version, whole } of versions) {
  describe(`${name} §4.3 rotation`, () => {
    const pathOf = (rotation: string, end = "default.png", identifier = "wide"): string =>
      `/iiif/${version}/${identifier}/full/${whole}/${rotation}/${end}`;

    it.each([
      ["0", 0],
      ["90", 1],
      ["180", 2],
      ["270", 3],
      ["360", 0],
      ["90.0", 1],
    ])("turns clockwise by %s degrees, pixel for pixel", async (rotation, quarters) => {
      expect(largestDifference(await fetchColors(pathOf(rotation)), turnPicture(source, quarters))).toBe(0);
    });

    it.each([
      ["!0", 0],
      ["!90", 1],
      ["!180", 2],
      ["!270", 3],
    ])("mirrors left to right before it turns, for %s", async (rotation, quarters) => {
      const expected = turnPicture(mirrorPicture(source), quarters);
      expect(largestDifference(await fetchColors(pathOf(rotation)), expected)).toBe(0);
    });

    it.each(["90", "!90", "180", "!270"])("turns JPEG by %s as it turns PNG", async (rotation) => {
      const { width, height } = await fetchPng(pathOf(rotation));
      expect(await fetchJpegFrame(pathOf(rotation, "default.jpg"))).toMatchObject({ width, height });
    });

    it.each([
      ["45", 141, 141],
      ["22.5", 142, 120],
      ["!22.5", 142, 120],
      ["100", 100, 132],
      ["359.5", 121, 81],
    ])("grows the canvas for %s degrees so that all of the picture fits, unscaled", async (rotation, width, height) => {
      const rotated = await fetchPng(pathOf(rotation, "default.png", "plain"));
      expect(Math.abs(rotated.width - width)).toBeLessThanOrEqual(1);
      expect(Math.abs(rotated.height - height)).toBeLessThanOrEqual(1);
    });

    it("leaves the background transparent in PNG and the picture opaque", async () => {
      const rotated = await fetchPng(pathOf("45", "default.png", "plain"));
      const { width, height, samples } = rotated;
      const corners = [alphaAt(rotated, 0, 0), alphaAt(rotated, width - 1, height - 1)];
      expect(corners).toEqual([0, 0]);
      expect(alphaAt(rotated, width >> 1, height >> 1)).toBe(255);
      let opaque = 0;
      for (let at = 3; at < samples.length; at += 4) opaque += samples[at]! / 255;
      expect(Math.abs(opaque - 120 * 80)).toBeLessThan(120);
    });

    it("keeps the colours of what it rotates", async () => {
      const { samples } = await fetchPng(pathOf("30", "default.png", "plain"));
      for (let at = 0; at < samples.length; at += 4) {
        if (samples[at + 3] !== 255) continue;
        expect([...samples.subarray(at, at + 3)]).toEqual([40, 90, 140]);
      }
    });

    it("carries transparency in WebP", async () => {
      const text = new TextDecoder("latin1").decode(await fetchImage(pathOf("45", "default.webp", "plain")));
      expect(text.slice(0, 4) + text.slice(8, 12)).toBe("RIFFWEBP");
      expect(text).toContain("ALPH");
    });

    it("lays the picture on white in JPEG", async () => {
      const [luma, blue, red] = decodeTwin(await fetchImage(pathOf("45", "default.jpg", "plain")));
      const last = luma!.values.length - 1;
      for (const at of [0, luma!.width - 1, last]) expect(luma!.values[at]).toBeGreaterThanOrEqual(252);
      for (const chroma of [blue!, red!]) expect(Math.abs(chroma.values[0]! - 128)).toBeLessThanOrEqual(2);
    });

    it.each(["361", "360.1", "-90", "+90", "1e2", "NaN", "", "!", "!!90", "90!", "ninety", "90,"])(
      "refuses %s",
      async (rotation) => {
        expect(await refusalOf(pathOf(rotation))).toMatch(/^400 The rotation is not/);
      },
    );

    it.each([
      ["360", "0"],
      ["90.0", "90"],
      ["22.50", "22.5"],
      [".5", "0.5"],
      ["!360.0", "!0"],
      ["007", "7"],
    ])("writes %s as %s in the canonical form", async (rotation, expected) => {
      expect(await canonicalOf(pathOf(rotation))).toBe(`full/${whole}/${expected}/default.png`);
    });
  });
}
