import { beforeAll, describe, expect, it } from "vitest";
import { newAccount } from "../../../src/account.ts";
import { MemoryBudget } from "../../../src/budget/memory-budget.ts";
import { IsolateCache } from "../../../src/cache/isolate.ts";
import type { CacheTier } from "../../../src/cache/tier.ts";
import { identifierOf } from "../../../src/identity/identifier.ts";
import { nameMaster } from "../../../src/identity/master-name.ts";
import { parseRequest } from "../../../src/iiif/request.ts";
import { copyRuns } from "../../../src/layout/copy-runs.ts";
import { earlyTailBytes } from "../../../src/masters/early-tail.ts";
import { withMaster } from "../../../src/masters/open.ts";
import type { Master, MasterStore } from "../../../src/masters/store.ts";
import { canonicaliseFor, drawAlone, planPicture } from "../../../src/picture.ts";
import { readPyramidDirectories } from "../../../src/remake/level-directories.ts";
import { planRepack } from "../../../src/remake/repack-plan.ts";
import { memorySource } from "../../../src/source/memory.ts";
import { platformClock } from "../../../src/timers.ts";
import { codeOfAsync } from "../../support/code-of.ts";
import { openMeasuringTools } from "../../support/drawing-tools.ts";
import { makeTiff, type TiffOptions } from "../../support/make-tiff.ts";
import { MemoryObject } from "../../support/memory-object.ts";

/**
 * Five levels of up to 10 MB, each with its directory behind it: two directories are outside of what is read of the end
 * beside the first bytes, three outside of what is read of it later.
 */
const form: TiffOptions = {
  ...{ width: 3200, height: 3200, tile: 160, levels: 5, directories: "back", samplesPerPixel: 1 },
  ...{ photometric: "MinIsBlack", tileBytes: ({ level }) => new Uint8Array(25_600).fill(40 * level + 40) },
};
let back: Uint8Array;
let front: Uint8Array;

beforeAll(async () => {
  back = await makeTiff(form);
  front = await ingested(back);
});

/** Lays a pyramid out as the ingest does. */
async function ingested(file: Uint8Array): Promise<Uint8Array> {
  const source = memorySource(file);
  const layout = await planRepack(source, await readPyramidDirectories(source));
  const runs = [...copyRuns(layout, 1 << 20)].map(({ offset, length }) => file.subarray(offset, offset + length));
  return new Uint8Array(Buffer.concat([layout.head, ...runs, layout.tail]));
}

const none: CacheTier = { get: async () => undefined, put: async () => false, delete: async () => true };

/** An isolate that has just begun, and one object that it reads. */
function newIsolate(object: MemoryObject, { budget = new MemoryBudget(platformClock) } = {}) {
  const habit = { isTailNeeded: true };
  const deferred: Promise<unknown>[] = [];
  const storage = { clock: platformClock, timeoutSeconds: 10 };
  const caches = { held: new IsolateCache<never>(1 << 20), edge: none, durable: none };
  const store = {
    ...{ objectOf: () => object, storage, habit, ...caches, budget, ttlSeconds: 60, keepsBlocks: false },
  } as unknown as MasterStore;
  const open = async <T = Master, R = T>(
    name: string,
    work = async (master: Master): Promise<T> => master as T,
    outcome = (opened: Promise<T>): Promise<R> => opened as Promise<R & T>,
  ) => {
    const account = newAccount();
    const visit = {
      ...{ account, patience: { milliseconds: 10_000, signal: undefined }, isAlone: () => true, log: () => undefined },
      defer: (later: Promise<unknown>) => deferred.push(later),
    };
    const { waits } = object;
    const before = { waits: waits.count, reads: waits.reads.length };
    const master = nameMaster(identifierOf(name), { keyTemplate: "{identifier}", pageSuffix: "" });
    const result = await outcome(withMaster(store, { name: master, visit }, work));
    const counts = { waits: waits.count - before.waits, reads: waits.reads.slice(before.reads) };
    await Promise.all(deferred);
    return { result, account, ...counts };
  };
  /** Opens one that is not there. */
  const miss = async (name: string) => {
    object.isMissing = true;
    const { result, ...counts } = await open(name, undefined, codeOfAsync);
    object.isMissing = false;
    return { refused: result, ...counts };
  };
  return { open, miss, habit };
}

