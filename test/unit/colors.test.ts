import { describe, expect, it } from "vitest";
import { soleAdmission } from "../../src/budget/admission.ts";
import { IsolateCache } from "../../src/cache/isolate.ts";
import type { ColorTable } from "../../src/color/table.ts";
import { type ColorTables, colorTreatment, findColorTable } from "../../src/colors.ts";
import { maxEmbeddedProfileBytes } from "../../src/limits.ts";
import type { StoredModel } from "../../src/pyramid/color-model.ts";
import { lcmsModule } from "../support/lcms.ts";
import { gammaTag, makeGrayProfile, makeMatrixProfile, primariesOf } from "../support/make-profile.ts";
import { makePyramid } from "../support/pyramid.ts";

const profile = makeMatrixProfile(primariesOf.adobeRgb, gammaTag(2.2));
const master = (model: StoredModel, bytes: Uint8Array | undefined = profile) => ({
  pyramid: makePyramid({ width: 100, height: 100, encoding: { model } }),
  profile: bytes,
});

describe("colorTreatment", () => {
  const jpg = { quality: "default", format: "jpg" } as const;
  const qualities = ["default", "color", "gray", "bitonal"] as const;
  const formats = ["jpg", "png", "webp"] as const;
  const requests = qualities.flatMap((quality) => formats.map((format) => ({ quality, format })));

  it("leaves colours without a profile as they are", () => {
    for (const policy of ["convert", "embed"] as const) {
      const treatment = colorTreatment({ ...master("rgb"), profile: undefined }, jpg, policy);
      expect(treatment).toEqual({ isProfiled: false, embedded: undefined });
    }
  });

  it("converts colours with a profile unless they are to keep it", () => {
    for (const request of requests) {
      expect(colorTreatment(master("rgb"), request, "convert")).toEqual({ isProfiled: true, embedded: undefined });
    }
    expect(colorTreatment(master("ycbcr"), jpg, "embed")).toEqual({ isProfiled: false, embedded: profile });
  });

  it.each(requests)("embeds a profile only in what it describes: %o", (request) => {
    const { quality, format } = request;
    const isColored = quality === "default" || quality === "color";
    for (const model of ["rgb", "ycbcr", "palette"] as const) {
      expect(colorTreatment(master(model), request, "embed").isProfiled).toBe(!isColored);
    }
    const isGray = quality !== "bitonal" && format !== "webp";
    expect(colorTreatment(master("gray"), request, "embed").isProfiled).toBe(!isGray);
    for (const model of ["cmyk", "ycck"] as const) {
      expect(colorTreatment(master(model), request, "embed").isProfiled).toBe(true);
    }
  });

  it("embeds profiles up to the limit and converts by larger ones", () => {
    const [most, more] = [maxEmbeddedProfileBytes, maxEmbeddedProfileBytes + 1].map((length) => new Uint8Array(length));
    expect(colorTreatment(master("rgb", most), jpg, "embed").embedded).toBe(most);
    expect(colorTreatment(master("rgb", more), jpg, "embed")).toEqual({ isProfiled: true, embedded: undefined });
  });
});

describe("findColorTable", () => {
  /** Returns what finds tables, kept in one place, and what was said of profiles. */
  const open = () => {
    const warnings: string[] = [];
    const tables: ColorTables = { kept: new IsolateCache<ColorTable>(1 << 22), module: lcmsModule };
    const log = (line: object): void => void ("message" in line && warnings.push(String(line.message)));
    const find = (model: StoredModel, bytes: Uint8Array | undefined) =>
      findColorTable(tables, { model, profile: bytes, admission: soleAdmission(), log });
    return { find, warnings };
  };

  it("makes the table of a profile once", async () => {
    const { find, warnings } = open();
    const table = await find("rgb", profile);
    expect(table).toMatchObject({ model: "rgb", output: "rgb" });
    expect(await find("ycbcr", profile.slice())).toBe(table);
    expect(await find("palette", profile)).toBe(table);
    const gray = makeGrayProfile(gammaTag(1.4));
    expect(await find("gray", gray)).toMatchObject({ kind: "curve", output: "gray" });
    expect(warnings).toEqual([]);
  });

  it("has a table of its own for inks and CIELab without a profile", async () => {
    const { find } = open();
    const [cmyk, ycck] = [await find("cmyk", undefined), await find("ycck", undefined)];
    expect(cmyk).toMatchObject({ model: "cmyk", output: "rgb" });
    expect(ycck).toEqual(cmyk);
    const [lab, iccLab] = [await find("lab", undefined), await find("icc-lab", undefined)];
    expect([lab?.kind, iccLab?.kind]).toEqual(["lab-light", "lab-light"]);
    expect(lab?.values).not.toEqual(iccLab?.values);
    for (const model of ["rgb", "gray", "ycbcr"] as const) {
      expect(await find(model, undefined)).toBeUndefined();
    }
  });

  it("does without a profile of which no table can be made, and says so", async () => {
    const { find, warnings } = open();
    const broken = profile.slice(0, 300);
    expect(await find("rgb", broken)).toBeUndefined();
    expect(await find("cmyk", broken)).toMatchObject({ model: "cmyk" });
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toMatch(/^the profile is ignored/);
  });
});
