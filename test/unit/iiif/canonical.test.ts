import { describe, expect, it } from "vitest";
import { type CanonicalRequest, formatCanonical } from "../../../src/iiif/canonical.ts";
import { codeOf } from "../../support/code-of.ts";
import { randomImage, randomRequest, type Settling, settle } from "../../support/image-requests.ts";
import { openRandom, type Random } from "../../support/random.ts";

const wide: Settling = {
  image: { width: 300, height: 200, isGray: false },
  limits: { maxWidth: 20_000, maxHeight: 20_000, maxArea: 25_000_000 },
  version: 3,
};

const canonicalOf = (path: string, settling: Settling = wide): string =>
  formatCanonical(settle(path, settling), settling.image, settling.limits);

function randomSettling(random: Random): Settling {
  const { integer, pick } = random;
  const side = (): number => integer(1, pick([5, 100, 3000, 60_000]));
  return {
    image: randomImage(random),
    limits: { maxWidth: side(), maxHeight: side(), maxArea: integer(1, pick([1000, 1_000_000, 400_000_000])) },
    version: 3,
  };
}

describe("canonicalise", () => {
  it("settles every number", () => {
    expect(settle("250,150,100,100/!25,99/!360.0/color.png", wide)).toEqual({
      region: { x: 250, y: 150, width: 50, height: 50 },
      size: { width: 25, height: 25 },
      rotation: { isMirrored: true, degrees: 0 },
      quality: "default",
      format: "png",
    } satisfies CanonicalRequest);
  });

  it("calls gray default for a gray image alone, and color default for all", () => {
    const gray = { ...wide, image: { ...wide.image, isGray: true } };
    expect([settle("full/max/0/gray.jpg", gray).quality, settle("full/max/0/gray.jpg", wide).quality]).toEqual([
      "default",
      "gray",
    ]);
    expect([settle("full/max/0/color.jpg", gray).quality, settle("full/max/0/bitonal.jpg", gray).quality]).toEqual([
      "default",
      "bitonal",
    ]);
  });

  it("checks maxArea for the canvas of a rotation that is not a quarter turn", () => {
    const tight = { ...wide, limits: { ...wide.limits, maxArea: 60_000 } };
    expect(codeOf(() => settle("full/max/45/default.png", tight))).toBe("size-above-limit");
    expect(codeOf(() => settle("full/max/0.001/default.png", tight))).toBe("none");
    expect(codeOf(() => settle("full/max/270/default.png", tight))).toBe("none");
    expect(codeOf(() => settle("full/100,/45/default.png", tight))).toBe("none");
  });
});

describe("formatCanonical", () => {
  it.each([
    ["full/max/0/default.jpg", "full/max/0/default.jpg"],
    ["0,0,300,200/300,200/360/color.jpg", "full/max/0/default.jpg"],
    ["square/pct:50/0/gray.jpg", "50,0,200,200/100,100/0/gray.jpg"],
    ["full/^max/0/default.jpg", "full/^max/0/default.jpg"],
    ["full/^100,/0/default.jpg", "full/100,67/0/default.jpg"],
    ["full/^600,/0/default.jpg", "full/^600,400/0/default.jpg"],
    ["full/^100,400/0/default.jpg", "full/^100,400/0/default.jpg"],
    ["full/max/!22.500/default.webp", "full/max/!22.5/default.webp"],
  ])("writes %s as %s", (path, canonical) => {
    expect(canonicalOf(path)).toBe(canonical);
  });

  it("writes max for what a limit makes the largest", () => {
    const limited = { ...wide, limits: { ...wide.limits, maxWidth: 150 } };
    expect(canonicalOf("full/150,/0/default.jpg", limited)).toBe("full/max/0/default.jpg");
    expect(canonicalOf("full/^max/0/default.jpg", limited)).toBe("full/max/0/default.jpg");
  });

  it("reads back as the same picture, and is its own canonical form", { tags: "slow" }, () => {
    const random = openRandom(10);
    let settled = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const settling = randomSettling(random);
      const path = randomRequest(random, settling.image, 3);
      if (codeOf(() => settle(path, settling)) !== "none") continue;
      settled += 1;
      const once = settle(path, settling);
      const canonical = formatCanonical(once, settling.image, settling.limits);
      expect(settle(canonical, settling)).toEqual(once);
      expect(canonicalOf(canonical, settling)).toBe(canonical);
    }
    expect(settled).toBeGreaterThan(2000);
  });

  it("never settles on a size above a limit, an empty one, or a larger one without ^", { tags: "slow" }, () => {
    const random = openRandom(11);
    for (let round = 0; round < 20_000; round += 1) {
      const settling = randomSettling(random);
      const path = randomRequest(random, settling.image, 3);
      if (codeOf(() => settle(path, settling)) !== "none") continue;
      const { region, size } = settle(path, settling);
      const { maxWidth, maxHeight, maxArea } = settling.limits;
      expect(size.width <= maxWidth && size.height <= maxHeight && size.width * size.height <= maxArea).toBe(true);
      expect(size.width >= 1 && size.height >= 1).toBe(true);
      const isLarger = size.width > region.width || size.height > region.height;
      expect(isLarger && !path.includes("/^")).toBe(false);
    }
  });
});
