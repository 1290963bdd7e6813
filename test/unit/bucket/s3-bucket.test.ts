import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BucketError, mostReadBytes } from "../../../src/bucket/bucket.ts";
import { bucketSource } from "../../../src/bucket/bucket-source.ts";
import { listObjects } from "../../../src/bucket/list-objects.ts";
import { s3Bucket } from "../../../src/bucket/s3-bucket.ts";
import type { RetryPolicy, S3Place } from "../../../src/bucket/s3-bucket-request.ts";
import { checkedBytes, sha256Of } from "../../../src/bucket/upload.ts";
import { endpointFault } from "../../../src/settings/s3-endpoint.ts";
import { bucketCodeOf } from "../../support/ingest.ts";
import { type S3Endpoint, startS3Endpoint } from "../../support/s3-endpoint.ts";
import { uploadBytes } from "../../support/upload-bytes.ts";

const policy: RetryPolicy = {
  tries: 4,
  answerMilliseconds: 60_000,
  pauseMilliseconds: 1,
  longestPauseMilliseconds: 20,
};
const bytes = new TextEncoder().encode("the bytes of a master");

let endpoint: S3Endpoint;
beforeEach(async () => {
  endpoint = await startS3Endpoint();
});
afterEach(() => endpoint.close());

function bucketOf(change: Partial<S3Place> = {}, signal?: AbortSignal) {
  const place = { endpoint: endpoint.url, region: "auto", sessionToken: undefined, ...change };
  const { bucket, accessKeyId, secretAccessKey } = endpoint;
  return s3Bucket({ bucket, accessKeyId, secretAccessKey, ...place }, { policy, signal });
}

