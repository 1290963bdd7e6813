import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { damagedMasters, faxOf } from "../support/damaged-masters.ts";
import { ask } from "../support/service.ts";

/** Looks for every picture in the caches and stores it at once. */
const keeping = { CACHE_ABOVE_PIXELS: "1", STORE_ABOVE_PIXELS: "1", STORE_AT_ONCE_ABOVE_PIXELS: "1" };

async function countStored(): Promise<number> {
  return (await env.DERIVATIVES.list()).objects.filter(({ key }) => !key.startsWith("masters/")).length;
}

describe.each(damagedMasters)("the service, of $name", ({ make, firstRow, wholeRegion }) => {
  it("shows it without letting anyone keep it, and says so in the log", async () => {
    const key = `damaged-${firstRow}-${crypto.randomUUID()}`;
    await env.MASTERS.put(key, await make());
    const log = vi.spyOn(console, "log");
    const before = await countStored();
    for (let time = 0; time < 2; time += 1) {
      const { status, headers, timing } = await ask(`/iiif/3/${key}/full/max/0/default.png`, { env: keeping });
      expect([status, headers.get("Cache-Control"), headers.get("ETag")]).toEqual([200, "no-store", null]);
      expect([timing.strategy, timing.cache]).toEqual(["draw", "miss"]);
    }
    expect(await countStored()).toBe(before);
    const lines = log.mock.calls.map(([line]) => JSON.parse(String(line)) as Record<string, unknown>);
    log.mockRestore();
    expect(lines.filter(({ message }) => String(message).startsWith("the master is damaged"))).toMatchObject([
      { level: "warn", key, page: "1", firstRow },
      { level: "warn", key, page: "1", firstRow },
    ]);
  });

  it("lets everyone keep what lacks nothing", async () => {
    const key = `damaged-${firstRow}-${crypto.randomUUID()}`;
    await env.MASTERS.put(key, await make());
    const { status, headers } = await ask(`/iiif/3/${key}/${wholeRegion}/max/0/default.png`);
    expect(status).toBe(200);
    expect(headers.get("Cache-Control")).toContain("max-age=86400");
    expect(headers.get("ETag")).toMatch(/^"[0-9a-f]{32}"$/);
  });
});

describe("the service, of a master that has lost most of its rows", () => {
  it("answers 500, which nobody may keep", async () => {
    await env.MASTERS.put("mostly-lost", await faxOf(100));
    const { status, headers, text } = await ask("/iiif/3/mostly-lost/full/max/0/default.png");
    expect([status, headers.get("Cache-Control")]).toEqual([500, "no-store"]);
    expect(text).toBe("The stored image is damaged: rows of it can't be read. (source-malformed)\n");
  });
});