const widthsOf = ({ pyramid }: Master) => pyramid.levels.map(({ width }) => width);
const widths = [3200, 1600, 800, 400, 200];

/** Draws a picture of a master. */
async function draw(master: Master, size: string): Promise<number> {
  const limits = { maxWidth: 10_000, maxHeight: 10_000, maxArea: 1e8 };
  const request = parseRequest({ region: "full", size, rotation: "0", qualityAndFormat: "default.jpg" }, 3);
  const canonical = canonicaliseFor(master, request, { limits, isStrictConfined: false });
  const style = { qualities: { jpeg: 85, webp: 85 }, colorProfile: "convert", keepMetadata: "copyright" } as const;
  let bytes = 0;
  for await (const piece of drawAlone(openMeasuringTools().tools, planPicture(master, canonical, style)))
    bytes += piece.byteLength;
  return bytes;
}

describe("a cold master whose directories are behind its tiles", () => {
  it("is opened in two waits, its end read with its first bytes", async () => {
    const object = new MemoryObject(back);
    const { result, account, waits, reads } = await newIsolate(object).open("a");
    expect(widthsOf(result)).toEqual(widths);
    expect(waits).toBe(2);
    expect(reads.slice(0, 2)).toEqual(["end", "first"]);
    expect(account).toMatchObject({ reads: 4, bytes: 3 * 65_536 + earlyTailBytes, index: "storage" });
    expect([reads.length, object.dropped]).toEqual([4, 0]);
  });

  it("is opened in three where nothing says that its end is needed, and the next one in two", async () => {
    const object = new MemoryObject(back);
    const isolate = newIsolate(object);
    isolate.habit.isTailNeeded = false;
    const first = await isolate.open("a");
    expect(widthsOf(first.result)).toEqual(widths);
    expect([first.waits, first.account.reads]).toEqual([3, 5]);
    expect((await isolate.open("b")).waits).toBe(2);
  });

  it("is opened so without memory for its end, which many at once do not find", async () => {
    const budget = new MemoryBudget(platformClock);
    const lease = budget.tryTake("openings", 2 << 20);
    const { waits, reads } = await newIsolate(new MemoryObject(back), { budget }).open("a");
    expect([waits, reads[0]]).toEqual([3, "first"]);
    lease?.release();
    expect(budget.tryTake("openings", 3 << 20)).toBeDefined();
  });

  it("gives back all memory that opening it took", async () => {
    const budget = new MemoryBudget(platformClock);
    await newIsolate(new MemoryObject(back), { budget }).open("a");
    await newIsolate(new MemoryObject(front), { budget }).open("a");
    expect(budget.lentBytes()).toBe(0);
  });

  it("is opened in one wait where the end is all that is left of it", async () => {
    const small = await makeTiff({ ...form, width: 640, height: 640, levels: 3 });
    expect(small.byteLength).toBeLessThan(65_536 + earlyTailBytes);
    const { result, waits, account } = await newIsolate(new MemoryObject(small)).open("a");
    expect(widthsOf(result)).toEqual([640, 320, 160]);
    expect(waits).toBe(1);
    expect(account).toMatchObject({ reads: 2, bytes: 65_536 + small.byteLength });
  });

  it("is opened by its first bytes where they are all of it", async () => {
    const object = new MemoryObject(await makeTiff({ ...form, width: 160, height: 160, levels: 1 }));
    const { result, waits, account } = await newIsolate(object).open("a");
    expect(widthsOf(result)).toEqual([160]);
    expect([waits, account.reads, object.dropped]).toEqual([1, 2, 1]);
  });

  it("is answered with what storage fails with where too few bytes of its end come", async () => {
    const object = new MemoryObject(back);
    object.lacking = 1;
    expect(await codeOfAsync(newIsolate(object).open("a"))).toBe("storage-failed");
  });
});

