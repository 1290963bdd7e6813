import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sha256Of } from "../../../src/bucket/upload.ts";
import { type MoveOptions, moveFormerRecords } from "../../../src/job/former-records.ts";
import { bucketAt, bucketsAt } from "../../support/ingest.ts";
import { type Arrival, type S3Endpoint, startS3Endpoint } from "../../support/s3-endpoint.ts";

let endpoint: S3Endpoint;
beforeEach(async () => {
  endpoint = await startS3Endpoint();
});
afterEach(() => endpoint.close());

const recordOf = (identifier: string, label = identifier) =>
  Buffer.from(JSON.stringify({ identifier, label, metadata: [], width: 4, height: 3 }));

function objectOf(bytes: Buffer) {
  const headers = { "content-type": "application/json", "x-amz-meta-sha256": sha256Of(bytes) };
  return { bytes, etag: "", headers };
}

function layFormer(...identifiers: readonly string[]): void {
  for (const name of identifiers) endpoint.objects.set(`.records/${name}.json`, objectOf(recordOf(name)));
}

/** Moves what there is, and returns the outcome with what was left. */
type Buckets = Pick<ReturnType<typeof bucketsAt>, "masters" | "catalogue">;

async function move(change: Partial<MoveOptions> = {}, buckets: Buckets = bucketsAt(endpoint)) {
  const kept: Record<string, string> = {};
  const onLeft = (key: string, reason: string) => {
    kept[key] = reason;
  };
  return { ...(await moveFormerRecords(buckets, { onLeft, ...change })), kept };
}

/** The identifiers whose records are whole in one of the buckets at least. */
function recordsAnywhere(): readonly string[] {
  const held = [...endpoint.objects.values(), ...endpoint.catalogue.values()];
  return [...new Set(held.map(({ bytes }): string => JSON.parse(bytes.toString()).identifier))].sort();
}

const names = Array.from({ length: 40 }, (_, index) => `maps/${String(index).padStart(2, "0")}`);

