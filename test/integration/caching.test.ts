import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { makeTiff } from "../support/make-tiff.ts";
import { ask } from "../support/service.ts";
import { changedBucket } from "../support/tiers.ts";

beforeAll(async () => {
  const file = await makeTiff({ width: 300, height: 200, tile: 64, levels: 2, compression: "deflate" });
  for (const name of ["kept", "stored", "cheap", "unlucky", "equal"]) await env.MASTERS.put(name, file);
});

const cachesAll = { CACHE_ABOVE_PIXELS: "0" };
const storesAll = { ...cachesAll, STORE_ABOVE_PIXELS: "0", STORE_AT_ONCE_ABOVE_PIXELS: "0" };

async function storedKeys(): Promise<string[]> {
  const { objects } = await env.DERIVATIVES.list({ prefix: "derivatives/" });
  return objects.map(({ key }) => key);
}

/** Puts the edge out of reach, as it is in another data centre. */
async function forgetEdge(bucketKey: string): Promise<void> {
  const picture = (await env.DERIVATIVES.head(bucketKey))?.customMetadata?.picture;
  expect(await caches.default.delete(`https://kept.invalid/derivatives/${picture}`)).toBe(true);
}

describe("a derivative", () => {
  it("is rendered once and then kept at the edge", async () => {
    const path = "/iiif/3/kept/full/100,/0/default.jpg";
    const first = await ask(path, { env: cachesAll });
    const second = await ask(path, { env: cachesAll });
    expect(first.timing).toMatchObject({ strategy: "draw", cache: "miss" });
    expect(second.timing).toMatchObject({ strategy: "kept", cache: "edge", reads: "0", tiles: "0" });
    expect(second.bytes).toEqual(first.bytes);
    expect(second.headers.get("Content-Type")).toBe("image/jpeg");
  });

  it("is shared by all requests that mean the same picture, whatever their version and query", async () => {
    await ask("/iiif/3/equal/0,0,300,200/150,/0/default.jpg", { env: cachesAll });
    for (const path of [
      "/iiif/3/equal/full/!150,150/360/color.jpg",
      "/iiif/2/equal/pct:0,0,100,100/pct:50/0/default.jpg?x=1",
    ]) {
      expect((await ask(path, { env: cachesAll })).timing).toMatchObject({ strategy: "kept" });
    }
  });

  it("is kept in the bucket when its cost passes the threshold, and found there without the edge", async () => {
    const path = "/iiif/3/stored/full/90,/0/default.png";
    const before = await storedKeys();
    const first = await ask(path, { env: storesAll });
    const stored = (await storedKeys()).filter((key) => !before.includes(key));
    expect(stored).toHaveLength(1);
    await forgetEdge(stored[0]!);
    const second = await ask(path, { env: storesAll });
    expect(second.timing).toMatchObject({ strategy: "kept", cache: "bucket" });
    expect(second.bytes).toEqual(first.bytes);
    expect(second.headers.get("Content-Type")).toBe("image/png");
    expect((await ask(path, { env: storesAll })).timing).toMatchObject({ strategy: "kept", cache: "edge" });
  });

  it("has the media type that its plan says, whatever is written on what is kept", async () => {
    const path = "/iiif/3/stored/full/92,/0/default.png";
    const before = await storedKeys();
    await ask(path, { env: storesAll });
    const [key] = (await storedKeys()).filter((stored) => !before.includes(stored));
    await forgetEdge(key!);
    const object = await env.DERIVATIVES.get(key!);
    const { customMetadata = {} } = object!;
    await env.DERIVATIVES.put(key!, await object!.bytes(), {
      customMetadata,
      httpMetadata: { contentType: "text/html" },
    });
    const answer = await ask(path, { env: storesAll });
    expect(answer.timing).toMatchObject({ cache: "bucket" });
    expect(answer.headers.get("Content-Type")).toBe("image/png");
  });

  it("is one for all identifiers that mean the same image and page", async () => {
    const before = await storedKeys();
    const plain = await ask("/iiif/3/equal/full/44,/0/default.jpg", { env: storesAll });
    const paged = await ask("/iiif/3/equal;page=1/full/44,/0/default.jpg", { env: storesAll });
    expect(paged.timing).toMatchObject({ strategy: "kept" });
    expect(paged.headers.get("ETag")).toBe(plain.headers.get("ETag"));
    expect((await storedKeys()).length - before.length).toBe(1);
  });

  it("of max is another one when the limits it means have changed", async () => {
    const path = "/iiif/3/equal/full/max/0/default.png";
    const wide = await ask(path, { env: cachesAll });
    const narrow = await ask(path, { env: { ...cachesAll, MAX_WIDTH: "150" } });
    expect(narrow.timing).toMatchObject({ strategy: "draw" });
    expect(narrow.headers.get("ETag")).not.toBe(wide.headers.get("ETag"));
    expect(narrow.bytes.byteLength).toBeLessThan(wide.bytes.byteLength);
  });

  it("that decodes few pixels is made anew each time: the cache in front of the Worker has it", async () => {
    const path = "/iiif/3/cheap/full/60,/0/default.jpg";
    await ask(path);
    expect((await ask(path)).timing).toMatchObject({ strategy: "draw", cache: "miss" });
  });

  it("below the threshold is not kept in the bucket", async () => {
    const before = await storedKeys();
    await ask("/iiif/3/cheap/full/80,/0/default.jpg");
    expect(await storedKeys()).toEqual(before);
  });
});

