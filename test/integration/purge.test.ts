import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { lifecycleMarkerKey } from "../../src/cache/lifecycle.ts";
import { formatWork } from "../../src/catalogue/work-record.ts";
import { objectTag } from "../../src/identity/cache-tags.ts";
import { type MasterKey, placesOf } from "../../src/identity/master-name.ts";
import worker from "../../src/worker.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { ask } from "../support/service.ts";
import { makeImage, makePage, makeWork } from "../support/works.ts";

const secret = "correct-horse-battery-staple";
const drawn = { STORE_ABOVE_PIXELS: "1", STORE_AT_ONCE_ABOVE_PIXELS: "1", CACHE_ABOVE_PIXELS: "0" };
const picture = "full/100,/0/default.png";

beforeAll(async () => {
  const file = await makeTiff({ width: 301, height: 201, tile: 64, levels: 2, compression: "deflate" });
  for (const name of ["withdrawn", "staying", "set/1", "set/2", "other"]) await env.MASTERS.put(name, file);
});

beforeEach(() => void vi.spyOn(console, "log").mockImplementation(() => undefined));
afterEach(() => vi.restoreAllMocks());

const purge = async (body: unknown, changed: Readonly<Record<string, unknown>> = {}) => {
  const answer = await ask("/admin/purge", {
    method: "POST",
    headers: { Authorization: `Bearer ${secret}`, "Content-Type": "application/json", Accept: "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
    env: { ADMIN_SECRET: secret, ...changed },
  });
  return { ...answer, json: JSON.parse(answer.text) };
};

const draw = (identifier: string) => ask(`/iiif/3/${identifier}/${picture}`, { env: drawn });

const tagOf = async (key: string): Promise<string> => (await placesOf(key as MasterKey)).cacheTag;

/** Has every call of the Worker find what the platform here lacks: a cache in front of it, or a visitor whom Access let in. */
function standIn(part: Partial<Pick<ExecutionContext, "cache" | "access">>): void {
  const answer = worker.fetch;
  vi.spyOn(worker, "fetch").mockImplementation((request, bindings, context) => {
    const { props, exports } = context;
    const waitUntil = context.waitUntil.bind(context);
    return answer(request, bindings, { props, exports, waitUntil, ...part } as ExecutionContext);
  });
}

/** Stands for the cache in front of the Worker. */
function standInCache(answer: () => CachePurgeResult): CachePurgeOptions[] {
  const calls: CachePurgeOptions[] = [];
  const purge = async (options: CachePurgeOptions): Promise<CachePurgeResult> => {
    calls.push(options);
    return answer();
  };
  standIn({ cache: { purge, invalidate: purge } });
  return calls;
}

describe("purging", () => {
  it("removes an image from every tier that is here, and nothing of another", async () => {
    for (const name of ["withdrawn", "staying"]) {
      expect((await draw(name)).timing).toMatchObject({ cache: "miss" });
      expect((await draw(name)).timing).toMatchObject({ cache: "edge" });
    }
    await env.MASTERS.delete("withdrawn");
    // Trusted for a minute, and kept.
    expect((await draw("withdrawn")).status).toBe(200);
    const { status, json, headers } = await purge({ kind: "images", identifiers: ["withdrawn"] });
    expect([headers.get("X-Content-Type-Options"), headers.get("Cross-Origin-Resource-Policy")]).toEqual([
      "nosniff",
      "same-origin",
    ]);
    expect([status, headers.get("Cache-Control"), headers.get("Access-Control-Allow-Origin")]).toEqual([
      200,
      "no-store",
      null,
    ]);
    expect(json).toMatchObject({
      images: 1,
      workersCache: { tags: 1, state: "absent", waiting: 0 },
      dataCentre: { left: 0 },
      derivatives: { pictures: 1 },
    });
    expect((await draw("withdrawn")).status).toBe(404);
    const { derivativePrefix } = await placesOf("withdrawn" as MasterKey);
    expect((await env.DERIVATIVES.list({ prefix: derivativePrefix })).objects).toEqual([]);
    expect((await draw("staying")).timing).toMatchObject({ cache: "edge" });
  });

  it("removes what starts with a prefix, a page at a time, and an object with its pages", async () => {
    for (const name of ["set/1", "set/2", "other"]) await draw(name);
    expect((await purge({ kind: "prefix", prefix: "set/" })).json).toMatchObject({
      images: 2,
      derivatives: { pictures: 2 },
    });
    expect((await draw("other")).timing).toMatchObject({ cache: "edge" });
    const pages = ["1", "2"].map((page) => makePage(page, { images: [makeImage({ identifier: `set/${page}` })] }));
    await env.CATALOGUE.put("objects/set.json", formatWork(makeWork({ key: "set", pages })));
    const { json } = await purge({ kind: "object", key: "set" });
    // Its documents, what is found in the catalogue, the feed, two images.
    expect(json).toMatchObject({ images: 2, workersCache: { tags: 5 } });
    expect((await purge({ kind: "object", key: "withdrawn long ago" })).json).toMatchObject({ images: 0 });
    const documents = await purge({ kind: "object", key: "set", only: "documents" });
    expect(documents.json).toMatchObject({ images: 0, workersCache: { tags: 3 } });
  });

  it("goes on where one call is not enough", async () => {
    for (let at = 0; at < 150; at++) await env.MASTERS.put(`many/${String(at).padStart(3, "0")}`, "x");
    const first = await purge({ kind: "prefix", prefix: "many/" });
    expect(first.json).toMatchObject({ images: 100, next: { kind: "prefix", prefix: "many/", after: "many/099" } });
    const second = await purge(first.json.next);
    expect([second.json.images, second.json.next]).toEqual([50, undefined]);
    const pages = Array.from({ length: 150 }, (_, at) => makePage(String(at)));
    await env.CATALOGUE.put("objects/long.json", formatWork(makeWork({ key: "long", pages })));
    const object = await purge({ kind: "object", key: "long" });
    expect(object.json).toMatchObject({ images: 100, next: { kind: "object", key: "long", after: 100 } });
    expect((await purge(object.json.next)).json).toMatchObject({ images: 50, workersCache: { tags: 50 } });
  });

  it("empties the bucket of derivatives when everything is purged", async () => {
    await draw("other");
    await env.DERIVATIVES.put(lifecycleMarkerKey, "{}");
    const { json } = await purge({ kind: "everything" });
    expect(json).toMatchObject({ dataCentre: { left: 0 }, workersCache: { tags: 1 } });
    // What is set up for the bucket itself is no picture.
    expect((await env.DERIVATIVES.list()).objects.map(({ key }) => key)).toEqual([lifecycleMarkerKey]);
    expect((await draw("other")).timing).toMatchObject({ cache: "miss" });
  });

  it("tells what it would remove, and removes nothing, when it is a dry run", async () => {
    for (const name of ["staying", "set/1", "set/2"]) await draw(name);
    const kept = async () => (await env.DERIVATIVES.list()).objects.map(({ key }) => key);
    let before = await kept();
    const calls = standInCache(() => ({ success: true, errors: [] }));
    const orders = [
      { kind: "images", identifiers: ["staying"] },
      { kind: "prefix", prefix: "set/" },
      { kind: "everything" },
    ];
    for (const order of orders) {
      const foretold = await purge({ ...order, dryRun: true });
      expect(foretold.json).toMatchObject({ dryRun: true, workersCache: { state: "untouched", waiting: 0 } });
      expect(foretold.json.derivatives.pictures).toBeGreaterThan(0);
      expect(await kept()).toEqual(before);
      expect(calls).toEqual([]);
      const { images, derivatives, workersCache } = (await purge(order)).json;
      expect(foretold.json).toMatchObject({ images, derivatives, workersCache: { tags: workersCache.tags } });
      for (const name of ["staying", "set/1", "set/2"]) await draw(name);
      before = await kept();
      calls.length = 0;
    }
  });

  it("says what of a bucket that fails was not purged, and what is wrong with an order", async () => {
    const bucket = { list: async () => Promise.reject(new Error("down")), head: env.DERIVATIVES.head };
    const failed = await purge({ kind: "images", identifiers: ["other"] }, { DERIVATIVES: bucket });
    expect([failed.status, failed.json.code]).toEqual([503, "storage-failed"]);
    const hung = { ...bucket, list: () => new Promise<never>(() => undefined) };
    const waited = { DERIVATIVES: hung, STORAGE_TIMEOUT_SECONDS: "1" };
    expect((await purge({ kind: "everything" }, waited)).json.code).toBe("storage-failed");
    expect((await purge({ kind: "prefix", prefix: "x" }, { MASTERS: hung, STORAGE_TIMEOUT_SECONDS: "1" })).status).toBe(
      503,
    );
    for (const [body, place] of [
      ["{", "not JSON"],
      ["[]", "kind"],
      ["null", "The body"],
      [{ kind: "images", identifiers: [] }, "identifiers"],
      [{ kind: "images", identifiers: Array(101).fill("x") }, "identifiers"],
      [{ kind: "images", identifiers: ["x"], prefix: "y" }, "prefix"],
      [{ kind: "prefix", prefix: "" }, "prefix"],
      [{ kind: "all" }, "kind"],
    ] as const) {
      const { status, json, headers } = await purge(body);
      expect([status, json.code, headers.get("Cache-Control")]).toEqual([400, "body-malformed", "no-store"]);
      expect(json.detail).toContain(place);
    }
    expect((await purge({ kind: "images", identifiers: ["\u0000"] })).json.code).toBe("identifier-malformed");
  });
});

describe("the cache in front of the Worker", () => {
  const ledger = () => env.LEDGER.getByName("service");
  const success = { success: true, errors: [] };
  const refusal = { success: false, errors: [{ code: 10_000, message: "too many calls" }] };

  beforeEach(() =>
    runInDurableObject(ledger(), (_, { storage }) => {
      storage.sql.exec("DELETE FROM waiting");
      storage.sql.exec("DELETE FROM calls");
      storage.sql.exec("DELETE FROM later");
      return storage.deleteAlarm();
    }),
  );

  it("is purged by the tags of images, from the entrypoint whose cache it is", async () => {
    const calls = standInCache(() => success);
    const { json } = await purge({ kind: "images", identifiers: ["other", "other;page=2", "staying"] });
    expect(json.workersCache).toEqual({ tags: 2, state: "purged", waiting: 0 });
    expect(calls).toEqual([{ tags: [await tagOf("other"), await tagOf("staying")] }]);
    // Whether it is found, and the feed tells of it, depends on who may see it.
    await purge({ kind: "object", key: "shown", only: "documents" });
    expect(calls.at(-1)).toEqual({ tags: [await objectTag("shown"), "search", "feed"] });
    await purge({ kind: "everything" });
    expect(calls.at(-1)).toEqual({ purgeEverything: true });
  });

  it("takes five calls a minute of 100 tags each; what waits is told and purged by the alarm", async () => {
    const calls = standInCache(() => success);
    const tags = Array.from({ length: 620 }, (_, at) => `img-${at}`);
    expect(await ledger().purge(tags, 3600)).toEqual({ state: "waiting", waiting: 120 });
    expect(calls.map(({ tags }) => tags?.length)).toEqual([100, 100, 100, 100, 100]);
    expect(await ledger().purge(["img-0"], 3600)).toEqual({ state: "waiting", waiting: 121 });
    await aMinuteLater();
    expect(await runDurableObjectAlarm(ledger())).toBe(true);
    expect(await ledger().waiting()).toBe(0);
    expect(calls.at(-1)?.tags).toHaveLength(21);
  });

  it("is purged once more when no isolate trusts what it had read, and then no more", async () => {
    const calls = standInCache(() => success);
    const seconds = 60 + 10 + 30;
    const alarm = () => runInDurableObject(ledger(), (_, { storage }) => storage.getAlarm());
    const before = Date.now();
    await purge({ kind: "images", identifiers: ["other"] });
    const due = await alarm();
    expect(due).toBeGreaterThanOrEqual(before + 1000 * seconds);
    // Another one in the meantime does not bring it forward, and is waited for too.
    await purge({ kind: "images", identifiers: ["staying"] });
    expect(await alarm()).toBe(due);
    calls.length = 0;
    vi.spyOn(Date, "now").mockReturnValue(Date.now() + 1000 * (seconds + 5));
    expect(await runDurableObjectAlarm(ledger())).toBe(true);
    expect(calls).toEqual([{ tags: [await tagOf("other"), await tagOf("staying")] }]);
    expect(await alarm()).toBeNull();
    vi.restoreAllMocks();
  });

  it("may refuse: then the tags wait, and everything takes the place of all of them", async () => {
    let isRefusing = true;
    const calls = standInCache(() => (isRefusing ? refusal : success));
    const { json } = await purge({ kind: "images", identifiers: ["other"] });
    expect(json.workersCache).toEqual({ tags: 1, state: "refused", reason: "too many calls (10000)", waiting: 1 });
    expect(await ledger().purge(["*"], 3600)).toMatchObject({ state: "refused", waiting: 1 });
    isRefusing = false;
    await runDurableObjectAlarm(ledger());
    expect(calls.at(-1)).toEqual({ purgeEverything: true });
    expect(await ledger().waiting()).toBe(0);
  });

  it("is told of where the ledger fails: what else was to be purged is purged", async () => {
    standInCache(() => success);
    const failing = {
      getByName: () => ({ purge: async () => Promise.reject(new Error("overloaded")), note: async () => {} }),
    };
    const { status, json } = await purge({ kind: "images", identifiers: ["other"] }, { LEDGER: failing });
    expect([status, json.images]).toEqual([200, 1]);
    expect(json.workersCache).toEqual({ tags: 1, state: "refused", reason: "Error: overloaded", waiting: 0 });
  });

  it("is purged without a ledger too, which then has nowhere to wait", async () => {
    standInCache(() => refusal);
    const { json } = await purge({ kind: "collection", key: "maps" }, { LEDGER: undefined });
    expect(json.workersCache).toEqual({ tags: 1, state: "refused", reason: "too many calls (10000)", waiting: 0 });
  });

  it("is told apart from what comes from the network: nobody else purges", async () => {
    const calls = standInCache(() => success);
    await ask("/", { method: "POST", body: JSON.stringify({ purge: ["*"] }) });
    expect(calls).toEqual([]);
  });

  it("has a ledger that keeps the latest thousand lines of who did what", async () => {
    const at = 1_800_000_000_000;
    await runInDurableObject(ledger(), (instance) => {
      for (let line = 0; line < 1003; line++) {
        instance.note({ at: at + line, operator: "curator@example.org", action: "purge", detail: `${line}` });
      }
    });
    const lines = await ledger().latest(2000);
    expect(lines).toHaveLength(1000);
    expect(lines[0]).toEqual({ at: at + 1002, operator: "curator@example.org", action: "purge", detail: "1002" });
  });

  async function aMinuteLater(): Promise<void> {
    await runInDurableObject(
      ledger(),
      (_, { storage }) => storage.sql.exec("UPDATE calls SET at = at - 60000").rowsWritten,
    );
  }
});

describe("who administers", () => {
  const attempt = (
    headers: Readonly<Record<string, string>>,
    changed: Readonly<Record<string, unknown>>,
    method = "POST",
  ) =>
    ask("/admin/purge", {
      method,
      headers,
      body: method === "POST" ? '{"kind":"everything"}' : undefined,
      env: changed,
    });

  it("is nobody while neither a secret nor an application of Access is configured", async () => {
    for (const method of ["POST", "GET", "OPTIONS", "DELETE"]) {
      const { status, headers } = await attempt({ Authorization: `Bearer ${secret}` }, {}, method);
      expect([status, headers.get("Cache-Control"), headers.get("Allow")]).toEqual([404, "no-store", null]);
    }
  });

  it.each(["", "Bearer", `Bearer ${secret}x`, `Bearer ${secret.slice(1)}`, `Basic ${secret}`, `bearer`])(
    "is not who shows %j",
    async (shown) => {
      const headers = shown === "" ? {} : { Authorization: shown };
      const { status, headers: answered } = await attempt(headers, { ADMIN_SECRET: secret });
      expect([400, 401]).toContain(status);
      expect(answered.get("WWW-Authenticate")).toMatch(
        /^Bearer (?:realm="administration"|error="invalid_(?:request|token)")$/,
      );
      expect(answered.get("Access-Control-Allow-Origin")).toBeNull();
    },
  );

  it("is whom Cloudflare Access let in for the application, and nobody by a header", async () => {
    const audience = "a1b2c3d4e5f6a7b8";
    const forged = { "Cf-Access-Jwt-Assertion": "x.y.z", "Cf-Access-Authenticated-User-Email": "curator@example.org" };
    expect((await attempt(forged, { ACCESS_AUDIENCE: audience })).status).toBe(403);
    expect((await attempt(forged, { ACCESS_AUDIENCE: audience, ACCESS_TEAM: "museum" })).status).toBe(403);
    const letIn = (aud: string) => {
      vi.mocked(worker.fetch).mockRestore?.();
      standIn({
        access: { aud, getIdentity: async () => ({ email: "curator@example.org" }) as CloudflareAccessIdentity },
      });
    };
    standIn({ access: { aud: audience, getIdentity: async () => Promise.reject(new Error("down")) } });
    expect((await attempt({}, { ACCESS_AUDIENCE: audience })).status).toBe(503);
    const json = { "Content-Type": "application/json" };
    letIn("another application");
    expect((await attempt(json, { ACCESS_AUDIENCE: audience })).status).toBe(403);
    letIn(audience);
    expect((await attempt(json, { ACCESS_AUDIENCE: audience })).status).toBe(200);
    const form = { Origin: "https://elsewhere.example", "Content-Type": "text/plain" };
    expect((await attempt(form, { ACCESS_AUDIENCE: audience })).status).toBe(403);
    const [line] = await env.LEDGER.getByName("service").latest(1);
    expect(line).toMatchObject({ operator: "curator@example.org", action: "purge" });
  });

  it("is written down in the jurisdiction that is configured", async () => {
    const asked: string[] = [];
    const ledger = {
      jurisdiction(where: string) {
        asked.push(where);
        return env.LEDGER;
      },
    };
    const changed = { JURISDICTION: "eu", LEDGER: ledger };
    expect((await purge({ kind: "images", identifiers: ["other"] }, changed)).status).toBe(200);
    expect(asked).toContain("eu");
    // The runtime here knows none.
    expect((await purge({ kind: "images", identifiers: ["other"] }, { JURISDICTION: "eu" })).status).toBe(200);
  });

  it("never has the secret in the log", async () => {
    const logged = vi.spyOn(console, "log").mockImplementation(() => undefined);
    await purge({ kind: "images", identifiers: ["other"] });
    await attempt({ Authorization: "Bearer wrong-secret-that-is-long" }, { ADMIN_SECRET: secret });
    const lines = JSON.stringify(logged.mock.calls);
    expect(lines).toContain("administered");
    expect(lines).not.toContain(secret);
    expect(lines).not.toContain("wrong-secret");
  });
});
