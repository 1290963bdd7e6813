import { describe, expect, it } from "vitest";
import { IsolateCache } from "../../../src/cache/isolate.ts";
import { openRandom } from "../../support/random.ts";

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

  it("keeps the order of use whatever is taken out of it", () => {
    const cache = new IsolateCache<number>(40);
    const random = openRandom(7);
    // A map in the order of use, the least recent first.
    const expected = new Map<string, { value: number; bytes: number }>();
    const use = (key: string, entry: { value: number; bytes: number } | undefined): void => {
      expected.delete(key);
      if (entry !== undefined) expected.set(key, entry);
    };
    const total = (): number => [...expected.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    for (let turn = 0; turn < 2000; turn++) {
      const key = `${turn % 2 === 0 ? "a" : "b"}${Math.floor(random.next() * 8)}`;
      const choice = random.next();
      if (choice < 0.5) {
        const held = expected.get(key);
        expect(cache.get(key)).toBe(held?.value);
        use(key, held);
      } else if (choice < 0.9) {
        const bytes = 1 + Math.floor(random.next() * 12);
        cache.set(key, turn, bytes);
        use(key, { value: turn, bytes });
        for (const oldest of expected.keys()) if (total() > 40) expected.delete(oldest);
      } else if (choice < 0.99) {
        cache.delete(key);
        expected.delete(key);
      } else {
        cache.deleteStartingWith("a");
        for (const held of [...expected.keys()]) if (held.startsWith("a")) expected.delete(held);
      }
      expect(cache.bytes).toBe(total());
    }
  });
});
