import { describe, expect, it } from "vitest";
import { openConversion } from "../../../src/color/lcms.ts";
import { buildProfileTable } from "../../../src/color/profile-table.ts";
import { cubeOfLab, d50, encodeSrgb, type Matrix, multiply } from "../../../src/color/srgb.ts";
import { convertPixels, errorOf, makeGrays, makePixels, type Pixel, toLevels } from "../../support/color-tables.ts";
import { lcmsModule } from "../../support/lcms.ts";
import {
  gammaTag,
  labTableTag,
  makeGrayProfile,
  makeMatrixProfile,
  makeProfile,
  type Primaries,
  parametricTag,
  primariesOf,
  sampledTag,
} from "../../support/make-profile.ts";
import { openRandom } from "../../support/random.ts";

const srgbCurve = parametricTag(3, [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045]);

const build = (profile: Uint8Array, model: "gray" | "rgb" | "cmyk") =>
  buildProfileTable(profile, { model, lcmsModule });

/** What Little CMS makes of pixels by a profile, without any table of ours. */
function convertByLcms(profile: Uint8Array, model: "rgb" | "cmyk", pixels: readonly Pixel[]): Pixel[] {
  const scale = model === "cmyk" ? 100 / 255 : 1 / 255;
  const encoded = openConversion(lcmsModule, profile, model)!(
    Float32Array.from(pixels.flat(), (value) => value * scale),
  );
  return pixels.map((_, at) => toLevels([...encoded.subarray(at * 3, at * 3 + 3)]));
}

/** CIELAB of a color of a space with a gamma, as a scanner's table would have it. */
function labOfRgb(primaries: Primaries, gamma: number): (device: readonly number[]) => [number, number, number] {
  const columns = primaries.map((column) => column.map((value, row) => value / d50[row]!));
  const toXyz = [0, 1, 2].flatMap((row) => columns.map((column) => column[row]!)) as unknown as Matrix;
  return (device) => {
    const [r = 0, g = 0, b = 0] = device.map((value) => value ** gamma);
    const roots = multiply(toXyz, [r, g, b]).map((share) =>
      share > (6 / 29) ** 3 ? Math.cbrt(share) : share / (3 * (6 / 29) ** 2) + 4 / 29,
    );
    const [x = 0, y = 0, z = 0] = roots;
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
  };
}

/** A small press: each ink takes its own light away, paper and all inks together are grey. */
const pressProfile = makeProfile({
  deviceClass: "prtr",
  colorSpace: "CMYK",
  connectionSpace: "Lab",
  tags: {
    A2B0: labTableTag(4, 5, ([c = 0, m = 0, y = 0, k = 0]) => [
      100 * (1 - 0.9 * k) * (1 - 0.4 * c) * (1 - 0.5 * m) * (1 - 0.1 * y),
      (1 - k) * (70 * m - 35 * c),
      (1 - k) * (90 * y - 45 * c),
    ]),
  },
});

const scannerProfile = makeProfile({
  deviceClass: "scnr",
  connectionSpace: "Lab",
  tags: { A2B0: labTableTag(3, 17, labOfRgb(primariesOf.adobeRgb, 1.8)) },
});

describe("the table of a matrix profile", () => {
  it("leaves sRGB as it is, greys exactly", () => {
    const table = build(makeMatrixProfile(primariesOf.srgb, srgbCurve), "rgb")!;
    const pixels = makePixels(openRandom(1), 20_000, 3);
    expect(errorOf(convertPixels(table, pixels), pixels).most).toBeLessThanOrEqual(1);
    expect(convertPixels(table, makeGrays(3))).toEqual(makeGrays(3));
  });

  it.each<[string, Primaries, number]>([
    ["Adobe RGB", primariesOf.adobeRgb, 2.19921875],
    ["ProPhoto RGB", primariesOf.proPhoto, 1.8],
    ["linear light", primariesOf.srgb, 1],
  ])("converts %s as Little CMS does", (_, primaries, gamma) => {
    const profile = makeMatrixProfile(primaries, gammaTag(gamma));
    const pixels = makePixels(openRandom(2), 5000, 3);
    const { mean, most } = errorOf(
      convertPixels(build(profile, "rgb")!, pixels),
      convertByLcms(profile, "rgb", pixels),
    );
    expect(mean).toBeLessThan(0.02);
    expect(most).toBeLessThanOrEqual(1);
  });

  it("keeps greys grey", () => {
    for (const primaries of [primariesOf.adobeRgb, primariesOf.proPhoto]) {
      const grays = convertPixels(build(makeMatrixProfile(primaries, gammaTag(2.2)), "rgb")!, makeGrays(3));
      expect(grays.filter(([r, g, b]) => r !== g || g !== b)).toEqual([]);
    }
  });

  it("converts each channel by its own curve", () => {
    const profile = makeMatrixProfile(primariesOf.adobeRgb, [gammaTag(1), gammaTag(1.8), gammaTag(2.6)]);
    const pixels = makePixels(openRandom(3), 2000, 3);
    expect(errorOf(convertPixels(build(profile, "rgb")!, pixels), convertByLcms(profile, "rgb", pixels)).most).toBe(1);
  });
});

