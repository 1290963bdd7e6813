import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { checkedBytes, sha256Of } from "../../src/bucket/upload.ts";
import { attachmentKey } from "../../src/catalogue/attachment.ts";
import { collectionKey, formatCollection, parseCollection } from "../../src/catalogue/collection.ts";
import { feedEndKey, feedPageKey, parseFeedPage } from "../../src/catalogue/feed.ts";
import { recordKey } from "../../src/catalogue/image-records.ts";
import { moveKey } from "../../src/catalogue/moved.ts";
import { pageLinesKey, textFileKey } from "../../src/catalogue/page-text.ts";
import { formatWork, parseWork, workKey } from "../../src/catalogue/work-record.ts";
import { writeCollections } from "../../src/job/collection-job.ts";
import { type ImageMove, lookAtMove, moveImage } from "../../src/job/move-image.ts";
import { lookAtRemoval, type Removal, removeImages } from "../../src/job/remove-images.ts";
import { openJournal } from "../../src/job/run-journal.ts";
import { type MemoryObject, type MemoryStore, memoryBucket } from "../support/memory-bucket.ts";
import { openRandom } from "../support/random.ts";
import { RunKilled, stopBuckets } from "../support/stopped-buckets.ts";
import { makeCollection, makeImage, makeMember, makePage, makeWork } from "../support/works.ts";

const newStore = (): MemoryStore => ({ objects: new Map(), uploads: new Map() });
const stores = { masters: newStore(), catalogue: newStore() };
let laid: { readonly masters: [string, MemoryObject][]; readonly catalogue: [string, MemoryObject][] };

/** Small enough that a master goes in three parts. */
const partBytes = 1000;
const buckets = () => ({
  masters: memoryBucket(stores.masters, partBytes),
  catalogue: memoryBucket(stores.catalogue, partBytes),
});

const masterOf = (identifier: string) => Buffer.from(identifier.padEnd(2500, "."));
const pages = [
  makePage("1", { images: [makeImage({ identifier: "scan/1" }), makeImage({ identifier: "scan/1-uv" })] }),
  makePage("2", { images: [makeImage({ identifier: "scan/2" })], text: { format: "plain", file: "2.txt" } }),
];

beforeAll(async () => {
  const { masters, catalogue } = buckets();
  for (const identifier of ["scan/1", "scan/1-uv", "scan/2", "other"]) {
    const bytes = masterOf(identifier);
    const headers = { contentType: "image/tiff", metadata: { sha256: sha256Of(bytes), settings: "1 jpeg" } };
    await masters.put(identifier, checkedBytes(bytes), headers);
    const record = { identifier, object: "atlas", metadata: [], width: 4, height: 3 };
    await put(
      recordKey(identifier),
      JSON.stringify(identifier === "other" ? { ...record, object: undefined } : record),
    );
  }
  const collections = [{ key: "maps", label: { en: ["Maps"] } }];
  const contents = [{ key: "2", label: { en: ["Part"] }, pages: ["2"], entries: [] }];
  const attachments = [{ file: "atlas.pdf", sha256: "0" }];
  const start = "2";
  const work = makeWork({ key: "atlas", collections, pages, contents, attachments, start });
  await put(workKey("atlas"), formatWork(work));
  const shown = makeMember("atlas", { thumbnail: makeImage({ identifier: "scan/1" }) });
  const maps = { key: "maps", thumbnail: makeImage({ identifier: "scan/1" }), members: [shown, makeMember("plan")] };
  await put(collectionKey("maps"), formatCollection(makeCollection(maps)));
  // As an ingest writes them, the one of all collections too.
  const journal = openJournal(catalogue);
  const run = { masters, catalogue, journal, labels: new Map(), notes: [], keyOf: (identifier: string) => identifier };
  await writeCollections([{ work, former: work }], [], run);
  for (const key of stores.catalogue.objects.keys()) if (key.startsWith("feed/")) await catalogue.delete(key);
  for (const key of [pageLinesKey({ object: "atlas", page: "2" }), textFileKey("atlas", "2.txt")])
    await put(key, "text");
  await put(attachmentKey("atlas", "atlas.pdf"), "PDF");
  laid = { masters: [...stores.masters.objects], catalogue: [...stores.catalogue.objects] };

  async function put(key: string, content: string | Uint8Array) {
    await catalogue.put(key, checkedBytes(Buffer.from(content)), { contentType: "x/y", metadata: {} });
  }
});
beforeEach(reset);

function reset(): void {
  for (const name of ["masters", "catalogue"] as const) {
    const { objects, uploads } = stores[name];
    objects.clear();
    for (const [key, object] of laid[name]) objects.set(key, object);
    uploads.clear();
  }
}

const masters = () => [...stores.masters.objects.keys()].sort();
const textOf = (key: string) => Buffer.from(stores.catalogue.objects.get(key)?.bytes ?? []).toString();
const workNow = () => parseWork(Buffer.from(textOf(workKey("atlas"))), "atlas");

