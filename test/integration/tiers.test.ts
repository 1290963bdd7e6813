import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { concatenate } from "../../src/bytes.ts";
import { bucketTier } from "../../src/cache/bucket.ts";
import { wholeBody } from "../../src/cache/checked-body.ts";
import { edgeTier } from "../../src/cache/edge.ts";
import { ofLength } from "../../src/cache/fixed-length.ts";
import { missesBeforePause, pauseSeconds, TierPause } from "../../src/cache/pause.ts";
import { type Seal, sealOf } from "../../src/cache/seal.ts";
import type { BucketTier, CacheTier, KeptBody, KeptContent } from "../../src/cache/tier.ts";
import { maxWholeBytes } from "../../src/limits.ts";
import { platformClock } from "../../src/timers.ts";
import { changedBucket, holdAll, patternBytes, testGuard } from "../support/tiers.ts";

const sizes = [
  ["small", 1000],
  ["of the limit of what is held", maxWholeBytes],
  ["one past it, which is streamed", maxWholeBytes + 1],
  ["large", 3_000_000],
] as const;

async function contentOf(bytes: Uint8Array): Promise<KeptContent> {
  return { ...(await sealOf(bytes)), body: bytes, mediaType: "image/png", labels: { key: "bücher/日本", page: "1" } };
}

const tiers: readonly (readonly [string, () => Promise<CacheTier>])[] = [
  ["bucket", async () => bucketTier(env.DERIVATIVES, testGuard("bucket").guard)],
  ["edge", async () => edgeTier(await caches.open("tiers"), 60, testGuard("edge").guard)],
];

/** Returns the seal of all that was kept: comparing megabytes byte by byte takes seconds. */
const wholeSeal = async (kept: KeptBody | undefined): Promise<Seal> =>
  sealOf(await wholeBody(kept as KeptBody, { limitBytes: 1 << 24, clock: platformClock }));

describe.each(tiers)("the tier %s", (tierName, open) => {
  it.each(sizes)("gives back what was put: %s", async (name, byteLength) => {
    const tier = await open();
    const bytes = patternBytes(byteLength);
    const key = `round/${tierName}/${name}`;
    expect(await tier.put({ key }, await contentOf(bytes))).toBe(true);
    const kept = await tier.get({ key }, holdAll);
    expect(kept?.byteLength).toBe(byteLength);
    expect(kept?.body instanceof Uint8Array).toBe(byteLength <= maxWholeBytes);
    expect(await wholeSeal(kept)).toEqual(await sealOf(bytes));
  });

  it("takes a stream, and none that breaks off", async () => {
    const tier = await open();
    const bytes = patternBytes(2_000_000);
    const content = await contentOf(bytes);
    const streamed = (isBroken: boolean): KeptContent => ({ ...content, body: streamOf(bytes, { isBroken }) });
    expect(await tier.put({ key: `whole/${tierName}` }, streamed(false))).toBe(true);
    expect(await wholeSeal(await tier.get({ key: `whole/${tierName}` }, holdAll))).toEqual(await sealOf(bytes));
    expect(await tier.put({ key: `broken/${tierName}` }, streamed(true))).toBe(false);
    expect(await tier.get({ key: `broken/${tierName}` }, holdAll)).toBeUndefined();
  });

  it("misses what it does not have and what was deleted", async () => {
    const tier = await open();
    const key = `gone/${tierName}`;
    expect(await tier.get({ key }, holdAll)).toBeUndefined();
    await tier.put({ key }, await contentOf(patternBytes(10)));
    await tier.delete({ key });
    expect(await tier.get({ key }, holdAll)).toBeUndefined();
  });
});

/** Returns a stream of chunks of 100,000 bytes, which may break off before its last one. */
function streamOf(bytes: Uint8Array, { isBroken = false } = {}): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const end = Math.min(bytes.byteLength, at + 100_000);
      if (isBroken && end === bytes.byteLength) controller.error(new Error("broken off"));
      else if (at === end) controller.close();
      else controller.enqueue(bytes.slice(at, end));
      at = end;
    },
  });
}

/** Puts `stored` into the bucket as if it were `bytes`, which only a fault of storage can do. */
async function forge(key: string, bytes: Uint8Array, stored: Uint8Array): Promise<void> {
  const { byteLength, sha256 } = await sealOf(bytes);
  await env.DERIVATIVES.put(key, stored, { customMetadata: { length: String(byteLength), sha256 } });
}

