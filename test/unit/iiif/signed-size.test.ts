import { describe, expect, it } from "vitest";
import { canonicalise } from "../../../src/iiif/canonical.ts";
import { parseRequest } from "../../../src/iiif/request.ts";
import { refuseUnsigned, rulesOfRequest } from "../../../src/iiif/signed-size.ts";
import { codeOf } from "../../support/code-of.ts";

const image = { width: 4000, height: 3000, isGray: false };
const rules = { limits: { maxWidth: 20_000, maxHeight: 20_000, maxArea: 25_000_000 }, isStrictConfined: false };
const limit = 1_000_000;

function sizeOf(region: string, size: string, claim: { readonly isSigned: boolean; readonly limit: number }) {
  const request = parseRequest({ region, size, rotation: "0", qualityAndFormat: "default.jpg" }, 3);
  const canonical = canonicalise(request, image, rulesOfRequest(rules, request, claim));
  refuseUnsigned(canonical, claim);
  return canonical.size;
}

describe("a picture without a signature", () => {
  const claim = { isSigned: false, limit };

  it.each([
    ["full", "1154,866"],
    ["0,0,1000,1000", "1000,1000"],
    ["0,0,1000,1000", "max"],
    ["full", "300,"],
  ])("is sent up to the limit: %s/%s", (region, size) => {
    const { width, height } = sizeOf(region, size, claim);
    expect(width * height).toBeLessThanOrEqual(limit);
  });

  it.each([
    ["full", "1156,867"],
    ["0,0,1001,1000", "1001,1000"],
    ["full", "4000,"],
    ["full", "pct:50"],
    ["full", ",3000"],
  ])("is refused above it: %s/%s", (region, size) => {
    expect(codeOf(() => sizeOf(region, size, claim))).toBe("signature-required");
  });

  it.each(["max", "^max", "!3000,3000"])("is scaled down to it where the size gives way: %s", (size) => {
    const { width, height } = sizeOf("full", size, claim);
    expect(width * height).toBeLessThanOrEqual(limit);
    expect(width * height).toBeGreaterThan(0.99 * limit);
  });

  it("counts the canvas of what is rotated", () => {
    const request = parseRequest({ region: "full", size: "1000,", rotation: "45", qualityAndFormat: "default.jpg" }, 3);
    const canonical = canonicalise(request, image, rulesOfRequest(rules, request, claim));
    expect(codeOf(() => refuseUnsigned(canonical, claim))).toBe("signature-required");
  });
});

describe("a picture at any address without a limit, and at a signed one with it", () => {
  it.each([
    { isSigned: false, limit: 0 },
    { isSigned: true, limit },
  ])("is as large as all: %o", (claim) => {
    expect(sizeOf("full", "max", claim)).toEqual({ width: 4000, height: 3000 });
    expect(sizeOf("full", "4000,", claim)).toEqual({ width: 4000, height: 3000 });
    expect(codeOf(() => sizeOf("full", "^8000,", claim))).toBe("size-above-limit");
  });
});
