import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { lifecycleMarkerKey, lifecycleState } from "../../src/cache/lifecycle.ts";
import { readConfig } from "../../src/config.ts";
import { maxKeptBytes, maxWholeBytes } from "../../src/limits.ts";
import { derivativeRules, stateOfDerivative } from "../../src/operation/derivative-state.ts";
import { encodeTestTile } from "../support/jpeg-tile.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { ask } from "../support/service.ts";
import { patternBytes } from "../support/tiers.ts";

const again = { CACHE_ABOVE_PIXELS: "0", STORE_ABOVE_PIXELS: "1", STORE_AT_ONCE_ABOVE_PIXELS: "1000000000000" };
const atOnce = { ...again, STORE_AT_ONCE_ABOVE_PIXELS: "1" };

beforeAll(async () => {
  const file = await makeTiff({ width: 301, height: 201, tile: 64, levels: 2, compression: "deflate" });
  for (const name of ["many", "odd", "twice", "edge", "cap"]) await env.MASTERS.put(name, file);
  const samples = patternBytes(65_536);
  const stored = encodeTestTile({ width: 256, height: 256, samplesPerPixel: 1, samples });
  const form = { compression: "jpeg", samplesPerPixel: 1, photometric: "MinIsBlack", tileBytes: () => stored } as const;
  await env.MASTERS.put("wide", await makeTiff({ width: 4096, height: 2048, tile: 256, ...form }));
});

async function stored(): Promise<R2Object[]> {
  return (await env.DERIVATIVES.list({ prefix: "derivatives/", include: ["customMetadata"] })).objects;
}

beforeEach(async () => {
  for (const { key } of await stored()) await env.DERIVATIVES.delete(key);
  vi.spyOn(console, "log").mockImplementation(() => undefined);
  return () => vi.restoreAllMocks();
});

const get = (path: string, changed: Readonly<Record<string, unknown>> = again) =>
  ask(`/iiif/3/${path}`, { env: changed });

/** Takes the edge's copies of what is stored away, as in another data centre. */
async function forgetEdge(): Promise<void> {
  for (const { customMetadata } of await stored()) {
    await caches.default.delete(`https://kept.invalid/derivatives/${customMetadata?.picture}`);
  }
}

