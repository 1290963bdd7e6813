import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { feedEndKey, feedPageKey, parseFeedEnd, parseFeedPage } from "../../../src/catalogue/feed.ts";
import { type Resource, resourceKey } from "../../../src/catalogue/feed-run.ts";
import { rewriteRecord } from "../../../src/job/catalogue-record.ts";
import { appendToFeed, type Change } from "../../../src/job/feed-append.ts";
import { openJournal, type RunJournal } from "../../../src/job/run-journal.ts";
import { bucketsAt } from "../../support/ingest.ts";
import { type S3Endpoint, startS3Endpoint } from "../../support/s3-endpoint.ts";

let endpoint: S3Endpoint;
/** The time of the test, in milliseconds since 1970. */
let time: number;
beforeEach(async () => {
  endpoint = await startS3Endpoint();
  time = Date.parse("2026-11-01T10:00:00Z");
});
afterEach(() => endpoint.close());

const now = () => time;
const catalogue = () => bucketsAt(endpoint).catalogue;
const bytesAt = (key: string) => endpoint.catalogue.get(key)?.bytes ?? Buffer.alloc(0);
const pageAt = (number: number) => parseFeedPage(bytesAt(feedPageKey(number)), number);
const end = () => parseFeedEnd(bytesAt(feedEndKey));
const runFiles = () => [...endpoint.catalogue.keys()].filter((key) => key.startsWith("feed/runs/"));
const object = (key: string): Resource => ({ kind: "object", key });

/** All activities of the feed in order, as harvesters find them. */
function told() {
  const pages = Array.from({ length: end().pages }, (_, index) => pageAt(index + 1));
  return pages.flatMap(({ activities }) => activities);
}
const toldOf = () => (endpoint.catalogue.has(feedEndKey) ? told().map(({ type, key }) => `${type} ${key}`) : []);

/** Writes that arrived since this was last asked. */
let seen = 0;
beforeEach(() => {
  seen = 0;
});
function writes(): string[] {
  const arrived = endpoint.arrivals.slice(seen);
  seen = endpoint.arrivals.length;
  return arrived.filter(({ operation }) => operation === "PutObject").map(({ key }) => key);
}

const changesOf = (name: string, count: number): Change[] =>
  Array.from({ length: count }, (_, index) => ({ type: "Update", kind: "object", key: `${name}${index}` }));

describe("the end of the feed", () => {
  const append = (run: string, changes: readonly Change[]) =>
    appendToFeed(catalogue(), { run, changes, recovered: [], now });

  it("takes all changes of a run by two writes, however many there are on its page", async () => {
    expect(await append("a", changesOf("first", 400))).toBe(400);
    expect(writes()).toEqual([feedPageKey(1), feedEndKey]);
    await append("b", changesOf("second", 400));
    expect(writes()).toEqual([feedPageKey(1), feedEndKey]);
    expect(end()).toEqual({ pages: 1, activities: 800 });
  });

  it("is divided into pages of at most a thousand, none of which is written again once it is full", async () => {
    await append("a", changesOf("first", 1000));
    await append("b", changesOf("second", 1500));
    const full = [1, 2].map((number) => endpoint.catalogue.get(feedPageKey(number))?.etag);
    await append("c", changesOf("third", 2));
    const pages = [1, 2, 3].map(pageAt);
    expect(pages.map(({ activities }) => activities.length)).toEqual([1000, 1000, 502]);
    expect(pages.map(({ startIndex, isFull }) => [startIndex, isFull])).toEqual([
      [0, true],
      [1000, true],
      [2000, false],
    ]);
    expect([1, 2].map((number) => endpoint.catalogue.get(feedPageKey(number))?.etag)).toEqual(full);
    expect(end()).toEqual({ pages: 3, activities: 2502 });
    expect(toldOf().slice(998, 1002)).toEqual(
      [998, 999].map((n) => `Update first${n}`).concat(["Update second0", "Update second1"]),
    );
  });

  it("loses nothing of runs at once, and tells nothing twice", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `run${index}-`);
    await Promise.all(names.map((name) => append(name, changesOf(name, 150))));
    const all = toldOf();
    expect(all).toHaveLength(12 * 150);
    expect(new Set(all).size).toBe(12 * 150);
    expect(end()).toEqual({ pages: 2, activities: 1800 });
    for (const name of names) {
      const own = all.filter((line) => line.includes(name));
      expect(own).toEqual(changesOf(name, 150).map(({ key }) => `Update ${key}`));
    }
  });

  it("never goes back in time, though the clocks of two machines differ", async () => {
    await append("a", changesOf("first", 1));
    time -= 60_000;
    await append("b", changesOf("second", 1));
    time += 120_000;
    await append("c", changesOf("third", 1));
    expect(told().map(({ endTime }) => endTime.slice(11, 16))).toEqual(["10:00", "10:00", "10:01"]);
  });

  it.each(["drop-after", 500] as const)("tells once what was sent and not answered: %s", async (fault) => {
    await append("a", changesOf("first", 3));
    let times = 0;
    endpoint.fault = ({ operation, key }) =>
      operation === "PutObject" && key === feedPageKey(1) && times++ === 0 ? fault : undefined;
    await append("b", changesOf("second", 3));
    expect(toldOf()).toHaveLength(6);
    expect(end().activities).toBe(6);
  });

  it("refuses to go on behind a page that is damaged", async () => {
    await append("a", changesOf("first", 3));
    await catalogue().put(
      feedPageKey(1),
      { bytes: Buffer.from("{}"), md5: "99914b932bd37a50b983c5e7c90ae93b" },
      { contentType: "application/json", metadata: {} },
    );
    await expect(append("b", changesOf("second", 1))).rejects.toMatchObject({ code: "record-malformed" });
    expect(String(bytesAt(feedPageKey(1)))).toBe("{}");
  });
});