/** A bucket whose bodies are not what it says of them: the size it states is that of the whole. */
function lying(change: (bytes: Uint8Array) => Uint8Array): R2Bucket {
  return changedBucket(env.DERIVATIVES, {
    async get(key: string) {
      const object = await env.DERIVATIVES.get(key);
      if (object === null) return null;
      const { size, customMetadata } = object;
      return { size, customMetadata, body: streamOf(change(await object.bytes())) };
    },
  });
}

describe("a kept body that is not what was put", () => {
  const flip = (bytes: Uint8Array): Uint8Array => bytes.map((byte, index) => (index === 500 ? byte ^ 1 : byte));
  const faults: readonly (readonly [string, (bytes: Uint8Array) => Uint8Array, RegExp])[] = [
    ["short", (bytes) => bytes.slice(0, -100), /^\d+ bytes of \d+$/],
    ["long", (bytes) => concatenate([bytes, new Uint8Array(1)]), /^\d+ bytes of \d+$/],
    ["changed", flip, /checksum/],
  ];

  it.each(faults)("is a miss, deleted, and a line in the log where it is held: %s", async (name, change, cause) => {
    const { guard, lines, settle } = testGuard("bucket");
    const key = `held/${name}`;
    const bytes = patternBytes(1000);
    await forge(key, bytes, change(bytes));
    expect(await bucketTier(env.DERIVATIVES, guard).get({ key }, holdAll)).toBeUndefined();
    await settle();
    expect(lines).toEqual([
      { level: "warn", message: "a kept body is damaged", tier: "bucket", key, cause: expect.stringMatching(cause) },
    ]);
    expect(await env.DERIVATIVES.head(key)).toBeNull();
  });

  it.each(faults)("is found on its way where the tier states the right length: %s", async (name, change, cause) => {
    for (const byteLength of [1000, 2_000_000]) {
      const { guard, lines, settle } = testGuard("bucket");
      const key = `lied/${name}/${byteLength}`;
      const tier = bucketTier(lying(change), guard);
      const bytes = patternBytes(byteLength);
      await tier.put({ key }, await contentOf(bytes));
      const kept = await tier.get({ key }, holdAll);
      if (byteLength <= maxWholeBytes) expect(kept).toBeUndefined();
      else expect(await received(kept)).toMatchObject({ isWhole: false });
      await settle();
      expect(lines).toMatchObject([{ message: "a kept body is damaged", key, cause: expect.stringMatching(cause) }]);
      expect(await env.DERIVATIVES.head(key)).toBeNull();
    }
  });

  it("is a miss before anything is sent where the tier states another length", async () => {
    const { guard, lines } = testGuard("bucket");
    const bytes = patternBytes(2_000_000);
    await forge("stated", bytes, bytes.slice(0, 1_999_999));
    expect(await bucketTier(env.DERIVATIVES, guard).get({ key: "stated" }, holdAll)).toBeUndefined();
    expect(lines).toMatchObject([{ cause: "1999999 bytes of 2000000" }]);
  });

  it("has its last chunk held back: what was sent is never all of it", async () => {
    const bytes = patternBytes(2_000_000);
    const damaged = bytes.map((byte, index) => (index === bytes.byteLength - 1 ? byte ^ 1 : byte));
    const { guard } = testGuard("bucket");
    const tier = bucketTier(
      lying(() => damaged),
      guard,
    );
    await tier.put({ key: "last" }, await contentOf(bytes));
    const { isWhole, byteLength } = await received(await tier.get({ key: "last" }, holdAll));
    expect(isWhole).toBe(false);
    expect(byteLength).toBeLessThan(bytes.byteLength);
  });

  it("breaks off where the tier fails on its way, and is left where it lies", async () => {
    const { guard, lines, settle } = testGuard("bucket");
    const bytes = patternBytes(2_000_000);
    const tier = bucketTier(env.DERIVATIVES, guard);
    await tier.put({ key: "failing" }, await contentOf(bytes));
    const object = await env.DERIVATIVES.head("failing");
    const get = async () => ({
      ...object,
      size: 2_000_000,
      customMetadata: object?.customMetadata,
      body: streamOf(bytes, { isBroken: true }),
    });
    const kept = await bucketTier(changedBucket(env.DERIVATIVES, { get }), guard).get({ key: "failing" }, holdAll);
    expect(await received(kept)).toMatchObject({ isWhole: false });
    await settle();
    expect(lines).toMatchObject([{ message: "a cache failed", tier: "bucket", cause: "Error: broken off" }]);
    expect(await env.DERIVATIVES.head("failing")).not.toBeNull();
  });

  it("is a miss where it carries no checksum", async () => {
    const { guard, lines, settle } = testGuard("bucket");
    await env.DERIVATIVES.put("old", patternBytes(10));
    expect(await bucketTier(env.DERIVATIVES, guard).get({ key: "old" }, holdAll)).toBeUndefined();
    await settle();
    expect(lines).toMatchObject([{ message: "a kept body is damaged", cause: "it carries no checksum" }]);
  });

  it("at the edge is a miss, deleted and a line too", async () => {
    const cache = await caches.open("damaged");
    const { guard, lines, settle } = testGuard("edge");
    const bytes = patternBytes(1000);
    const { sha256 } = await sealOf(bytes);
    const headers = { "Cache-Control": "max-age=60", "X-Kept-Length": "1000", "X-Kept-Sha256": sha256 };
    await cache.put("https://kept.invalid/e", new Response(bytes.slice(1) as BodyInit, { headers }));
    expect(await edgeTier(cache, 60, guard).get({ key: "e" }, holdAll)).toBeUndefined();
    await settle();
    expect(lines).toMatchObject([{ message: "a kept body is damaged", tier: "edge", cause: "999 bytes of 1000" }]);
    expect(await cache.match("https://kept.invalid/e")).toBeUndefined();
  });

  it("is not put by R2 when it breaks on its way there", async () => {
    const bytes = patternBytes(1000);
    const { guard, lines } = testGuard("bucket");
    const wrong = { ...(await contentOf(bytes)), body: bytes.slice().fill(0, 0, 1) };
    expect(await bucketTier(env.DERIVATIVES, guard).put({ key: "put" }, wrong)).toBe(false);
    expect(await env.DERIVATIVES.head("put")).toBeNull();
    expect(lines).toMatchObject([
      { message: "a cache failed", tier: "bucket", cause: expect.stringContaining("SHA-256") },
    ]);
  });
});