/** What there is, but for the marks of runs and what they have not tidied away yet. */
function everything() {
  const contents = ({ objects }: MemoryStore) =>
    Object.fromEntries(
      [...objects]
        .filter(([key]) => !key.startsWith("feed/"))
        .map(([key, { bytes }]) => [key, sha256Of(bytes)])
        .sort(),
    );
  return { masters: contents(stores.masters), catalogue: contents(stores.catalogue), told: told() };
}

/** What the feed tells. A run that was killed while it told for another may have it told once more. */
function told(): readonly string[] {
  const page = stores.catalogue.objects.get(feedPageKey(1));
  if (page === undefined) return [];
  expect(stores.catalogue.objects.has(feedEndKey)).toBe(true);
  const all = parseFeedPage(page.bytes, 1).activities.map(({ type, kind, key }) => `${type} ${kind} ${key}`);
  return [...new Set(all)].sort();
}

type Buckets = ReturnType<typeof buckets>;

/** Runs `work` and kills it at a call; returns how many there were. */
async function runKilled(work: (buckets: Buckets) => Promise<unknown>, at: number): Promise<number> {
  const stopped = stopBuckets(buckets(), at);
  await work(stopped.buckets).catch((error: unknown) => {
    if (!(error instanceof RunKilled)) throw error;
  });
  return stopped.calls();
}

/** Kills a run at each of its calls, runs it again and compares; then kills it twice at calls that are drawn by lot. */
async function expectSameEnd(work: (buckets: Buckets) => Promise<unknown>, check: () => void): Promise<number> {
  const calls = await runKilled(work, Number.POSITIVE_INFINITY);
  const end = everything();
  for (let at = 1; at <= calls; at++) {
    reset();
    await runKilled(work, at);
    check();
    await work(buckets());
    expect(everything(), `killed at call ${at}`).toEqual(end);
  }
  const random = openRandom(7);
  for (let round = 0; round < 40; round++) {
    reset();
    for (const _ of [1, 2]) {
      await runKilled(work, random.integer(1, calls));
      check();
    }
    await work(buckets());
    expect(everything(), `round ${round}`).toEqual(end);
  }
  return calls;
}

describe("a move that is killed", () => {
  const move = async (on: Buckets) => {
    const one: ImageMove = { from: "scan/1", to: "maps/1", buckets: on, keyOf: (identifier) => identifier };
    const plan = await lookAtMove(one);
    if ("refusal" in plan) throw new Error(plan.refusal);
    return moveImage(one, plan.steps);
  };

  it("never makes one master of two, where one without a checksum is replaced while it is copied", async () => {
    const { masters, catalogue } = buckets();
    const headers = { contentType: "image/tiff", metadata: {} };
    await masters.put("plain", checkedBytes(Buffer.alloc(2500, "a")), headers);
    const readRange: typeof masters.readRange = async (key, range) => {
      const bytes = await masters.readRange(key, range);
      await masters.put("plain", checkedBytes(Buffer.alloc(2500, "b")), headers);
      return bytes;
    };
    const changed = { masters: { ...masters, readRange }, catalogue };
    const move: ImageMove = { from: "plain", to: "moved/plain", buckets: changed, keyOf: (identifier) => identifier };
    const plan = await lookAtMove(move);
    if ("refusal" in plan) throw new Error(plan.refusal);
    await expect(moveImage(move, plan.steps)).rejects.toThrow("was replaced");
    expect([...stores.masters.objects.keys()].filter((key) => key.endsWith("plain"))).toEqual(["plain"]);
  });

  it("comes to the same end when it is run again, and the image answers all the while", async () => {
    await expectSameEnd(move, () => {
      const isLed = textOf(moveKey("scan/1")).includes('"to":"maps/1"') && masters().includes("maps/1");
      expect(masters().includes("scan/1") || isLed).toBe(true);
    });
    expect(masters()).toEqual(["maps/1", "other", "scan/1-uv", "scan/2"]);
    const moved = stores.masters.objects.get("maps/1");
    expect(Buffer.from(moved?.bytes ?? [])).toEqual(masterOf("scan/1"));
    expect(moved).toMatchObject({ contentType: "image/tiff", metadata: { settings: "1 jpeg" } });
    expect(workNow().pages.map(({ key, images }) => [key, images.map(({ identifier }) => identifier)])).toEqual([
      ["1", ["maps/1", "scan/1-uv"]],
      ["2", ["scan/2"]],
    ]);
    for (const key of ["maps", "top"]) {
      const text = textOf(collectionKey(key));
      expect([text.includes('"maps/1"'), text.includes("scan/1")]).toEqual([true, false]);
    }
    expect(told()).toEqual(["Update collection maps", "Update collection top", "Update object atlas"]);
  });
});

