import { describe, expect, it } from "vitest";
import { chooseStoring, type StoringRules } from "../../../src/cache/storing.ts";
import type { CanonicalRequest } from "../../../src/iiif/canonical.ts";

const rules: StoringRules = {
  abovePixels: 4_000_000,
  atOnceAbovePixels: 25_000_000,
  angleStepDegrees: 90,
  sizeStepPixels: 4,
  limits: { maxWidth: 1000, maxHeight: 1000, maxArea: 1_000_000 },
};

const request = (width: number, height: number, degrees = 0, isMirrored = false): CanonicalRequest => ({
  region: { x: 0, y: 0, width: 2999, height: 1999 },
  size: { width, height },
  rotation: { degrees, isMirrored },
  quality: "default",
  format: "jpg",
});

const isStored = (changed: Partial<StoringRules>, ...asked: Parameters<typeof request>): boolean =>
  chooseStoring({ ...rules, ...changed }, request(...asked), 4_000_000) !== "never";

describe("chooseStoring", () => {
  it.each([
    [3_999_999, "never"],
    [4_000_000, "when-asked-again"],
    [24_999_999, "when-asked-again"],
    [25_000_000, "at-once"],
  ])("goes by the decoded pixels: %i %s", (decodedPixels, storing) => {
    expect(chooseStoring(rules, request(400, 267), decodedPixels)).toBe(storing);
  });

  it("stores nothing below its own threshold, whatever would be stored at once", () => {
    expect(chooseStoring({ ...rules, atOnceAbovePixels: 0 }, request(400, 267), 3_999_999)).toBe("never");
  });

  it.each([0, 90, 180, 270])("stores quarter turns, mirrored too: %i", (degrees) => {
    expect(isStored({}, 400, 267, degrees)).toBe(true);
    expect(isStored({}, 400, 267, degrees, true)).toBe(true);
  });

  it.each([0.5, 45, 89.9, 91, 359.99])("does not store angles between the steps: %d", (degrees) => {
    expect(isStored({}, 400, 267, degrees)).toBe(false);
  });

  it("takes another step of angles; 0 stores what is not rotated", () => {
    expect(isStored({ angleStepDegrees: 15 }, 400, 267, 45)).toBe(true);
    expect(isStored({ angleStepDegrees: 15 }, 400, 267, 50)).toBe(false);
    expect(isStored({ angleStepDegrees: 0 }, 400, 267, 90)).toBe(false);
    expect(isStored({ angleStepDegrees: 0 }, 400, 267)).toBe(true);
    expect(isStored({ angleStepDegrees: 0 }, 400, 267, 0, true)).toBe(true);
  });

  it("stores sizes of which one side is on the grid", () => {
    expect(isStored({}, 400, 267)).toBe(true);
    expect(isStored({}, 401, 268)).toBe(true);
    expect(isStored({}, 401, 267)).toBe(false);
  });

  it("stores the region's own size and what max comes to, on the grid or not", () => {
    expect(isStored({}, 2999, 1999)).toBe(true);
    const wide = { ...rules.limits, maxWidth: 1001 };
    expect(isStored({ limits: wide }, 1001, 667)).toBe(true);
    expect(isStored({ limits: wide }, 1001, 666)).toBe(false);
  });

  it("takes another step of sizes; 0 stores whole regions and max", () => {
    expect(isStored({ sizeStepPixels: 1 }, 401, 267)).toBe(true);
    expect(isStored({ sizeStepPixels: 100 }, 404, 267)).toBe(false);
    expect(isStored({ sizeStepPixels: 0 }, 400, 267)).toBe(false);
    expect(isStored({ sizeStepPixels: 0 }, 1000, 667)).toBe(true);
  });
});