describe("the move of records into the catalogue", () => {
  it("copies each with its type and metadata, and deletes it where it was", async () => {
    layFormer("a", "maps/1850/plate", "Ünï");
    endpoint.objects.set("a", { bytes: Buffer.from("a master"), etag: "", headers: {} });
    expect(await move()).toMatchObject({ moved: 3, copiedBefore: 0, left: 0, failure: undefined });
    expect([...endpoint.objects.keys()]).toEqual(["a"]);
    expect([...endpoint.catalogue.keys()].sort()).toEqual([
      "records/a.json",
      "records/maps/1850/plate.json",
      "records/Ünï.json",
    ]);
    expect(endpoint.catalogue.get("records/a.json")).toMatchObject({
      bytes: recordOf("a"),
      headers: objectOf(recordOf("a")).headers,
    });
  });

  it("moves more than a thousand, and does nothing when it is run again", async () => {
    const many = Array.from({ length: 1001 }, (_, index) => `m${index}`);
    layFormer(...many);
    let most = 0;
    const onProgress = (objects: number) => {
      most = Math.max(most, objects);
    };
    expect(await move({ onProgress })).toMatchObject({ moved: 1001, left: 0 });
    expect(most).toBe(1001);
    expect(endpoint.objects.size).toBe(0);
    expect(endpoint.catalogue.size).toBe(1001);
    const countOf = (wanted: Arrival["operation"]) =>
      endpoint.arrivals.filter(({ operation }) => operation === wanted).length;
    expect(
      ["ListObjectsV2", "PutObject", "GetObject", "DeleteObject"].map((name) => countOf(name as "GetObject")),
    ).toEqual([2, 1001, 3003, 1001]);
    endpoint.arrivals.length = 0;
    expect(await move()).toMatchObject({ moved: 0, copiedBefore: 0, left: 0, failure: undefined });
    expect(endpoint.arrivals.map(({ operation }) => operation)).toEqual(["HeadBucket", "HeadBucket", "ListObjectsV2"]);
  });

  it.each([
    ["a read of the former", ({ operation, bucket }: Arrival) => operation === "GetObject" && bucket === "masters"],
    [
      "a look into the catalogue",
      ({ operation, bucket }: Arrival) => operation === "GetObject" && bucket === "catalogue",
    ],
    ["a copy", ({ operation }: Arrival) => operation === "PutObject"],
    ["a deletion", ({ operation }: Arrival) => operation === "DeleteObject"],
  ] as const)("loses nothing when it is stopped during %s, and goes on the next time", async (_, isIt) => {
    layFormer(...names);
    const stop = new AbortController();
    let seen = 0;
    endpoint.fault = (arrival) => {
      if (isIt(arrival)) seen += 1;
      if (seen === 20) stop.abort();
      return undefined;
    };
    const buckets = { masters: bucketAt(endpoint, { signal: stop.signal }), catalogue: bucketsAt(endpoint).catalogue };
    const outcome = await move({ signal: stop.signal }, buckets);
    expect(outcome).toMatchObject({ left: 0, failure: { code: "stopped" } });
    expect(outcome.moved).toBeLessThan(names.length);
    expect(recordsAnywhere()).toEqual(names);
    endpoint.fault = () => undefined;
    const next = await move();
    expect(next).toMatchObject({ left: 0, failure: undefined });
    expect(endpoint.objects.size).toBe(0);
    expect([...endpoint.catalogue.keys()].sort()).toEqual(names.map((name) => `records/${name}.json`));
  });

  it("begins no other record once it is stopped, where calls are answered all the same", async () => {
    layFormer(...names);
    const stop = new AbortController();
    endpoint.fault = ({ operation }) => {
      if (operation === "DeleteObject") stop.abort();
      return undefined;
    };
    const { moved, failure } = await move({ signal: stop.signal });
    expect(failure?.code).toBe("stopped");
    expect(moved).toBeGreaterThan(0);
    expect(moved).toBeLessThanOrEqual(8);
    expect(recordsAnywhere()).toEqual(names);
  });

  it.each(["PutObject", "GetObject", "DeleteObject", "ListObjectsV2"] as const)(
    "ends when the storage does not answer %s any more, loses nothing, and goes on the next time",
    async (operation) => {
      layFormer(...names);
      let answers = operation === "ListObjectsV2" ? 0 : 30;
      endpoint.fault = (arrival) => (arrival.operation === operation && answers-- <= 0 ? 503 : undefined);
      expect(await move()).toMatchObject({ failure: { code: "unavailable" } });
      expect(recordsAnywhere()).toEqual(names);
      endpoint.fault = () => undefined;
      expect(await move()).toMatchObject({ left: 0, failure: undefined });
      expect(endpoint.objects.size).toBe(0);
      expect(endpoint.catalogue.size).toBe(names.length);
    },
  );

  it("takes an answer that was lost for no loss", async () => {
    layFormer("a", "b");
    const dropped = new Set<string>();
    endpoint.fault = ({ operation, bucket, key }) => {
      const name = `${operation} ${bucket} ${key}`;
      if (operation === "HeadBucket" || dropped.has(name)) return undefined;
      dropped.add(name);
      return "drop-after";
    };
    expect(await move()).toMatchObject({ moved: 2, left: 0, failure: undefined });
    expect(endpoint.objects.size).toBe(0);
    expect(endpoint.catalogue.size).toBe(2);
  });

  it("goes on with what an interrupted move had copied and not deleted", async () => {
    layFormer("a", "b");
    endpoint.catalogue.set("records/a.json", objectOf(recordOf("a")));
    expect(await move()).toMatchObject({ moved: 1, copiedBefore: 1, left: 0 });
    expect(endpoint.objects.size).toBe(0);
  });

  it("overwrites nothing: what differs in the catalogue is told and both are kept", async () => {
    layFormer("a", "b");
    endpoint.catalogue.set("records/a.json", objectOf(recordOf("a", "newer")));
    expect(await move()).toMatchObject({
      moved: 1,
      left: 1,
      kept: { ".records/a.json": "records/a.json in the catalogue is different." },
    });
    expect(endpoint.catalogue.get("records/a.json")?.bytes).toEqual(recordOf("a", "newer"));
    expect(endpoint.objects.get(".records/a.json")?.bytes).toEqual(recordOf("a"));
  });

  it("overwrites nothing that came into the catalogue after it had looked", async () => {
    layFormer("a");
    endpoint.fault = ({ operation }) => {
      if (operation === "PutObject") endpoint.catalogue.set("records/a.json", objectOf(recordOf("a", "newer")));
      return undefined;
    };
    expect(await move()).toMatchObject({ moved: 0, left: 1 });
    expect(endpoint.catalogue.get("records/a.json")?.bytes).toEqual(recordOf("a", "newer"));
    expect(endpoint.objects.size).toBe(1);
  });

  it("deletes nothing whose copy is not what it was", async () => {
    layFormer("a");
    endpoint.fault = ({ operation, bucket }) => {
      const copy = endpoint.catalogue.get("records/a.json");
      if (operation === "GetObject" && bucket === "catalogue" && copy !== undefined) {
        endpoint.catalogue.set("records/a.json", { ...copy, bytes: copy.bytes.subarray(1) });
      }
      return undefined;
    };
    expect(await move()).toMatchObject({ moved: 0, left: 1 });
    expect(endpoint.objects.get(".records/a.json")?.bytes).toEqual(recordOf("a"));
  });

  it("leaves what is not a record, or is damaged, where it is", async () => {
    const others: Readonly<Record<string, Buffer>> = {
      ".records/a.tif": Buffer.from("II*"),
      ".records/.json": Buffer.from("{}"),
      ".records/b.json": recordOf("another"),
      ".records/c.json": Buffer.from("II*"),
      ".records/long.json": Buffer.alloc((8 << 20) + 1),
    };
    for (const [key, bytes] of Object.entries(others)) endpoint.objects.set(key, objectOf(bytes));
    const damaged = { ...objectOf(recordOf("d")), bytes: recordOf("d", "other bytes") };
    endpoint.objects.set(".records/d.json", damaged);
    const { moved, left, kept } = await move();
    expect({ moved, left }).toEqual({ moved: 0, left: 6 });
    expect(Object.keys(kept).sort()).toEqual([...endpoint.objects.keys()].sort());
    expect(kept[".records/long.json"]).toContain("too long");
    expect(kept[".records/d.json"]).toContain("checksum");
    expect(endpoint.catalogue.size).toBe(0);
  });

  it("goes on after a record that the storage does not take", async () => {
    layFormer("a", "b", "c");
    endpoint.fault = ({ operation, key }) => (operation === "PutObject" && key === "records/b.json" ? 400 : undefined);
    const { moved, left, kept } = await move();
    expect({ moved, left, keys: Object.keys(kept) }).toEqual({ moved: 2, left: 1, keys: [".records/b.json"] });
    expect([...endpoint.objects.keys()]).toEqual([".records/b.json"]);
  });

  it("ends before anything is moved when a bucket is not there or refuses", async () => {
    layFormer("a");
    const { masters } = bucketsAt(endpoint);
    const missing = { masters, catalogue: bucketAt({ ...endpoint, bucket: "none" }) };
    expect(await move({}, missing)).toMatchObject({ moved: 0, failure: { code: "no-bucket" } });
    const refused = { masters, catalogue: bucketAt(endpoint, { secretAccessKey: "wrong" }) };
    expect(await move({}, refused)).toMatchObject({ moved: 0, failure: { code: "refused" } });
    expect([...endpoint.objects.keys()]).toEqual([".records/a.json"]);
  });
});
