import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { Delivery, LedgerCalls, TaskHeader } from "../../src/batch/ledger-calls.ts";
import type { ItemOutcome } from "../../src/batch/outcome.ts";

const start = Date.parse("2026-11-29T10:00:00Z");
const minutes = (count: number): number => start + 60_000 * count;
const lease = { check: 600, verify: 600, warm: 600, convert: 60, repack: 60, export: 60, manifest: 60 };
const done: ItemOutcome = { state: "done", seconds: { read: 1, verify: 2 }, bytesIn: 10, bytesOut: 1 };
const failure = { code: "storage-failed", message: "The storage does not respond." };

let tasks = 0;

/** Opens the ledger of a new task with items, whose messages are sent. */
async function openTask(count: number): Promise<LedgerCalls> {
  const id = `ledger-${tasks++}`;
  const header: TaskHeader = {
    ...{ id, kind: "check", settings: {}, parts: 1, operator: "tester" },
    createdAt: new Date(start).toISOString(),
  };
  const ledger = env.LEDGERS.getByName(id) as unknown as LedgerCalls;
  await ledger.create(header);
  const items = Array.from({ length: count }, (_, index) => ({ key: `key/${index + 1}` }));
  await ledger.addItems({ part: 0, items, after: undefined, isLast: true }, start);
  await ledger.sent(await ledger.sendable(1000), start);
  return ledger;
}

const delivery = (message: string, attempts: number, now: number): Delivery => ({ message, attempts, now });

