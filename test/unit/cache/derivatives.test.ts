import { describe, expect, it } from "vitest";
import { type PictureFacts, placePicture } from "../../../src/cache/derivatives.ts";
import { parseSeal, sealOf } from "../../../src/cache/seal.ts";
import { identifierOf } from "../../../src/identity/identifier.ts";
import { nameMaster, placesOf } from "../../../src/identity/master-name.ts";

async function masterOf(identifier: string): Promise<PictureFacts["master"]> {
  const name = nameMaster(identifierOf(identifier), { keyTemplate: "{identifier}", pageSuffix: ";page=" });
  return { ...name, places: await placesOf(name.key) };
}

const facts: PictureFacts = {
  master: await masterOf("book.tif"),
  masterVersion: "v1",
  canonical: "full/max/0/default.jpg",
  settings: "85",
  mediaType: "image/jpeg",
};

describe("placePicture", () => {
  it("gives a slot below the number of slots, in the folder of the master", async () => {
    const folder = facts.master.places.derivativePrefix;
    const slots = new Set<number>();
    for (let width = 1; width <= 200; width++) {
      const { bucket } = await placePicture({ ...facts, canonical: `full/${width},/0/default.jpg` }, 8);
      expect(bucket.key.startsWith(folder)).toBe(true);
      slots.add(Number(bucket.key.slice(folder.length)));
    }
    expect([...slots].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it("takes the first page and no page for the same picture", async () => {
    const first = await placePicture({ ...facts, master: await masterOf("book.tif;page=1") }, 32);
    expect(first).toEqual(await placePicture(facts, 32));
  });

  it("keeps the pages of a master in one folder", async () => {
    const second = await placePicture({ ...facts, master: await masterOf("book.tif;page=2") }, 32);
    expect(second.bucket.key.startsWith(facts.master.places.derivativePrefix)).toBe(true);
  });

  it.each<[string, () => Promise<Partial<PictureFacts>>]>([
    ["another master", async () => ({ master: await masterOf("other.tif") })],
    ["another page", async () => ({ master: await masterOf("book.tif;page=2") })],
    ["another version", async () => ({ masterVersion: "v2" })],
    ["another request", async () => ({ canonical: "full/max/90/default.jpg" })],
    ["other settings", async () => ({ settings: "90" })],
  ])("places another picture elsewhere: %s", async (_, change) => {
    const [one, two] = [await placePicture(facts, 32), await placePicture({ ...facts, ...(await change()) }, 32)];
    expect(two.edge.key).not.toBe(one.edge.key);
    expect(two.bucket.picture).not.toBe(one.bucket.picture);
  });

  it("has one digest for all places", async () => {
    const { edge, bucket, labels } = await placePicture(facts, 32);
    expect(edge.key).toBe(`derivatives/${bucket.picture}`);
    expect(bucket.picture).toMatch(/^[0-9a-f]{64}$/);
    expect(labels).toEqual({
      key: "book.tif",
      page: "1",
      etag: "v1",
      request: "full/max/0/default.jpg",
      settings: "85",
      picture: bucket.picture,
    });
  });

  it("stays below what R2 takes of metadata with the longest key there is", async () => {
    const { labels } = await placePicture({ ...facts, master: await masterOf(`${"k".repeat(1012)};page=99999`) }, 4096);
    expect(JSON.stringify(labels).length).toBeLessThan(2048);
  });
});

describe("a seal", () => {
  it("is read as it is written", async () => {
    const seal = await sealOf(new Uint8Array([97, 98, 99]));
    // Source: FIPS 180-4, example of "abc".
    expect(seal.sha256).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    expect(parseSeal(String(seal.byteLength), seal.sha256)).toEqual(seal);
  });

  it.each([
    [undefined, "a".repeat(64)],
    [null, "a".repeat(64)],
    ["-1", "a".repeat(64)],
    ["1e3", "a".repeat(64)],
    ["10", undefined],
    ["10", "a".repeat(63)],
    ["10", "A".repeat(64)],
  ])("is none where one half is missing or malformed: %s %s", (length, sha256) => {
    expect(parseSeal(length, sha256)).toBeUndefined();
  });
});
