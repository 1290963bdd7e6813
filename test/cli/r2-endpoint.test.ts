import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestHarness } from "wrangler";
import { listObjects } from "../../src/bucket/list-objects.ts";
import { s3Bucket } from "../../src/bucket/s3-bucket.ts";
import type { S3Place } from "../../src/bucket/s3-bucket-request.ts";
import { checkedBytes, sha256Of, uploadFile } from "../../src/bucket/upload.ts";
import { objectAt } from "../../src/identity/origin-object.ts";
import { openBucketStore } from "../../src/job/bucket-store.ts";
import { findFiles } from "../../src/job/source-files.ts";
import { originObject } from "../../src/origin/origin-source.ts";
import { platformClock } from "../../src/timers.ts";
import { codeOfAsync } from "../support/code-of.ts";
import { originOf } from "../support/hostile-origin.ts";
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
      const stored = { bytes: bytes.length, etag, uploadedAt: expect.any(Number), contentType: "application/json" };
      expect(await bucket.head(key)).toEqual({ ...stored, metadata });
      const response = await server.fetch(`/?key=${encodeURIComponent(key)}`);
      expect(response.headers.get("content-type")).toBe("application/json");
      expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
    },
  );

  it("is read by ranges as a server that the service takes masters from, each pinned to the version that was opened", async () => {
    const [rule, secrets] = [
      { kind: "s3", prefix: "nls/", endpoint: place.endpoint, bucket: "masters", region: "auto", key: "{rest}" },
      { ORIGIN_NLS_ACCESS_KEY_ID: keys.accessKeyId, ORIGIN_NLS_SECRET_ACCESS_KEY: keys.secretAccessKey },
    ];
    const origin = originOf({ ...rule, credentials: "NLS", local: true }, secrets);
    const reader = { clock: platformClock, timeoutSeconds: 30, signingKeys: new Map() };
    const objectOf = (name: string) => originObject(reader, objectAt(origin, name), undefined);
    const name = "maps/1850/it's (1) + Ü?.tif";
    const put = (text: string) =>
      uploadBytes(s3Bucket(place), { key: name, bytes: new TextEncoder().encode(text), contentType: "image/tiff" });
    await put("the tiles of a master");
    const opened = await objectOf(`nls/${name}`).open(9);
    expect(new TextDecoder().decode(opened?.prefix)).toBe("the tiles");
    expect(new TextDecoder().decode(await opened?.source.read(15, 100))).toBe("master");
    expect(await objectOf(`nls/${name}`).head()).toEqual({ size: 21, version: opened?.source.version });
    await put("the tiles of a second");
    expect(await codeOfAsync(opened?.source.read(0, 9) ?? Promise.resolve())).toBe("source-changed");
    expect(await objectOf("nls/none").open(9)).toBeUndefined();
    await put("");
    expect((await objectOf(`nls/${name}`).open(9))?.source.size).toBe(0);
  });

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

  it("is a source of files, which are brought whole and in the version that was listed", async () => {
    const bucket = s3Bucket(place, { partBytes: 5 << 20 });
    const content = Buffer.alloc((9 << 20) + 7, "the pixels of a scan");
    const file = join(folder, "scan.tif");
    await writeFile(file, content);
    const checksum = sha256Of(content);
    const headers = { contentType: "image/tiff", metadata: {} };
    await uploadFile(bucket, { key: "scans/地 図/1.tif", file, bytes: content.length, checksum, headers });
    await uploadBytes(bucket, { key: "scans/地 図/1.txt", bytes: Buffer.from("Wort"), contentType: "text/plain" });
    const bucketOf = (name: string) => s3Bucket({ ...place, bucket: name });
    const beside = openBucketStore({ bucketOf, onFolder: () => {} });
    expect((await findFiles(["s3://masters/scans/地 図/1.tif"], beside)).files[0]?.folder).toBeUndefined();
    expect(await beside.sizeOf("s3://masters/scans/地 図/1.txt")).toBe(4);
    const removals: (() => void)[] = [];
    const store = openBucketStore({
      bucketOf,
      onFolder: (removeNow) => void removals.push(removeNow),
    });
    const { files, faults } = await findFiles(["s3://masters/scans"], store);
    const path = "s3://masters/scans/地 図/1.tif";
    const named = { path, relative: "地 図/1.tif", folder: "s3://masters/scans", bytes: content.length };
    expect([files, faults]).toEqual([[named], []]);
    expect(await store.listNames("s3://masters/scans/地 図")).toEqual(["1.tif", "1.txt"]);
    expect(await store.readStart("s3://masters/scans/地 図/1.txt", 3)).toEqual(Buffer.from("Wor"));
    expect(await store.sizeOf("s3://masters/scans/地 図/1.xml")).toBeUndefined();
    expect(store.versionOf(path)).toMatch(/^[\da-f]{32}-2$/);
    let brought = "";
    {
      await using local = await store.bring(path);
      brought = local.path;
      expect([local.checksum, sha256Of(await readFile(local.path))]).toEqual([checksum, checksum]);
    }
    await expect(readFile(brought)).rejects.toThrow("ENOENT");
    await uploadBytes(bucket, { key: "scans/地 図/1.tif", bytes: Buffer.from("another"), contentType: "image/tiff" });
    await expect(store.bring(path)).rejects.toThrow(/was replaced while it was read/);
    expect(await readdir(dirname(brought))).toEqual([]);
    expect(removals).toHaveLength(1);
    await store.close();
    await expect(readdir(dirname(brought))).rejects.toThrow("ENOENT");
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
