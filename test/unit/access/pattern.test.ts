import { describe, expect, it, vi } from "vitest";
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

describe("what is matched with a pattern", () => {
  it("may be written in another form of Unicode", () => {
    const composed = "privé/a".normalize("NFC");
    const decomposed = "privé/a".normalize("NFD");
    for (const pattern of ["privé/**".normalize("NFC"), "privé/**".normalize("NFD")])
      for (const identifier of [composed, decomposed]) expect(parsePattern(pattern)?.(identifier)).toBe(true);
  });

  it("takes few steps, however often a part of the pattern is in it", () => {
    const identifier = `${"_".repeat(1000)}/`;
    const startsWith = vi.spyOn(String.prototype, "startsWith");
    const indexOf = vi.spyOn(String.prototype, "indexOf");
    expect(parsePattern("*_*_*_*_*_*_*_*")?.(identifier)).toBe(false);
    const steps = startsWith.mock.calls.length + indexOf.mock.calls.length;
    vi.restoreAllMocks();
    expect(steps).toBeLessThan(17 * 1002);
  });

  it("is found as the form says, for random ones", () => {
    const random = (length: number, letters: string) =>
      Array.from({ length }, () => letters[Math.floor(Math.random() * letters.length)]).join("");
    for (let round = 0; round < 3000; round++) {
      const pattern = random(1 + Math.floor(Math.random() * 6), "ab/**");
      const identifier = random(Math.floor(Math.random() * 7), "ab/");
      const found = parsePattern(pattern)?.(identifier);
      const source = pattern.split(/(\*\*?)/).map((part) => (part === "**" ? ".*" : part === "*" ? "[^/]*" : part));
      if (found !== undefined)
        expect([pattern, identifier, found]).toEqual([
          pattern,
          identifier,
          new RegExp(`^${source.join("")}$`).test(identifier),
        ]);
    }
  });
});
