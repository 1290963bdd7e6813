import { beforeEach, describe, expect, it } from "vitest";
import {
  maxLargeWaitingBytes,
  maxStreamsWaitingBytes,
  maxWaitingBytes,
  waitingRequestBytes,
} from "../../../src/budget/isolate-memory.ts";
import type { Loan, Patience } from "../../../src/budget/lease.ts";
import { MemoryBudget, staleMilliseconds } from "../../../src/budget/memory-budget.ts";
import { whileRenewing } from "../../../src/budget/renewal.ts";
import { type Share, shareLimits, shares, spareBytes } from "../../../src/budget/shares.ts";
import type { ImageError } from "../../../src/error.ts";
import { codeOfAsync } from "../../support/code-of.ts";
import { TestClock } from "../../support/test-clock.ts";

const megabyte = 1 << 20;
const patience: Patience = { milliseconds: 10_000, signal: undefined };

let clock: TestClock;
let budget: MemoryBudget;

beforeEach(() => {
  clock = new TestClock();
  budget = new MemoryBudget(clock);
});

function draws(megabytes: number, costMilliseconds = 0): Loan {
  return { share: "draws", bytes: megabytes * megabyte, costMilliseconds, waitingBytes: 1000 };
}

const tile: Loan = { share: "tiles", bytes: 50_000, costMilliseconds: 0 };

/** Has so many tiles wait, and returns the codes of what became of them once their memory is free. */
async function waitForTiles(count: number): Promise<() => Promise<string[]>> {
  const held = budget.tryTake("tiles", shareLimits.tiles.limitBytes);
  const waiting = Array.from({ length: count }, () =>
    codeOfAsync(budget.take(tile, patience).then((lease) => lease.release())),
  );
  await clock.pass(10);
  return async () => {
    held?.release();
    await clock.pass(2000);
    return Promise.all(waiting);
  };
}

/** Takes a loan and tells what became of it, in the order in which all that a test asks for were lent. */
function asker(order: string[]) {
  return async (name: string, loan: Loan) => {
    const lease = await budget.take(loan, patience);
    order.push(name);
    return lease;
  };
}

