import { describe, expect, it } from "vitest";
import type { Size } from "../../../src/geometry.ts";
import { chooseSize, largestSize, largestUpscaledSize, parseSize, type SizeLimits } from "../../../src/iiif/size.ts";
import type { ApiVersion } from "../../../src/iiif/version.ts";
import { codeOf } from "../../support/code-of.ts";
import { openRandom, type Random } from "../../support/random.ts";

const wide: SizeLimits = { maxWidth: 1e6, maxHeight: 1e6, maxArea: 1e12 };
const region = { width: 300, height: 200 };

function choose(
  text: string,
  options: { of?: Size; limits?: SizeLimits; version?: ApiVersion; strict?: true; upTo?: number } = {},
): Size {
  const { of = region, limits = wide, version = 3, strict, upTo = 0 } = options;
  const rules = { limits, isStrictConfined: strict === true, maxUpscaledSide: upTo };
  return chooseSize(parseSize(text, version), of, rules);
}

function randomRegion(random: Random): Size {
  const side = (): number => random.integer(1, random.pick([3, 50, 1000, 20_000]));
  return { width: side(), height: side() };
}

describe("parseSize", () => {
  it.each([
    ["max", { kind: "max", isUpscaling: false }],
    ["^max", { kind: "max", isUpscaling: true }],
    ["5,", { kind: "width", width: 5, isUpscaling: false }],
    ["^,5", { kind: "height", height: 5, isUpscaling: true }],
    ["pct:12.5", { kind: "percent", percent: 12.5, isUpscaling: false }],
    ["^pct:120", { kind: "percent", percent: 120, isUpscaling: true }],
    ["5,6", { kind: "exact", width: 5, height: 6, isUpscaling: false }],
    ["^!5,6", { kind: "confined", width: 5, height: 6, isUpscaling: true }],
  ])("reads %s of 3.0", (text, size) => {
    expect(parseSize(text, 3)).toEqual(size);
  });

  it("reads full in 2.1 alone, and ^ in 3.0 alone", () => {
    expect(parseSize("full", 2)).toEqual({ kind: "full", isUpscaling: false });
    expect(codeOf(() => parseSize("full", 3))).toBe("size-malformed");
    expect(codeOf(() => parseSize("^full", 3))).toBe("size-malformed");
    for (const text of ["^max", "^5,", "^pct:50"]) expect(codeOf(() => parseSize(text, 2))).toBe("size-malformed");
  });

  it.each([
    "",
    ",",
    "5",
    "5,6,7",
    "!5,",
    "!,5",
    "!max",
    "!^5,5",
    "^^5,",
    "-5,",
    "5.5,",
    "1e2,",
    "pct:",
    "pct:-1",
    "MAX",
  ])("refuses %j as malformed in both versions", (text) => {
    for (const version of [2, 3] as const) expect(codeOf(() => parseSize(text, version))).toBe("size-malformed");
  });

  it.each(["0,", ",0", "0,5", "5,0", "!0,5", "pct:0", "pct:0.0", "^0,"])("refuses %s as empty", (text) => {
    expect(codeOf(() => parseSize(text, 3))).toBe("size-empty");
  });

  it("refuses more than 100 per cent without ^ in 3.0", () => {
    expect(codeOf(() => parseSize("pct:100.01", 3))).toBe("upscale-not-asked");
    expect(parseSize("pct:101", 2)).toEqual({ kind: "percent", percent: 101, isUpscaling: false });
  });
});

