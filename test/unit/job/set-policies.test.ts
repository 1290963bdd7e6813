import { expect, it } from "vitest";
import { formatImageRecord, recordKey } from "../../../src/catalogue/image-records.ts";
import { formatWork, parseWork, workKey } from "../../../src/catalogue/work-record.ts";
import { type PolicySetting, setPolicies } from "../../../src/job/set-policies.ts";
import { type MemoryStore, memoryBucket } from "../../support/memory-bucket.ts";
import { makeImage, makePage, makeWork } from "../../support/works.ts";

/** A catalogue with an image `leaf`, which names `first` and is shown by `second` too, an object without it, and a damaged one. */
function place() {
  const store = (): MemoryStore => ({ objects: new Map(), uploads: new Map() });
  const [masters, catalogue] = [store(), store()];
  const put = (key: string, bytes: string | Uint8Array): void =>
    void catalogue.objects.set(key, {
      ...{ contentType: "application/json", metadata: {}, etag: key },
      bytes: typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes,
    });
  const identity = { identifier: "leaf", width: 60, height: 40, object: "first", former: undefined };
  put(recordKey("leaf"), formatImageRecord({ metadata: [] }, identity));
  const pages = [makePage("0001", { images: [makeImage({ identifier: "leaf" })] })];
  const without = [makePage("0001", { images: [makeImage({ identifier: "other" })] })];
  for (const key of ["first", "second"]) put(workKey(key), formatWork(makeWork({ key, pages })));
  put(workKey("third"), formatWork(makeWork({ key: "third", pages: without })));
  put(workKey("broken"), "{");
  const buckets = { masters: memoryBucket(masters, 1 << 20), catalogue: memoryBucket(catalogue, 1 << 20) };
  const set = (objects: PolicySetting["objects"]) =>
    setPolicies({
      ...{ identifiers: ["leaf"], buckets, isDry: false, objects },
      keyOf: (identifier) => identifier,
      change: (former) => ({ ...former, access: { kind: "hidden" } }),
    });
  const policyIn = (key: string) =>
    parseWork(catalogue.objects.get(workKey(key))?.bytes ?? new Uint8Array(), key).pages[0]?.images[0]?.policy;
  return { set, policyIn };
}

const hidden = { access: { kind: "hidden" } };

it("what is stated of an image is written into the object that its record names", async () => {
  const { set, policyIn } = place();
  expect((await set("named")).objects).toEqual(["first"]);
  expect([policyIn("first"), policyIn("second")]).toEqual([hidden, undefined]);
});

it("and into all that show it where they are looked for, also if an earlier run did not look", async () => {
  const { set, policyIn } = place();
  await set("named");
  expect((await set("all")).objects).toEqual(["first", "second"]);
  expect([policyIn("first"), policyIn("second"), policyIn("third")]).toEqual([hidden, hidden, undefined]);
});
