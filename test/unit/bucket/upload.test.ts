import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { s3Bucket } from "../../../src/bucket/s3-bucket.ts";
import { sha256Of, type Upload, uploadFile } from "../../../src/bucket/upload.ts";
import { bucketCodeOf } from "../../support/ingest.ts";
import { type S3Endpoint, type S3Operation, startS3Endpoint } from "../../support/s3-endpoint.ts";

const partBytes = 1000;
const content = Buffer.from(Array.from({ length: 4500 }, (_, index) => (index * index) % 251));

let endpoint: S3Endpoint;
let folder: string;
let file: string;
beforeEach(async () => {
  endpoint = await startS3Endpoint();
  folder = await mkdtemp(join(tmpdir(), "tessera-upload-"));
  file = join(folder, "master.tif");
  await writeFile(file, content);
});
afterEach(async () => {
  await endpoint.close();
  await rm(folder, { recursive: true });
});

function bucketOf(signal?: AbortSignal) {
  const { bucket, accessKeyId, secretAccessKey } = endpoint;
  const place = {
    endpoint: endpoint.url,
    bucket,
    accessKeyId,
    secretAccessKey,
    region: "auto",
    sessionToken: undefined,
  };
  const policy = { tries: 3, answerMilliseconds: 60_000, pauseMilliseconds: 1, longestPauseMilliseconds: 20 };
  return s3Bucket(place, { policy, partBytes, signal });
}

function uploadOf(settings = "1 jpeg"): Upload {
  const metadata = { sha256: sha256Of(content), settings };
  return {
    key: "maps/plate 1",
    file,
    bytes: content.length,
    checksum: sha256Of(content),
    headers: { contentType: "image/tiff", metadata },
  };
}

const countOf = (operation: S3Operation) =>
  endpoint.arrivals.filter((arrival) => arrival.operation === operation).length;
const stored = () => endpoint.objects.get("maps/plate 1");

