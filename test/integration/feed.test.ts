import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { type Activity, type FeedPage, feedEndKey, feedPageKey, formatFeedRecord } from "../../src/catalogue/feed.ts";
import { harvest } from "../support/harvester.ts";
import { ask } from "../support/service.ts";

const feed = "https://images.example/presentation/activity";

beforeEach(async () => {
  const { objects } = await env.CATALOGUE.list({ prefix: "feed/" });
  for (const { key } of objects) await env.CATALOGUE.delete(key);
});

/** The times of activities are minutes of one hour. */
const activity = (minute: number, change: Partial<Activity>): Activity => ({
  type: "Update",
  kind: "object",
  key: "book",
  endTime: `2026-11-01T10:${String(minute).padStart(2, "0")}:00.000Z`,
  ...change,
});

async function layPages(...pages: readonly (readonly Activity[])[]): Promise<void> {
  let startIndex = 0;
  for (const [index, activities] of pages.entries()) {
    const page: FeedPage = { number: index + 1, startIndex, activities, runs: [], isFull: index + 1 < pages.length };
    await env.CATALOGUE.put(feedPageKey(index + 1), formatFeedRecord(page));
    startIndex += activities.length;
  }
  await env.CATALOGUE.put(feedEndKey, formatFeedRecord({ pages: pages.length, activities: startIndex }));
}

async function read(uri: string) {
  const { status, text } = await ask(uri.slice("https://images.example".length));
  if (status !== 200) throw new Error(`${uri} is answered ${status}`);
  return JSON.parse(text);
}

