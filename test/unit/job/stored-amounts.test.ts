import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ServiceBuckets } from "../../../src/bucket/bucket.ts";
import { s3Bucket } from "../../../src/bucket/s3-bucket.ts";
import { collectionKey, formatCollection } from "../../../src/catalogue/collection.ts";
import { recordKey } from "../../../src/catalogue/image-records.ts";
import { pageLinesKey } from "../../../src/catalogue/page-text.ts";
import { formatWork, workKey } from "../../../src/catalogue/work-record.ts";
import { masterKeyOf, placesOf } from "../../../src/identity/master-name.ts";
import { chosenImages, type ImageChoice } from "../../../src/job/chosen-images.ts";
import { countChosen } from "../../../src/job/stored-amounts.ts";
import { type S3Endpoint, startS3Endpoint } from "../../support/s3-endpoint.ts";
import { makeCollection, makeMember, makeWork } from "../../support/works.ts";

const naming = { keyTemplate: "{identifier}", pageSuffix: ";page=" };
const run = { naming, signal: new AbortController().signal, onProgress: () => {} };

let endpoint: S3Endpoint;
let buckets: ServiceBuckets;

beforeAll(async () => {
  endpoint = await startS3Endpoint();
  const { accessKeyId, secretAccessKey, url } = endpoint;
  const keys = { endpoint: url, region: "auto", sessionToken: undefined, accessKeyId, secretAccessKey };
  const open = (bucket: string) => s3Bucket({ ...keys, bucket });
  buckets = {
    masters: open(endpoint.bucket),
    catalogue: open(endpoint.catalogueBucket),
    derivatives: open(endpoint.derivativesBucket),
    close: async () => {},
  };
  const lay = (store: S3Endpoint["objects"], key: string, bytes: number | Uint8Array) =>
    store.set(key, {
      bytes: Buffer.from(typeof bytes === "number" ? new Uint8Array(bytes) : bytes),
      etag: "x",
      headers: {},
    });
  for (const [name, bytes] of [
    ["book/0001", 1000],
    ["book/0002", 2000],
    ["other", 400],
  ] as const) {
    lay(endpoint.objects, name, bytes);
    lay(endpoint.catalogue, recordKey(name), 10);
    const { derivativePrefix, indexPrefix } = await placesOf(masterKeyOf(name));
    lay(endpoint.derivatives, `${derivativePrefix}3`, 70);
    lay(endpoint.derivatives, `${indexPrefix}1`, 5);
  }
  lay(endpoint.catalogue, workKey("book"), formatWork(makeWork()));
  lay(endpoint.catalogue, workKey("deeper"), formatWork(makeWork({ key: "deeper" })));
  lay(endpoint.catalogue, pageLinesKey({ object: "book", page: "0001" }), 33);
  lay(endpoint.catalogue, pageLinesKey({ object: "book/part", page: "0001" }), 44);
  lay(endpoint.catalogue, "attachments/book/a.pdf", 55);
  // A circle, which has to end, and an object that is in it twice.
  const inner = [{ ...makeMember("maps"), kind: "collection" as const }, makeMember("book")];
  lay(endpoint.catalogue, collectionKey("inner"), formatCollection(makeCollection({ key: "inner", members: inner })));
  const members = [{ ...makeMember("inner"), kind: "collection" as const }, makeMember("book"), makeMember("deeper")];
  lay(endpoint.catalogue, collectionKey("maps"), formatCollection(makeCollection({ members })));
  lay(endpoint.catalogue, collectionKey("broken"), Buffer.from("{}"));
});
afterAll(() => endpoint.close());

const count = (choice: ImageChoice) => countChosen(buckets, choice, run);

describe("what is stored", () => {
  it("is counted of an object with its texts, attachments and derivatives, and of no other", async () => {
    const { counts, images, missing, isChosen } = await count({ kind: "object", key: "book" });
    expect([images, missing]).toEqual([2, 0]);
    expect(counts).toMatchObject({
      masters: { objects: 2, bytes: 3000 },
      "records of images": { objects: 2, bytes: 20 },
      objects: { objects: 1 },
      "texts of pages": { objects: 1, bytes: 33 },
      attachments: { objects: 1, bytes: 55 },
      derivatives: { objects: 2, bytes: 140 },
      "parsed masters": { objects: 2, bytes: 10 },
    });
    expect(["book/0001", "other"].map(isChosen)).toEqual([true, false]);
  });

  it("is counted once of a master that two pages, two objects or two collections show", async () => {
    const { counts } = await count({ kind: "collection", key: "maps" });
    expect(counts).toMatchObject({ masters: { objects: 2 }, objects: { objects: 2 }, derivatives: { objects: 2 } });
    const pages = await count({ kind: "images", identifiers: ["book/0001", "book/0001;page=2", "nowhere"] });
    expect([pages.images, pages.missing, pages.counts.masters?.objects]).toEqual([3, 1, 1]);
  });

  it("is counted of a prefix by listings alone", async () => {
    endpoint.arrivals.length = 0;
    const { counts, images, isChosen } = await count({ kind: "prefix", prefix: "book/" });
    expect([images, counts.masters?.bytes, counts["records of images"]?.objects]).toEqual([2, 3000, 2]);
    expect(isChosen("book/0009")).toBe(true);
    expect(new Set(endpoint.arrivals.map(({ operation }) => operation))).toEqual(new Set(["ListObjectsV2"]));
  });

  it.each([
    ["object", "nothing", /There is no object nothing/],
    ["collection", "nothing", /There is no collection nothing/],
    ["collection", "broken", /The record of the collection broken can't be read/],
  ] as const)("is not counted of the %s %s, which is told", async (kind, key, sentence) => {
    await expect(count({ kind, key })).rejects.toThrow(sentence);
  });

  it("has the images of a collection each once in an object", async () => {
    const found: string[] = [];
    for await (const { identifier, object } of chosenImages(
      { buckets, naming },
      { kind: "collection", key: "inner" },
    )) {
      found.push(`${object} ${identifier}`);
    }
    expect(found).toEqual(["book book/0001", "book book/0002", "deeper book/0001", "deeper book/0002"]);
  });
});