describe("a cache that fails", () => {
  it("is a miss and a line in the log, never an error", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const away = () => Promise.reject(new Error("the bucket is away"));
    const DERIVATIVES = { get: away, put: away, head: away, delete: away };
    const answer = await ask("/iiif/3/unlucky/full/72,/0/default.jpg", { env: { ...storesAll, DERIVATIVES } });
    const lines = log.mock.calls.map(([line]) => String(line));
    log.mockRestore();
    expect(answer.status).toBe(200);
    expect(lines.some((line) => line.includes("a cache failed") && line.includes("the bucket is away"))).toBe(true);
  });
});

describe("a kept picture that comes back short", () => {
  it("is drawn, taken away, and never reaches the edge", async () => {
    const path = "/iiif/3/unlucky/full/76,/0/default.png";
    const before = await storedKeys();
    const whole = await ask(path, { env: storesAll });
    const [key] = (await storedKeys()).filter((stored) => !before.includes(stored));
    await forgetEdge(key!);
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    let shortAnswers = 0;
    const DERIVATIVES = changedBucket(env.DERIVATIVES, {
      async get(asked: string) {
        const object = await env.DERIVATIVES.get(asked);
        if (object === null || asked !== key) return object;
        shortAnswers += 1;
        const { size, customMetadata } = object;
        return { size, customMetadata, body: new Response((await object.bytes()).slice(0, -10)).body };
      },
    });
    const answer = await ask(path, { env: { ...storesAll, DERIVATIVES } });
    const lines = log.mock.calls.map(([line]) => String(line)).join("\n");
    log.mockRestore();
    expect(shortAnswers).toBe(1);
    expect(answer.timing).toMatchObject({ strategy: "draw", cache: "miss" });
    expect(answer.bytes).toEqual(whole.bytes);
    expect(lines).toContain("a kept body is damaged");
    const again = await ask(path, { env: storesAll });
    expect(again.timing).toMatchObject({ strategy: "kept", cache: "edge" });
    expect(again.bytes).toEqual(whole.bytes);
  });
});

describe("a cache that does not answer", () => {
  it("costs its deadline, then nothing while it is left alone", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    let calls = 0;
    const hang = (): Promise<never> => {
      calls += 1;
      return new Promise(() => undefined);
    };
    const DERIVATIVES = { get: hang, head: hang, delete: hang, put: hang };
    // Not stored at once: a put has a deadline of its own, which is longer.
    const changed = {
      ...storesAll,
      STORE_AT_ONCE_ABOVE_PIXELS: "1000000000",
      DERIVATIVES,
      CACHE_TIMEOUT_SECONDS: "0.1",
    };
    const statuses: number[] = [];
    for (const width of [101, 103, 105]) {
      statuses.push((await ask(`/iiif/3/unlucky/full/${width},/0/default.jpg`, { env: changed })).status);
    }
    // Sizes off the grid are not looked for in the bucket.
    expect(calls).toBe(0);
    for (const width of [80, 84, 88, 92, 96]) {
      statuses.push((await ask(`/iiif/3/unlucky/full/${width},/0/default.jpg`, { env: changed })).status);
    }
    const lines = log.mock.calls.map(([line]) => String(line));
    log.mockRestore();
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(calls).toBe(3);
    expect(lines.filter((line) => line.includes("a cache did not answer"))).toHaveLength(3);
    expect(lines.filter((line) => line.includes("a cache is left alone"))).toHaveLength(1);
  });
});

