import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { newAccount } from "../../src/account.ts";
import { MemoryBudget } from "../../src/budget/memory-budget.ts";
import { bucketTier } from "../../src/cache/bucket.ts";
import { edgeTier } from "../../src/cache/edge.ts";
import { IsolateCache } from "../../src/cache/isolate.ts";
import { sealOf } from "../../src/cache/seal.ts";
import type { CacheTier } from "../../src/cache/tier.ts";
import { digest } from "../../src/digest.ts";
import { identifierOf } from "../../src/identity/identifier.ts";
import { nameMaster } from "../../src/identity/master-name.ts";
import { maxWholeBytes } from "../../src/limits.ts";
import { formatKeptMaster } from "../../src/masters/kept-index.ts";
import { withMaster } from "../../src/masters/open.ts";
import type { MasterStore } from "../../src/masters/store.ts";
import { r2Object } from "../../src/source/r2.ts";
import { platformClock } from "../../src/timers.ts";
import type { Visit } from "../../src/visit.ts";
import { encodeTestTile } from "../support/jpeg-tile.ts";
import { makeTiff, type TiffOptions } from "../support/make-tiff.ts";
import { ask } from "../support/service.ts";
import { testGuard } from "../support/tiers.ts";

const nameOf = (key: string) => nameMaster(identifierOf(key), { keyTemplate: "{identifier}", pageSuffix: "" });

const none: CacheTier = { get: async () => undefined, put: async () => false, delete: async () => true };

/** The store of an isolate that has just begun. */
function newIsolate(given: {
  readonly edge?: CacheTier;
  readonly durable?: CacheTier;
  readonly now?: () => number;
  readonly isTailNeeded?: boolean;
}) {
  const deferred: Promise<unknown>[] = [];
  const clock = { ...platformClock, now: () => 1000 * (given.now?.() ?? 1_000_000) };
  const storage = { bucket: env.MASTERS, clock, timeoutSeconds: 10 };
  const store: MasterStore = {
    objectOf: ({ key }) => r2Object(storage, key),
    storage,
    budget: new MemoryBudget(platformClock),
    held: new IsolateCache(1 << 20),
    habit: { isTailNeeded: given.isTailNeeded ?? false },
    edge: given.edge ?? none,
    durable: given.durable ?? none,
    ttlSeconds: 60,
    keepsBlocks: false,
  };
  const open = async (key: string) => {
    const account = newAccount();
    const visit: Visit = {
      account,
      patience: { milliseconds: 10_000, signal: undefined },
      isAlone: () => true,
      defer: (work) => deferred.push(work),
      log: () => undefined,
    };
    const master = await withMaster(store, { name: nameOf(key), visit }, async (opened) => opened);
    await Promise.all(deferred);
    return { master, account };
  };
  return { open };
}

/** Levels further apart than a run of directory bytes, so that opening costs a read each. */
function farApart(overrides: NonNullable<TiffOptions["overrides"]> = []): Promise<Uint8Array> {
  const pixel = (x: number, y: number) => [(Math.imul(x * 7919 + y * 104_729, 2_654_435_761) >>> 24) & 255];
  return makeTiff({
    width: 700,
    height: 700,
    tile: 64,
    levels: 3,
    directories: "back",
    samplesPerPixel: 1,
    pixel,
    overrides,
  });
}

function flat(level: number, side = 128): Promise<Uint8Array> {
  return makeTiff({ width: side, height: side, tile: 64, samplesPerPixel: 1, pixel: () => [level] });
}

beforeAll(async () => {
  await env.MASTERS.put("far", await farApart());
});