describe("the journal of a run", () => {
  const write = (journal: RunJournal, resource: Resource, content: string) =>
    rewriteRecord(catalogue(), resourceKey(resource), () => Buffer.from(content), journal.of(resource));

  /** A run that writes the same content of each object, as far as it gets. */
  async function run(contents: Readonly<Record<string, string>>, finishes = true): Promise<number | RunJournal> {
    const journal = openJournal(catalogue(), now);
    journal.plan(Object.keys(contents).map(object));
    for (const [key, content] of Object.entries(contents)) await write(journal, object(key), content);
    return finishes ? journal.finish() : journal;
  }

  it("tells what was made and what was changed, and leaves nothing behind", async () => {
    expect(await run({ a: "1", b: "1" })).toBe(2);
    expect(await run({ a: "1", b: "2" })).toBe(1);
    expect(toldOf()).toEqual(["Create a", "Create b", "Update b"]);
    expect(runFiles()).toEqual([]);
  });

  it("writes three times besides the records, however many there are", async () => {
    const contents = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`o${index}`, "1"]));
    await run(contents);
    const besides = writes().filter((key) => !key.startsWith("objects/"));
    expect(besides.map((key) => key.replace(/runs\/.*/, "runs"))).toEqual(["feed/runs", feedPageKey(1), feedEndKey]);
  });

  it("writes nothing where nothing has changed", async () => {
    await run({ a: "1" });
    writes();
    expect(await run({ a: "1" })).toBe(0);
    expect(writes()).toEqual([]);
  });

  it("tells in the next run what a run that broke off had written, and once", async () => {
    await run({ a: "1", b: "1" });
    await run({ a: "2", c: "1" }, false);
    expect(toldOf()).toEqual(["Create a", "Create b"]);
    expect(await run({ b: "1" })).toBe(2);
    expect(toldOf().slice(2)).toEqual(["Update a", "Create c"]);
    expect(await run({ a: "2", b: "1", c: "1" })).toBe(0);
    time += 3_600_000;
    expect(await run({ a: "2" })).toBe(0);
    expect([toldOf().length, runFiles()]).toEqual([4, []]);
  });

  it("tells nothing twice of a run that broke off after the page was written", async () => {
    endpoint.fault = ({ operation, key }) => (operation === "PutObject" && key === feedEndKey ? 403 : undefined);
    await expect(run({ a: "1" })).rejects.toMatchObject({ code: "refused" });
    expect([endpoint.catalogue.has(feedEndKey), runFiles()].flat()).toHaveLength(2);
    endpoint.fault = () => undefined;
    expect(await run({ a: "1" })).toBe(0);
    expect(toldOf()).toEqual(["Create a"]);
  });

  it("of a run that is alive is left to it: what another tells in its place it does not tell again", async () => {
    const slow = (await run({ a: "1" }, false)) as RunJournal;
    slow.plan([object("b"), object("d")]);
    await write(slow, object("b"), "1");
    expect(await run({ c: "1" })).toBe(3);
    await write(slow, object("d"), "1");
    expect(await slow.finish()).toBe(1);
    expect(toldOf().toSorted()).toEqual(["Create a", "Create b", "Create c", "Create d"]);
    expect(runFiles()).toEqual([]);
  });

  it("of a run that writes for long is renewed, and begun anew where another took it for dead", async () => {
    const slow = (await run({ a: "1" }, false)) as RunJournal;
    slow.plan([object("b"), object("d")]);
    time += 10 * 60_000;
    await write(slow, object("b"), "1");
    time += 10 * 60_000;
    expect(await run({ c: "1" })).toBe(3);
    expect(runFiles()).toHaveLength(2);
    time += 60 * 60_000;
    expect(await run({ c: "2" })).toBe(1);
    expect(runFiles()).toEqual([]);
    await write(slow, object("d"), "1");
    expect(runFiles()).not.toEqual([]);
    // The run ends here without a word. What was told of it before may be told again: rather twice than not at all.
    await run({ c: "2" });
    expect(toldOf()).toContain("Create d");
  });

  it("tells a record that was written though no answer came", async () => {
    endpoint.fault = ({ operation, key }) =>
      operation === "PutObject" && key === "objects/a.json" ? "drop-after" : undefined;
    const journal = openJournal(catalogue(), now);
    await write(journal, object("a"), "1").catch(() => undefined);
    endpoint.fault = () => undefined;
    expect(endpoint.catalogue.has("objects/a.json")).toBe(true);
    expect(await journal.finish()).toBe(1);
    expect(toldOf()).toEqual(["Create a"]);
  });

  it("writes no record that it could not announce", async () => {
    endpoint.fault = ({ operation, key }) =>
      operation === "PutObject" && key.startsWith("feed/runs/") ? 403 : undefined;
    await expect(run({ a: "1" })).rejects.toMatchObject({ code: "refused" });
    expect(endpoint.catalogue.has("objects/a.json")).toBe(false);
  });

  const remove = (journal: RunJournal, key: string) =>
    journal.remove(key, () => catalogue().delete(resourceKey(object(key))));

  it("tells, as one of many at once, for the dead alone, and asks nothing of what the living write", async () => {
    await run({ a: "1", b: "1" }, false);
    const shard = openJournal(catalogue(), now, "dead");
    await write(shard, object("c"), "1");
    endpoint.arrivals.length = 0;
    expect(await shard.finish()).toBe(1);
    expect(endpoint.arrivals.filter(({ operation }) => operation === "HeadObject")).toEqual([]);
    expect([toldOf(), runFiles().length]).toEqual([["Create c"], 1]);
    time += 3_600_000;
    const later = openJournal(catalogue(), now, "dead");
    await write(later, object("d"), "1");
    expect(await later.finish()).toBe(3);
    expect([toldOf(), runFiles()]).toEqual([["Create c", "Create a", "Create b", "Create d"], []]);
  });

  it("tells of an object that was taken away, also where the run broke off before it could, and once", async () => {
    await run({ a: "1", b: "1", c: "1" });
    const journal = openJournal(catalogue(), now);
    await remove(journal, "a");
    expect(await journal.finish()).toBe(1);
    const broken = openJournal(catalogue(), now);
    await remove(broken, "b");
    await expect(
      broken.remove("c", async () => {
        throw new Error("before it was gone");
      }),
    ).rejects.toThrow();
    // Its second try takes away what the first had announced.
    const again = openJournal(catalogue(), now);
    await remove(again, "c");
    expect(await again.finish()).toBe(2);
    expect(toldOf().slice(3)).toEqual(["Delete a", "Delete b", "Delete c"]);
    time += 3_600_000;
    expect(await run({ d: "1" })).toBe(1);
    expect([toldOf().length, runFiles()]).toEqual([7, []]);
  });
});
