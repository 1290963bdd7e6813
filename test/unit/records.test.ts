import { describe, expect, it } from "vitest";
import { newAccount } from "../../src/account.ts";
import { MemoryBudget } from "../../src/budget/memory-budget.ts";
import { formatWork } from "../../src/catalogue/work-record.ts";
import { readImageRecord, withWork } from "../../src/records.ts";
import { TestClock } from "../support/test-clock.ts";
import { makeWork } from "../support/works.ts";

/** A catalogue of one record, whose bytes take their time to come. */
function openSlow(bytes: Uint8Array, milliseconds: number) {
  const clock = new TestClock();
  const budget = new MemoryBudget(clock);
  const object = {
    ...{ size: bytes.byteLength, body: { cancel: async () => undefined } },
    bytes: () => new Promise<Uint8Array>((resolve) => clock.after(milliseconds, () => resolve(bytes))),
  };
  const bucket = { get: async () => object, head: async () => object } as unknown as R2Bucket;
  const visit = {
    ...{ account: newAccount(), isAlone: () => true, defer: () => undefined, log: () => undefined },
    patience: { milliseconds: 1000, signal: undefined },
  };
  return { clock, budget, visit, store: { storage: { bucket, clock, timeoutSeconds: 10 }, budget, clock } };
}

describe("the memory of a record", () => {
  const bytes = formatWork(makeWork());

  it("is held while its bytes are slow to come, and given back", async () => {
    const { clock, budget, visit, store } = openSlow(bytes, 8000);
    const read = withWork(store, { key: "book", visit }, async (work) => work.read().key);
    await clock.pass(100);
    // Another visitor needs all there is, and looks for it again and again.
    const all = { share: "draws", bytes: 1 << 30, costMilliseconds: 1, waitingBytes: 0 } as const;
    const other = expect(budget.take(all, { milliseconds: 7000, signal: undefined })).rejects.toMatchObject({
      code: "render-busy",
    });
    await clock.pass(7500);
    await other;
    expect(budget.lentBytes("draws")).toBe(bytes.byteLength * 16);
    expect(budget.counts.lapsed).toBe(0);
    await clock.pass(1000);
    expect(await read).toBe("book");
    expect([budget.lentBytes(), clock.timers]).toEqual([0, 0]);
  });

  it("is given back when storage never ends", async () => {
    const { clock, budget, visit, store } = openSlow(bytes, 60_000);
    const read = expect(withWork(store, { key: "book", visit }, async () => "")).rejects.toMatchObject({
      code: "storage-failed",
    });
    await clock.pass(20_000);
    await read;
    expect(budget.lentBytes()).toBe(0);
  });

  it("is counted for the record of an image too", async () => {
    const rights = "http://creativecommons.org/publicdomain/mark/1.0/";
    const record = new TextEncoder().encode(
      JSON.stringify({ identifier: "plate", rights, metadata: [], width: 4, height: 3 }),
    );
    const { clock, budget, visit, store } = openSlow(record, 5000);
    const read = readImageRecord(store, { key: "plate", visit });
    await clock.pass(4000);
    expect(budget.lentBytes("openings")).toBeGreaterThan(record.byteLength);
    await clock.pass(2000);
    expect((await read)?.rights).toBe(rights);
    expect(budget.lentBytes()).toBe(0);
  });
});
