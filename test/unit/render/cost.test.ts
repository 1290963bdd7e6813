import { describe, expect, it } from "vitest";
import { ImageError } from "../../../src/error.ts";
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

  it("says what helps, for work and for memory by itself", () => {
    const hintOf = (above: Cost): string | undefined => {
      try {
        refuseAboveLimits(above, { work: "region", memory: "size-or-region" });
      } catch (error) {
        if (error instanceof ImageError) return error.hint;
      }
      return undefined;
    };
    expect(hintOf({ ...atLimits, reads: maxReadsPerRender + 1 })).toMatch(
      /^Ask for a smaller region: a smaller size takes as much/,
    );
    expect(hintOf({ ...atLimits, peakBytes: maxPeakBytes + 1 })).toBe("Ask for a smaller size or region.");
  });
});
