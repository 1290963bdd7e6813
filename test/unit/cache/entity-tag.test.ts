import { afterEach, describe, expect, it, vi } from "vitest";
import { entityTag, type TaggedFacts } from "../../../src/cache/entity-tag.ts";
import { IsolateCache } from "../../../src/cache/isolate.ts";
import { masterKeyOf, placesOf } from "../../../src/identity/master-name.ts";

const key = masterKeyOf("book.tif");
const places = await placesOf(key);
const facts: TaggedFacts = {
  master: { key, page: 1, places },
  masterVersion: "v1",
  canonical: "full/max/0/default.jpg",
  style: "85 convert none",
  settings: "85 convert none 800 600",
  mediaType: "image/jpeg",
};
const tagOf = async (...given: Parameters<typeof entityTag>) => (await entityTag(...given)).etag;
const newDigests = () => new IsolateCache<string>(8192);

afterEach(() => vi.restoreAllMocks());

describe("the entity tag of a picture", () => {
  it("is 32 digits, the same in every isolate", async () => {
    const tag = await tagOf(newDigests(), facts);
    expect(tag).toMatch(/^[0-9a-f]{32}$/);
    expect(await tagOf(newDigests(), facts)).toBe(tag);
  });

  it.each<[string, Partial<TaggedFacts>]>([
    ["master", { master: { key: masterKeyOf("other.tif"), page: 1, places } }],
    ["page", { master: { key, page: 2, places } }],
    ["version of the master", { masterVersion: "v2" }],
    ["style", { style: "90 convert none", settings: "90 convert none 800 600" }],
    ["request", { canonical: "full/max/90/default.jpg" }],
    ["size that max came to", { settings: "85 convert none 700 525" }],
  ])("is another for another %s", async (_, change) => {
    const digests = newDigests();
    expect(await tagOf(digests, { ...facts, ...change })).not.toBe(await tagOf(digests, facts));
  });

  it("differs between all tiles of an image, whose first 24 digits are the same", async () => {
    const digests = newDigests();
    await tagOf(digests, facts);
    const tiles = Array.from({ length: 4096 }, (_, index) => `${(index % 64) * 256},${(index >> 6) * 256},256,256`);
    const tags = await Promise.all(
      tiles.map((tile) => tagOf(digests, { ...facts, canonical: `${tile}/max/0/default.jpg` })),
    );
    expect(new Set(tags).size).toBe(4096);
    expect(new Set(tags.map((tag) => tag.slice(0, 24))).size).toBe(1);
  });

  it("takes one digest for all pictures of an image", async () => {
    const digests = newDigests();
    const made = vi.spyOn(crypto.subtle, "digest");
    for (const x of [0, 256, 512]) await tagOf(digests, { ...facts, canonical: `${x},0,256,256/max/0/default.jpg` });
    expect(made).toHaveBeenCalledTimes(1);
    await tagOf(digests, { ...facts, masterVersion: "v2" });
    expect(made).toHaveBeenCalledTimes(2);
  });
});
