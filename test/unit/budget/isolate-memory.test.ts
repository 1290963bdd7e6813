import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isolateBytes, isolateMemory } from "../../../src/budget/isolate-memory.ts";
import { shareLimits } from "../../../src/budget/shares.ts";

describe("the memory of an isolate", () => {
  it("adds up to no more than the platform allows", () => {
    expect(Object.values(isolateMemory).reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(isolateBytes);
  });

  it("is what docs/operating.md says", () => {
    const text = readFileSync(join(import.meta.dirname, "../../../docs/operating.md"), "utf8");
    const rows = text.matchAll(/^\| ([^|]+) \| ([\d,]+) \|$/gm);
    const stated = Object.fromEntries(
      Array.from(rows, ([, what, bytes]) => [what, Number(bytes?.replaceAll(",", ""))]),
    );
    expect(stated).toEqual(isolateMemory);
  });

  it("has a line for every share that is lent", () => {
    for (const { pool } of Object.values(shareLimits)) {
      expect(Object.values(isolateMemory)).toContain(shareLimits[pool].limitBytes);
    }
  });
});
