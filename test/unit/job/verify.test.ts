import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { formatCollection } from "../../../src/catalogue/collection.ts";
import { formatImageRecord, recordKey } from "../../../src/catalogue/image-records.ts";
import { formatWork } from "../../../src/catalogue/work-record.ts";
import { openDrawer } from "../../../src/cli/check-drawer.ts";
import { isInSample } from "../../../src/job/sample.ts";
import { type VerifyOrder, verifyStored } from "../../../src/job/verify.ts";
import { bucketsAt } from "../../support/ingest.ts";
import { makeTiff } from "../../support/make-tiff.ts";
import { type S3Endpoint, startS3Endpoint } from "../../support/s3-endpoint.ts";
import { makeCollection, makeImage, makeMember, makePage, makeWork } from "../../support/works.ts";

const size = { width: 120, height: 90 };
const tile = deflateSync(new Uint8Array(64 * 64 * 3));
const form = { ...size, tile: 64, levels: 2, compression: "deflate" } as const;
const good = Buffer.from(await makeTiff({ ...form, tileBytes: () => tile }));
/** One tile of it is noise of the same length. */
const noise = Uint8Array.from(tile, (byte, index) => (index < 2 ? byte : 0xff));
const spoilt = Buffer.from(
  await makeTiff({ ...form, tileBytes: ({ level, column }) => (level === 1 && column === 0 ? noise : tile) }),
);

let endpoint: S3Endpoint;
beforeAll(async () => {
  endpoint = await startS3Endpoint();
});
afterAll(() => endpoint.close());
beforeEach(() => {
  endpoint.objects.clear();
  endpoint.catalogue.clear();
  endpoint.arrivals.length = 0;
  endpoint.fault = () => undefined;
});

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

/** Lays a master as the ingest stores it, changed as given; a value that is undefined is not written on it. */
function layMaster(key: string, { bytes = good, ...change }: { bytes?: Buffer } & Record<string, unknown> = {}): void {
  const metadata = { sha256: sha256(bytes), width: String(size.width), height: String(size.height), ...change };
  const written = Object.entries(metadata).filter(([, value]) => value !== undefined);
  const headers = Object.fromEntries(written.map(([name, value]) => [`x-amz-meta-${name}`, String(value)]));
  endpoint.objects.set(key, { bytes, etag: sha256(bytes).slice(0, 32), headers });
}

const lay = (key: string, bytes: Uint8Array | string) =>
  endpoint.catalogue.set(key, { bytes: Buffer.from(bytes), etag: "1", headers: {} });

const layRecord = (identifier: string, object: string | undefined, of = size) =>
  lay(recordKey(identifier), formatImageRecord(undefined, { identifier, ...of, object, former: undefined }));

const imageOf = (identifier: string, of = size) => makeImage({ identifier, ...of, sizes: [] });

const pageOf = (key: string, change = {}) => makePage(key, { ...size, images: [imageOf(`book/${key}`)], ...change });

/** Lays an object of two pages in a collection, with all that they name. */
function laySound(): void {
  const collections = [{ key: "maps", label: { en: ["Maps"] } }];
  lay("objects/book.json", formatWork(makeWork({ pages: [pageOf("1"), pageOf("2")], collections })));
  const members = [makeMember("book"), makeMember("top", { kind: "collection" })];
  lay("collections/maps.json", formatCollection(makeCollection({ members, thumbnail: imageOf("book/1") })));
  lay("collections/top.json", formatCollection(makeCollection({ key: "top", members: [] })));
  for (const page of ["1", "2"]) {
    layMaster(`book/${page}`);
    layRecord(`book/${page}`, "book");
  }
}

async function verify(change: Partial<VerifyOrder> = {}) {
  const found: string[] = [];
  const sentences: string[] = [];
  const outcome = await verifyStored({
    ...bucketsAt(endpoint),
    naming: { keyTemplate: "{identifier}", pageSuffix: ";page=" },
    percent: 100,
    draw: undefined,
    onFinding: ({ name, code, message, mend }) => {
      found.push(`${name}: ${code}`);
      sentences.push(message, mend);
    },
    ...change,
  });
  return { ...outcome, found, sentences };
}

