import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import type { Fate } from "../support/platform/front.ts";
import { type Call, type Platform, startPlatform } from "../support/platform/platform.ts";
import { expectAlive, hangPainting, pictures, urlOf } from "../support/platform/traffic.ts";
import { visit } from "../support/platform/visitors.ts";

let platform: Platform;

beforeAll(async () => {
  // Everything is looked for and kept, large pictures in the bucket as soon as they are drawn.
  const keeps = { CACHE_ABOVE_PIXELS: "0", STORE_ABOVE_PIXELS: "4000000", STORE_AT_ONCE_ABOVE_PIXELS: "4000000" };
  platform = await startPlatform({ bundle: inject("bundle"), variables: { ...keeps, CACHE_TIMEOUT_SECONDS: "0.3" } });
  await hangPainting(platform);
});

afterAll(() => platform.stop());

afterEach(async () => {
  platform.behaviour.fate = () => "served";
  platform.behaviour.latency = () => 0;
  await expectAlive(platform);
});

/** Lets calls of one tier end in some way, all others be served. */
function letEnd(tier: Call["tier"], call: Call["call"], fate: Fate): void {
  platform.behaviour.fate = (asked) => (asked.tier === tier && asked.call === call ? fate : "served");
}

/** Waits until what an answer put off is done; what never comes ends with the test's own time. */
async function untilStored(count: number): Promise<string[]> {
  const bucket = await platform.derivatives();
  for (;;) {
    const { objects } = await bucket.list({ prefix: "derivatives/" });
    if (objects.length >= count) return objects.map(({ key }) => key);
    await new Promise((done) => setTimeout(done, 50));
  }
}

const tiers = [
  ["the Cache API", "cache", "match"],
  ["the derivative bucket", "derivatives", "get"],
] as const;

describe.each(tiers)("%s", (_, tier, call) => {
  it.each(["hung", "failed"] as const)(
    "that %s is a miss and a line in the log: the picture is drawn",
    async (fate) => {
      letEnd(tier, call, fate);
      const before = platform.log.length;
      const answer = await visit(urlOf(platform, pictures.stream()));
      expect([answer.status, answer.isWhole]).toEqual([200, true]);
      const warnings = platform.log
        .slice(before)
        .filter(({ level, message }) => level === "warn" && /^a cache/.test(String(message)));
      expect(warnings.length).toBeGreaterThan(0);
    },
  );

  it("that is slow is waited for no longer than it may be", async () => {
    platform.behaviour.latency = (asked) => (asked.tier === tier ? 5000 : 0);
    const before = platform.log.length;
    expect((await visit(urlOf(platform, pictures.thumbnail()))).status).toBe(200);
    platform.behaviour.latency = () => 0;
    const lines = platform.log.slice(before).map(({ message }) => message);
    if (tier === "cache") expect(lines).toContain("a cache did not answer");
  });
});

describe("a TIFF or PDF that is sent in parts", () => {
  it.each([
    ["full/4000,/0/bitonal.tif", "stream"],
    ["full/max/0/default.tif", "copy"],
    ["full/1500,/0/default.pdf", "draw"],
  ])("is whole and as long as it said: %s", async (path, strategy) => {
    const sent = await visit(urlOf(platform, path));
    expect(sent.headers.get("Server-Timing")).toContain(`strategy;desc="${strategy}"`);
    expect([sent.status, sent.isWhole]).toEqual([200, true]);
    expect(sent.headers.get("Content-Length")).toBe(String(sent.byteLength));
  });
});

describe("a picture that is kept in the bucket", () => {
  const path = "full/4000,/0/default.jpg";

  it("comes back as it was, with its length", async () => {
    const first = await visit(urlOf(platform, path));
    await untilStored(1);
    // Nothing at the edge any longer.
    letEnd("cache", "match", "failed");
    const again = await visit(urlOf(platform, path));
    expect(again.headers.get("Server-Timing")).toContain('cache;desc="bucket"');
    expect([again.status, again.isWhole, again.byteLength]).toEqual([200, true, first.byteLength]);
    expect(again.headers.get("Content-Length")).toBe(String(first.byteLength));
    expect(again.headers.get("ETag")).toBe(first.headers.get("ETag"));
  });

  it("and falls short is never served as whole, nor kept at the edge: once the fault is gone it is whole again", async () => {
    const whole = (await visit(urlOf(platform, path))).byteLength;
    platform.behaviour.fate = ({ tier, call }) =>
      tier === "cache" && call === "match" ? "failed" : tier === "derivatives" && call === "get" ? "short" : "served";
    const short = await visit(urlOf(platform, path));
    expect(short.isWhole ? short.byteLength : whole).toBe(whole);
    platform.behaviour.fate = () => "served";
    for (let time = 0; time < 3; time++) {
      const after = await visit(urlOf(platform, path));
      expect([after.status, after.isWhole, after.byteLength]).toEqual([200, true, whole]);
    }
  });

  it("and falls short at the edge is never served as whole", async () => {
    const whole = (await visit(urlOf(platform, path))).byteLength;
    letEnd("cache", "match", "short");
    const short = await visit(urlOf(platform, path));
    expect(short.isWhole ? short.byteLength : whole).toBe(whole);
  });
});

describe("the derivative bucket", () => {
  it("is not filled by whoever asks for it: 20 angles and sizes leave nothing, and no more is stored than its slots", async () => {
    const before = (await untilStored(1)).length;
    const angles = Array.from({ length: 20 }, pictures.rotated);
    for (const path of angles) expect((await visit(urlOf(platform, path))).status).toBe(200);
    await expectAlive(platform);
    expect((await untilStored(before)).length).toBe(before);
  });
});
