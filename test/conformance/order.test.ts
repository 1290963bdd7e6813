import { beforeAll, describe, expect, it } from "vitest";
import { fetchColors, storeMaster, versions } from "../support/image-client.ts";
import type { Picture } from "../support/picture.ts";
import {
  cropPicture,
  largestDifference,
  lumaPicture,
  mirrorPicture,
  orientPicture,
  turnPicture,
} from "../support/picture-edits.ts";

let levels: readonly Picture[];

beforeAll(async () => {
  levels = await storeMaster("wide", { width: 300, height: 200, tile: 64, levels: 3 });
  const halves = (x: number): number[] => (x < 100 ? [0, 0, 0] : [255, 255, 255]);
  await storeMaster("halves", { width: 200, height: 100, tile: 64, levels: 2, pixel: halves });
  const stripes = (x: number): number[] => (x % 2 === 0 ? [0, 0, 0] : [255, 255, 255]);
  await storeMaster("stripes", { width: 128, height: 64, tile: 64, pixel: stripes });
});

for (const { name, version } of versions) {
  describe(`${name} §4.6 order of implementation`, () => {
    it("cuts out the region before it scales: no pixel from outside of the region comes in", async () => {
      const black = await fetchColors(`/iiif/${version}/halves/0,0,100,100/37,/0/default.png`);
      expect(new Set(black.samples)).toEqual(new Set([0]));
      const white = await fetchColors(`/iiif/${version}/halves/100,0,100,100/37,/0/default.png`);
      expect(new Set(white.samples)).toEqual(new Set([255]));
    });

    it("scales before it rotates: the size is that of the picture before the turn", async () => {
      const { width, height } = await fetchColors(`/iiif/${version}/wide/full/150,/90/default.png`);
      expect([width, height]).toEqual([100, 150]);
    });

    it("does region, size, mirroring, rotation and quality in this order", async () => {
      const turned = await fetchColors(`/iiif/${version}/wide/64,32,128,96/64,48/!90/gray.png`);
      const region = cropPicture(levels[1]!, { x: 32, y: 16, width: 64, height: 48 });
      const expected = lumaPicture(turnPicture(mirrorPicture(region), 1));
      expect(largestDifference(turned, expected)).toBeLessThanOrEqual(1);
    });

    it("scales before it makes bitonal: what scaling mixes is split afterwards", async () => {
      const { samples } = await fetchColors(`/iiif/${version}/stripes/8,0,64,64/32,32/0/gray.png`);
      const inner = [...samples].filter((_, index) => index % 96 > 12 && index % 96 < 84);
      expect(Math.max(...inner) - Math.min(...inner)).toBeLessThan(10);
      const bitonal = await fetchColors(`/iiif/${version}/stripes/8,0,64,64/32,32/0/bitonal.png`);
      expect([...bitonal.samples].every((value, index) => value === (samples[index]! >= 128 ? 255 : 0))).toBe(true);
    });
  });
}

describe.each([1, 2, 3, 4, 5, 6, 7, 8])("a master of TIFF orientation %i", (orientation) => {
  const identifier = `oriented-${orientation}`;
  let seen: Picture;
  let seenHalf: Picture;

  beforeAll(async () => {
    const stored = await storeMaster(identifier, { width: 150, height: 90, tile: 64, levels: 2, orientation });
    seen = orientPicture(stored[0]!, orientation);
    seenHalf = orientPicture(stored[1]!, orientation);
  });

  it("is described and drawn upright", async () => {
    const whole = await fetchColors(`/iiif/3/${identifier}/full/max/0/default.png`);
    expect(largestDifference(whole, seen)).toBe(0);
  });

  it("takes regions in pixels of the upright image", async () => {
    const part = await fetchColors(`/iiif/3/${identifier}/20,11,50,40/max/0/default.png`);
    expect(largestDifference(part, cropPicture(seen, { x: 20, y: 11, width: 50, height: 40 }))).toBe(0);
  });

  it("takes percentages of the upright dimensions", async () => {
    const part = await fetchColors(`/iiif/3/${identifier}/pct:50,0,50,50/max/0/default.png`);
    const { width, height } = seen;
    expect(
      largestDifference(part, cropPicture(seen, { x: width / 2, y: 0, width: width / 2, height: height / 2 })),
    ).toBe(0);
  });

  it("draws a stored level upright", async () => {
    const half = await fetchColors(`/iiif/3/${identifier}/full/${seenHalf.width},/0/default.png`);
    expect(largestDifference(half, seenHalf)).toBe(0);
  });

  it("is mirrored and rotated after it is made upright", async () => {
    const turned = await fetchColors(`/iiif/3/${identifier}/full/max/!270/default.png`);
    expect(largestDifference(turned, turnPicture(mirrorPicture(seen), 3))).toBe(0);
  });
});