/** Plants damage beside what is sound, and returns what has to be found of it. */
const planted: Readonly<Record<string, () => readonly string[]>> = {
  "bytes that changed": () => {
    const bytes = Buffer.from(good);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    layMaster("a", { bytes, sha256: sha256(good) });
    return ["a: checksum-differs"];
  },
  "a header that can't be read": () => {
    layMaster("a", { bytes: good.subarray(0, 100) });
    return ["a: damaged"];
  },
  "a file that is no image": () => {
    layMaster("a", { bytes: Buffer.from("<html>") });
    return ["a: not-an-image"];
  },
  "a file that is cut off": () => {
    layMaster("a", { bytes: good.subarray(0, good.length - 20) });
    return ["a: tiles-outside"];
  },
  "another size than is written on it": () => {
    layMaster("a", { width: 121 });
    return ["a: size-differs"];
  },
  "a record that is not JSON": () => {
    layMaster("a");
    lay("records/a.json", "{");
    return ["a: record-unreadable"];
  },
  "a record of another size": () => {
    layMaster("a");
    layRecord("a", undefined, { width: 12, height: 9 });
    return ["a: record-size-differs"];
  },
  "records without masters": () => {
    layRecord("a", undefined);
    layRecord(".hidden", undefined);
    return [".hidden: record-without-master", "a: record-without-master"];
  },
  "a record that names an object that there is not": () => {
    layMaster("a");
    layRecord("a", "lost");
    return ["a: object-missing"];
  },
  "a record that names an object that does not show it": () => {
    layMaster("a");
    layRecord("a", "book");
    return ["a: page-missing"];
  },
  "an object that can't be read": () => {
    layMaster("a");
    layRecord("a", "torn");
    lay("objects/torn.json", '{"key":"torn"}');
    return ["torn: record-unreadable"];
  },
  "pages whose images are missing or of another size": () => {
    layMaster("plain", { width: undefined, height: undefined });
    const images = [imageOf("book/1", { width: 12, height: 9 }), imageOf("plain", { width: 12, height: 9 })];
    const pages = [pageOf("lost"), pageOf("other", { images })];
    lay("objects/o.json", formatWork(makeWork({ key: "o", pages })));
    return ["o: image-missing", "o: image-size-differs", "o: image-size-differs"];
  },
  "texts, files, pictures and collections that an object names": () => {
    const text = { format: "plain", file: "1.txt" } as const;
    lay("text/o/2.json", "{}");
    lay("text/o/1.txt", "text");
    const pages = [pageOf("1", { text }), pageOf("2", { text })];
    const logo = imageOf("logo");
    const provider = [{ uri: "https://example.org/", label: { en: ["L"] }, homepage: [], seeAlso: [], logo }];
    const collections = [{ key: "none", label: { en: ["None"] } }];
    const attachments = [{ file: "all.pdf", sha256: "0" }];
    lay("objects/o.json", formatWork(makeWork({ key: "o", pages, provider, collections, attachments })));
    return ["o: text-missing", "o: attachment-missing", "o: image-missing", "o: collection-missing"];
  },
  "a collection that can't be read, and what another names": () => {
    lay("collections/a.json", "[]");
    const members = [makeMember("lost"), makeMember("gone", { kind: "collection" })];
    const named = {
      key: "b",
      members,
      thumbnail: imageOf("lost"),
      collections: [{ key: "up", label: { en: ["Up"] } }],
    };
    lay("collections/b.json", formatCollection(makeCollection(named)));
    const missing = ["member-missing", "member-missing", "image-missing", "collection-missing"];
    return ["a: record-unreadable", ...missing.map((code) => `b: ${code}`)];
  },
};

