import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { parseProfile } from "../../../src/color/profile.ts";
import { maxProfileBytes } from "../../../src/limits.ts";
import {
  asciiTag,
  gammaTag,
  makeGrayProfile,
  makeMatrixProfile,
  makeProfile,
  parametricTag,
  primariesOf,
  sampledTag,
  utf16Tag,
} from "../../support/make-profile.ts";

const decode = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
const srgbCurve = parametricTag(3, [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045]);
const srgb = makeMatrixProfile(primariesOf.srgb, srgbCurve);

/** A copy with one byte changed, as in a damaged file. */
function withByte(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = value;
  return copy;
}

describe("parseProfile", () => {
  it.each([
    ["GRAY", "gray"],
    ["RGB", "rgb"],
    ["CMYK", "cmyk"],
    ["Lab", "lab"],
    ["HSV", "other"],
  ])("reads the color space %s as %s", (colorSpace, expected) => {
    expect(parseProfile(makeProfile({ colorSpace, tags: {} }))?.colorSpace).toBe(expected);
  });

  it.each(["link", "abst", "nmcl"])("does not accept a profile of class %s for an image", (deviceClass) => {
    expect(parseProfile(makeProfile({ deviceClass, tags: {} }))?.colorSpace).toBe("other");
  });

  it("reads the description of version 2 and of version 4", () => {
    expect(parseProfile(makeProfile({ tags: { desc: asciiTag("Scanner 5") } }))?.description).toBe("Scanner 5");
    expect(parseProfile(makeProfile({ tags: { desc: utf16Tag("Écran") } }))?.description).toBe("Écran");
  });

  it("cuts a long description and leaves control characters out", () => {
    const description = parseProfile(makeProfile({ tags: { desc: asciiTag(`a\n${"b".repeat(500)}`) } }))?.description;
    expect(description).toBe(`a ${"b".repeat(118)}`);
  });

  it("has no description when the tag's length is wrong", () => {
    const tag = utf16Tag("name");
    tag[23] = 200;
    expect(parseProfile(makeProfile({ tags: { desc: tag } }))).toEqual({ colorSpace: "rgb", isSrgb: false });
  });
});

describe("isSrgb", () => {
  it.each([
    ["a parametric curve", srgbCurve],
    ["1024 samples", sampledTag(1024, decode)],
    ["26 samples", sampledTag(26, decode)],
  ])("recognises sRGB by its primaries and %s, without a name", (_, curve) => {
    expect(parseProfile(makeMatrixProfile(primariesOf.srgb, curve))?.isSrgb).toBe(true);
  });

  it("recognises the profile that libvips embeds", async () => {
    const picture = sharp({ create: { width: 1, height: 1, channels: 3, background: "red" } });
    const png = await picture.withIccProfile("srgb").png().toBuffer();
    const { icc } = await sharp(png).metadata();
    expect(parseProfile(icc!)).toEqual({ colorSpace: "rgb", description: "sRGB", isSrgb: true });
  });

  it("does not believe a name", () => {
    const desc = asciiTag("sRGB IEC61966-2.1");
    expect(parseProfile(makeMatrixProfile(primariesOf.adobeRgb, srgbCurve, { desc }))?.isSrgb).toBe(false);
  });

  it.each([
    ["a gamma of 2.2", makeMatrixProfile(primariesOf.srgb, gammaTag(2.2))],
    ["one channel of another curve", makeMatrixProfile(primariesOf.srgb, [srgbCurve, srgbCurve, gammaTag(1.8)])],
    ["a table that goes before curves", makeMatrixProfile(primariesOf.srgb, srgbCurve, { A2B0: srgbCurve })],
  ])("is false for sRGB's primaries with %s", (_, profile) => {
    expect(parseProfile(profile)?.isSrgb).toBe(false);
  });

  it("is true for grey of sRGB's curve, in XYZ or in lightness, and false for a gamma of 2.2", () => {
    const lightness = sampledTag(4096, (value) => {
      const y = decode(value);
      return (y > (6 / 29) ** 3 ? 116 * Math.cbrt(y) - 16 : y * (29 / 3) ** 3) / 100;
    });
    expect(parseProfile(makeGrayProfile(srgbCurve))?.isSrgb).toBe(true);
    expect(parseProfile(makeGrayProfile(lightness, "Lab"))?.isSrgb).toBe(true);
    expect(parseProfile(makeGrayProfile(gammaTag(2.2)))?.isSrgb).toBe(false);
  });
});

describe("a broken profile", () => {
  const tagCountAt = 128;

  it.each([
    ["nothing", new Uint8Array(0)],
    ["a header alone", srgb.subarray(0, 128)],
    ["another signature", withByte(srgb, 36, 0x41)],
    ["more tags than the table has room for", withByte(srgb, tagCountAt + 3, 60)],
    ["more tags than any profile has", withByte(srgb, tagCountAt, 0x80)],
  ])("is none with %s", (_, bytes) => {
    expect(parseProfile(bytes)).toBeUndefined();
  });

  it("is none one byte past the limit, and one at it", () => {
    const padded = new Uint8Array(maxProfileBytes + 1);
    padded.set(srgb);
    expect(parseProfile(padded.subarray(0, maxProfileBytes))?.isSrgb).toBe(true);
    expect(parseProfile(padded)).toBeUndefined();
  });

  it("loses the tags that reach beyond its end", () => {
    expect(parseProfile(withByte(srgb, tagCountAt + 4 + 4, 0x7f))).toEqual({ colorSpace: "rgb", isSrgb: false });
  });

  it("never throws, wherever it is cut off", () => {
    for (let length = 0; length < srgb.byteLength; length += 1) {
      const summary = parseProfile(srgb.subarray(0, length));
      expect(summary?.isSrgb ?? false).toBe(false);
    }
    expect(parseProfile(srgb)?.isSrgb).toBe(true);
  });
});