describe("what is stored in the bucket", () => {
  it("is nothing of twenty different angles and sizes, asked for twice", async () => {
    const paths = Array.from({ length: 20 }, (_, index) =>
      index % 2 === 0 ? `full/100,/${index + 1}.5/default.png` : `0,0,299,199/${41 + 2 * index},33/0/default.jpg`,
    );
    for (const path of paths) expect((await get(`odd/${path}`, atOnce)).status).toBe(200);
    for (const path of paths) expect((await get(`odd/${path}`, atOnce)).timing).toMatchObject({ cache: "edge" });
    expect(await stored()).toEqual([]);
  });

  it("comes there on the second request within a day, though the edge had it", async () => {
    expect((await get("twice/full/100,/0/default.jpg")).timing).toMatchObject({ cache: "miss" });
    expect(await stored()).toEqual([]);
    expect((await get("twice/full/100,/0/default.jpg")).timing).toMatchObject({ cache: "edge" });
    expect(await stored()).toHaveLength(1);
    await forgetEdge();
    expect((await get("twice/full/100,/0/default.jpg")).timing).toMatchObject({ cache: "bucket" });
  });

  it("comes there on the second request where there is no edge", async () => {
    const path = "twice/full/104,/0/default.jpg";
    await get(path, { ...again, IMAGE_MAX_AGE_SECONDS: "0" });
    expect(await stored()).toEqual([]);
    const second = await get(path, { ...again, IMAGE_MAX_AGE_SECONDS: "0" });
    expect(second.timing).toMatchObject({ cache: "miss" });
    expect(await stored()).toHaveLength(1);
  });

  it("comes there when it is asked for again with a query, past a cache in front, as tessera warm does", async () => {
    await get("twice/full/128,/0/default.jpg", again);
    expect(await stored()).toEqual([]);
    expect((await get("twice/full/128,/0/default.jpg?warm=again", again)).status).toBe(200);
    expect(await stored()).toHaveLength(1);
  });

  it("is put once, however often the edge answers", async () => {
    const put = vi.fn((...args: Parameters<R2Bucket["put"]>) => env.DERIVATIVES.put(...args));
    const bucket = { get: env.DERIVATIVES.get.bind(env.DERIVATIVES), head: env.DERIVATIVES.head.bind(env.DERIVATIVES) };
    const DERIVATIVES = { ...bucket, put, delete: () => undefined };
    for (let times = 0; times < 5; times++) await get("edge/full/100,/0/default.jpg", { ...again, DERIVATIVES });
    expect(put).toHaveBeenCalledTimes(1);
  });

  it("is put once where many ask at once, into the bucket and back to the edge", async () => {
    const path = "twice/full/132,/0/default.jpg";
    const askAtOnce = async (): Promise<(string | undefined)[]> =>
      (await Promise.all(Array.from({ length: 10 }, () => get(path)))).map(({ timing }) => timing.cache);
    await get(path);
    const stores = vi.spyOn(env.DERIVATIVES, "put");
    expect(await askAtOnce()).toEqual(Array(10).fill("edge"));
    expect(stores).toHaveBeenCalledTimes(1);
    await forgetEdge();
    const keeps = vi.spyOn(caches.default, "put");
    expect(await askAtOnce()).toEqual(Array(10).fill("bucket"));
    expect(keeps).toHaveBeenCalledTimes(1);
  });

  it("comes there at once above the cost that pays", async () => {
    await get("twice/full/108,/0/default.jpg", atOnce);
    expect(await stored()).toHaveLength(1);
  });

  it("is never served once its master is replaced, and is then found to be stale", async () => {
    const flat = (value: number) =>
      makeTiff({ width: 301, height: 201, tile: 64, tileBytes: () => new Uint8Array(64 * 64 * 3).fill(value) });
    const trusting = { ...atOnce, MASTER_TTL_SECONDS: "0" };
    await env.MASTERS.put("swapped", await flat(10));
    const before = await get("swapped/full/100,/0/default.png", trusting);
    expect((await get("swapped/full/100,/0/default.png", trusting)).bytes).toEqual(before.bytes);
    await env.MASTERS.put("swapped", await flat(200));
    const after = await get("swapped/full/100,/0/default.png", trusting);
    expect([after.status, after.timing.cache]).toEqual([200, "miss"]);
    expect(after.bytes).not.toEqual(before.bytes);
    const version = (await env.MASTERS.head("swapped"))?.etag;
    const rules = derivativeRules(readConfig(trusting));
    const states = (await stored()).map(({ key, customMetadata: labels = {} }) =>
      Promise.all([labels.etag === version, stateOfDerivative({ key, labels }, { version, rules })]),
    );
    expect(Object.fromEntries(await Promise.all(states))).toEqual({ true: "current", false: "stale" });
    const gone = (await stored()).map(({ key, customMetadata: labels = {} }) =>
      stateOfDerivative({ key, labels }, { version: undefined, rules }),
    );
    expect(new Set(await Promise.all(gone))).toEqual(new Set(["orphan"]));
  });

  it("says in its metadata what it is", async () => {
    await get("twice/full/112,/90/gray.png", atOnce);
    const [object] = await stored();
    const master = await env.MASTERS.head("twice");
    expect(object?.key).toMatch(/^derivatives\/[0-9a-f]{32}\/(?:\d|[12]\d|3[01])$/);
    expect(object?.customMetadata).toEqual({
      key: "twice",
      page: "1",
      etag: master?.etag,
      request: "full/112,75/90/gray.png",
      settings: "85 convert copyright 112 75",
      picture: expect.stringMatching(/^[0-9a-f]{64}$/),
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      length: String(object?.size),
    });
  });

  it("never takes more than its slots of one image, asked for by many at once, and is never another's picture", async () => {
    const few = { ...atOnce, STORE_PICTURES_PER_IMAGE: "3" };
    const widths = Array.from({ length: 24 }, (_, index) => 20 + 4 * index);
    const drawn = await Promise.all(widths.map((width) => get(`cap/full/${width},/0/default.png`, few)));
    expect(await stored()).toHaveLength(3);
    await forgetEdge();
    for (const [index, width] of widths.entries()) {
      const answer = await get(`cap/full/${width},/0/default.png`, few);
      expect(answer.bytes).toEqual(drawn[index]?.bytes);
    }
    expect(await stored()).toHaveLength(3);
  });
});

