import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { lifecycleMarkerKey, lifecycleRule } from "../../src/cache/lifecycle.ts";
import { ask } from "../support/service.ts";
import { changedBucket } from "../support/tiers.ts";

/** Calls of a bucket, counted by name. */
function counted(bucket: R2Bucket) {
  const calls: string[] = [];
  const count =
    (name: "head" | "get" | "list") =>
    (...values: never[]) => {
      calls.push(name);
      return (bucket[name] as (...values: never[]) => unknown)(...values);
    };
  return { calls, bucket: changedBucket(bucket, { head: count("head"), get: count("get"), list: count("list") }) };
}

const away = () => Promise.reject(new Error("R2 is away"));

describe("/health", () => {
  let hours = 1;

  beforeEach(() => {
    // What an isolate found is told again for a while: each test has a time of its own.
    hours += 2;
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + hours * 3_600_000 });
    vi.spyOn(console, "log").mockImplementation(() => undefined);
  });

  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it("is 200 if all buckets answer and a picture is drawn, and says what is lent", async () => {
    const answer = await ask("/health");
    expect([answer.status, answer.headers.get("Cache-Control")]).toEqual([200, "no-store"]);
    expect(JSON.parse(answer.text)).toMatchObject({
      status: "ok",
      checks: { masters: "ok", catalogue: "ok", derivatives: "ok", drawing: "ok" },
      memory: { lentBytes: 0, waiting: 0, lapsed: 0 },
      streams: { stalled: 0, broken: 0 },
    });
  });

  it("warns of manifests that name whoever asked, where no address is configured", async () => {
    const warned = await ask("/health");
    expect([warned.status, JSON.parse(warned.text).warnings]).toEqual([
      200,
      [expect.stringMatching(/^BASE_URL is empty: manifests/)],
    ]);
    const base = { env: { BASE_URL: "https://iiif.museum.example" } };
    expect(JSON.parse((await ask("/health", base)).text).warnings).toBeUndefined();
  });

  it("says which servers of masters can't be read from, and is well all the same", async () => {
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    const rule = { kind: "https", prefix: "web/", endpoint: "https://images.example.org", credentials: "NLS" };
    const answer = await ask("/health", { env: { ORIGINS: [rule] } });
    const { status, origins } = JSON.parse(answer.text);
    expect([answer.status, status, origins]).toEqual([200, "ok", { "web/": "fails" }]);
    expect(log.mock.calls.join()).toContain("secrets are missing or malformed: ORIGIN_NLS_AUTHORIZATION");
  });

  it.each([
    ["masters", "MASTERS"],
    ["catalogue", "CATALOGUE"],
    ["derivatives", "DERIVATIVES"],
  ] as const)("is 503 if the bucket of %s does not answer", async (name, binding) => {
    const answer = await ask("/health", { env: { [binding]: changedBucket(env[binding], { head: away }) } });
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.text)).toMatchObject({ status: "failing", checks: { [name]: "fails", drawing: "ok" } });
    expect(answer.text).not.toContain("away");
  });

  it("is 503 if an isolate can't draw, as one whose memory is lent for good", async () => {
    const { MemoryBudget } = await import("../../src/budget/memory-budget.ts");
    const { ImageError } = await import("../../src/error.ts");
    const refuse = vi.spyOn(MemoryBudget.prototype, "take").mockRejectedValue(new ImageError("render-busy", "busy"));
    const answer = await ask("/health");
    refuse.mockRestore();
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.text)).toMatchObject({ checks: { masters: "ok", derivatives: "ok", drawing: "fails" } });
  });

  it("asks the buckets once in five seconds, however often it is asked itself", async () => {
    const masters = counted(env.MASTERS);
    const catalogue = counted(env.CATALOGUE);
    const derivatives = counted(env.DERIVATIVES);
    const bindings = { env: { MASTERS: masters.bucket, CATALOGUE: catalogue.bucket, DERIVATIVES: derivatives.bucket } };
    for (let time = 0; time < 20; time++) expect((await ask("/health", bindings)).status).toBe(200);
    expect(masters.calls).toEqual(["head"]);
    expect(catalogue.calls).toEqual(["head"]);
    expect(derivatives.calls).toEqual(["head", "get"]);
    vi.setSystemTime(Date.now() + 6000);
    await ask("/health", bindings);
    expect(masters.calls).toEqual(["head", "head"]);
    // The rule of the bucket is asked for once an hour.
    expect(derivatives.calls).toEqual(["head", "get", "head"]);
  });

  it("asks again if the clock was set back", async () => {
    const masters = counted(env.MASTERS);
    await ask("/health", { env: { MASTERS: masters.bucket } });
    vi.setSystemTime(Date.now() - 3_600_000);
    await ask("/health", { env: { MASTERS: masters.bucket } });
    expect(masters.calls).toEqual(["head", "head"]);
  });

  it("says whether the rule that clears the derivative bucket was set up", async () => {
    expect(JSON.parse((await ask("/health")).text)).toMatchObject({ status: "ok", lifecycle: "not set up" });
    vi.setSystemTime(Date.now() + 7_200_000);
    const marker = { ...lifecycleRule, setAt: new Date().toISOString() };
    await env.DERIVATIVES.put(lifecycleMarkerKey, JSON.stringify(marker));
    expect(JSON.parse((await ask("/health")).text)).toMatchObject({ status: "ok", lifecycle: "set" });
    await env.DERIVATIVES.delete(lifecycleMarkerKey);
  });
});