async function received(kept: KeptBody | undefined): Promise<{ isWhole: boolean; byteLength: number }> {
  let byteLength = 0;
  try {
    for await (const chunk of (kept as KeptBody).body as ReadableStream<Uint8Array>) byteLength += chunk.byteLength;
    return { isWhole: true, byteLength };
  } catch {
    return { isWhole: false, byteLength };
  }
}

describe("a picture in a slot of the bucket", () => {
  it("is found by its digest alone", async () => {
    const tier: BucketTier = bucketTier(env.DERIVATIVES, testGuard("bucket").guard);
    const content = await contentOf(patternBytes(10));
    await tier.put({ key: "slot" }, { ...content, labels: { picture: "aa" } });
    const [ours, another] = [
      { key: "slot", picture: "aa" },
      { key: "slot", picture: "bb" },
    ];
    expect([await tier.holds(ours), await tier.holds(another)]).toEqual([true, false]);
    expect(await tier.get(ours, holdAll)).toBeDefined();
    expect(await tier.get(another, holdAll)).toBeUndefined();
    expect(await tier.holds({ key: "nowhere" })).toBe(false);
    expect(await env.DERIVATIVES.head("slot")).not.toBeNull();
  });

  it("says in its metadata what it is", async () => {
    const tier = bucketTier(env.DERIVATIVES, testGuard("bucket").guard);
    const content = await contentOf(patternBytes(10));
    await tier.put({ key: "labelled" }, content);
    const object = await env.DERIVATIVES.head("labelled");
    expect(object?.customMetadata).toEqual({
      key: "bücher/日本",
      page: "1",
      length: "10",
      sha256: content.sha256,
    });
    expect(object?.httpMetadata?.contentType).toBe("image/png");
  });
});

describe("a stream of a stated length", () => {
  it("is sent with its Content-Length, and breaks off as the stream does", async () => {
    const bytes = patternBytes(300_000);
    expect(await sealOf(await new Response(ofLength(streamOf(bytes), 300_000)).bytes())).toEqual(await sealOf(bytes));
    const broken = new Response(ofLength(streamOf(bytes, { isBroken: true }), 300_000));
    await expect(broken.bytes()).rejects.toThrow("broken off");
  });

  it("lets go of its source when the reader leaves", async () => {
    const cancel = vi.fn();
    const source = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(1000)),
      cancel,
    });
    const reader = ofLength(source, 1_000_000).getReader();
    await reader.read();
    await reader.cancel("gone");
    await expect.poll(() => cancel.mock.calls.length).toBe(1);
  });
});

