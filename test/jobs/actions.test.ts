import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { makeTiff } from "../support/make-tiff.ts";
import {
  act,
  answerOf,
  door,
  itemsOf,
  plant,
  putMaster,
  refusalOf,
  send,
  until,
  untilReported,
} from "../support/tasks.ts";
import { loseRun } from "../support/work-under-way.ts";

const good = await makeTiff({ width: 120, height: 90, tile: 64, levels: 2, compression: "deflate" });
const keys = Array.from({ length: 12 }, (_, index) => `acted/${index + 10}`);

let takeAway = (): void => undefined;
afterEach(() => {
  takeAway();
  vi.restoreAllMocks();
});

beforeAll(async () => {
  for (const key of keys) await putMaster(key, good);
});

/** Has the work on all items from the fifth on stand still until it is let go: as many are begun as are worked on at once. */
function stopAtFifth(): () => void {
  let isStopped = true;
  takeAway = plant(async (call, key) => {
    if (call !== "head" || keys.indexOf(key) < 4) return;
    while (isStopped) await new Promise((done) => setTimeout(done, 10));
  });
  return () => {
    isStopped = false;
  };
}

const someAreRunning = (id: string) => until(id, ({ counts }) => counts.running === 4 && counts.done === 4);

describe("a task that somebody acts on", () => {
  it("begins nothing while it is paused, and ends whole when it is resumed", async () => {
    const letGo = stopAtFifth();
    const { id } = await send({ kind: "check", from: { prefix: "acted/" } });
    await someAreRunning(id);
    expect((await act(id, "pause")).state).toBe("paused");
    letGo();
    // What was begun is done, and the messages of the others are taken from the queue.
    const paused = await until(id, ({ counts }) => counts.running + counts.queued === 0);
    expect(paused).toMatchObject({ state: "paused", counts: { done: 8, waiting: 4 } });
    expect((await act(id, "pause")).state).toBe("paused");
    expect((await act(id, "resume")).state).toBe("running");
    expect(await untilReported(id)).toMatchObject({ state: "done", counts: { done: 12 } });
    expect((await itemsOf(id)).every(({ tries }) => tries === 1)).toBe(true);
    expect(await act(id, "pause")).toMatchObject({ state: "done" });
  });

  it("is cancelled but for what was begun, and goes on when it is tried again", async () => {
    const letGo = stopAtFifth();
    const { id } = await send({ kind: "check", from: { prefix: "acted/" } });
    await someAreRunning(id);
    expect(await act(id, "cancel")).toMatchObject({ state: "cancelled", counts: { cancelled: 4, running: 4 } });
    letGo();
    const cancelled = await untilReported(id);
    expect(cancelled).toMatchObject({ state: "cancelled", counts: { done: 8, cancelled: 4 } });
    expect((await act(id, "resume")).state).toBe("cancelled");
    expect((await act(id, "retry")).counts).toMatchObject({ cancelled: 0 });
    expect(await untilReported(id)).toMatchObject({ state: "done", counts: { done: 12, cancelled: 0 } });
  });

  it("has what failed tried again, and nothing else", async () => {
    await putMaster("again/1", good.slice(0, 100));
    await putMaster("again/2", good);
    const { id } = await send("kind,key\ncheck,again/1\n,again/2");
    expect(await untilReported(id)).toMatchObject({ state: "done", counts: { done: 1, failed: 1 } });
    await putMaster("again/1", good);
    expect((await act(id, "retry")).state).toBe("running");
    expect(await untilReported(id)).toMatchObject({ state: "done", counts: { done: 2, failed: 0 } });
    expect((await itemsOf(id)).map(({ tries }) => tries)).toEqual([2, 1]);
  });

  it("shows what the queue gave up as failed, with the reason, and has it tried again", async () => {
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    takeAway = plant((_, key) => {
      if (key === "dead") throw new Error("we encountered an internal error (10001)");
    });
    await putMaster("alive", good);
    const { id } = await send({ kind: "check", items: [{ key: "dead" }, { key: "alive" }] });
    expect(await untilReported(id)).toMatchObject({ state: "done", counts: { done: 1, failed: 1 }, retries: 2 });
    const [{ tries, failure } = {}] = await itemsOf(id, "failed");
    expect(tries).toBe(3);
    expect(failure).toEqual({
      code: "dead-letter",
      message:
        "It was tried 3 times, and not done. The last time: The storage does not respond. Try again. (storage-failed)",
    });
    takeAway();
    takeAway = () => undefined;
    await putMaster("dead", good);
    await act(id, "retry");
    expect(await untilReported(id)).toMatchObject({ state: "done", counts: { done: 2, failed: 0 } });
  });
});

