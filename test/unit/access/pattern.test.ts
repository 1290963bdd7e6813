import { describe, expect, it } from "vitest";
import { parsePattern } from "../../../src/access/pattern.ts";

describe("a pattern of identifiers", () => {
  it.each([
    ["loans/**", "loans/a", true],
    ["loans/**", "loans/a/b", true],
    ["loans/**", "loans", false],
    ["loans/**", "loan/a", false],
    ["loans/**", "x/loans/a", false],
    ["loans/*", "loans/a", true],
    ["loans/*", "loans/a/b", false],
    ["**/private-*", "a/b/private-1", true],
    ["*", "a/b", false],
    ["**", "a/b", true],
    ["a.b", "aXb", false],
    ["a+(b)", "a+(b)", true],
    ["été/**", "été/plage", true],
  ])("%s and %s: %s", (pattern, identifier, expected) => {
    expect(parsePattern(pattern)?.(identifier)).toBe(expected);
  });

  it("does not end at a line break", () => {
    expect(parsePattern("loans/**")?.("loans/a\nb")).toBe(true);
  });

  it.each(["", "x".repeat(513), "*a".repeat(9)])("is not read from %.20j", (text) => {
    expect(parsePattern(text)).toBeUndefined();
  });
});