describe("a cold master whose directories lie apart", () => {
  /** Pages with their directories behind their tiles, which are larger than what is read at a time. */
  const apart = (levels: number) =>
    makeTiff({
      ...form,
      levels,
      ...{ width: 160 << (levels - 1), height: 160, tileBytes: () => new Uint8Array(90_000) },
    });

  /** Opens it, and says how much more was read than was lent: what is read of directories is held until it is opened. */
  const mostUnlent = async (file: Uint8Array, isTailNeeded: boolean, lentBefore = 0) => {
    const budget = new MemoryBudget(platformClock);
    if (lentBefore > 0) budget.tryTake("openings", lentBefore);
    const object = new MemoryObject(file);
    const isolate = newIsolate(object, { budget });
    isolate.habit.isTailNeeded = isTailNeeded;
    let read = 0;
    let unlent = Number.NEGATIVE_INFINITY;
    object.onBytes = (bytes) => {
      read += bytes;
      unlent = Math.max(unlent, read - (budget.lentBytes("openings") - lentBefore));
    };
    const { result, waits, account } = await isolate.open("a");
    return { unlent, levels: result.pyramid.levels.length, read, waits, reads: account.reads };
  };

  it.each([5, 8])("holds no more than is lent for it: %i of them", async (levels) => {
    const file = await apart(levels);
    for (const isTailNeeded of [true, false]) {
      const opened = await mostUnlent(file, isTailNeeded);
      expect(opened.levels).toBe(levels);
      expect(opened.unlent).toBeLessThanOrEqual(0);
    }
  });

  it("is read from the beginning alone where there is no memory for its end", async () => {
    const file = await apart(8);
    const [quick, slow] = [await mostUnlent(file, false), await mostUnlent(file, false, 5 << 19)];
    expect([quick.levels, slow.levels, slow.reads]).toEqual([8, 8, 9]);
    expect(quick.waits).toBeLessThan(slow.waits);
    expect(slow.unlent).toBeLessThanOrEqual(0);
  });
});

describe("a cold master that is replaced between its first bytes and its end", () => {
  const replacing = (object: MemoryObject, by: Uint8Array, part: "open" | "tail"): MemoryObject => {
    const { open, tail } = object;
    let isReplaced = false;
    /** The first of the two is answered, then the file is replaced, then the second is. */
    const replaceOnce = (): void => {
      if (!isReplaced) object.replace(by);
      isReplaced = true;
    };
    const first = part === "open" ? open : tail!;
    const replaced = async (bytes: number) => {
      const answer = await first(bytes);
      replaceOnce();
      return answer;
    };
    const later = async <T>(ask: (bytes: number) => Promise<T>, bytes: number) => {
      await object.waits.next("later");
      return ask(bytes);
    };
    const changed =
      part === "open"
        ? { open: replaced, tail: (bytes: number) => later(tail!, bytes) }
        : { tail: replaced, open: (bytes: number) => later(open, bytes) };
    return Object.assign(object, changed);
  };

  it.each(["open", "tail"] as const)("is opened as what is there then, whichever came first: %s", async (part) => {
    const other = await makeTiff({ ...form, width: 2880, height: 2880 });
    const object = replacing(new MemoryObject(back), other, part);
    const { result } = await newIsolate(object).open("a");
    expect(widthsOf(result)).toEqual([2880, 1440, 720, 360, 180]);
    expect(result.version).toBe("2");
    expect(object.dropped).toBe(1);
  });
});

describe("by when a master was there", () => {
  const now = () => Date.now() / 1000;

  it("is a minute after it was stored, for clocks differ", async () => {
    const object = new MemoryObject(front);
    object.storedAt = 1000;
    const isolate = newIsolate(object);
    for (const { result } of [await isolate.open("a"), await isolate.open("a")]) expect(result.thereAt).toBe(1060);
  });

  it.each([
    ["where storage does not say more", undefined],
    ["where it was stored just now", 5],
  ])("is when it was opened %s", async (_, age) => {
    const object = new MemoryObject(front);
    object.storedAt = age === undefined ? undefined : now() - age;
    const before = now();
    const { thereAt } = (await newIsolate(object).open("a")).result;
    expect(thereAt).toBeGreaterThanOrEqual(before);
    expect(thereAt).toBeLessThanOrEqual(now());
  });
});

