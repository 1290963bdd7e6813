import { describe, expect, it } from "vitest";
import { readProfileTags } from "../../../src/color/profile-tags.ts";
import { readToneCurve } from "../../../src/color/tone-curve.ts";
import { gammaTag, makeProfile, parametricTag, sampledTag } from "../../support/make-profile.ts";

/** Reads a curve out of a profile that holds it. */
function read(tag: Uint8Array): Float64Array | undefined {
  return readToneCurve(readProfileTags(makeProfile({ tags: { kTRC: tag } }))?.tags.get("kTRC"));
}

function expectCurve(tag: Uint8Array, curve: (value: number) => number): void {
  const levels = read(tag);
  expect(levels?.length).toBe(256);
  levels?.forEach((value, level) => {
    expect(value).toBeCloseTo(Math.min(1, Math.max(0, curve(level / 255))), 3);
  });
}

describe("readToneCurve", () => {
  it("takes a curve without samples for the identity", () => {
    expectCurve(
      sampledTag(0, () => 0),
      (value) => value,
    );
  });

  it("takes a curve of one sample for a gamma", () => {
    expectCurve(gammaTag(1.8), (value) => value ** 1.8);
  });

  it.each([2, 3, 100, 256, 4096])("interpolates between %i samples", (count) => {
    expectCurve(
      sampledTag(count, (value) => 1 - value),
      (value) => 1 - value,
    );
  });

  it.each<[number, number[], (value: number) => number]>([
    [0, [2], (x) => x ** 2],
    [1, [2, 1.2, -0.2], (x) => (x >= 1 / 6 ? (1.2 * x - 0.2) ** 2 : 0)],
    [2, [2, 0.9, -0.1, 0.3], (x) => (x >= 1 / 9 ? (0.9 * x - 0.1) ** 2 + 0.3 : 0.3)],
    [3, [2, 0.9, 0.1, 0.25, 0.4], (x) => (x >= 0.4 ? (0.9 * x + 0.1) ** 2 : 0.25 * x)],
    [4, [2, 0.8, 0.1, 0.25, 0.4, 0.05, 0.02], (x) => (x >= 0.4 ? (0.8 * x + 0.1) ** 2 + 0.05 : 0.25 * x + 0.02)],
  ])("follows a parametric curve of type %i", (type, parameters, curve) => {
    expectCurve(parametricTag(type, parameters), curve);
  });

  it.each([
    ["more samples than there are bytes", sampledTag(4, (value) => value, 5)],
    ["as many samples as 32 bits count", sampledTag(4, (value) => value, 0xffffffff)],
    ["a gamma of 0", gammaTag(0)],
    ["a gamma of 11", gammaTag(11)],
    ["a negative gamma", parametricTag(3, [-1, 1, 0, 1, 0])],
    ["a type that there is not", parametricTag(5, [1, 1, 1, 1, 1, 1, 1])],
    ["too few parameters", parametricTag(4, [1, 1, 1])],
  ])("refuses %s", (_, tag) => {
    expect(read(tag)).toBeUndefined();
  });
});
