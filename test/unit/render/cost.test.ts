import { describe, expect, it } from "vitest";
import {
  maxDecodedPixels,
  maxPeakBytes,
  maxReadBytesPerRender,
  maxReadsPerRender,
  maxTilesPerRender,
} from "../../../src/limits.ts";
import { type Cost, refuseAboveLimits } from "../../../src/render/cost.ts";
import { codeOf } from "../../support/code-of.ts";

const atLimits: Cost = {
  tiles: maxTilesPerRender,
  decodedPixels: maxDecodedPixels,
  reads: maxReadsPerRender,
  readBytes: maxReadBytesPerRender,
  peakBytes: maxPeakBytes,
};

describe("refuseAboveLimits", () => {
  it("takes a render at every limit", () => {
    expect(codeOf(() => refuseAboveLimits(atLimits))).toBe("none");
  });

  it.each(Object.keys(atLimits) as (keyof Cost)[])("refuses one more in %s and names the limit", (name) => {
    const above = { ...atLimits, [name]: atLimits[name] + 1 };
    expect(codeOf(() => refuseAboveLimits(above))).toBe("render-too-costly");
    expect(() => refuseAboveLimits(above)).toThrow(String(atLimits[name]));
  });
});