describe("what is kept of a master", () => {
  it("outlives the isolate in the edge cache: a new isolate reads nothing", async () => {
    const edge = edgeTier(await caches.open("masters-test"), 60, testGuard("edge").guard);
    const first = await newIsolate({ edge }).open("far");
    expect(first.account.reads).toBeGreaterThan(2);
    const second = await newIsolate({ edge }).open("far");
    expect(second.account).toMatchObject({ reads: 0, heads: 0 });
    expect(second.master.pyramid).toEqual(first.master.pyramid);
  });

  it("outlives the edge cache in the bucket: a new isolate reads the head of the file alone", async () => {
    const durable = bucketTier(env.DERIVATIVES, testGuard("bucket").guard);
    const first = await newIsolate({ durable }).open("far");
    const second = await newIsolate({ durable }).open("far");
    expect(second.account).toMatchObject({ reads: 1, heads: 0 });
    expect(second.master.pyramid).toEqual(first.master.pyramid);
  });

  it("is read whole or not at all: one that was cut off or changed is opened again, and put right", async () => {
    const { guard, lines, settle } = testGuard("bucket");
    const durable = bucketTier(env.DERIVATIVES, guard);
    const first = await newIsolate({}).open("far");
    await newIsolate({ durable }).open("far");
    const key = `masters/${await digest("far")}/1`;
    const whole = await env.DERIVATIVES.get(key);
    const { customMetadata = {} } = whole!;
    const bytes = await whole!.bytes();
    for (const damaged of [
      bytes.slice(0, -8),
      bytes.map((byte, index) => (index === bytes.length - 8 ? byte ^ 1 : byte)),
    ]) {
      await env.DERIVATIVES.put(key, damaged, { customMetadata });
      const again = await newIsolate({ durable }).open("far");
      await settle();
      expect(again.account.reads).toBe(first.account.reads);
      expect(again.master.pyramid).toEqual(first.master.pyramid);
      expect(lines.splice(0)).toMatchObject([{ message: "a kept body is damaged", tier: "bucket", key }]);
    }
  });

  it("is as good when it is too large to be compared before it is read", async () => {
    const tile = encodeTestTile({ width: 16, height: 16, samplesPerPixel: 1, samples: new Uint8Array(256) });
    const form = { compression: "jpeg", samplesPerPixel: 1, photometric: "MinIsBlack", tileBytes: () => tile } as const;
    await env.MASTERS.put("huge", await makeTiff({ width: 5200, height: 5200, tile: 16, levels: 2, ...form }));
    const durable = bucketTier(env.DERIVATIVES, testGuard("bucket").guard);
    const first = await newIsolate({ durable }).open("huge");
    expect((await env.DERIVATIVES.head(`masters/${await digest("huge")}/1`))?.size).toBeGreaterThan(maxWholeBytes);
    const second = await newIsolate({ durable }).open("huge");
    expect(second.account.reads).toBe(1);
    const [{ offsets, byteCounts }] = second.master.pyramid.levels;
    expect(offsets).toHaveLength(105_625);
    expect(byteCounts.at(-1)).toBe(tile.byteLength);
    expect(offsets.at(-1)).toBe(first.master.pyramid.levels[0].offsets.at(-1));
  });

  it("is not trusted by a clock that was set back: storage is asked", async () => {
    const edge = edgeTier(await caches.open("clock-test"), 60, testGuard("edge").guard);
    await newIsolate({ edge }).open("far");
    const opened = await newIsolate({ edge, now: () => 1_000_000 - 3600 }).open("far");
    expect(opened.account).toMatchObject({ reads: 0, heads: 1 });
  });

  it("is not used for a file that was replaced meanwhile", async () => {
    const durable = bucketTier(env.DERIVATIVES, testGuard("bucket").guard);
    await env.MASTERS.put("swapped", await farApart());
    await newIsolate({ durable }).open("swapped");
    await env.MASTERS.put("swapped", await flat(9));
    expect((await newIsolate({ durable }).open("swapped")).master.pyramid.width).toBe(128);
  });

  it("is not stored in the bucket for a file that opens in one read", async () => {
    await env.MASTERS.put("near", await flat(1));
    await newIsolate({ durable: bucketTier(env.DERIVATIVES, testGuard("bucket").guard) }).open("near");
    expect(await env.DERIVATIVES.head(`masters/${await digest("near")}/1`)).toBeNull();
    expect(await env.DERIVATIVES.head(`masters/${await digest("far")}/1`)).not.toBeNull();
  });
});

describe("a record that is not what it was", () => {
  const key = async (name: string) => `masters/${await digest(name)}/1`;

  /** Puts bytes with the length and checksum that are theirs: nothing but their meaning is wrong. */
  const putSealed = async (tier: CacheTier, key: string, body: Uint8Array) =>
    tier.put({ key }, { ...(await sealOf(body)), body, mediaType: "application/octet-stream", labels: {} });

  it("is a miss: the file is opened again, and the record stored again", async () => {
    await env.MASTERS.put("flipped", await farApart());
    const durable = bucketTier(env.DERIVATIVES, testGuard("bucket").guard);
    const first = await newIsolate({ durable }).open("flipped");
    const record = await (await env.DERIVATIVES.get(await key("flipped")))!.bytes();
    // The last byte count, made larger than the file.
    const damaged = record.slice();
    damaged[damaged.length - 1] = 0x50;
    await putSealed(durable, await key("flipped"), damaged);
    const second = await newIsolate({ durable }).open("flipped");
    expect(second.account.reads).toBe(first.account.reads);
    expect(second.master.pyramid).toEqual(first.master.pyramid);
    expect(await (await env.DERIVATIVES.get(await key("flipped")))!.bytes()).toEqual(record);
  });

  it("is a miss where it tells another size of the file", async () => {
    await env.MASTERS.put("grown", await farApart());
    const durable = bucketTier(env.DERIVATIVES, testGuard("bucket").guard);
    const { account, master } = await newIsolate({ durable }).open("grown");
    const { version } = master;
    const wrong = formatKeptMaster({ version, size: master.source.size + 9, checkedAt: 1_000_000, image: master })!;
    await putSealed(durable, await key("grown"), wrong);
    const again = await newIsolate({ durable }).open("grown");
    expect([again.account.reads, again.master.source.size]).toEqual([account.reads, master.source.size]);
    const edge = edgeTier(await caches.open("masters-grown"), 60, testGuard("edge").guard);
    await putSealed(edge, await key("grown"), wrong);
    const later = await newIsolate({ edge, now: () => 1_000_100 }).open("grown");
    expect(later.account).toMatchObject({ heads: 1, reads: account.reads });
    expect(later.master.source.size).toBe(master.source.size);
  });

  it("is not stored of a file that is cut off, which is opened each time", async () => {
    const tileOffsets = 324;
    const outside = { directory: 0, tag: tileOffsets, values: (offsets: readonly number[]) => offsets.with(0, 1e8) };
    const file = await farApart([outside]);
    await env.MASTERS.put("cut", file);
    const durable = bucketTier(env.DERIVATIVES, testGuard("bucket").guard);
    const edge = edgeTier(await caches.open("masters-cut"), 60, testGuard("edge").guard);
    const first = await newIsolate({ durable, edge }).open("cut");
    expect(first.master.pyramid.levels[0].offsets[0]).toBe(1e8);
    expect(await env.DERIVATIVES.head(await key("cut"))).toBeNull();
    expect((await newIsolate({ durable, edge }).open("cut")).account.reads).toBe(first.account.reads);
  });
});