describe("the ledger of a task", () => {
  it("adds a part of the items once, and no part but the next", async () => {
    const ledger = await openTask(3);
    const items = [{ key: "more" }];
    for (const part of [0, 1]) await ledger.addItems({ part, items, after: undefined, isLast: true }, start);
    expect(await ledger.status(start)).toMatchObject({ total: 3, counts: { queued: 3 } });
  });

  it("gives an item to one delivery, and to the next of the same message at once", async () => {
    const ledger = await openTask(1);
    expect(await ledger.claim(1, delivery("a", 1, start), lease)).toMatchObject({ key: "key/1", holder: "a#1" });
    expect(await ledger.claim(1, delivery("a", 1, start), lease)).toBeUndefined();
    expect(await ledger.claim(1, delivery("b", 1, start), lease)).toBeUndefined();
    expect(await ledger.claim(1, delivery("a", 2, start), lease)).toMatchObject({ holder: "a#2" });
    expect(await ledger.claim(9, delivery("a", 1, start), lease)).toBeUndefined();
    await ledger.report(1, done, start);
    expect(await ledger.claim(1, delivery("a", 3, start), lease)).toBeUndefined();
  });

  it("takes what is done from whoever did it, once", async () => {
    const ledger = await openTask(2);
    await ledger.claim(1, delivery("a", 1, start), lease);
    // Its lease has lapsed, and another has it by the time it is done.
    expect(await ledger.claim(1, delivery("b", 1, minutes(11)), lease)).toMatchObject({ holder: "b#1" });
    await ledger.report(1, done, minutes(12));
    await ledger.report(1, { ...done, state: "failed", failure }, minutes(13));
    const status = await ledger.status(minutes(13));
    expect(status).toMatchObject({ counts: { done: 1, queued: 1 }, bytesIn: 10, bytesOut: 1 });
    expect(status?.seconds).toEqual({ read: 1, verify: 2 });
  });

  it("has an item come again only for who holds it", async () => {
    const ledger = await openTask(1);
    await ledger.claim(1, delivery("a", 1, start), lease);
    await ledger.claim(1, delivery("a", 2, start), lease);
    await ledger.release(1, { holder: "a#1", failure, until: start });
    expect(await ledger.status(start)).toMatchObject({ counts: { running: 1 }, retries: 1 });
    await ledger.release(1, { holder: "a#2", failure, until: start });
    expect(await ledger.status(start)).toMatchObject({ counts: { running: 0, queued: 1 }, retries: 1 });
    expect((await ledger.items("queued", 0)).items[0]?.failure).toEqual(failure);
  });

  it("takes back what is lost: an item whose lease has lapsed, and messages of which nothing is heard", async () => {
    const ledger = await openTask(3);
    await ledger.claim(1, delivery("a", 1, start), lease);
    expect(await ledger.next(minutes(9))).toMatchObject({ isSending: true, isEnded: false });
    expect(await ledger.status(minutes(9))).toMatchObject({ counts: { running: 1, queued: 2 } });
    await ledger.next(minutes(11));
    expect(await ledger.status(minutes(11))).toMatchObject({ counts: { running: 0, waiting: 1, queued: 2 } });
    // The two that were never begun are in the queue as far as anybody knows, until nothing is heard for half an hour.
    await ledger.next(minutes(29));
    expect(await ledger.sendable(10)).toEqual([1]);
    await ledger.next(minutes(31));
    expect(await ledger.sendable(10)).toEqual([1, 2, 3]);
  });

  it("sends again what was sent when it is paused and resumed, for messages may be lost", async () => {
    const ledger = await openTask(3);
    await ledger.claim(1, delivery("a", 1, start), lease);
    await ledger.act("pause", start);
    expect(await ledger.sendable(10)).toEqual([]);
    await ledger.act("resume", start);
    expect(await ledger.sendable(10)).toEqual([2, 3]);
  });

  it("buries what nobody works on", async () => {
    const ledger = await openTask(2);
    await ledger.claim(1, delivery("a", 1, start), lease);
    expect(await ledger.bury(1, start)).toEqual({ isStirring: false });
    await ledger.bury(2, start);
    const { items } = await ledger.items("failed", 0);
    expect(items.map(({ item, failure: why }) => [item, why?.code])).toEqual([[2, "dead-letter"]]);
    // What somebody had is failed once its lease has lapsed: its message will not come again.
    await ledger.next(minutes(20));
    expect((await ledger.items("failed", 0)).items.map(({ item }) => item)).toEqual([1, 2]);
    expect(await ledger.status(minutes(20))).toMatchObject({ state: "done", counts: { failed: 2, running: 0 } });
  });

  it("leaves out of its time for how long it had ended before it was tried again", async () => {
    const ledger = await openTask(1);
    await ledger.report(1, { ...done, state: "failed", failure }, minutes(1));
    expect(await ledger.status(minutes(5))).not.toHaveProperty("idleSeconds");
    await ledger.act("retry", minutes(11));
    await ledger.report(1, done, minutes(12));
    const status = await ledger.status(minutes(12));
    expect(status).toMatchObject({ state: "done", idleSeconds: 600, endedAt: new Date(minutes(12)).toISOString() });
  });

  it("has failed where nothing was found, and looks again when it is tried again", async () => {
    const ledger = await openTask(0);
    expect(await ledger.status(start)).toMatchObject({ state: "failed", fault: { code: "nothing-found" } });
    await ledger.act("retry", minutes(1));
    expect(await ledger.next(minutes(1))).toMatchObject({ listing: { part: 0 }, isEnded: false });
    await ledger.addItems({ part: 0, items: [{ key: "late" }], after: undefined, isLast: true }, minutes(1));
    expect(await ledger.status(minutes(1))).toMatchObject({ state: "running", total: 1 });
  });

  it("ends what a cancelled task had lost, and what is found in one that has ended", async () => {
    const ledger = await openTask(2);
    await ledger.claim(1, delivery("a", 1, start), lease);
    await ledger.act("cancel", start);
    expect(await ledger.next(start)).toMatchObject({ isEnded: false });
    expect(await ledger.next(minutes(20))).toMatchObject({ isEnded: true });
    expect(await ledger.status(minutes(20))).toMatchObject({ counts: { cancelled: 2, running: 0, waiting: 0 } });
  });

  it("has a thousand messages on their way at the most, and tells the run once when it is to send more", async () => {
    const ledger = await openTask(1600);
    expect(await ledger.status(start)).toMatchObject({ counts: { queued: 1000, waiting: 600 } });
    expect(await ledger.sendable(1000)).toEqual([]);
    const told: number[] = [];
    for (let item = 1; item <= 505; item++) {
      const { isStirring } = await ledger.report(item, done, start);
      if (isStirring) told.push(item);
    }
    expect(told).toEqual([501]);
    expect(await ledger.sendable(1000)).toHaveLength(505);
  });

  it("sums up without reading the items, and says how long the rest takes", async () => {
    const ledger = await openTask(10);
    for (let item = 1; item <= 5; item++) await ledger.report(item, done, minutes(2));
    expect(await ledger.status(minutes(2))).toMatchObject({ perMinute: 2.5, secondsLeft: 120, total: 10 });
    const figures = await ledger.figures(minutes(2));
    expect(figures).toMatchObject({ median: { read: 1, verify: 2 }, p95: { read: 1, verify: 2 } });
    expect(figures.slowest.map(({ item }) => item)).toEqual([1, 2, 3, 4, 5]);
    // Each took three seconds.
    expect(figures.spread.filter(({ items }) => items > 0)).toEqual([{ from: 2, items: 5 }]);
  });

  it("ends a task whose items can't be found, until it is tried again", async () => {
    const ledger = await openTask(2);
    await ledger.fail({ code: "not-found", message: "They are gone." }, start);
    expect(await ledger.status(start)).toMatchObject({ state: "failed", counts: { cancelled: 2 } });
    expect(await ledger.next(start)).toMatchObject({ isEnded: true, isSending: false });
    await ledger.act("retry", start);
    const status = await ledger.status(start);
    expect(status).toMatchObject({ state: "running", counts: { waiting: 2 } });
    expect(status).not.toHaveProperty("fault");
  });

  it("begins one run after another, whoever asks", async () => {
    const ledger = await openTask(1);
    expect(await ledger.nextRun(0, start)).toBe(1);
    expect(await ledger.nextRun(0, start)).toBeUndefined();
    expect(await ledger.nextRun(1, start)).toBe(2);
    expect(await ledger.run()).toEqual({ run: 2, lastTurn: start });
  });
});
