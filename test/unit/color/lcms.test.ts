import { describe, expect, it } from "vitest";
import { openConversion } from "../../../src/color/lcms.ts";
import { lcmsModule } from "../../support/lcms.ts";
import { gammaTag, makeMatrixProfile, primariesOf } from "../../support/make-profile.ts";

const profile = makeMatrixProfile(primariesOf.adobeRgb, gammaTag(2.2));

describe("openConversion", () => {
  it("converts colors out of gamut to values beyond 0 and 1", () => {
    const convert = openConversion(lcmsModule, profile, "rgb")!;
    const [red = 0, green = 0, blue = 0] = convert(Float32Array.of(0, 1, 0));
    expect(red).toBeLessThan(0);
    expect(green).toBeCloseTo(1, 2);
    expect(blue).toBeLessThan(0);
  });

  it("refuses bytes that are not a profile, and a profile for another model", () => {
    expect(openConversion(lcmsModule, new Uint8Array(200), "rgb")).toBeUndefined();
    expect(openConversion(lcmsModule, profile, "cmyk")).toBeUndefined();
  });

  it("gives up if it needs more memory than it may have", () => {
    const convert = openConversion(lcmsModule, profile, "rgb")!;
    expect(() => convert(new Float32Array(12 << 20))).toThrow(WebAssembly.RuntimeError);
  });
});
