import { describe, expect, it } from "vitest";
import { dotsPerInchOf, writableDotsPerInch } from "../../../src/metadata/resolution.ts";
import { type EntryMaker, rational, short } from "../../support/make-exif.ts";

const resolutionOf = (...makers: readonly EntryMaker[]): number | undefined => {
  const entries = makers.map((maker) => maker(true));
  return dotsPerInchOf(new Map(entries.map((entry) => [entry.tag, entry])), true);
};

describe("dotsPerInchOf", () => {
  it("reads inches, which is the unit where none is given", () => {
    expect(resolutionOf(rational(282, 600, 2), rational(283, 300, 1), short(296, 2))).toBe(300);
    expect(resolutionOf(rational(282, 300, 1))).toBe(300);
  });

  it("reads centimetres, and means 300 by 118.11", () => {
    expect(resolutionOf(rational(282, 11811, 100), rational(283, 11811, 100), short(296, 3))).toBe(300);
  });

  it("reads whole numbers", () => {
    expect(resolutionOf(short(282, 300), short(283, 300))).toBe(300);
  });

  it.each([
    ["no resolution", [short(296, 2)]],
    ["no unit", [rational(282, 300, 1), short(296, 1)]],
    ["an unknown unit", [rational(282, 300, 1), short(296, 7)]],
    ["a division by zero", [rational(282, 300, 0)]],
    ["nothing by nothing", [rational(282, 0, 0)]],
    ["none", [rational(282, 0, 1)]],
    ["less than one", [rational(282, 99, 100)]],
    ["more than any scanner has", [rational(282, 400_001, 1)]],
    ["pixels that are not square", [rational(282, 204, 1), rational(283, 98, 1)]],
    ["text", [() => ({ tag: 282, type: 2, count: 8, bytes: new Uint8Array(8).fill(51) })]],
  ] as const)("takes %s for unknown", (_, makers) => {
    expect(resolutionOf(...(makers as readonly EntryMaker[]))).toBeUndefined();
  });

  it("reads up to both limits", () => {
    expect(resolutionOf(rational(282, 1, 1))).toBe(1);
    expect(resolutionOf(rational(282, 400_000, 1))).toBe(400_000);
  });
});

describe("writableDotsPerInch", () => {
  it("rounds to two decimals what every format can state", () => {
    expect(writableDotsPerInch(299.9994)).toBe(300);
    expect(writableDotsPerInch(1)).toBe(1);
    expect(writableDotsPerInch(65_535)).toBe(65_535);
  });

  it("refuses what JFIF can't", () => {
    expect(writableDotsPerInch(0.99)).toBeUndefined();
    expect(writableDotsPerInch(65_535.1)).toBeUndefined();
  });
});
