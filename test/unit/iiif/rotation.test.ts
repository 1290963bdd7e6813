import { describe, expect, it } from "vitest";
import { formatRotation, parseRotation } from "../../../src/iiif/rotation.ts";
import { codeOf } from "../../support/code-of.ts";

describe("parseRotation", () => {
  it.each([
    ["0", { isMirrored: false, degrees: 0 }],
    ["!0", { isMirrored: true, degrees: 0 }],
    ["360", { isMirrored: false, degrees: 0 }],
    ["!360.0", { isMirrored: true, degrees: 0 }],
    ["22.5", { isMirrored: false, degrees: 22.5 }],
    [".5", { isMirrored: false, degrees: 0.5 }],
    ["359.99999999999", { isMirrored: false, degrees: 0 }],
    ["0.00000000001", { isMirrored: false, degrees: 0 }],
  ])("reads %s", (text, rotation) => {
    expect(parseRotation(text)).toEqual(rotation);
  });

  it.each(["", "!", "!!0", "0!", "-1", "+1", "360.1", "361", "1e1", "NaN", "ninety", " 0"])("refuses %j", (text) => {
    expect(codeOf(() => parseRotation(text))).toBe("rotation-malformed");
  });
});

describe("formatRotation", () => {
  it.each([
    ["90.00", "90"],
    ["!022.50", "!22.5"],
    [".25", "0.25"],
    ["360", "0"],
    ["100", "100"],
  ])("writes %s as %s, which reads back as the same", (text, expected) => {
    expect(formatRotation(parseRotation(text))).toBe(expected);
    expect(parseRotation(expected)).toEqual(parseRotation(text));
  });
});
