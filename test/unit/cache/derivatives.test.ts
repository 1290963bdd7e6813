import { describe, expect, it } from "vitest";
import { type DerivativeFacts, etagOf, nameDerivative } from "../../../src/cache/derivatives.ts";
import { parseSeal, sealOf } from "../../../src/cache/seal.ts";
import { digest } from "../../../src/digest.ts";

const facts: DerivativeFacts = {
  master: { key: "book.tif", page: 1 },
  masterVersion: "v1",
  canonical: "full/max/0/default.jpg",
  settings: "85",
  mediaType: "image/jpeg",
};

describe("nameDerivative", () => {
  it("gives a slot below the number of slots, in the folder of the master", async () => {
    const folder = `derivatives/${await digest("book.tif")}/`;
    const slots = new Set<number>();
    for (let width = 1; width <= 200; width++) {
      const { bucket } = await nameDerivative({ ...facts, canonical: `full/${width},/0/default.jpg` }, 8);
      expect(bucket.key.startsWith(folder)).toBe(true);
      slots.add(Number(bucket.key.slice(folder.length)));
    }
    expect([...slots].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it.each<[string, Partial<DerivativeFacts>]>([
    ["another master", { master: { key: "other.tif", page: 1 } }],
    ["another page", { master: { key: "book.tif", page: 2 } }],
    ["another version", { masterVersion: "v2" }],
    ["another request", { canonical: "full/max/90/default.jpg" }],
    ["other settings", { settings: "90" }],
  ])("names another picture: %s", async (_, changed) => {
    const [one, two] = [await nameDerivative(facts, 32), await nameDerivative({ ...facts, ...changed }, 32)];
    expect(two.edge.key).not.toBe(one.edge.key);
    expect(two.bucket.picture).not.toBe(one.bucket.picture);
  });

  it("has an entity tag of what the picture is, not of where it is stored", async () => {
    const etag = await etagOf(facts);
    expect(etag).toMatch(/^[0-9a-f]{32}$/);
    expect(await etagOf({ ...facts, master: { key: "moved.tif", page: 1 } })).toBe(etag);
    expect(await etagOf({ ...facts, masterVersion: "v2" })).not.toBe(etag);
  });

  it("stays below what R2 takes of metadata with the longest key there is", async () => {
    const { labels } = await nameDerivative({ ...facts, master: { key: "k".repeat(1024), page: 99_999 } }, 4096);
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
