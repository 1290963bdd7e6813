import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestHarness } from "wrangler";
import { listObjects } from "../../src/bucket/list-objects.ts";
import { s3Bucket } from "../../src/bucket/s3-bucket.ts";
import type { S3Place } from "../../src/bucket/s3-bucket-request.ts";
import { checkedBytes, sha256Of, uploadFile } from "../../src/bucket/upload.ts";
import { bucketCodeOf } from "../support/ingest.ts";
import { uploadBytes } from "../support/upload-bytes.ts";

const keys = { accessKeyId: "key-of-the-test", secretAccessKey: "secret/of+the=test" };

/** Answers with an object as a Worker sees it: what was stored through S3 must be there for the service. */
const worker = `export default {
  async fetch(request, env) {
    const object = await env.MASTERS.get(new URL(request.url).searchParams.get("key"));
    if (object === null) return new Response(null, { status: 404 });
    return new Response(object.body, {
      headers: { "content-type": object.httpMetadata.contentType, metadata: JSON.stringify(object.customMetadata) },
    });
  },
};`;

let folder: string;
let server: ReturnType<typeof createTestHarness>;
let place: S3Place;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tessera-r2-"));
  await writeFile(join(folder, "worker.js"), worker);
  const bucket = { binding: "MASTERS", bucket_name: "masters", local_dev: { experimental_s3_credentials: keys } };
  const config = {
    name: "r2",
    main: join(folder, "worker.js"),
    compatibility_date: "2026-11-02",
    r2_buckets: [bucket],
  };
  server = createTestHarness({ root: folder, workers: [{ config }] });
  const { url } = await server.listen();
  place = {
    endpoint: `${url.origin}/cdn-cgi/local/r2/s3`,
    bucket: "masters",
    region: "auto",
    sessionToken: undefined,
    ...keys,
  };
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

describe("R2 as wrangler runs it on this machine, through its S3 interface", () => {
  it.each(["plain", "maps/1850/plate 7", "a+b&c=d?e#f%g", "Ünï/地図", "it's (1)!*~"])(
    "takes objects that a Worker then has: %s",
    async (key) => {
      const bucket = s3Bucket(place);
      const bytes = new TextEncoder().encode(`{"key": "${key}"}`);
      await uploadBytes(bucket, { key, bytes, contentType: "application/json" });
      const metadata = { sha256: sha256Of(bytes) };
      const { md5: etag } = checkedBytes(bytes);
      expect(await bucket.head(key)).toEqual({ bytes: bytes.length, etag, uploadedAt: expect.any(Number), metadata });
      const response = await server.fetch(`/?key=${encodeURIComponent(key)}`);
      expect(response.headers.get("content-type")).toBe("application/json");
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
    },
  );

  it("reads, creates, lists and deletes objects", async () => {
    const bucket = s3Bucket(place);
    const headers = { contentType: "application/json", metadata: { sha256: "of the first" } };
    const create = (key: string, text: string) => bucket.create(key, checkedBytes(Buffer.from(text)), headers);
    expect(await create("list/a & b", "first")).toBe(checkedBytes(Buffer.from("first")).md5);
    expect(await create("list/a & b", "second")).toBeUndefined();
    expect(await bucket.get("list/a & b")).toMatchObject({ bytes: Buffer.from("first"), ...headers });
    for (const key of ["list/c", "list/地図", "lisu"]) await create(key, "{}");
    const version = { bytes: 2, etag: checkedBytes(Buffer.from("{}")).md5, uploadedAt: expect.any(Number) };
    expect(await bucket.list("list/", "list/a & b")).toEqual({
      objects: [
        { key: "list/c", ...version },
        { key: "list/地図", ...version },
      ],
      isTruncated: false,
    });
    const { etag } = version;
    expect(await bucket.readRange("list/c", { offset: 1, length: 1, etag })).toEqual(Buffer.from("}"));
    const other = bucket.readRange("list/c", { offset: 1, length: 1, etag: "0".repeat(32) });
    await expect(other).rejects.toThrow(/was replaced while it was read/);
    const listed: string[] = [];
    for await (const { key } of listObjects(bucket, "list/")) {
      listed.push(key);
      await bucket.delete(key);
      expect(await bucket.get(key)).toBeUndefined();
    }
    expect(listed).toEqual(["list/a & b", "list/c", "list/地図"]);
    const many = ["all/a & <b>", "all/地図"];
    for (const key of [...many, "all/c"]) await create(key, "{}");
    await bucket.deleteAll([...many, "all/none"]);
    expect((await bucket.list("all/", undefined)).objects.map(({ key }) => key)).toEqual(["all/c"]);
    expect(await bucketCodeOf(s3Bucket({ ...place, bucket: "none" }).get("a"))).toBe("no-bucket");
    expect(await bucketCodeOf(s3Bucket({ ...place, bucket: "none" }).delete("a"))).toBe("no-bucket");
  });

  it("takes long files in parts, with their metadata", async () => {
    const content = Buffer.alloc((11 << 20) + 7, "the tiles of a master");
    const file = join(folder, "master.tif");
    await writeFile(file, content);
    const checksum = sha256Of(content);
    const headers = { contentType: "image/tiff", metadata: { sha256: checksum, width: "7" } };
    const bucket = s3Bucket(place, { partBytes: 5 << 20 });
    await uploadFile(bucket, { key: "long", file, bytes: content.length, checksum, headers });
    const response = await server.fetch("/?key=long");
    expect(JSON.parse(response.headers.get("metadata") ?? "")).toEqual(headers.metadata);
    expect(sha256Of(new Uint8Array(await response.arrayBuffer()))).toBe(checksum);
  });

  it("keeps nothing of an upload that was ended", async () => {
    const content = Buffer.alloc(6 << 20, 1);
    const file = join(folder, "broken.tif");
    await writeFile(file, content);
    const upload = { key: "broken", file, bytes: content.length, checksum: "0".repeat(64) };
    const bucket = s3Bucket(place, { partBytes: 5 << 20 });
    const headers = { contentType: "image/tiff", metadata: {} };
    await expect(uploadFile(bucket, { ...upload, headers })).rejects.toMatchObject({ code: "corrupted" });
    expect(await bucket.head("broken")).toBeUndefined();
  });

  it("refuses other keys, other buckets and bytes that are not those of their MD5", async () => {
    const wrong = s3Bucket({ ...place, secretAccessKey: "wrong" });
    await expect(wrong.head("plain")).rejects.toMatchObject({ code: "refused" });
    await expect(s3Bucket({ ...place, bucket: "none" }).check()).rejects.toMatchObject({ code: "no-bucket" });
    const content = { bytes: new Uint8Array(3), md5: "0".repeat(32) };
    const put = s3Bucket(place).put("wrong", content, { contentType: "image/tiff", metadata: {} });
    await expect(put).rejects.toMatchObject({ code: "corrupted" });
  });
});