describe("MemoryBudget", () => {
  it("lends at once while there is room, and counts what it lends", async () => {
    const lease = await budget.take(draws(40), patience);
    expect(budget.lentBytes()).toBe(40 * megabyte);
    lease.release();
    lease.release();
    expect(budget.lentBytes()).toBe(0);
  });

  it("lets what finds no room wait, and lends to it once others have given back", async () => {
    const order: string[] = [];
    const ask = asker(order);
    const first = await budget.take(draws(40), patience);
    const second = ask("second", draws(40));
    await clock.pass(50);
    expect(order).toEqual([]);
    expect(budget.waiting).toBe(1);
    first.release();
    await clock.pass(50);
    await second;
    expect(budget.lentBytes()).toBe(40 * megabyte);
    expect(budget.waiting).toBe(0);
  });

  it("takes back a loan that nobody renews only after the time that it was to last without", async () => {
    const unrenewedMilliseconds = 10_000;
    const lease = await budget.take({ ...draws(40), unrenewedMilliseconds }, patience);
    const asked = { ...patience, milliseconds: 60_000 };
    const waiting = budget.take(draws(40), asked);
    await clock.pass(unrenewedMilliseconds + staleMilliseconds - 500);
    expect([lease.isHeld, budget.waiting, budget.counts.lapsed]).toEqual([true, 1, 0]);
    await clock.pass(1000);
    expect((await waiting).isHeld).toBe(true);
    expect([lease.isHeld, budget.counts.lapsed]).toEqual([false, 1]);
  });

  it("refuses what has waited for as long as it may, and leaves nothing of it in line", async () => {
    await whileRenewing(clock, await budget.take(draws(40), patience), async () => {
      const refused = codeOfAsync(budget.take(draws(40), patience));
      await clock.pass(10_200);
      expect(await refused).toBe("render-busy");
    });
    expect(budget.waiting).toBe(0);
    expect(budget.counts).toMatchObject({ waited: 1, refused: 1, lapsed: 0 });
  });

  it("lets a request leave the line with its client", async () => {
    const client = new AbortController();
    const held = await budget.take(draws(40), patience);
    const left = codeOfAsync(budget.take(draws(40), { ...patience, signal: client.signal }));
    await clock.pass(20);
    client.abort();
    await clock.pass(200);
    expect(await left).toBe("client-gone");
    expect(budget.counts.left).toBe(1);
    held.release();
    expect(budget.lentBytes()).toBe(0);
  });

  it("reports how long a request waited", async () => {
    const waits: number[] = [];
    const held = await budget.take(draws(64), patience);
    const waiting = budget.take(draws(1), { ...patience, onWaited: (milliseconds) => waits.push(milliseconds) });
    await clock.pass(300);
    held.release();
    await clock.pass(100);
    (await waiting).release();
    expect(waits).toHaveLength(1);
    expect(waits[0]).toBeGreaterThanOrEqual(300);
    expect(waits[0]).toBeLessThanOrEqual(400);
  });

  it("refuses at once when those who wait keep too much already", async () => {
    await budget.take(draws(64), patience);
    const many = { ...draws(1), waitingBytes: maxLargeWaitingBytes / 4 };
    const waiting = Array.from({ length: 4 }, () => codeOfAsync(budget.take(many, patience)));
    await clock.pass(10);
    expect(await codeOfAsync(budget.take(many, patience))).toBe("render-busy");
    await clock.pass(11_000);
    await Promise.all(waiting);
    expect(budget.waiting).toBe(0);
  });

  it("keeps places in line for what is small, whatever large drawings keep that wait", async () => {
    const kernels = { share: "kernels", bytes: 8 * megabyte, costMilliseconds: 1, waitingBytes: 5000 } as const;
    const [held, kernel] = [await budget.take(draws(64), patience), await budget.take(kernels, patience)];
    const large = Array.from({ length: 30 }, () =>
      codeOfAsync(budget.take({ ...draws(1), waitingBytes: maxLargeWaitingBytes / 8 }, patience)),
    );
    await clock.pass(10);
    expect([budget.waiting, budget.counts.refused]).toEqual([8, 22]);
    const places = Math.floor((maxWaitingBytes - maxLargeWaitingBytes) / kernels.waitingBytes);
    const small = Array.from({ length: places }, () => budget.take({ ...kernels, bytes: 1000 }, patience));
    await clock.pass(10);
    kernel.release();
    await clock.pass(500);
    expect((await Promise.all(small)).every(({ isHeld }) => isHeld)).toBe(true);
    expect(budget.counts.refused).toBe(22);
    held.release();
    await clock.pass(500);
    expect(new Set(await Promise.all(large))).toEqual(new Set(["render-busy", "none"]));
  });

  describe("a thousand tiles at once", () => {
    const places = Math.floor((maxWaitingBytes + spareBytes) / waitingRequestBytes);

    it("all wait in what large drawings leave, and whoever comes then is refused at once", async () => {
      expect(places).toBeGreaterThan(1000);
      const ended = await waitForTiles(places);
      expect([budget.waiting, budget.counts.refused]).toEqual([places, 0]);
      expect(await codeOfAsync(budget.take(tile, patience))).toBe("render-busy");
      expect(budget.tryTake("draws", 64 * megabyte - spareBytes + waitingRequestBytes)).toBeUndefined();
      expect(budget.tryTake("draws", 64 * megabyte - spareBytes)?.isHeld).toBe(true);
      expect(new Set(await ended())).toEqual(new Set(["none"]));
    });

    it("have the places that are theirs where large drawings have taken everything", async () => {
      await budget.take(draws(64), patience);
      const own = Math.floor(maxWaitingBytes / waitingRequestBytes);
      const ended = await waitForTiles(1000);
      expect([budget.waiting, budget.counts.refused]).toEqual([own, 1000 - own]);
      expect((await ended()).filter((code) => code === "none")).toHaveLength(own);
    });

    it("that the platform has ended keep nothing of large drawings", async () => {
      void (await waitForTiles(1000));
      clock.killTimers();
      const drawing = budget.take(draws(64), patience);
      await clock.pass(staleMilliseconds + 500);
      expect((await drawing).isHeld).toBe(true);
      expect(budget.waiting * waitingRequestBytes).toBeLessThanOrEqual(maxWaitingBytes);
    });
  });

  it("keeps places in line for drawings that are held, however many streams wait for clients that do not read", async () => {
    const held = await budget.take(draws(64), patience);
    const stream: Loan = { ...draws(8), share: "streams", waitingBytes: maxStreamsWaitingBytes / 10 };
    const streams = Array.from({ length: 30 }, () => codeOfAsync(budget.take(stream, patience)));
    await clock.pass(10);
    expect([budget.waiting, budget.counts.refused]).toEqual([10, 20]);
    const drawing = budget.take({ ...draws(1), waitingBytes: maxLargeWaitingBytes - maxStreamsWaitingBytes }, patience);
    await clock.pass(10);
    held.release();
    await clock.pass(500);
    expect((await drawing).isHeld).toBe(true);
    await clock.pass(11_000);
    expect(new Set(await Promise.all(streams))).toEqual(new Set(["render-busy", "none"]));
  });

  describe("what it says of when to ask again", () => {
    const secondsOf = async (loan: Loan): Promise<number | undefined> => {
      const refused = budget.take(loan, { ...patience, milliseconds: 100 }).catch((error: ImageError) => error);
      await clock.pass(400);
      return ((await refused) as ImageError).retrySeconds;
    };

    it("is what those before it will compute, in whole seconds", async () => {
      await whileRenewing(clock, await budget.take(draws(40, 1500), patience), async () => {
        expect(await secondsOf(draws(40, 9000))).toBe(2);
        const waiting = [codeOfAsync(budget.take(draws(40, 2000), patience))];
        await clock.pass(10);
        expect(await secondsOf(draws(40, 9000))).toBe(4);
        waiting.push(codeOfAsync(budget.take(draws(40, 600_000), patience)));
        await clock.pass(10);
        expect(await secondsOf(draws(40))).toBe(120);
        await clock.pass(11_000);
        await Promise.all(waiting);
      });
    });

    it("counts neither what is drawn already nor what it does not compete with", async () => {
      const drawn = await budget.take(draws(60, 5000), patience);
      drawn.shrink(50 * megabyte);
      const kernel: Loan = { share: "kernels", bytes: 8 * megabyte, costMilliseconds: 90_000, waitingBytes: 0 };
      await budget.take(kernel, patience);
      expect(await secondsOf(draws(20, 1))).toBe(1);
    });
  });

  describe("its order", () => {
    it("is that of arrival for works of one cost", async () => {
      const order: string[] = [];
      const ask = asker(order);
      const held = await budget.take(draws(64), patience);
      const asked = [ask("a", draws(30)), ask("b", draws(30)), ask("c", draws(4))];
      await clock.pass(10);
      held.release();
      await clock.pass(200);
      await Promise.all(asked);
      expect(order).toEqual(["a", "b", "c"]);
    });

    it("lets short work pass long work that came a little earlier, but not what came much earlier", async () => {
      const order: string[] = [];
      const ask = asker(order);
      const held = await budget.take(draws(64), patience);
      const asked = [ask("old and long", draws(40, 500))];
      await clock.pass(1000);
      asked.push(ask("new and long", draws(40, 500)));
      await clock.pass(1500);
      asked.push(ask("short", draws(40, 1)));
      held.release();
      for (let turn = 0; turn < 3; turn++) {
        await clock.pass(300);
        (await asked[["old and long", "new and long", "short"].indexOf(order.at(-1) ?? "")])?.release();
      }
      expect(order).toEqual(["old and long", "short", "new and long"]);
    });

    it("holds for a loan that its share is sure of: nothing smaller passes for ever", async () => {
      const order: string[] = [];
      const ask = asker(order);
      const held = await budget.take(draws(40), patience);
      const large = ask("large", { ...draws(0), bytes: shareLimits.draws.guaranteedBytes });
      await clock.pass(10);
      const small = ask("small", draws(1));
      await clock.pass(500);
      expect(order).toEqual([]);
      held.release();
      await clock.pass(200);
      await Promise.all([large, small]);
      expect(order[0]).toBe("large");
    });

    it("is passed where a loan waits for streams, which last as long as their clients like", async () => {
      const stream = { share: "streams", bytes: 20 * megabyte, costMilliseconds: 0, waitingBytes: 0 } as const;
      await whileRenewing(clock, await budget.take(stream, patience), async () => {
        const large = codeOfAsync(budget.take(draws(60), patience));
        await clock.pass(10);
        const small = budget.take(draws(10), patience);
        await clock.pass(200);
        (await small).release();
        await clock.pass(10_000);
        expect(await large).toBe("render-busy");
      });
    });
  });

  describe("its shares", () => {
    it("leave small drawings their memory, whatever large ones and streams take", async () => {
      for (let index = 0; index < 20; index++) budget.tryTake("draws", 4 * megabyte);
      for (let index = 0; index < 20; index++) budget.tryTake("streams", 4 * megabyte);
      expect(budget.tryTake("tiles", shareLimits.tiles.limitBytes)?.isHeld).toBe(true);
      expect(budget.tryTake("kernels", shareLimits.kernels.limitBytes)?.isHeld).toBe(true);
      expect(budget.tryTake("bodies", shareLimits.bodies.limitBytes)?.isHeld).toBe(true);
    });

    it.each([
      ["tiles", ["pictures", "openings"]],
      ["bodies", ["copies"]],
    ] as const)("leave %s what they are sure of, whatever %s take of the same pool", (share, others) => {
      for (const other of others) {
        while (budget.tryTake(other, 100_000) !== undefined);
        expect(budget.lentBytes(other)).toBeGreaterThan(shareLimits[other].limitBytes - 100_000);
      }
      expect(shareLimits[share].guaranteedBytes).toBeGreaterThanOrEqual(megabyte);
      expect(budget.tryTake(share, shareLimits[share].guaranteedBytes)?.isHeld).toBe(true);
    });

    it("leave large drawings their guaranteed memory, whatever streams take and those that wait keep", async () => {
      while (budget.tryTake("streams", megabyte) !== undefined);
      expect(budget.lentBytes("streams")).toBe(shareLimits.streams.limitBytes);
      budget.tryTake("tiles", shareLimits.tiles.limitBytes);
      void budget.take({ ...tile, waitingBytes: maxWaitingBytes + spareBytes }, patience);
      expect(budget.waiting).toBe(1);
      expect(budget.tryTake("draws", shareLimits.draws.guaranteedBytes)?.isHeld).toBe(true);
      expect(budget.tryTake("draws", megabyte)).toBeUndefined();
    });

    it("lend what alone is above their limit alone", async () => {
      const wide = budget.tryTake("streams", 30 * megabyte);
      expect(wide?.isHeld).toBe(true);
      expect(budget.tryTake("streams", 1)).toBeUndefined();
      wide?.release();
      expect(budget.tryTake("streams", 1)?.isHeld).toBe(true);
    });
  });

  describe("what nobody renews", () => {
    it("is taken back when somebody needs it, and not before", async () => {
      const dead = await budget.take(draws(64), patience);
      await clock.pass(60_000);
      expect(dead.isHeld).toBe(true);
      const needed = budget.take(draws(64), patience);
      // Time is counted while somebody looks.
      await clock.pass(staleMilliseconds + 200);
      await needed;
      expect(dead.isHeld).toBe(false);
      expect(budget.lentBytes()).toBe(64 * megabyte);
      expect(budget.counts.lapsed).toBe(1);
      dead.release();
      dead.shrink(1);
      expect(budget.lentBytes()).toBe(64 * megabyte);
    });

    it("is taken back from the longest dead first, and no more than is needed", async () => {
      const dead = budget.tryTake("draws", 20 * megabyte);
      await clock.pass(0);
      budget.lentBytes();
      const dying = budget.tryTake("draws", 20 * megabyte);
      const needed = budget.take(draws(30), patience);
      await clock.pass(100);
      dying?.renew();
      await clock.pass(staleMilliseconds);
      await needed;
      expect([dead?.isHeld, dying?.isHeld]).toEqual([false, true]);
    });

    it("is nobody's who renews it by a timer, however long others wait", async () => {
      const lease = await budget.take(draws(40), patience);
      await whileRenewing(clock, lease, async () => {
        const waiting = codeOfAsync(budget.take(draws(40), patience));
        await clock.pass(11_000);
        expect(await waiting).toBe("render-busy");
      });
      expect(lease.isHeld).toBe(true);
    });

    it("is not taken from those whom long computing kept from renewing it", async () => {
      const lease = await budget.take(draws(40), patience);
      await whileRenewing(clock, lease, async () => {
        const waiting = codeOfAsync(budget.take(draws(40), { ...patience, milliseconds: 60_000 }));
        await clock.pass(100);
        clock.compute(30_000);
        await clock.pass(100);
        expect(lease.isHeld).toBe(true);
        await clock.pass(60_000);
        await waiting;
      });
    });

    it("is not taken because the clock is set forward or back", async () => {
      const lease = await budget.take(draws(40), patience);
      await whileRenewing(clock, lease, async () => {
        const waiting = codeOfAsync(budget.take(draws(40), patience));
        await clock.pass(100);
        clock.compute(-3_600_000);
        await clock.pass(1000);
        expect(lease.isHeld).toBe(true);
        await clock.pass(3_700_000);
        expect(await waiting).toBe("render-busy");
      });
      expect(lease.isHeld).toBe(true);
    });

    it("includes places in line: who was ended there keeps nobody waiting", async () => {
      const held = await budget.take(draws(64), patience);
      void budget.take(draws(64), patience);
      await clock.pass(10);
      // The platform ends the request: its timers never fire again.
      clock.killTimers();
      const next = budget.take(draws(64), patience);
      await clock.pass(50);
      held.release();
      await clock.pass(staleMilliseconds + 500);
      await next;
      expect(budget.waiting).toBe(0);
      expect(budget.counts.lapsed).toBe(1);
    });
  });

  it("lends more to a holder where there is room, and less after a part came back", async () => {
    const lease = await budget.take({ ...draws(0), share: "bodies", bytes: megabyte }, patience);
    expect(lease.tryGrow(megabyte)).toBe(true);
    expect(lease.tryGrow(shareLimits.bodies.limitBytes)).toBe(false);
    expect(budget.lentBytes("bodies")).toBe(2 * megabyte);
    lease.shrink(1000);
    expect(budget.lentBytes("bodies")).toBe(1000);
  });

  it("ends with nothing lent and nobody in line, for any requests in any order", async () => {
    let seed = 7;
    const random = (limit: number): number => {
      seed = Math.imul(seed, 1_103_515_245) + 12_345;
      return ((seed >>> 8) & 0xffff) % limit;
    };
    const works = Array.from({ length: 400 }, async () => {
      await new Promise<void>((begin) => clock.after(random(20_000), begin));
      const client = new AbortController();
      if (random(4) === 0) clock.after(random(4000), () => client.abort());
      const share: Share = shares[random(shares.length)] ?? "draws";
      const loan = { share, bytes: random(8_000_000), costMilliseconds: random(800), waitingBytes: random(30_000) };
      try {
        const lease = await budget.take(loan, { milliseconds: 5000, signal: client.signal });
        await whileRenewing(clock, lease, () => new Promise<void>((end) => clock.after(random(900), end)));
        // Some die and never give back.
        if (random(10) > 0) lease.release();
        return "done";
      } catch (error) {
        return (error as { code?: string }).code;
      }
    });
    await clock.pass(60_000);
    const outcomes = new Set(await Promise.all(works));
    expect([...outcomes].every((code) => code === "done" || code === "render-busy" || code === "client-gone")).toBe(
      true,
    );
    expect(outcomes).toContain("done");
    expect(budget.waiting).toBe(0);
    // What is left lies with the dead: it is there for the next.
    for (const share of ["tiles", "kernels", "bodies", "draws"] as const) {
      const all = budget.take(
        { share, bytes: shareLimits[share].limitBytes, costMilliseconds: 0, waitingBytes: 0 },
        patience,
      );
      await clock.pass(staleMilliseconds + 2000);
      (await all).release();
    }
    expect(budget.lentBytes()).toBe(0);
  });
});
