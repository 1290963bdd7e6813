import { describe, expect, it } from "vitest";
import { Copying } from "../../../src/cache/copying.ts";

describe("Copying", () => {
  it("lets one copy a picture at a time, and others other pictures", () => {
    const copying = new Copying();
    expect([copying.begin("a", 100), copying.begin("a", 101), copying.begin("b", 101)]).toEqual([true, false, true]);
    copying.end("a");
    expect([copying.begin("a", 102), copying.begin("b", 102)]).toEqual([true, false]);
  });

  it("forgets a copy that was ended outright, wherever the clock has gone", () => {
    for (const later of [161, 39]) {
      const copying = new Copying();
      copying.begin("a", 100);
      expect(copying.begin("a", later)).toBe(true);
    }
  });
});
