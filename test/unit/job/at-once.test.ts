import { describe, expect, it } from "vitest";
import { inOrder } from "../../../src/job/at-once.ts";

describe("work in order", () => {
  it("yields results in the order of the items, and begins no more at once than it may", async () => {
    let running = 0;
    let most = 0;
    let taken = 0;
    const items = function* () {
      for (; taken < 9; ) yield ++taken;
    };
    const work = async (item: number): Promise<number> => {
      most = Math.max(most, ++running);
      // The later ones are done first.
      for (let turn = 0; turn < 20 - item; turn++) await undefined;
      running -= 1;
      return item * 10;
    };
    const results: number[] = [];
    for await (const result of inOrder(items(), 3, work)) {
      results.push(result);
      expect(taken - results.length).toBeLessThan(3);
    }
    expect(results).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90]);
    expect(most).toBe(3);
  });

  it("throws the first failure in its turn, though others have failed before", async () => {
    const work = async (item: number): Promise<number> => {
      for (let turn = 0; turn < (item === 2 ? 9 : 1); turn++) await undefined;
      if (item >= 2) throw new Error(`item ${item}`);
      return item;
    };
    const results: number[] = [];
    const all = async () => {
      for await (const result of inOrder([1, 2, 3, 4], 4, work)) results.push(result);
    };
    await expect(all()).rejects.toThrow("item 2");
    expect(results).toEqual([1]);
  });
});