describe("a task whose run is lost", () => {
  it("is taken up by the next sweep", async () => {
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    const letGo = stopAtFifth();
    const { id } = await send({ kind: "check", from: { prefix: "acted/" } });
    await someAreRunning(id);
    await loseRun(`${id}-1`);
    letGo();
    const ended = await until(id, ({ state }) => state === "done");
    expect(ended).not.toHaveProperty("report");
    answerOf(await door.sweep());
    expect(await untilReported(id)).toMatchObject({ state: "done", counts: { done: 12 } });
  });
});

describe("a task of five thousand images", () => {
  it("is never held at once, and can be called off", async () => {
    const sizes: number[] = [];
    const batches: number[] = [];
    const put = vi.spyOn(Object.getPrototypeOf(env.SCRATCH), "put");
    const send_ = vi.spyOn(Object.getPrototypeOf(env.ITEMS), "sendBatch");
    takeAway = plant((call, key) => {
      if (call === "get" && key.includes("/items/")) sizes.push(1);
    });
    const items = Array.from({ length: 5000 }, (_, index) => ({ key: `none/${index}` }));
    const { id } = await send({ kind: "check", items });
    await act(id, "pause");
    expect(await until(id, ({ total }) => total === 5000)).toMatchObject({ state: "paused" });
    const parts = put.mock.calls.filter(([key]) => String(key).startsWith(`tasks/${id}/items/`));
    expect(parts.map(([, text]) => JSON.parse(String(text)).length)).toEqual([1000, 1000, 1000, 1000, 1000]);
    expect(sizes.length).toBeGreaterThanOrEqual(5);
    for (const [messages] of send_.mock.calls) batches.push([...(messages as Iterable<unknown>)].length);
    expect(Math.max(0, ...batches)).toBeLessThanOrEqual(100);
    const { counts } = await act(id, "cancel");
    expect(counts.cancelled + counts.running + counts.failed).toBe(5000);
    expect(counts.queued + counts.waiting).toBe(0);
    const page = answerOf(await door.items(id, { state: "cancelled", after: 0 }));
    expect(page.items).toHaveLength(100);
    expect(page.next).toBe(page.items.at(-1)?.item);
  });
});

describe("what is asked of tasks", () => {
  it("is refused where it makes no sense", async () => {
    const { id } = await send({ kind: "check", from: { prefix: "nothing/" } });
    expect(await untilReported(id)).toMatchObject({
      ...{ state: "failed", total: 0 },
      fault: { code: "nothing-found" },
    });
    expect(refusalOf(await door.status("20261129-104826-000000000000")).code).toBe("not-found");
    expect(refusalOf(await door.status("../x")).code).toBe("not-found");
    expect(refusalOf(await door.items(id, { state: "lost", after: 0 })).code).toBe("query-malformed");
    expect(refusalOf(await door.items(id, { state: undefined, after: Number.NaN })).code).toBe("query-malformed");
    expect(refusalOf(await door.list("yesterday")).code).toBe("query-malformed");
    const { tasks } = answerOf(await door.list(undefined));
    expect(tasks.map((task) => task.id)).toContain(id);
    expect(
      tasks
        .map((task) => task.id)
        .toSorted()
        .toReversed(),
    ).toEqual(tasks.map((task) => task.id));
    expect(answerOf(await door.list(id)).tasks.map((task) => task.id)).not.toContain(id);
  });
});
