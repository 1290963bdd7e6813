import { describe, expect, it } from "vitest";
import { formatImageRecord, parseImageRecord, recordKey } from "../../../src/catalogue/image-records.ts";
import { lookAtMove, moveImage } from "../../../src/job/move-image.ts";
import { type MemoryStore, memoryBucket } from "../../support/memory-bucket.ts";

const json = { contentType: "application/json", metadata: {} };

/** A bucket with an image `a`, and a catalogue with its record and rules. */
function place(policy: object | undefined, access: readonly object[] = []) {
  const store = (): MemoryStore => ({ objects: new Map(), uploads: new Map() });
  const [masters, catalogue] = [store(), store()];
  const put = (into: MemoryStore, key: string, text: string): void =>
    void into.objects.set(key, { ...json, bytes: new TextEncoder().encode(text), etag: key });
  put(masters, "a", "pixels");
  const watermarks = { stamp: { mark: "stamp" }, other: { mark: "other" } };
  put(catalogue, "rules.json", JSON.stringify({ watermarks, access }));
  if (policy !== undefined) {
    const identity = { identifier: "a", width: 60, height: 40, object: undefined, former: undefined };
    const record = JSON.parse(new TextDecoder().decode(formatImageRecord({ metadata: [] }, identity)));
    put(catalogue, recordKey("a"), JSON.stringify({ ...record, policy }));
  }
  const buckets = { masters: memoryBucket(masters, 1 << 20), catalogue: memoryBucket(catalogue, 1 << 20) };
  const move = { from: "a", to: "b/c", buckets, keyOf: (identifier: string) => identifier };
  const recordOf = (identifier: string) => {
    const stored = catalogue.objects.get(recordKey(identifier));
    return stored && parseImageRecord(stored.bytes, identifier);
  };
  return { move, masters, recordOf };
}

describe("an image that is moved", () => {
  it.each([
    ["access", { access: "role:staff", publicSize: 90 }],
    ["dates", { embargo: "2999-01-01", openUntil: "2999-02-01" }],
    ["redactions", { redactions: [[1, 2, 3, 4]] }],
    ["a watermark", { watermark: "stamp" }],
  ])("takes along what its record states: %s", async (_, policy) => {
    const { move, masters, recordOf } = place(policy);
    const plan = await lookAtMove(move);
    if ("refusal" in plan) throw new Error(plan.refusal);
    const { policy: before } = recordOf("a") ?? {};
    expect(before).toBeDefined();
    await moveImage(move, plan.steps);
    expect([...masters.objects.keys()]).toEqual(["b/c"]);
    expect([recordOf("a"), recordOf("b/c")?.policy]).toEqual([undefined, before]);
  });

  it.each([
    ["access", { access: "closed" }],
    ["a watermark", { watermark: "stamp" }],
    ["an embargo", { embargo: "2999-01-01" }],
  ])("is not moved to where a rule does not keep it that keeps it here: %s", async (_, policy) => {
    const { move } = place({}, [{ match: "a", ...policy }]);
    expect(await lookAtMove(move)).toEqual({ refusal: expect.stringContaining("keeps a from people by its form a") });
    const covered = place({}, [
      { match: "a", ...policy },
      { match: "b/**", ...policy },
    ]);
    expect(await lookAtMove(covered.move)).toHaveProperty("steps");
    const other = place({}, [
      { match: "a", watermark: "stamp" },
      { match: "b/**", watermark: "other" },
    ]);
    expect(await lookAtMove(other.move)).toHaveProperty("refusal");
    // What its record states goes along.
    const stated = place(policy, [{ match: "a", ...policy }]);
    expect(await lookAtMove(stated.move)).toHaveProperty("steps");
  });
});