describe("a master that is not there", () => {
  it("costs a read, and one more where the end is asked for: it says nothing of those that are there", async () => {
    const isolate = newIsolate(new MemoryObject(back));
    const { refused, waits, reads, account } = await isolate.miss("a");
    expect([refused, waits, reads, account.reads]).toEqual(["not-found", 1, ["end", "first"], 2]);
    expect((await isolate.open("b")).waits).toBe(2);
    const ours = newIsolate(new MemoryObject(front));
    await ours.open("a");
    const missed = await ours.miss("b");
    expect([missed.refused, missed.reads, missed.account.reads]).toEqual(["not-found", ["first"], 1]);
  });
});

describe("a cold master as the ingest lays it out", () => {
  it("is opened in one wait; its end is let go of unread, and not asked for again", async () => {
    const object = new MemoryObject(front);
    const isolate = newIsolate(object);
    const first = await isolate.open("a");
    expect(widthsOf(first.result)).toEqual(widths);
    expect([first.waits, first.reads, object.dropped]).toEqual([1, ["end", "first"], 1]);
    expect(first.account).toMatchObject({ reads: 2, bytes: 65_536 });
    const second = await isolate.open("b");
    expect([second.waits, second.reads]).toEqual([1, ["first"]]);
    expect(second.account).toMatchObject({ reads: 1, bytes: 65_536 });
  });

  it("has its smallest level in the first read: a thumbnail takes no other", async () => {
    const object = new MemoryObject(
      await ingested(
        await makeTiff({ ...form, tile: 128, levels: 6, tileBytes: () => new Uint8Array(16_384).fill(9) }),
      ),
    );
    const isolate = newIsolate(object);
    isolate.habit.isTailNeeded = false;
    const drawn = await isolate.open("a", (master) => draw(master, "100,"));
    expect(drawn.result).toBeGreaterThan(100);
    expect([drawn.waits, drawn.reads]).toEqual([1, ["first"]]);
    const warm = await isolate.open("a", (master) => draw(master, "100,"));
    expect([warm.waits, warm.account.reads]).toEqual([1, 1]);
  });

  it("is read from storage where much memory is lent, and once the work is done", async () => {
    const budget = new MemoryBudget(platformClock);
    const isolate = newIsolate(new MemoryObject(front), { budget });
    const firstTile = async (master: Master) => {
      const lent = budget.lentBytes("tiles");
      await master.source.read(60_000, 100);
      return { master, lent };
    };
    const { result, reads } = await isolate.open("a", firstTile);
    expect([reads.length, result.lent]).toEqual([2, 65_536]);
    const after = await isolate.open("a", async () => result.master.source.read(60_000, 100));
    expect(after.reads).toEqual(["60000+100"]);
    budget.tryTake("tiles", 1 << 19);
    const busy = await isolate.open("b", firstTile);
    expect(busy.reads).toEqual(["first", "60000+100"]);
  });

  it("is read from storage for all that was not in the first read", async () => {
    const object = new MemoryObject(front);
    const drawn = await newIsolate(object).open("a", (master) => draw(master, "400,"));
    expect([drawn.waits, drawn.reads.length]).toEqual([2, 3]);
  });

  it.each([
    ["fails", () => Promise.reject(new Error("no end"))],
    ["never comes", () => new Promise<never>(() => undefined)],
  ])("does not wait for its end, which %s", async (_, tail) => {
    const isolate = newIsolate(Object.assign(new MemoryObject(front), { tail }));
    const opened = new Promise((seen, fail) => {
      isolate.open("a", async (master) => seen(widthsOf(master))).catch(fail);
    });
    expect(await opened).toEqual(widths);
  });
});