/** Starts a server that answers every request the same way. */
async function startServer(answer: (response: ServerResponse) => void) {
  const server = createServer((_, response) => answer(response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const put = (key: string, bucket = bucketOf()) => uploadBytes(bucket, { key, bytes, contentType: "image/tiff" });

describe("a bucket of an S3 storage", () => {
  it.each(["plain", "maps/1850/plate 7", "a+b&c=d?e#f%g", "Ünï/地図", "it's (1)!*~", "a//b"])(
    "signs requests so that the storage knows them: %s",
    async (key) => {
      await put(key);
      expect(endpoint.objects.get(key)?.bytes).toEqual(Buffer.from(bytes));
      expect(await bucketOf().head(key)).toMatchObject({ bytes: bytes.length });
    },
  );

  it("keeps type and metadata with an object", async () => {
    await put("a");
    expect(endpoint.objects.get("a")?.headers).toMatchObject({ "content-type": "image/tiff" });
    expect((await bucketOf().head("a"))?.metadata.sha256).toMatch(/^[\da-f]{64}$/);
  });

  it("reads an object whole, also one that holds the text of an error", async () => {
    const content = Buffer.from("<Error><Code>NoSuchKey</Code></Error>\u0000\u00ff", "latin1");
    await uploadBytes(bucketOf(), { key: "a", bytes: content, contentType: "text/xml" });
    const metadata = { sha256: sha256Of(content) };
    expect(await bucketOf().get("a")).toMatchObject({ bytes: content, contentType: "text/xml", metadata });
    endpoint.objects.set("long", { bytes: Buffer.alloc(mostReadBytes + 1), etag: "", headers: {} });
    expect(await bucketCodeOf(bucketOf().get("long"))).toBe("failed");
  });

  it("creates an object only where there is none, and finds out what became of it when the answer was lost", async () => {
    const headers = { contentType: "image/tiff", metadata: {} };
    const create = () => bucketOf().create("a", checkedBytes(bytes), headers);
    endpoint.fault = (_, index) => (index === 0 ? "drop-after" : undefined);
    expect(await create()).toBeUndefined();
    expect((await bucketOf().get("a"))?.bytes).toEqual(Buffer.from(bytes));
    await bucketOf().delete("a");
    expect(await create()).toBe(checkedBytes(bytes).md5);
  });

  it("lists more than a thousand keys in pages, while they are deleted", async () => {
    const keys = Array.from({ length: 2100 }, (_, index) => `x/${String(index).padStart(4, "0")}&<a>`);
    for (const key of [...keys, "w", "y"]) endpoint.objects.set(key, { bytes: Buffer.alloc(3), etag: "", headers: {} });
    const listed: unknown[] = [];
    for await (const object of listObjects(bucketOf(), "x/")) {
      listed.push(object);
      endpoint.objects.delete(object.key);
    }
    expect(listed).toEqual(keys.map((key) => ({ key, bytes: 3, etag: "", uploadedAt: 0 })));
    expect(endpoint.arrivals.map(({ operation }) => operation)).toEqual(Array(3).fill("ListObjectsV2"));
  });

  it.each([
    [
      "the same page again and again",
      "<IsTruncated>true</IsTruncated><Contents><Key>x/1</Key><Size>1</Size></Contents>",
      2,
    ],
    ["empty pages that go on", "<IsTruncated>true</IsTruncated>", 1],
    ["no list", "", 1],
  ])("asks no further a storage that answers with %s", async (_, content, most) => {
    let requests = 0;
    await using server = await startServer((response) => {
      requests += 1;
      response.end(`<ListBucketResult>${content}</ListBucketResult>`);
    });
    const list = async () => {
      for await (const { key } of listObjects(bucketOf({ endpoint: server.url }), "x/")) expect(key).toBe("x/1");
    };
    expect(await bucketCodeOf(list())).toBe("failed");
    expect(requests).toBe(most);
  });

  it("deletes up to a thousand keys in one call, and tells of one that stays", async () => {
    const keys = Array.from({ length: 1000 }, (_, index) => `x/${index}`);
    for (const key of [...keys, "y"]) endpoint.objects.set(key, { bytes: Buffer.alloc(3), etag: "", headers: {} });
    await bucketOf().deleteAll(keys);
    expect([...endpoint.objects.keys()]).toEqual(["y"]);
    expect(endpoint.arrivals.map(({ operation }) => operation)).toEqual(["DeleteObjects"]);
    endpoint.undeletable.add("y");
    expect(await bucketCodeOf(bucketOf().deleteAll(["y", "z"]))).toBe("failed");
  });

  it("knows the version of an object, and reads parts of no other", async () => {
    await put("a");
    const { md5: etag } = checkedBytes(bytes);
    expect(await bucketOf().head("a")).toMatchObject({ etag, uploadedAt: 0 });
    const [listed] = (await bucketOf().list("a", undefined)).objects;
    expect(listed).toEqual({ key: "a", bytes: bytes.length, etag, uploadedAt: 0 });
    expect(Buffer.from(await bucketOf().readRange("a", { offset: 4, length: 5, etag })).toString()).toBe("bytes");
    const other = bucketOf().readRange("a", { offset: 4, length: 5, etag: "0" });
    await expect(other).rejects.toThrow(/replaced while it was read/);
    const source = bucketSource(bucketOf(), "a", { bytes: bytes.length + 1, etag });
    await expect(source.read(0, 100)).rejects.toThrow(/gave 21 of 22 bytes/);
  });

  it("knows what is not there", async () => {
    expect(await bucketOf().head("none")).toBeUndefined();
    expect(await bucketOf().get("none")).toBeUndefined();
    await bucketOf().delete("none");
    for (const name of ["get", "delete", "head"] as const) {
      const call = bucketOf({ bucket: "none" })[name]("a");
      expect(await bucketCodeOf(call)).toBe(name === "head" ? "none" : "no-bucket");
    }
    expect(await bucketCodeOf(bucketOf({ bucket: "none" }).check())).toBe("no-bucket");
    await bucketOf().check();
  });

  it("is refused with wrong keys after one try, for good", async () => {
    expect(await bucketCodeOf(put("a", bucketOf({ secretAccessKey: "wrong" })))).toBe("refused");
    expect(await bucketCodeOf(put("a", bucketOf({ accessKeyId: "wrong" })))).toBe("refused");
    expect(endpoint.arrivals).toHaveLength(2);
    expect(new BucketError("refused", "").isFinal).toBe(true);
  });

  it.each([500, 502, 503, 429, "drop", "drop-after"] as const)("tries again after %s", async (fault) => {
    endpoint.fault = (_, index) => (index < 2 ? fault : undefined);
    await put("a");
    expect(endpoint.arrivals).toHaveLength(3);
    expect(endpoint.objects.has("a")).toBe(true);
  });

  it("gives up after as many tries as it was told", async () => {
    endpoint.fault = () => 503;
    expect(await bucketCodeOf(put("a"))).toBe("unavailable");
    expect(endpoint.arrivals).toHaveLength(policy.tries);
  });

  it("does not try again what the storage says is wrong", async () => {
    endpoint.fault = () => 400;
    expect(await bucketCodeOf(put("a"))).toBe("failed");
    expect(endpoint.arrivals).toHaveLength(1);
  });

  it("waits as long as Retry-After says, within a limit", async () => {
    endpoint.fault = (_, index) => (index === 0 ? { status: 503, retryAfter: "3600" } : undefined);
    await put("a");
    expect(endpoint.arrivals).toHaveLength(2);
  });

  it("has bytes that changed on the way refused by the storage", async () => {
    endpoint.fault = () => "corrupt";
    expect(await bucketCodeOf(put("a"))).toBe("corrupted");
    expect(endpoint.objects.size).toBe(0);
  });

  it("stops at once when it is told to, also between two tries", async () => {
    const stop = new AbortController();
    endpoint.fault = () => {
      stop.abort();
      return { status: 503, retryAfter: "3600" };
    };
    expect(await bucketCodeOf(put("a", bucketOf({}, stop.signal)))).toBe("stopped");
    expect(endpoint.arrivals).toHaveLength(1);
    expect(await bucketCodeOf(put("b", bucketOf({}, stop.signal)))).toBe("stopped");
    expect(endpoint.arrivals).toHaveLength(1);
  });

  it("sends nothing to an endpoint without encryption, but to this machine", async () => {
    for (const url of ["http://s3.example.org", "ftp://127.0.0.1", "https://name:word@s3.example.org", "nowhere"]) {
      expect(endpointFault(url)).toBeDefined();
    }
    for (const url of ["https://s3.example.org", "http://localhost:9", "http://127.1.2.3", "http://[::1]:9"]) {
      expect(endpointFault(url)).toBeUndefined();
    }
    for (const near of ["http://127.0.0.1.example.org", "http://localhost.example.org", "http://[::2]"]) {
      expect(await bucketCodeOf(bucketOf({ endpoint: near }).head("a"))).toBe("refused");
    }
  });

  it("does not follow an answer to another host with what was signed for this one", async () => {
    await using server = await startServer((response) => {
      response.writeHead(307, { location: `${endpoint.url}/masters/a` }).end();
    });
    expect(await bucketCodeOf(put("a", bucketOf({ endpoint: server.url })))).toBe("failed");
    expect(endpoint.arrivals).toEqual([]);
  });

  it("reads no answer further than 8 MiB, and asks for it once", async () => {
    let requests = 0;
    await using server = await startServer((response) => {
      requests += 1;
      const piece = Buffer.alloc(1 << 20, "<Upload>");
      const write = () => response.destroyed || response.write(piece, write);
      write();
    });
    const bucket = bucketOf({ endpoint: server.url });
    const headers = { contentType: "image/tiff", metadata: {} };
    expect(await bucketCodeOf(bucket.startParts("a", headers))).toBe("failed");
    expect(requests).toBe(1);
  });

  it("sends parts that keep an object within ten thousand of them", () => {
    const { partBytes } = bucketOf();
    expect(partBytes(1)).toBe(16 << 20);
    const object = 1e12;
    expect(Math.ceil(object / partBytes(object))).toBeLessThanOrEqual(10_000);
  });
});
