import { describe, expect, it } from "vitest";
import { begunName, nearestName } from "../../src/spelling.ts";

const names = ["identifier", "file", "label", "rights", "--dry-run", "--bucket", "--catalogue-bucket"] as const;

describe("a name that is not known", () => {
  it.each([
    ["lable", "label"],
    ["Label", "label"],
    ["labels", "label"],
    ["rigths", "rights"],
    ["identifer", "identifier"],
    ["idenitfer", "identifier"],
    ["fil", "file"],
    ["--dryRun", "--dry-run"],
    ["--catalog-bucket", "--catalogue-bucket"],
  ] as const)("%s is near %s", (given, meant) => {
    expect(nearestName(given, names)).toBe(meant);
  });

  it.each(["title", "field", "life", "lebal", "date", "", "f", "x".repeat(100_000)])("%.20s is near none", (given) => {
    expect(nearestName(given, names)).toBeUndefined();
  });

  it("is near none where two are as near", () => {
    expect(nearestName("cat", ["bat", "hat"])).toBeUndefined();
    expect(nearestName("cot", ["cat", "hat"])).toBe("cat");
  });

  it("begins one that is longer, or goes on behind it", () => {
    expect(begunName("--dry", names)).toBe("--dry-run");
    expect(begunName("output", ["out", "qualities"])).toBe("out");
    expect(begunName("mo", ["move-records"])).toBeUndefined();
    expect(begunName("move", ["move-records", "move-masters"])).toBeUndefined();
  });
});