describe("every answer", () => {
  const cases: readonly [string, string, number, RegExp][] = [
    ["an image", "/iiif/3/kept/full/50,/0/default.jpg", 200, /^public, max-age=86400/],
    ["info.json", "/iiif/3/kept/info.json", 200, /^private, max-age=3600/],
    ["a bad request", "/iiif/3/kept/full/0,/0/default.jpg", 400, /^public, max-age=60/],
    ["an unknown image", "/iiif/3/unknown/info.json", 404, /^public, max-age=60/],
    ["a redirect to info.json", "/iiif/3/kept", 303, /^private, max-age=3600/],
    ["a redirect to the newest version", "/iiif/kept/info.json", 302, /^public, max-age=3600/],
    ["health", "/health", 200, /^no-store$/],
  ];

  it("of health is not put into frames", async () => {
    const { headers } = await ask("/health");
    expect(headers.get("Content-Security-Policy")).toContain("frame-ancestors 'none'");
  });

  it.each(cases)("says how long it may be kept: %s", async (_, path, status, cacheControl) => {
    const answer = await ask(path);
    expect(answer.status).toBe(status);
    expect(answer.headers.get("Cache-Control")).toMatch(cacheControl);
    expect(answer.headers.get("Cache-Control")).not.toContain("s-maxage");
  });

  it("about one image carries one tag, the same in all versions", async () => {
    const tags = await Promise.all(
      ["/iiif/3/kept/info.json", "/iiif/2/kept/info.json", "/iiif/3/kept/full/50,/0/default.jpg"].map(async (path) =>
        (await ask(path)).headers.get("Cache-Tag"),
      ),
    );
    expect(tags[0]).toMatch(/^img-[0-9a-f]{32}$/);
    expect(new Set(tags).size).toBe(1);
    expect((await ask("/iiif/3/cheap/info.json")).headers.get("Cache-Tag")).not.toBe(tags[0]);
  });

  it("to a revalidation is 304 with the headers of the 200 and no body", async () => {
    const path = "/iiif/3/kept/full/50,/0/default.jpg";
    const full = await ask(path);
    const answer = await ask(path, { headers: { "If-None-Match": full.headers.get("ETag") ?? "" } });
    expect(answer.status).toBe(304);
    expect(answer.bytes.byteLength).toBe(0);
    for (const name of ["ETag", "Link", "Cache-Control", "Cache-Tag", "Access-Control-Allow-Origin"]) {
      expect(answer.headers.get(name)).toBe(full.headers.get(name));
    }
  });

  it("to HEAD has the headers of GET and draws nothing", async () => {
    const answer = await ask("/iiif/3/kept/full/51,/0/default.jpg", { method: "HEAD" });
    expect(answer.status).toBe(200);
    expect(answer.bytes.byteLength).toBe(0);
    expect(answer.timing).toMatchObject({ strategy: "none", reads: "0" });
    const got = await ask("/iiif/3/kept/full/51,/0/default.jpg");
    for (const name of ["ETag", "Link", "Content-Type"]) expect(answer.headers.get(name)).toBe(got.headers.get(name));
  });

  it("is one line of JSON in the log", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    await ask("/iiif/3/kept/full/52,/0/default.jpg");
    const lines = log.mock.calls.map(([line]) => JSON.parse(String(line)) as object);
    log.mockRestore();
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      method: "GET",
      path: "/iiif/3/kept/full/52,/0/default.jpg",
      status: 200,
      code: "ok",
      strategy: "draw",
      cache: "miss",
      reads: 1,
    });
  });
});

describe("a wrong configuration", () => {
  it("is answered 500, uncacheable, and the log names every fault at once", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const answer = await ask("/iiif/3/kept/info.json", {
      env: { MAX_WIDTH: "wide", PREFIX: "iiif/", JPEG_QUALITY: "0" },
    });
    const text = log.mock.calls.map(([line]) => String(line)).join("\n");
    log.mockRestore();
    expect(answer.status).toBe(500);
    expect(answer.headers.get("Cache-Control")).toBe("no-store");
    for (const name of ["MAX_WIDTH", "PREFIX", "JPEG_QUALITY"]) {
      expect(text).toContain(name);
      expect(answer.text).not.toContain(name);
    }
  });
});