describe("chooseSize", () => {
  it.each([
    ["max", "300x200"],
    ["150,", "150x100"],
    [",67", "101x67"],
    ["pct:33.3", "100x67"],
    ["10,200", "10x200"],
    ["!225,100", "150x100"],
    ["!999,999", "300x200"],
    ["!1,1", "1x1"],
    ["^450,", "450x300"],
    ["^!450,999", "450x300"],
    ["^pct:1", "3x2"],
  ])("makes %s of 300 by 200 pixels %s", (text, expected) => {
    const { width, height } = choose(text);
    expect(`${width}x${height}`).toBe(expected);
  });

  it.each(["301,", ",201", "301,1", "1,201"])("refuses %s as larger than the region", (text) => {
    for (const version of [2, 3] as const) expect(codeOf(() => choose(text, { version }))).toBe("upscale-not-asked");
  });

  it.each([
    ["450,", 450, 300],
    [",300", 450, 300],
    ["pct:150", 450, 300],
    ["450,450", 450, 450],
    ["100,450", 100, 450],
  ])("enlarges to %s in 2.1 up to the configured side, and not past it", (text, width, height) => {
    expect(choose(text, { version: 2, upTo: 450 })).toEqual({ width, height });
    expect(codeOf(() => choose(text, { version: 2, upTo: 449 }))).toBe("size-above-limit");
    expect(codeOf(() => choose(text, { version: 2, upTo: 0 }))).toBe("upscale-not-asked");
    const limits = { ...wide, maxArea: width * height - 1 };
    expect(codeOf(() => choose(text, { version: 2, upTo: 450, limits }))).toBe("size-above-limit");
  });

  it("takes a side that is no larger than the region's for none that is enlarged, above the configured side too", () => {
    expect(choose("300,40", { version: 2, upTo: 40 })).toEqual({ width: 300, height: 40 });
    expect(choose("full", { version: 2, upTo: 40 })).toEqual(region);
    expect(choose("300,100", { of: { width: 300, height: 50 }, version: 2, upTo: 100 })).toEqual({
      width: 300,
      height: 100,
    });
  });

  it("never enlarges to max or to a box in 2.1", () => {
    for (const text of ["max", "full", "!999,999"]) expect(choose(text, { version: 2, upTo: 2000 })).toEqual(region);
  });

  it.each(["pct:0.1", "^pct:0.1"])("refuses %s, which leaves less than a pixel", (text) => {
    expect(codeOf(() => choose(text))).toBe("size-empty");
    expect(codeOf(() => choose(text, { of: { width: 1000, height: 1 } }))).toBe("size-empty");
  });

  it.each<[string, keyof SizeLimits, number]>([
    ["150,", "maxWidth", 149],
    ["150,", "maxHeight", 99],
    ["150,", "maxArea", 14_999],
    ["^450,", "maxWidth", 449],
  ])("refuses %s one past %s of %i", (text, name, most) => {
    expect(codeOf(() => choose(text, { limits: { ...wide, [name]: most } }))).toBe("size-above-limit");
    expect(codeOf(() => choose(text, { limits: { ...wide, [name]: most + 1 } }))).toBe("none");
  });

  it("refuses full of 2.1 above the limits, and scales max down", () => {
    const limits = { ...wide, maxWidth: 150 };
    expect(codeOf(() => choose("full", { limits, version: 2 }))).toBe("size-above-limit");
    expect(choose("max", { limits, version: 2 })).toEqual({ width: 150, height: 100 });
  });

  it("never takes w, or ,h of at most the region's side for upscaling", () => {
    const random = openRandom(4);
    for (let round = 0; round < 3000; round += 1) {
      const of = randomRegion(random);
      const width = random.pick([of.width, Math.max(1, of.width - 1), random.integer(1, of.width)]);
      const height = random.pick([of.height, Math.max(1, of.height - 1), random.integer(1, of.height)]);
      const byWidth = choose(`${width},`, { of });
      const byHeight = choose(`,${height}`, { of });
      expect(byWidth.width).toBe(width);
      expect(byHeight.height).toBe(height);
      for (const size of [byWidth, byHeight]) {
        expect(size.width >= 1 && size.width <= of.width && size.height >= 1 && size.height <= of.height).toBe(true);
      }
    }
  });

  it("returns the region itself for w, and ,h of its own sides", () => {
    const random = openRandom(5);
    for (let round = 0; round < 1000; round += 1) {
      const of = randomRegion(random);
      expect(choose(`${of.width},`, { of })).toEqual(of);
      expect(choose(`,${of.height}`, { of })).toEqual(of);
      expect(choose("pct:100", { of })).toEqual(of);
      expect(choose(`!${of.width},${of.height}`, { of })).toEqual(of);
    }
  });

  it("keeps !w,h inside of box, region and limits, and touches one of them", () => {
    const random = openRandom(6);
    for (let round = 0; round < 3000; round += 1) {
      const of = randomRegion(random);
      const box = randomRegion(random);
      const size = choose(`!${box.width},${box.height}`, { of });
      expect(size.width <= Math.min(box.width, of.width) && size.height <= Math.min(box.height, of.height)).toBe(true);
      const touches = [size.width === box.width, size.height === box.height, size.width === of.width];
      expect(touches.includes(true)).toBe(true);
    }
  });

  it("refuses a box larger than the region on both sides only when it is set to", () => {
    expect(codeOf(() => choose("!301,201", { strict: true }))).toBe("size-above-box");
    expect(codeOf(() => choose("!301,201", { strict: true, version: 2 }))).toBe("size-above-box");
    expect(choose("!301,201")).toEqual(region);
    for (const text of ["!300,200", "!301,200", "!301,100", "!100,999", "^!301,201"]) {
      expect(codeOf(() => choose(text, { strict: true }))).toBe("none");
    }
  });
});

describe("largestSize and largestUpscaledSize", () => {
  const limitsOf = (random: Random): SizeLimits => ({
    maxWidth: random.integer(1, 3000),
    maxHeight: random.integer(1, 3000),
    maxArea: random.integer(1, 4_000_000),
  });

  it("never exceed a limit, are never empty, and never enlarge without ^", { tags: "slow" }, () => {
    const random = openRandom(7);
    for (let round = 0; round < 5000; round += 1) {
      const of = randomRegion(random);
      const limits = limitsOf(random);
      for (const size of [largestSize(of, limits), largestUpscaledSize(of, limits)]) {
        expect(size.width >= 1 && size.width <= limits.maxWidth).toBe(true);
        expect(size.height >= 1 && size.height <= limits.maxHeight).toBe(true);
        expect(size.width * size.height).toBeLessThanOrEqual(limits.maxArea);
      }
      const { width, height } = largestSize(of, limits);
      expect(width <= of.width && height <= of.height).toBe(true);
    }
  });

  it("keep the proportions within a pixel where a pixel is little", () => {
    const random = openRandom(8);
    for (let round = 0; round < 1000; round += 1) {
      const of = { width: random.integer(500, 5000), height: random.integer(500, 5000) };
      const limits = { maxWidth: random.integer(100, 400), maxHeight: 1e6, maxArea: random.integer(10_000, 99_999) };
      const { width, height } = largestSize(of, limits);
      expect(Math.abs(width - (height * of.width) / of.height)).toBeLessThanOrEqual(1 + of.width / of.height);
    }
  });

  it("are the region itself where it is within the limits, or at them", () => {
    expect(largestSize(region, { maxWidth: 300, maxHeight: 200, maxArea: 60_000 })).toEqual(region);
    expect(largestUpscaledSize(region, { maxWidth: 300, maxHeight: 900, maxArea: 900_000 })).toEqual(region);
  });
});
