import { beforeAll, describe, expect, it } from "vitest";
import {
  canonicalOf,
  fetchColors,
  fetchImage,
  fetchInfo,
  fetchJpegFrame,
  refusalOf,
  send,
  storeMaster,
  versions,
} from "../support/image-client.ts";
import { decodeBySharp } from "../support/oracle.ts";
import type { Picture } from "../support/picture.ts";
import { largestDifference, lumaPicture } from "../support/picture-edits.ts";

let color: Picture;

beforeAll(async () => {
  [color] = (await storeMaster("color", { width: 300, height: 200, tile: 64, levels: 2 })) as [Picture];
  // Few enough colours for a palette.
  await storeMaster("few", { width: 90, height: 70, tile: 64, pixel: (x, y) => [x & 0x70, y & 0x70, (x + y) & 0xc0] });
  await storeMaster("gray", { width: 100, height: 70, tile: 64, samplesPerPixel: 1 });
});

function toneAt({ samples }: Picture, pixel: number): readonly number[] {
  return [...samples.subarray(pixel * 3, pixel * 3 + 3)];
}

for (const { name, version, whole } of versions) {
  const pathOf = (end: string, identifier = "color"): string => `/iiif/${version}/${identifier}/full/${whole}/0/${end}`;

  describe(`${name} §4.4 quality`, () => {
    it.each(["default", "color"])("returns the colours of the master for %s", async (quality) => {
      expect(largestDifference(await fetchColors(pathOf(`${quality}.png`)), color)).toBe(0);
    });

    it("returns the luma for gray, within one level", async () => {
      const gray = await fetchColors(pathOf("gray.png"));
      expect(largestDifference(gray, lumaPicture(color))).toBeLessThanOrEqual(1);
      for (const pixel of [0, 777, 59_999]) expect(new Set(toneAt(gray, pixel)).size).toBe(1);
    });

    it("returns only black and white for bitonal, split in the middle of gray", async () => {
      const [gray, bitonal] = [await fetchColors(pathOf("gray.png")), await fetchColors(pathOf("bitonal.png"))];
      const expected = { ...gray, samples: gray.samples.map((value) => (value >= 128 ? 255 : 0)) } as Picture;
      expect(largestDifference(bitonal, expected)).toBe(0);
      expect(new Set(bitonal.samples)).toEqual(new Set([0, 255]));
    });

    it("stays bitonal when the size is reduced and the picture turned", async () => {
      for (const rotation of ["0", "90", "!180"]) {
        const reduced = await fetchColors(`/iiif/${version}/color/full/111,/${rotation}/bitonal.png`);
        expect(new Set(reduced.samples)).toEqual(new Set([0, 255]));
      }
    });

    it("writes gray JPEGs with one component and coloured ones with three", async () => {
      expect((await fetchJpegFrame(pathOf("gray.jpg"))).components).toBe(1);
      expect((await fetchJpegFrame(pathOf("color.jpg"))).components).toBe(3);
    });

    it("answers every quality of a gray master, colour included", async () => {
      const plain = await fetchImage(pathOf("default.png", "gray"));
      expect(await fetchImage(pathOf("color.png", "gray"))).toEqual(plain);
      expect(await fetchImage(pathOf("gray.png", "gray"))).toEqual(plain);
      expect(new Set((await fetchColors(pathOf("bitonal.png", "gray"))).samples)).toEqual(new Set([0, 255]));
    });

    it("calls a quality default in the canonical form when default means the same", async () => {
      expect(await canonicalOf(pathOf("color.png"))).toMatch(/\/default\.png$/);
      expect(await canonicalOf(pathOf("gray.png"))).toMatch(/\/gray\.png$/);
      expect(await canonicalOf(pathOf("gray.png", "gray"))).toMatch(/\/default\.png$/);
      expect(await canonicalOf(pathOf("bitonal.png", "gray"))).toMatch(/\/bitonal\.png$/);
    });

    it.each(["native", "grey", "Default", "colour", "sepia", ""])("refuses %s", async (quality) => {
      expect(await refusalOf(pathOf(`${quality}.jpg`))).toMatch(/^400 The quality is not one of/);
    });
  });

  describe(`${name} §4.5 format`, () => {
    it.each([
      ["jpg", "image/jpeg", [0xff, 0xd8, 0xff]],
      ["png", "image/png", [0x89, 0x50, 0x4e]],
      ["webp", "image/webp", [0x52, 0x49, 0x46]],
      ["tif", "image/tiff", [0x49, 0x49, 0x2a]],
      ["gif", "image/gif", [0x47, 0x49, 0x46]],
      ["pdf", "application/pdf", [0x25, 0x50, 0x44]],
    ])("answers %s with %s", async (format, mediaType, start) => {
      const response = await send(pathOf(`default.${format}`));
      expect(response.headers.get("Content-Type")).toBe(mediaType);
      expect([...new Uint8Array(await response.arrayBuffer()).subarray(0, 3)]).toEqual(start);
    });

    it.each(["jp2", "tiff", "avif", "JPG", "jpeg", "bmp", "constructor"])(
      "refuses %s, which is not offered, with 400",
      async (format) => {
        expect(await refusalOf(pathOf(`default.${format}`))).toMatch(
          /^400 The format is not one of jpg, png, webp, tif, gif, pdf/,
        );
      },
    );

    it("refuses a path without a format", async () => {
      expect(await refusalOf(pathOf("default"))).toMatch(/^400 The path does not end in quality\.format/);
      expect(await refusalOf(pathOf("default."))).toMatch(/^400 The format is not one of/);
    });

    it.each(["tif", "gif"])("shows in %s what it shows in png", async (format) => {
      for (const quality of ["default", "gray", "bitonal"]) {
        const path = `/iiif/${version}/few/full/${whole}/0/${quality}`;
        const shown = await decodeBySharp(await fetchImage(`${path}.${format}`), [["toColourspace", "srgb"]]);
        expect(largestDifference(shown, await fetchColors(`${path}.png`)), quality).toBe(0);
      }
    });

    it("answers every quality in every format that info.json lists", async () => {
      const info = await fetchInfo(`/iiif/${version}/color/info.json`);
      const extras = (version === 3 ? info : (info.profile as object[])[1]) as Record<string, string[]>;
      const qualities = ["default", ...(extras[version === 3 ? "extraQualities" : "qualities"] ?? [])];
      const formats = ["jpg", "png", ...(extras[version === 3 ? "extraFormats" : "formats"] ?? [])];
      for (const quality of qualities) {
        for (const format of formats) {
          expect((await send(`/iiif/${version}/color/full/9,/0/${quality}.${format}`)).status).toBe(200);
        }
      }
    });
  });
}