describe("an upload", () => {
  it("sends a long file in parts, and what is no longer than a part whole", async () => {
    await uploadFile(bucketOf(), uploadOf());
    expect(stored()?.bytes).toEqual(content);
    expect(countOf("UploadPart")).toBe(5);
    const short = content.subarray(0, partBytes);
    await writeFile(file, short);
    await uploadFile(bucketOf(), { ...uploadOf(), key: "b", bytes: partBytes, checksum: sha256Of(short) });
    expect(countOf("PutObject")).toBe(1);
    expect(countOf("UploadPart")).toBe(5);
  });

  it("stores metadata with an object sent in parts, whose etag is that of its parts", async () => {
    await uploadFile(bucketOf(), uploadOf());
    expect((await bucketOf().head("maps/plate 1"))?.metadata.settings).toBe("1 jpeg");
    const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest();
    const parts = Array.from({ length: 5 }, (_, part) =>
      md5(content.subarray(part * partBytes, (part + 1) * partBytes)),
    );
    expect(stored()?.etag).toBe(`${md5(Buffer.concat(parts)).toString("hex")}-5`);
  });

  it("tells how far it has come", async () => {
    const told: number[] = [];
    await uploadFile(bucketOf(), uploadOf(), { onProgress: (bytes) => told.push(bytes) });
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBe(content.length);
  });

  it("tries a part again without sending the others again", async () => {
    let failures = 0;
    endpoint.fault = ({ part }) => (part === 3 && failures++ < 1 ? "drop" : undefined);
    await uploadFile(bucketOf(), uploadOf());
    expect(countOf("UploadPart")).toBe(6);
    expect(stored()?.bytes).toEqual(content);
  });

  it("ends the upload when a part does not get through, so that nothing is left", async () => {
    endpoint.fault = ({ part }) => (part === 3 ? 503 : undefined);
    expect(await bucketCodeOf(uploadFile(bucketOf(), uploadOf()))).toBe("unavailable");
    expect(endpoint.uploads.size).toBe(0);
    expect(stored()).toBeUndefined();
  });

  it("ends the upload when it is stopped", async () => {
    const stop = new AbortController();
    endpoint.fault = ({ part }) => {
      if (part === 2) stop.abort();
      return undefined;
    };
    expect(await bucketCodeOf(uploadFile(bucketOf(stop.signal), uploadOf(), { signal: stop.signal }))).toBe("stopped");
    expect(countOf("AbortMultipartUpload")).toBe(1);
    expect(endpoint.uploads.size).toBe(0);
  });

  it("takes up the parts that an interrupted one left", async () => {
    const left = new Map([1, 2, 3].map((part) => [part, content.subarray((part - 1) * partBytes, part * partBytes)]));
    const headers = { "x-amz-meta-sha256": sha256Of(content), "x-amz-meta-settings": "1 jpeg" };
    endpoint.uploads.set("left", { key: "maps/plate 1", headers, parts: new Map(left) });
    endpoint.uploads.set("of another", { key: "maps/plate 10", headers, parts: new Map(left) });
    await uploadFile(bucketOf(), uploadOf());
    expect(stored()?.bytes).toEqual(content);
    expect(countOf("CreateMultipartUpload")).toBe(0);
    expect(endpoint.arrivals.flatMap(({ part }) => part ?? []).sort()).toEqual([4, 5]);
    expect([...endpoint.uploads.keys()]).toEqual(["of another"]);
  });

  it("sends parts again that were left of another file, and ends that upload", async () => {
    endpoint.uploads.set("left", { key: "maps/plate 1", headers: {}, parts: new Map([[1, Buffer.from("other")]]) });
    await uploadFile(bucketOf(), uploadOf());
    expect(stored()?.bytes).toEqual(content);
    expect(countOf("UploadPart")).toBe(5);
    expect(endpoint.uploads.size).toBe(0);
  });

  it("sends everything again when the parts taken up belonged to other metadata", async () => {
    const first = new Map([[1, content.subarray(0, partBytes)]]);
    endpoint.uploads.set("left", { key: "maps/plate 1", headers: { "x-amz-meta-settings": "old" }, parts: first });
    await uploadFile(bucketOf(), uploadOf());
    expect((await bucketOf().head("maps/plate 1"))?.metadata.settings).toBe("1 jpeg");
    expect(endpoint.uploads.size).toBe(0);
  });

  it("starts anew where a storage does not list what was left", async () => {
    endpoint.fault = ({ operation }) => (operation === "ListMultipartUploads" ? 501 : undefined);
    await uploadFile(bucketOf(), uploadOf());
    expect(stored()?.bytes).toEqual(content);
  });

  it("finds out that a completion went well whose answer was lost", async () => {
    let drops = 0;
    endpoint.fault = ({ operation }) =>
      operation === "CompleteMultipartUpload" && drops++ === 0 ? "drop-after" : undefined;
    await uploadFile(bucketOf(), uploadOf());
    expect(countOf("CompleteMultipartUpload")).toBe(2);
    expect(stored()?.bytes).toEqual(content);
  });

  it.each(["whole", "parts"])("refuses a file that changed since it was written, sent %s", async (way) => {
    const upload = way === "whole" ? { ...uploadOf(), bytes: partBytes } : uploadOf();
    expect(await bucketCodeOf(uploadFile(bucketOf(), { ...upload, checksum: "0".repeat(64) }))).toBe("corrupted");
    expect(endpoint.objects.size).toBe(0);
    expect(endpoint.uploads.size).toBe(0);
  });

  it("refuses a file that became shorter", async () => {
    expect(await bucketCodeOf(uploadFile(bucketOf(), { ...uploadOf(), bytes: 5000 }))).toBe("corrupted");
    expect(endpoint.objects.size).toBe(0);
  });

  it("has a part that changed on the way refused by the storage", async () => {
    endpoint.fault = ({ part }) => (part === 2 ? "corrupt" : undefined);
    expect(await bucketCodeOf(uploadFile(bucketOf(), uploadOf()))).toBe("corrupted");
    expect(endpoint.uploads.size).toBe(0);
  });

  it("never has more parts on their way than the bucket takes at once", async () => {
    let underWay = 0;
    let most = 0;
    const { startParts, ...rest } = bucketOf();
    await uploadFile(
      {
        ...rest,
        startParts: async (...given) => {
          const parts = await startParts(...given);
          return {
            ...parts,
            async putPart(...part) {
              underWay += 1;
              most = Math.max(most, underWay);
              return parts.putPart(...part).finally(() => {
                underWay -= 1;
              });
            },
          };
        },
        partBytes: () => 100,
      },
      uploadOf(),
    );
    expect(most).toBe(4);
    expect(stored()?.bytes).toEqual(content);
  });
});