describe("a kept picture that is too large to be held", () => {
  it("goes from the edge into the bucket, and from there to the edge, whole each time", async () => {
    const path = "wide/full/4000,2000/0/default.jpg";
    const first = await get(path);
    expect(first.timing).toMatchObject({ strategy: "stream" });
    expect(first.bytes.byteLength).toBeGreaterThan(maxWholeBytes);
    expect(first.bytes.byteLength).toBeLessThan(maxKeptBytes);
    const same = (answer: { bytes: Uint8Array }): boolean => Buffer.compare(answer.bytes, first.bytes) === 0;
    const second = await get(path);
    expect(second.timing).toMatchObject({ cache: "edge" });
    expect(same(second)).toBe(true);
    expect(await stored()).toMatchObject([{ size: first.bytes.byteLength }]);
    await forgetEdge();
    const third = await get(path);
    expect(third.timing).toMatchObject({ cache: "bucket" });
    expect(same(third)).toBe(true);
    const fourth = await get(path);
    expect(fourth.timing).toMatchObject({ cache: "edge" });
    expect(same(fourth)).toBe(true);
  });

  it("breaks off when it comes back short, and never reaches the edge", async () => {
    const path = "wide/full/4000,1996/0/default.jpg";
    const whole = await get(path, atOnce);
    const [object] = await stored();
    await forgetEdge();
    const DERIVATIVES = new Proxy(env.DERIVATIVES, {
      get(target, name) {
        const value = Reflect.get(target, name) as (...args: unknown[]) => unknown;
        if (name !== "get") return value.bind(target);
        return async (key: string) => {
          const found = await target.get(key);
          if (found === null || key !== object?.key) return found;
          const { size, customMetadata } = found;
          return { size, customMetadata, body: new Response((await found.bytes()).slice(0, -1000)).body };
        };
      },
    });
    const outcome = await get(path, { ...atOnce, DERIVATIVES }).then(
      ({ timing, bytes }) => ({ timing, byteLength: bytes.byteLength }),
      () => "broken off",
    );
    expect(outcome).toBe("broken off");
    const answer = await get(path, atOnce);
    expect(answer.timing).toMatchObject({ strategy: "stream", cache: "miss" });
    expect(Buffer.compare(answer.bytes, whole.bytes)).toBe(0);
  });
});

describe("lifecycleState", () => {
  const day = 86_400;
  const now = (): number => Date.now() / 1000;
  const mark = (text: string) => env.DERIVATIVES.put(lifecycleMarkerKey, text);

  it("is not set up without the marker, or with one that is none", async () => {
    await env.DERIVATIVES.delete(lifecycleMarkerKey);
    expect(await lifecycleState(env.DERIVATIVES, now())).toBe("not set up");
    for (const text of ["", "{}", "null", '{"prefix":"derivatives/","days":0,"setAt":"2026-01-01"}', '{"prefix":1}']) {
      await mark(text);
      expect(await lifecycleState(env.DERIVATIVES, now())).toBe("not set up");
    }
  });

  it("is set while nothing lies past its time, and not working when something does", async () => {
    await mark(JSON.stringify({ prefix: "derivatives/", days: 90, setAt: new Date().toISOString() }));
    expect(await lifecycleState(env.DERIVATIVES, now() + 1000 * day)).toBe("set");
    await env.DERIVATIVES.put("derivatives/x/0", "x");
    expect(await lifecycleState(env.DERIVATIVES, now() + 92.9 * day)).toBe("set");
    expect(await lifecycleState(env.DERIVATIVES, now() + 93.1 * day)).toBe("not working");
  });

  it("gives a rule that is new three days for what is old", async () => {
    await env.DERIVATIVES.put("derivatives/x/0", "x");
    const setAt = (days: number): string => new Date((now() + days * day) * 1000).toISOString();
    await mark(JSON.stringify({ prefix: "derivatives/", days: 90, setAt: setAt(200) }));
    expect(await lifecycleState(env.DERIVATIVES, now() + 202 * day)).toBe("set");
    expect(await lifecycleState(env.DERIVATIVES, now() + 204 * day)).toBe("not working");
  });
});