describe("a tier that does not answer", () => {
  const never = (): Promise<never> => new Promise(() => undefined);

  /** A bucket whose gets hang, and how many there were. */
  function hanging() {
    let calls = 0;
    const get = () => {
      calls += 1;
      return never();
    };
    return { bucket: changedBucket(env.DERIVATIVES, { get, head: get, put: get }), calls: () => calls };
  }

  it("is a miss once its deadline has passed, with a line in the log", async () => {
    const { guard, lines } = testGuard("bucket", { timeoutSeconds: 0.05 });
    expect(await bucketTier(hanging().bucket, guard).get({ key: "x" }, holdAll)).toBeUndefined();
    expect(lines).toEqual([{ level: "warn", message: "a cache did not answer", tier: "bucket", seconds: 0.05 }]);
  });

  it("has its late answer let go: the body is cancelled", async () => {
    let answer: (object: unknown) => void = () => undefined;
    const late = new Promise((resolve) => {
      answer = resolve;
    });
    const { guard } = testGuard("bucket", { timeoutSeconds: 0.05 });
    expect(
      await bucketTier(changedBucket(env.DERIVATIVES, { get: () => late }), guard).get({ key: "x" }, holdAll),
    ).toBeUndefined();
    const cancel = vi.fn();
    const body = new ReadableStream({ cancel });
    answer({ size: 10, customMetadata: { length: "10", sha256: "0".repeat(64) }, body });
    await expect.poll(() => cancel.mock.calls.length).toBe(1);
  });

  it.each([1000, 2_000_000])("is a miss when it answers and sends no bytes, of %i", async (byteLength) => {
    const { guard, lines } = testGuard("bucket", { timeoutSeconds: 0.05 });
    const cancel = vi.fn();
    const body = new ReadableStream({ cancel });
    const get = async () => ({
      size: byteLength,
      customMetadata: { length: String(byteLength), sha256: "0".repeat(64) },
      body,
    });
    expect(await bucketTier(changedBucket(env.DERIVATIVES, { get }), guard).get({ key: "x" }, holdAll)).toBeUndefined();
    expect(lines).toMatchObject([{ message: "a cache did not answer" }]);
    await expect.poll(() => cancel.mock.calls.length).toBe(1);
  });

  it("breaks a stream off that stops on its way, with a line in the log", async () => {
    const { guard, lines } = testGuard("bucket");
    const bytes = patternBytes(2_000_000);
    const { sha256 } = await sealOf(bytes);
    const cancel = vi.fn();
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(bytes.slice(0, 1000)),
      cancel,
    });
    const get = async () => ({ size: 2_000_000, customMetadata: { length: "2000000", sha256 }, body });
    const kept = await bucketTier(changedBucket(env.DERIVATIVES, { get }), guard).get({ key: "x" }, holdAll);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const outcome = received(kept);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await outcome).toMatchObject({ isWhole: false });
    vi.useRealTimers();
    expect(lines).toEqual([{ level: "warn", message: "a cache did not answer", tier: "bucket", seconds: 10 }]);
    expect(cancel).toHaveBeenCalledTimes(1);
  });

  it("is given longer for a put, which no answer waits for", async () => {
    const { guard, lines } = testGuard("bucket", { timeoutSeconds: 0.05 });
    const content = await contentOf(patternBytes(10));
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const put = bucketTier(hanging().bucket, guard).put({ key: "x" }, content);
    await vi.advanceTimersByTimeAsync(9_999);
    expect(lines).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(await put).toBe(false);
    vi.useRealTimers();
    expect(lines).toMatchObject([{ message: "a cache did not answer", seconds: 10 }]);
  });

  it("is left alone after some misses in a row, then tried by one request at a time", async () => {
    const pause = new TierPause();
    const { bucket, calls } = hanging();
    let seconds = 1000;
    const ask = async (): Promise<object[]> => {
      const { guard, lines } = testGuard("bucket", { timeoutSeconds: 0.02, pause, now: () => seconds });
      const tier = bucketTier(bucket, guard);
      await Promise.all([tier.get({ key: "a" }, holdAll), tier.holds({ key: "b" })]);
      return lines;
    };
    expect(await ask()).toHaveLength(2);
    expect(calls()).toBe(2);
    expect((await ask()).slice(-1)).toEqual([
      { level: "warn", message: "a cache is left alone", tier: "bucket", seconds: pauseSeconds },
    ]);
    const callsBefore = calls();
    expect(callsBefore).toBeGreaterThanOrEqual(missesBeforePause);
    expect(await ask()).toEqual([]);
    expect(calls()).toBe(callsBefore);
    seconds += pauseSeconds;
    await ask();
    expect(calls()).toBe(callsBefore + 1);
  });
});
