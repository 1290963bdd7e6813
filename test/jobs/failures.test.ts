import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { TaskReport } from "../../src/task/report.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { itemsOf, plant, plantCalls, putMaster, send, untilReported } from "../support/tasks.ts";

const good = await makeTiff({ width: 120, height: 90, tile: 64, levels: 2, compression: "deflate" });
const other = await makeTiff({ width: 120, height: 90, tile: 32, levels: 2, compression: "deflate" });
const damaged = good.slice(0, 100);

let takeAway = (): void => undefined;
afterEach(() => {
  takeAway();
  vi.restoreAllMocks();
});

const keys = Array.from({ length: 60 }, (_, index) => `mixed/${String(index + 1).padStart(2, "0")}`);
const keyOf = (item: number): string => keys[item - 1] ?? "";

/** What is planted, by number. */
const plants = { damaged: 7, changed: 13, missing: 20, replaced: 27, failing: 34, killed: 41, unheard: 48, twice: 55 };

describe("a task of sixty images, some of which fail", () => {
  beforeAll(async () => {
    for (const [index, key] of keys.entries()) {
      const item = index + 1;
      if (item === plants.missing) continue;
      if (item === plants.changed) await putMaster(key, good, { sha256: "0".repeat(64) });
      else await putMaster(key, item === plants.damaged ? damaged : good);
    }
  });

  it("ends with each in its state, nothing lost and nothing done twice", async () => {
    vi.spyOn(console, "log").mockImplementation(() => undefined);
    let isReplaced = false;
    let failures = 1;
    takeAway = plant(async (call, key) => {
      if (call === "get" && key === keyOf(plants.replaced) && !isReplaced) {
        isReplaced = true;
        await putMaster(key, other);
      }
      if (key === keyOf(plants.failing) && failures-- > 0) throw new Error("we encountered an internal error (10001)");
    });
    // A consumer dies when it has claimed its item, and another's report is written down, but it never hears so.
    const once = new Set([plants.killed, plants.unheard]);
    let reports = 0;
    const takeCallsAway = plantCalls((call, [item]) => {
      if (call === "report") reports += 1;
      if (call === "claim" && item === plants.killed && once.delete(plants.killed)) throw new Error("It died.");
      if (call === "report" && item === plants.unheard && once.delete(plants.unheard)) throw new Error("It died.");
    });
    const takeBucketsAway = takeAway;
    takeAway = () => {
      takeBucketsAway();
      takeCallsAway();
    };
    const { id } = await send({
      kind: "verify",
      name: "Mixed",
      items: keys.map((key) => ({ key })),
      settings: { decode: true },
    });
    for (let again = 0; again < 3; again++) await env.ITEMS.send({ task: id, item: plants.twice });
    const status = await untilReported(id);

    expect(status.state).toBe("done");
    expect(status.counts).toMatchObject({ done: 57, failed: 3, waiting: 0, queued: 0, running: 0 });
    const items = await itemsOf(id);
    expect(items.map(({ key }) => key)).toEqual(keys);
    const failed = items.filter(({ state }) => state === "failed").map(({ item, failure }) => [item, failure?.code]);
    expect(failed).toEqual([
      [plants.damaged, "damaged"],
      [plants.changed, "checksum-differs"],
      [plants.missing, "not-found"],
    ]);
    const again = items.filter(({ tries }) => tries !== 1).map(({ item, tries }) => [item, tries]);
    expect(again).toEqual([plants.replaced, plants.failing, plants.killed].map((item) => [item, 2]));
    expect(status.retries).toBe(2);
    expect(reports).toBe(60);

    const stored = await env.CATALOGUE.get(status.report ?? "");
    const { task, failures: told, slowest, median }: TaskReport = JSON.parse((await stored?.text()) ?? "{}");
    expect(task).toMatchObject({ id, state: "done", counts: status.counts });
    expect(told.map(({ item }) => item)).toEqual([plants.damaged, plants.changed, plants.missing]);
    expect(slowest.length).toBeLessThanOrEqual(20);
    expect(Object.keys(median).toSorted()).toEqual(["read", "verify"]);
  });
});