describe("verifying", () => {
  it("does not miss masters that are on another server, where nobody looks", async () => {
    const images = [imageOf("loans/1")];
    lay("objects/book.json", formatWork(makeWork({ pages: [pageOf("1", { images })], collections: [] })));
    layRecord("loans/1", "book");
    const naming = { keyTemplate: "{identifier}", pageSuffix: ";page=" };
    expect((await verify({ naming: { ...naming, elsewhere: ["loans/"] } })).found).toEqual([]);
    expect((await verify({ naming })).found).toEqual(["loans/1: record-without-master", "book: image-missing"]);
  });

  it("finds nothing where nothing is wrong, and writes nothing", async () => {
    laySound();
    layMaster("unsealed", { sha256: undefined });
    const outcome = await verify({ draw: openDrawer() });
    expect(outcome).toMatchObject({ masters: 3, unsealed: 1, records: 2, objects: 1, collections: 2, found: [] });
    const reading = ["HeadBucket", "ListObjectsV2", "HeadObject", "GetObject"];
    expect(endpoint.arrivals.filter(({ operation }) => !reading.includes(operation))).toEqual([]);
  });

  it.each(Object.entries(planted))("finds %s, and nothing else", async (_, plant) => {
    laySound();
    const expected = plant();
    const { found, findings, sentences, failure } = await verify();
    expect(found).toEqual(expected);
    expect([findings, failure]).toEqual([expected.length, undefined]);
    for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z\d].*[.)]$/);
  });

  it("finds a tile that can't be decoded where it decodes every tile, and not else", async () => {
    laySound();
    layMaster("a", { bytes: spoilt });
    expect((await verify()).found).toEqual([]);
    const { found, sentences } = await verify({ draw: openDrawer() });
    expect(found).toEqual(["a: tiles-damaged"]);
    expect(sentences[0]).toMatch(
      /^1 of the 1 tiles of its level of 60 by 45 can't be decoded, the first in column 1, row 1/,
    );
  });

  it("finds all that is planted at once", async () => {
    laySound();
    const expected = new Set<string>();
    // What lies under one name hides what lay there before.
    for (const name of ["bytes that changed", "texts, files, pictures and collections that an object names"]) {
      for (const finding of planted[name]?.() ?? []) expected.add(finding);
    }
    expect(new Set((await verify()).found)).toEqual(expected);
  });

  it("goes on after one object that can't be read, and ends where a bucket can't be used", async () => {
    laySound();
    endpoint.fault = ({ operation, key }) => (operation === "GetObject" && key === "book/1" ? 400 : undefined);
    expect(await verify()).toMatchObject({ found: ["book/1: unreadable"], masters: 2, objects: 1, failure: undefined });
    endpoint.fault = ({ operation }) => (operation === "GetObject" ? 403 : undefined);
    expect((await verify()).failure).toMatchObject({ code: "refused" });
  });

  it.each([1, 4, 9, 15])("has changed nothing where it is stopped at call %i", async (call) => {
    laySound();
    const before = [...endpoint.objects, ...endpoint.catalogue];
    const stop = new AbortController();
    let seen = 0;
    endpoint.fault = () => {
      if (++seen === call) stop.abort();
      return undefined;
    };
    expect((await verify({ signal: stop.signal })).failure).toMatchObject({ code: "stopped" });
    expect([...endpoint.objects, ...endpoint.catalogue]).toEqual(before);
    endpoint.fault = () => undefined;
    expect((await verify()).found).toEqual([]);
  });

  it("takes the same part of all every time", async () => {
    const keys = Array.from({ length: 2000 }, (_, index) => `scan/${index}`);
    const sampled = (percent: number) => keys.filter((key) => isInSample(key, percent));
    expect(sampled(10)).toEqual(sampled(10));
    expect(sampled(100)).toEqual(keys);
    expect(sampled(20)).toEqual(expect.arrayContaining(sampled(10)));
    // Four standard deviations of a tenth of 2,000 are 54.
    expect(Math.abs(sampled(10).length - 200)).toBeLessThan(54);
    laySound();
    for (const key of keys.slice(0, 40)) {
      endpoint.objects.set(key, { bytes: Buffer.from("x"), etag: "1", headers: {} });
      layRecord(key, undefined);
    }
    const { masters, found, records } = await verify({ percent: 10 });
    const own = ["book/1", "book/2"].filter((key) => isInSample(key, 10)).length;
    const some = sampled(10).filter((key) => keys.indexOf(key) < 40);
    expect([masters, records]).toEqual([some.length + own, some.length + own]);
    expect(found.toSorted()).toEqual(some.map((key) => `${key}: not-an-image`).toSorted());
  });
});
