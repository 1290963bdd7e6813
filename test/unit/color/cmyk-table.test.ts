import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { cmykTable } from "../../../src/color/cmyk-table.ts";
import { openConversion } from "../../../src/color/lcms.ts";
import { overprints } from "../../../src/color/overprints.ts";
import { buildProfileTable } from "../../../src/color/profile-table.ts";
import { readProfileTags } from "../../../src/color/profile-tags.ts";
import { trimProfile } from "../../../src/color/trimmed-profile.ts";
import { convertPixels, errorOf, makePixels } from "../../support/color-tables.ts";
import { lcmsModule } from "../../support/lcms.ts";
import { openRandom } from "../../support/random.ts";

/** The profile that libvips brings along for inks of an unknown press. */
let profile: Uint8Array;

beforeAll(async () => {
  const picture = sharp({ create: { width: 1, height: 1, channels: 3, background: "red" } });
  const tiff = await picture.toColourspace("cmyk").withIccProfile("cmyk").tiff().toBuffer();
  profile = (await sharp(tiff).metadata()).icc!;
});

const linearOf = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

/** From linear sRGB to XYZ as shares of white. Source: IEC 61966-2-1, adapted to D50. */
const xyzOfSrgb = [
  [0.4360747, 0.3850649, 0.1430804],
  [0.2225045, 0.7168786, 0.0606169],
  [0.0139322, 0.0971045, 0.7141733],
].map((row) => row.map((value) => value / row.reduce((sum, part) => sum + part, 0)));

describe("overprints", () => {
  it("are what the profile says of inks at every quarter", () => {
    const shares = [0, 25, 50, 75, 100];
    const inks = shares.flatMap((k) =>
      shares.flatMap((c) => shares.flatMap((m) => shares.flatMap((y) => [c, m, y, k]))),
    );
    const encoded = openConversion(lcmsModule, trimProfile(readProfileTags(profile)!), "cmyk")!(
      Float32Array.from(inks),
    );
    const bytes = Uint8Array.from(atob(overprints), (character) => character.charCodeAt(0));
    const expected = Array.from({ length: 625 }, (_, at) => {
      const light = [...encoded.subarray(at * 3, at * 3 + 3)].map(linearOf);
      return xyzOfSrgb.map((row) => {
        const share = row.reduce((sum, value, index) => sum + value * light[index]!, 0);
        return Math.round(Math.sqrt(Math.min(1, Math.max(0, share))) * 255);
      });
    }).flat();
    expect(bytes.length).toBe(expected.length);
    expect(Math.max(...expected.map((value, at) => Math.abs(value - bytes[at]!)))).toBeLessThanOrEqual(1);
  });
});

describe("cmykTable", () => {
  it("has white paper, inks of their hues, and a black that is printed", () => {
    const [paper, cyan, magenta, yellow, black] = convertPixels(cmykTable(), [
      [0, 0, 0, 0],
      [255, 0, 0, 0],
      [0, 255, 0, 0],
      [0, 0, 255, 0],
      [0, 0, 0, 255],
    ]);
    expect(paper).toEqual([255, 255, 255]);
    expect(cyan![0]).toBe(0);
    expect(Math.min(cyan![1]!, cyan![2]!)).toBeGreaterThan(120);
    expect(magenta![1]).toBeLessThan(60);
    expect(Math.min(magenta![0]!, magenta![2]!)).toBeGreaterThan(120);
    expect(yellow![2]).toBeLessThan(60);
    expect(Math.min(yellow![0]!, yellow![1]!)).toBeGreaterThan(200);
    expect(Math.max(...black!)).toBeLessThan(60);
  });

  it("stays within a level, on average, of the profile that libvips resorts to", () => {
    const pixels = makePixels(openRandom(12), 20_000, 4);
    const byProfile = convertPixels(buildProfileTable(profile, { model: "cmyk", lcmsModule })!, pixels);
    expect(errorOf(convertPixels(cmykTable(), pixels), byProfile).mean).toBeLessThan(1);
  });

  it("darkens with every ink", () => {
    const sum = (pixel: readonly number[]): number => pixel.reduce((total, value) => total + value, 0);
    for (let channel = 0; channel < 4; channel += 1) {
      const ramp = Array.from({ length: 256 }, (_, level) => [0, 1, 2, 3].map((ink) => (ink === channel ? level : 0)));
      const sums = convertPixels(cmykTable(), ramp).map(sum);
      expect(sums.filter((value, at) => at > 0 && value > sums[at - 1]!)).toEqual([]);
    }
  });
});