describe("the feed", () => {
  it("of a catalogue in which nothing has changed has one page, with nothing on it", async () => {
    expect(await read(feed)).toMatchObject({ totalItems: 0, first: { id: `${feed}/1` }, last: { id: `${feed}/1` } });
    expect(await harvest(read, feed)).toEqual({ included: [], removed: [], newest: undefined, pages: 1 });
  });

  it("says where its pages begin and end, and how much is on them", async () => {
    await layPages([activity(1, {}), activity(2, {})], [activity(3, {})]);
    const { status, headers, text, timing } = await ask("/presentation/activity");
    expect([status, timing.reads]).toEqual([200, "1"]);
    expect(headers.get("Content-Type")).toBe(
      'application/ld+json;profile="http://iiif.io/api/discovery/1/context.json"',
    );
    expect([headers.get("Access-Control-Allow-Origin"), headers.get("Cache-Tag")]).toEqual(["*", "feed"]);
    expect(JSON.parse(text)).toEqual({
      "@context": "http://iiif.io/api/discovery/1/context.json",
      id: feed,
      type: "OrderedCollection",
      totalItems: 3,
      first: { id: `${feed}/1`, type: "OrderedCollectionPage" },
      last: { id: `${feed}/2`, type: "OrderedCollectionPage" },
    });
  });

  it("has pages that lead to the one before and the one behind, in one read and one of each object and of the rules", async () => {
    await layPages([activity(1, { type: "Create" })], [activity(2, {}), activity(3, {})], [activity(4, {})]);
    const keys: string[] = [];
    const get = (key: string, options: R2GetOptions) => {
      keys.push(key);
      return env.CATALOGUE.get(key, options);
    };
    const counted = { CATALOGUE: { get, list: () => Promise.reject(new Error("not asked")) }, MASTER_TTL_SECONDS: "0" };
    const second = await ask("/presentation/activity/2", { env: counted });
    expect(keys.toSorted()).toEqual(["feed/pages/2.json", "objects/book.json", "rules.json"]);
    expect(second.headers.get("Server-Timing")).toBeNull();
    expect(JSON.parse(second.text)).toMatchObject({
      partOf: { id: feed, type: "OrderedCollection" },
      startIndex: 1,
      prev: { id: `${feed}/1`, type: "OrderedCollectionPage" },
      next: { id: `${feed}/3`, type: "OrderedCollectionPage" },
    });
    expect((await read(`${feed}/1`)).prev).toBeUndefined();
    expect((await read(`${feed}/3`)).next).toBeUndefined();
    expect((await read(`${feed}/1`)).orderedItems).toEqual([
      {
        type: "Create",
        object: { id: "https://images.example/presentation/3/book/manifest", type: "Manifest" },
        endTime: "2026-11-01T10:01:00.000Z",
      },
    ]);
  });

  it("is read backwards by harvesters, each resource once and no further than they have been", async () => {
    const maps = { kind: "collection", key: "maps" } as const;
    await layPages(
      [activity(1, { type: "Create", key: "a/b" }), activity(2, { type: "Create", key: "lost" }), activity(2, maps)],
      [activity(3, { type: "Delete", key: "lost" }), activity(4, { key: "a/b" })],
      [activity(5, { ...maps, type: "Update" })],
    );
    const presentation = "https://images.example/presentation/3";
    const all = await harvest(read, feed);
    expect(all).toEqual({
      included: [`${presentation}/maps/collection`, `${presentation}/a%2Fb/manifest`],
      removed: [`${presentation}/lost/manifest`],
      newest: "2026-11-01T10:05:00.000Z",
      pages: 3,
    });
    const later = await harvest(read, feed, "2026-11-01T10:04:30.000Z");
    expect([later.included, later.pages]).toEqual([[`${presentation}/maps/collection`], 2]);
  });

  it("is kept by caches only where it won't grow, and is not sent again to those who have it", async () => {
    await layPages([activity(1, {})], [activity(2, {})]);
    const base = { env: { BASE_URL: "https://iiif.museum.example" } };
    const kept = await Promise.all(
      ["", "/1", "/2"].map(async (page) => (await ask(`/presentation/activity${page}`, base)).headers),
    );
    expect(kept.map((headers) => headers.get("Cache-Control")?.split(", stale")[0])).toEqual([
      "public, no-cache",
      "public, max-age=600",
      "public, no-cache",
    ]);
    const first = await ask("/presentation/activity/2");
    expect(first.headers.get("Cache-Control")).toBe("private, no-cache");
    const headers = { "If-None-Match": first.headers.get("ETag") ?? "" };
    const again = await ask("/presentation/activity/2", { headers });
    expect([again.status, again.text, again.headers.get("Cache-Control")]).toEqual([304, "", "private, no-cache"]);
    await layPages([activity(1, {})], [activity(2, {}), activity(3, {})]);
    expect((await ask("/presentation/activity/2", { headers })).status).toBe(200);
  });

  it("names the configured host, and is plain JSON for those who ask for it", async () => {
    await layPages([activity(1, {})]);
    const answer = await ask("/presentation/activity/1", {
      env: { BASE_URL: "https://iiif.museum.example" },
      headers: { Accept: "application/json" },
    });
    expect(answer.headers.get("Content-Type")).toBe("application/json");
    expect(answer.text).not.toContain("images.example");
    expect(JSON.parse(answer.text).orderedItems[0].object.id).toBe(
      "https://iiif.museum.example/presentation/3/book/manifest",
    );
  });

  it("answers HEAD with the headers of GET, and no other method", async () => {
    const [get, head] = [await ask("/presentation/activity"), await ask("/presentation/activity", { method: "HEAD" })];
    expect([head.status, head.text, head.headers.get("ETag")]).toEqual([200, "", get.headers.get("ETag")]);
    expect((await ask("/presentation/activity", { method: "POST" })).status).toBe(405);
  });

  it.each(["2", "0", "01", "-1", "1.0", "x", "1000000000", "1/2", ""])("has no page %j", async (number) => {
    const { status, headers } = await ask(`/presentation/activity/${number}`);
    expect([status, headers.get("Content-Type")]).toEqual([404, "application/problem+json"]);
  });

  it.each([
    ["{}", "/presentation/activity"],
    ["no JSON", "/presentation/activity"],
    [
      '{"number": 1, "startIndex": 0, "activities": [{"type": "Like"}], "runs": [], "isFull": false}',
      "/presentation/activity/1",
    ],
  ])("that can't be read is 500 with its code: %s", async (record, path) => {
    await env.CATALOGUE.put(path.endsWith("1") ? feedPageKey(1) : feedEndKey, record);
    const { status, text } = await ask(path);
    expect([status, JSON.parse(text).code]).toEqual([500, "record-malformed"]);
  });

  it("leaves an object of the same name its manifest", async () => {
    expect((await ask("/presentation/activity/manifest")).headers.get("Location")).toBe(
      "/presentation/3/activity/manifest",
    );
  });
});
