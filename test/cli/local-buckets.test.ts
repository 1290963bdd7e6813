import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mostReadBytes, type ServiceBuckets } from "../../src/bucket/bucket.ts";
import { listObjects } from "../../src/bucket/list-objects.ts";
import { localBuckets } from "../../src/bucket/local-buckets.ts";
import { checkedBytes, sha256Of, uploadFile } from "../../src/bucket/upload.ts";
import { uploadBytes } from "../support/upload-bytes.ts";

const configFile = join(import.meta.dirname, "..", "..", "wrangler.toml");

let folder: string;
let buckets: ServiceBuckets;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tessera-local-"));
  buckets = localBuckets({ configFile, stateFolder: folder });
});
afterAll(async () => {
  await buckets.close();
  await rm(folder, { recursive: true });
});

async function uploadOf(content: Uint8Array) {
  const file = join(folder, "master.tif");
  await writeFile(file, content);
  const checksum = sha256Of(content);
  const headers = { contentType: "image/tiff", metadata: { sha256: checksum, width: "7" } };
  return { key: "maps/plate 1", file, bytes: content.length, checksum, headers };
}

describe("the local buckets", () => {
  it("keeps objects and their metadata from one process to the next", async () => {
    await buckets.masters.check();
    expect(await buckets.masters.head("a")).toBeUndefined();
    const bytes = new TextEncoder().encode("{}");
    const metadata = { sha256: sha256Of(bytes) };
    await uploadBytes(buckets.catalogue, { key: "records/a.json", bytes, contentType: "application/json" });
    await buckets.close();
    buckets = localBuckets({ configFile, stateFolder: folder });
    expect(await buckets.catalogue.head("records/a.json")).toEqual({
      bytes: 2,
      etag: checkedBytes(bytes).md5,
      uploadedAt: expect.any(Number),
      contentType: "application/json",
      metadata,
    });
    expect(await buckets.masters.head("records/a.json")).toBeUndefined();
    expect(await buckets.catalogue.get("records/a.json")).toMatchObject({
      bytes,
      contentType: "application/json",
      metadata,
    });
  });

  it("creates an object only where there is none", async () => {
    const { masters } = buckets;
    const headers = { contentType: "text/plain", metadata: {} };
    const create = (text: string) => masters.create("once", checkedBytes(new TextEncoder().encode(text)), headers);
    expect(await create("first")).toBe(checkedBytes(new TextEncoder().encode("first")).md5);
    expect(await create("second")).toBeUndefined();
    expect(new TextDecoder().decode((await masters.get("once"))?.bytes)).toBe("first");
    await masters.delete("once");
    await masters.delete("once");
    expect(await masters.get("once")).toBeUndefined();
  });

  it("lists the keys of a prefix in order, after a key too, while they are deleted", async () => {
    const { masters } = buckets;
    const bytes = new Uint8Array(2);
    for (const key of ["list/c", "list/a", "lisu", "list/地図", "list/b", "lisa"]) {
      await uploadBytes(masters, { key, bytes, contentType: "text/plain" });
    }
    const { md5: etag } = checkedBytes(bytes);
    const metadata = { sha256: sha256Of(bytes) };
    const rest = ["list/c", "list/地図"].map((key) => ({ key, bytes: 2, etag, metadata }));
    expect(await masters.list("list/", "list/b")).toMatchObject({ objects: rest, isTruncated: false });
    const listed: string[] = [];
    for await (const { key } of listObjects(masters, "list/")) {
      listed.push(key);
      await masters.delete(key);
    }
    expect(listed).toEqual(["list/a", "list/b", "list/c", "list/地図"]);
    expect(await masters.list("list/", undefined)).toEqual({ objects: [], isTruncated: false });
  });

  it("deletes many objects at once, whether they are there or not", async () => {
    const { derivatives } = buckets;
    const bytes = new Uint8Array(2);
    for (const key of ["a", "b", "c"]) await uploadBytes(derivatives, { key, bytes, contentType: "text/plain" });
    await derivatives.deleteAll(["a", "c", "d"]);
    expect((await derivatives.list("", undefined)).objects.map(({ key }) => key)).toEqual(["b"]);
    await derivatives.deleteAll(["b"]);
  });

  it("reads a part of the object that is meant, and of no other", async () => {
    const { masters } = buckets;
    const bytes = new TextEncoder().encode("replaced");
    await uploadBytes(masters, { key: "part", bytes, contentType: "text/plain" });
    const { md5: etag } = checkedBytes(bytes);
    expect(await masters.readRange("part", { offset: 2, length: 3, etag })).toEqual(bytes.subarray(2, 5));
    const other = masters.readRange("part", { offset: 2, length: 3, etag: "0".repeat(32) });
    await expect(other).rejects.toThrow(/replaced while it was read/);
    await masters.delete("part");
  });

  it("reads no object that is too long to hold", async () => {
    const bytes = new Uint8Array(mostReadBytes + 1);
    await uploadBytes(buckets.masters, { key: "long", bytes, contentType: "image/tiff" });
    await expect(buckets.masters.get("long")).rejects.toMatchObject({ code: "failed" });
  });

  it("takes long files in parts, which count only when they are complete", async () => {
    const content = Buffer.alloc(11_000_000, "master");
    const upload = await uploadOf(content);
    const inParts = { ...buckets.masters, partBytes: () => 5 << 20 };
    await expect(uploadFile(inParts, { ...upload, checksum: "0".repeat(64) })).rejects.toMatchObject({
      code: "corrupted",
    });
    expect(await buckets.masters.head(upload.key)).toBeUndefined();
    await uploadFile(inParts, upload);
    expect(await buckets.masters.head(upload.key)).toMatchObject({
      bytes: content.length,
      metadata: upload.headers.metadata,
    });
  });

  it("takes parts of 8 MB, and longer ones only where there would be more than 10,000", () => {
    expect(buckets.masters.partBytes(1)).toBe(8_000_000);
    expect(buckets.masters.partBytes(80e9)).toBe(8_000_000);
    expect(Math.ceil(200e9 / buckets.masters.partBytes(200e9))).toBe(10_000);
  });

  it("refuses bytes that are not those of their MD5", async () => {
    const content = { bytes: new Uint8Array(3), md5: "0".repeat(32) };
    await expect(buckets.masters.put("a", content, { contentType: "image/tiff", metadata: {} })).rejects.toMatchObject({
      code: "failed",
    });
    expect(await buckets.masters.head("a")).toBeUndefined();
  });

  it("says why when it can't be opened", async () => {
    const none = localBuckets({ configFile: join(folder, "none.toml"), stateFolder: folder });
    await expect(none.masters.check()).rejects.toThrow(/local bucket/);
    await none.close();
  });
});