describe("the table of a grey profile", () => {
  it("holds the levels of sRGB for each level of a gamma", () => {
    const levels = convertPixels(build(makeGrayProfile(gammaTag(1.75)), "gray")!, makeGrays(1));
    expect(levels).toEqual(makeGrays(1).map(([level]) => toLevels([encodeSrgb((level! / 255) ** 1.75)])));
  });

  it("reads curves of lightness", () => {
    const profile = makeGrayProfile(
      sampledTag(2, (value) => value),
      "Lab",
    );
    const levels = convertPixels(build(profile, "gray")!, makeGrays(1));
    expect(levels).toEqual(
      makeGrays(1).map(([level]) => toLevels([encodeSrgb(cubeOfLab(((level! / 255) * 100 + 16) / 116))])),
    );
  });
});

describe("the table of a profile that has one", () => {
  it("stays near Little CMS for RGB, out of gamut too", () => {
    const pixels = makePixels(openRandom(4), 5000, 3);
    const { mean, most } = errorOf(
      convertPixels(build(scannerProfile, "rgb")!, pixels),
      convertByLcms(scannerProfile, "rgb", pixels),
    );
    expect(mean).toBeLessThan(0.3);
    expect(most).toBeLessThanOrEqual(20);
  });

  it("stays near Little CMS for inks", () => {
    const pixels = makePixels(openRandom(5), 5000, 4);
    const { mean, most } = errorOf(
      convertPixels(build(pressProfile, "cmyk")!, pixels),
      convertByLcms(pressProfile, "cmyk", pixels),
    );
    expect(mean).toBeLessThan(0.3);
    expect(most).toBeLessThanOrEqual(20);
  });
});

describe("buildProfileTable", () => {
  it.each<[string, Uint8Array, "gray" | "rgb" | "cmyk"]>([
    ["of another model", makeGrayProfile(srgbCurve), "rgb"],
    ["of a link between devices", makeProfile({ deviceClass: "link", tags: {} }), "rgb"],
    ["of grey without a curve", makeProfile({ colorSpace: "GRAY", tags: {} }), "gray"],
    ["of inks without a table", makeProfile({ deviceClass: "prtr", colorSpace: "CMYK", tags: {} }), "cmyk"],
    [
      "with impossible primaries",
      makeMatrixProfile(
        [
          [9, 0, 0],
          [0, 9, 0],
          [0, 0, 9],
        ],
        srgbCurve,
      ),
      "rgb",
    ],
    ["with a chain of elements for a table", makeMatrixProfile(primariesOf.srgb, srgbCurve, { A2B0: chain() }), "rgb"],
    ["whose table has other channels", withTable(labTableTag(3, 2, () => [50, 0, 0])), "cmyk"],
    ["whose table claims a grid of 255 nodes", withTable(claiming(255)), "cmyk"],
    ["whose table claims a grid of 1 node", withTable(claiming(1)), "cmyk"],
    ["whose table is cut off", withTable(labTableTag(4, 5, () => [50, 0, 0]).subarray(0, 900)), "cmyk"],
    ["that is none", new Uint8Array(500), "rgb"],
  ])("refuses a profile %s", (_, profile, model) => {
    expect(build(profile, model)).toBeUndefined();
  });

  it.each<["rgb" | "cmyk", Uint8Array]>([
    ["rgb", scannerProfile],
    ["cmyk", pressProfile],
  ])("makes a table or none of damaged %s profiles, and always ends", { tags: "slow" }, (model, profile) => {
    const random = openRandom(7);
    const headEnd = 128 + 4 + 12 + 60;
    let built = 0;
    for (let round = 0; round < 100; round += 1) {
      const damaged = profile.slice(0, random.integer(0, 9) === 0 ? random.integer(0, profile.byteLength) : undefined);
      for (let count = random.integer(1, 6); count > 0; count -= 1) {
        const end = random.integer(0, 1) === 0 ? headEnd : damaged.byteLength;
        damaged[random.integer(0, end - 1)] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.integer(0, 255)]);
      }
      const table = build(damaged, model);
      if (table !== undefined) built += 1;
      expect(table?.model ?? model).toBe(model);
    }
    expect(built).toBeGreaterThan(5);
    expect(built).toBeLessThan(95);
  });
});

function chain(): Uint8Array {
  const tag = srgbCurve.slice();
  tag.set([..."mpet"].map((letter) => letter.charCodeAt(0)));
  return tag;
}

function claiming(gridPoints: number): Uint8Array {
  const tag = labTableTag(4, 3, () => [50, 0, 0]);
  tag[10] = gridPoints;
  return tag;
}

function withTable(A2B0: Uint8Array): Uint8Array {
  return makeProfile({ deviceClass: "prtr", colorSpace: "CMYK", connectionSpace: "Lab", tags: { A2B0 } });
}
