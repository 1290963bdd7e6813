import { describe, expect, it } from "vitest";
import type { ItemDelivery } from "../../../src/batch/consume.ts";
import { type BatchWorking, consumeBatch } from "../../../src/batch/consume-batch.ts";
import type { Jobs } from "../../../src/batch/jobs.ts";
import { SlowItems } from "../../../src/batch/slow-items.ts";
import { TestClock } from "../../support/test-clock.ts";

/** Delivers messages whose ledger says after some seconds each that there is nothing to do. */
function deliver(seconds: readonly number[], atOnce: number, slow?: SlowItems) {
  const clock = new TestClock();
  const said: string[] = [];
  const goingOn: Promise<void>[] = [];
  const ledger = {
    claim: (item: number) => new Promise<void>((done) => void clock.after(1000 * (seconds[item] ?? 0), done)),
    putBack: async (item: number) => {
      said.push(`${item} put back`);
      return { isStirring: false };
    },
  };
  const jobs = { clock, ledgerOf: () => ledger, log: () => undefined } as unknown as Jobs;
  const deliveries = seconds.map(
    (_, item): ItemDelivery => ({
      ...{ id: String(item), attempts: 1, body: { task: "task", item } },
      ack: () => said.push(`${item} taken at ${clock.now() / 1000}`),
      retry: (options) => said.push(`${item} again in ${options?.delaySeconds} at ${clock.now() / 1000}`),
    }),
  );
  const goOn = (work: Promise<void>): void => void goingOn.push(work);
  const beside: BatchWorking["beside"] = slow === undefined ? undefined : { slow, goOn };
  const came = { hasEnded: false, goingOn };
  const work = consumeBatch(jobs, deliveries, { atOnce, beside }).then(() => {
    came.hasEnded = true;
  });
  return { clock, said, came, work };
}

describe("messages that were delivered together", () => {
  it("are each taken when their own item has ended", async () => {
    const { clock, said, came } = deliver([5, 1, 2, 1], 2);
    await clock.pass(4500);
    expect(said).toEqual(["1 taken at 1", "2 taken at 3", "3 taken at 4"]);
    expect(came.hasEnded).toBe(false);
    await clock.pass(500);
    expect(said.at(-1)).toBe("0 taken at 5");
    expect(came.hasEnded).toBe(true);
  });

  it("leave a slow item behind, whose message comes again when it counts as lost", async () => {
    const { clock, said, came } = deliver([25, 1], 2, new SlowItems());
    await clock.pass(15_000);
    expect(said).toEqual(["1 taken at 1", "0 again in 840 at 15"]);
    expect([came.hasEnded, came.goingOn.length]).toEqual([true, 1]);
    await clock.pass(10_000);
    await Promise.all(came.goingOn);
    expect(said).toHaveLength(2);
  });

  it("leave no more behind than are worked on at once, until one of those has ended", async () => {
    const slow = new SlowItems();
    const first = deliver([20], 1, slow);
    await first.clock.pass(15_000);
    expect(first.came.hasEnded).toBe(true);
    const next = deliver([17], 1, slow);
    await next.clock.pass(16_000);
    expect([next.came.hasEnded, next.came.goingOn.length]).toEqual([false, 0]);
    await next.clock.pass(1000);
    expect(next.said).toEqual(["0 taken at 17"]);
    await first.clock.pass(5000);
    const last = deliver([17], 1, slow);
    await last.clock.pass(15_000);
    expect(last.came.hasEnded).toBe(true);
  });

  it("wait for another message where they would be begun too late", async () => {
    const { clock, said, work } = deliver([29, 29, 29, 1], 1);
    await clock.pass(100_000);
    await work;
    expect(said).toEqual(["0 taken at 29", "1 taken at 58", "2 taken at 87", "3 put back", "3 taken at 87"]);
  });
});

describe("places for slow items", () => {
  it("are free again once their holder counts as lost", () => {
    const slow = new SlowItems();
    expect(slow.take(0, 10, 1)).toBeDefined();
    expect(slow.take(9, 20, 1)).toBeUndefined();
    expect(slow.take(10, 20, 1)).toBeDefined();
  });
});
