import { describe, expect, it } from "vitest";
import { rewriteRecord } from "../../../src/job/catalogue-record.ts";
import { memoryBucket } from "../../support/memory-bucket.ts";

const add = (bytes: Uint8Array | undefined): Uint8Array =>
  Buffer.from(String(Number(Buffer.from(bytes ?? []).toString()) + 1));

describe("a record that many write at once", () => {
  it("has what each of them adds", async () => {
    const objects = new Map();
    const bucket = memoryBucket({ objects, uploads: new Map() }, 1 << 20);
    const endings = await Promise.all(Array.from({ length: 20 }, () => rewriteRecord(bucket, "count.json", add)));
    expect(Buffer.from(objects.get("count.json").bytes).toString()).toBe("20");
    expect(endings.toSorted()).toEqual(["created", ...Array(19).fill("replaced")]);
  });
});