describe("a clock that is set back", () => {
  it("does not hide that a master was replaced, in the isolate or at the edge", async () => {
    await env.MASTERS.put("clock", await flat(1));
    const edge = edgeTier(await caches.open("masters-clock"), 60, testGuard("edge").guard);
    let seconds = 1_000_000;
    const isolate = newIsolate({ edge, now: () => seconds });
    const before = await isolate.open("clock");
    await env.MASTERS.put("clock", await flat(2));
    expect((await isolate.open("clock")).master.version).toBe(before.master.version);
    seconds -= 3600;
    const elsewhere = await newIsolate({ edge, now: () => seconds }).open("clock");
    const after = await isolate.open("clock");
    for (const { master, account } of [after, elsewhere]) {
      expect(master.version).not.toBe(before.master.version);
      expect(account.heads).toBe(1);
    }
  });
});

describe("a master that is replaced", () => {
  // Larger than what is read of an unknown master at first, and of a part that is not in it.
  const side = 512;
  const region = (x: number) => `/iiif/3/replaced/${x},400,32,32/max/0/gray.png`;

  it("while it is trusted is read anew at the first read that shows it", async () => {
    await env.MASTERS.put("replaced", await flat(10, side));
    const before = await ask(region(0));
    await env.MASTERS.put("replaced", await flat(200, side));
    const after = await ask(region(32));
    expect(after.status).toBe(200);
    expect(after.headers.get("ETag")).not.toBe(before.headers.get("ETag"));
    // One read that failed is not counted; then the file is opened and read again.
    expect(after.timing).toMatchObject({ reads: "2", strategy: "draw" });
    const again = await ask(region(0));
    expect(again.headers.get("ETag")).not.toBe(before.headers.get("ETag"));
    expect(again.bytes).toEqual(after.bytes);
  });

  it("at every read is answered 503 with Retry-After", async () => {
    await env.MASTERS.put("restless", await flat(0, side));
    let version = 0;
    const restless = {
      head: (key: string) => env.MASTERS.head(key),
      async get(key: string, options: R2GetOptions) {
        await env.MASTERS.put("restless", await flat(++version, side));
        return env.MASTERS.get(key, options);
      },
    };
    const answer = await ask("/iiif/3/restless/full/max/0/default.jpg", { env: { MASTERS: restless } });
    expect(answer.status).toBe(503);
    expect(answer.headers.get("Retry-After")).toBe("1");
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    expect(answer.text).toContain("replaced while it was being read");
  });

  it("by nothing is not found once it is no longer trusted", async () => {
    await env.MASTERS.put("gone", await flat(0));
    await ask("/iiif/3/gone/info.json");
    await env.MASTERS.delete("gone");
    expect((await ask("/iiif/3/gone/info.json", { env: { MASTER_TTL_SECONDS: "0" } })).status).toBe(404);
  });
});

describe("storage that fails", () => {
  const broken = {
    head: () => Promise.reject(new Error("R2 is away")),
    get: () => Promise.reject(new Error("R2 is away")),
  };

  it("is answered 503, and tells the client nothing of how", async () => {
    const answer = await ask("/iiif/3/anything/info.json", { env: { MASTERS: broken } });
    expect(answer.status).toBe(503);
    expect(answer.headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(answer.text).not.toContain("away");
  });

  it("is an empty master: an empty object is no TIFF", async () => {
    await env.MASTERS.put("empty", new Uint8Array(0));
    const answer = await ask("/iiif/3/empty/info.json");
    expect(answer.status).toBe(501);
    expect(answer.text).toContain("is empty");
  });
});
