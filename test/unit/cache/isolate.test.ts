import { describe, expect, it } from "vitest";
import { IsolateCache } from "../../../src/cache/isolate.ts";

describe("IsolateCache", () => {
  it("drops what was least recently used when it is full", () => {
    const cache = new IsolateCache<string>(10);
    cache.set("a", "1", 4);
    cache.set("b", "2", 4);
    cache.get("a");
    cache.set("c", "3", 4);
    expect([cache.get("a"), cache.get("b"), cache.get("c")]).toEqual(["1", undefined, "3"]);
    expect(cache.bytes).toBe(8);
  });

  it("counts a value that is set again once", () => {
    const cache = new IsolateCache<string>(10);
    cache.set("a", "1", 4);
    cache.set("a", "2", 6);
    expect(cache.bytes).toBe(6);
    cache.delete("a");
    expect(cache.bytes).toBe(0);
  });

  it("keeps a value of the whole limit and none above it", () => {
    const cache = new IsolateCache<string>(10);
    cache.set("whole", "1", 10);
    expect(cache.get("whole")).toBe("1");
    cache.set("more", "2", 11);
    expect(cache.get("more")).toBeUndefined();
    expect(cache.get("whole")).toBe("1");
  });
});