describe("a move during which somebody else stores", () => {
  /** Moves, and has the image that lies under a key replaced by `other` when the old master is about to go. */
  const moveWhileReplaced = async (key: string) => {
    const onStep = (step: string) => {
      const other = stores.masters.objects.get("other");
      if (step === "delete-master" && other !== undefined) stores.masters.objects.set(key, other);
    };
    const one: ImageMove = { from: "scan/1", to: "maps/1", buckets: buckets(), keyOf: (name) => name, onStep };
    const plan = await lookAtMove(one);
    if ("refusal" in plan) throw new Error(plan.refusal);
    return moveImage(one, plan.steps);
  };
  const masterNow = (key: string) => Buffer.from(stores.masters.objects.get(key)?.bytes ?? []);

  it("another image under the new identifier leaves both", async () => {
    await expect(moveWhileReplaced("maps/1")).rejects.toThrow("Another image was stored as maps/1");
    expect([masterNow("maps/1"), masterNow("scan/1")]).toEqual([masterOf("other"), masterOf("scan/1")]);
  });

  it("the image anew takes the new one along", async () => {
    await moveWhileReplaced("scan/1");
    expect([masterNow("maps/1"), masters().includes("scan/1")]).toEqual([masterOf("other"), false]);
  });
});

describe("a removal that is killed", () => {
  let purged: string[];
  const remove =
    (change: Partial<Removal> = {}) =>
    async (on: Buckets) => {
      const keyOf = (identifier: string) => identifier;
      const removal: Removal = { identifiers: [], buckets: on, keyOf, keepsGone: true, ...change };
      const plan = await lookAtRemoval(removal);
      return removeImages(removal, plan, async () => void purged.push(...removal.identifiers));
    };
  beforeEach(() => {
    purged = [];
  });

  it("of a page comes to the same end when it is run again", async () => {
    await expectSameEnd(remove({ identifiers: ["scan/2"] }), () => {});
    expect(masters()).toEqual(["other", "scan/1", "scan/1-uv"]);
    const work = workNow();
    expect([work.pages.map(({ key }) => key), work.contents, work.start]).toEqual([["1"], [], undefined]);
    expect([...stores.catalogue.objects.keys()].filter((key) => key.startsWith("text/"))).toEqual([]);
    expect(stores.catalogue.objects.has(recordKey("scan/2"))).toBe(false);
    expect(JSON.parse(textOf(moveKey("scan/2")))).toEqual({
      identifier: "scan/2",
    });
    expect(told()).toEqual(["Update object atlas"]);
  });

  it("of all pages takes their object away, and comes to the same end when it is run again", async () => {
    await expectSameEnd(remove({ identifiers: ["scan/1", "scan/1-uv", "scan/2"], keepsGone: false }), () => {});
    expect(masters()).toEqual(["other"]);
    const left = [...stores.catalogue.objects.keys()].filter((key) => !key.startsWith("feed/")).sort();
    expect(left).toEqual([collectionKey("maps"), collectionKey("top"), recordKey("other")].sort());
    const maps = parseCollection(Buffer.from(textOf(collectionKey("maps"))), "maps");
    expect([maps.members.map(({ key }) => key), maps.thumbnail]).toEqual([["plan"], undefined]);
    expect(told()).toEqual(["Delete object atlas", "Update collection maps", "Update collection top"]);
  });

  it("leaves an object that has been given other pages meanwhile", async () => {
    const keyOf = (identifier: string) => identifier;
    const removal: Removal = {
      identifiers: ["scan/2", "scan/1", "scan/1-uv"],
      buckets: buckets(),
      keyOf,
      keepsGone: false,
    };
    const plan = await lookAtRemoval(removal);
    const later = makePage("3", { images: [makeImage({ identifier: "other" })] });
    const work = makeWork({ key: "atlas", pages: [later], attachments: [{ file: "atlas.pdf", sha256: "0" }] });
    const ingest = async () => {
      const headers = { contentType: "application/json", metadata: {} };
      await buckets().catalogue.put(workKey("atlas"), checkedBytes(formatWork(work)), headers);
    };
    await expect(removeImages(removal, plan, ingest)).rejects.toThrow("The object atlas has other images since");
    expect(workNow().pages.map(({ key }) => key)).toEqual(["3"]);
    expect(stores.catalogue.objects.has(attachmentKey("atlas", "atlas.pdf"))).toBe(true);
  });

  it("of an object comes to the same end when it is run again by the images that it had", async () => {
    const work = async (on: Buckets) => {
      const stored = await on.catalogue.get(workKey("atlas"));
      const images = stored && parseWork(stored.bytes, "atlas").pages.flatMap((page) => page.images);
      return remove({ object: "atlas", identifiers: images?.map(({ identifier }) => identifier) ?? [] })(on);
    };
    await expectSameEnd(work, () => {});
    expect(masters()).toEqual(["other"]);
    expect(told()).toEqual(["Delete object atlas", "Update collection maps", "Update collection top"]);
    expect(purged).toContain("scan/2");
  });
});
