import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MasterBucket } from "../../src/bucket/bucket.ts";
import { localBucket } from "../../src/bucket/local-bucket.ts";
import { sha256Of, uploadBytes, uploadFile } from "../../src/bucket/upload.ts";

const configFile = join(import.meta.dirname, "..", "..", "wrangler.toml");

let folder: string;
let bucket: MasterBucket;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tessera-local-"));
  bucket = localBucket({ configFile, stateFolder: folder });
});
afterAll(async () => {
  await bucket.close();
  await rm(folder, { recursive: true });
});

async function uploadOf(content: Uint8Array) {
  const file = join(folder, "master.tif");
  await writeFile(file, content);
  const checksum = sha256Of(content);
  const headers = { contentType: "image/tiff", metadata: { sha256: checksum, width: "7" } };
  return { key: "maps/plate 1", file, bytes: content.length, checksum, headers };
}

describe("the local bucket", () => {
  it("keeps objects and their metadata from one process to the next", async () => {
    await bucket.check();
    expect(await bucket.head("a")).toBeUndefined();
    const bytes = new TextEncoder().encode("{}");
    await uploadBytes(bucket, { key: ".records/a.json", bytes, contentType: "application/json" });
    await bucket.close();
    bucket = localBucket({ configFile, stateFolder: folder });
    expect(await bucket.head(".records/a.json")).toEqual({ bytes: 2, metadata: { sha256: sha256Of(bytes) } });
  });

  it("takes long files in parts, which count only when they are complete", async () => {
    const content = Buffer.alloc(11_000_000, "master");
    const upload = await uploadOf(content);
    const inParts = { ...bucket, partBytes: () => 5 << 20 };
    await expect(uploadFile(inParts, { ...upload, checksum: "0".repeat(64) })).rejects.toMatchObject({
      code: "corrupted",
    });
    expect(await bucket.head(upload.key)).toBeUndefined();
    await uploadFile(inParts, upload);
    expect(await bucket.head(upload.key)).toEqual({ bytes: content.length, metadata: upload.headers.metadata });
  });

  it("takes parts of 8 MB, and longer ones only where there would be more than 10,000", () => {
    expect(bucket.partBytes(1)).toBe(8_000_000);
    expect(bucket.partBytes(80e9)).toBe(8_000_000);
    expect(Math.ceil(200e9 / bucket.partBytes(200e9))).toBe(10_000);
  });

  it("refuses bytes that are not those of their MD5", async () => {
    const content = { bytes: new Uint8Array(3), md5: "0".repeat(32) };
    await expect(bucket.put("a", content, { contentType: "image/tiff", metadata: {} })).rejects.toMatchObject({
      code: "failed",
    });
    expect(await bucket.head("a")).toBeUndefined();
  });

  it("says why when it can't be opened", async () => {
    const none = localBucket({ configFile: join(folder, "none.toml"), stateFolder: folder });
    await expect(none.check()).rejects.toThrow(/local bucket/);
    await none.close();
  });
});
