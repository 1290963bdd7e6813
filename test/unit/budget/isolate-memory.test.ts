import { describe, expect, it } from "vitest";
import { isolateBytes, isolateMemory } from "../../../src/budget/isolate-memory.ts";
import { shareLimits } from "../../../src/budget/shares.ts";

describe("the memory of an isolate", () => {
  it("comes to no more than the platform gives", () => {
    expect(Object.values(isolateMemory).reduce((sum, bytes) => sum + bytes, 0)).toBeLessThanOrEqual(isolateBytes);
  });

  it("has a line for every share that is lent", () => {
    for (const { pool } of Object.values(shareLimits)) {
      expect(Object.values(isolateMemory)).toContain(shareLimits[pool].limitBytes);
    }
  });
});
