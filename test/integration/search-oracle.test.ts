import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import type { Policy } from "../../src/access/policy.ts";
import { feedEndKey, feedPageKey, formatFeedRecord } from "../../src/catalogue/feed.ts";
import type { Work } from "../../src/catalogue/work.ts";
import { formatWork, workKey } from "../../src/catalogue/work-record.ts";
import { addEntries, beginObject, entryOfPage, entryOfWork, finishObject } from "../../src/search/index-entries.ts";
import { indexLayout } from "../../src/search/index-layout.ts";
import { ask } from "../support/service.ts";
import { makeImage, makePage, makeWork } from "../support/works.ts";

// biome-ignore lint/suspicious/noExplicitAny: documents are read as JSON.
type Document = any;

const hidden: Policy = { access: { kind: "hidden" } };
const closed: Policy = { access: { kind: "closed" } };

/** An object with one page, whose text has one word. */
function makeOne(key: string, label: string, word: string, policy: Policy | undefined): Work {
  const image = makeImage({ identifier: `${key}/1`, ...(policy === undefined ? {} : { policy }) });
  const text = { format: "plain", file: "page.txt" } as const;
  return makeWork({ key, label: { en: [label] }, pages: [makePage(word, { text, images: [image] })] });
}

const shut = makeOne("shut", "Shut", "wordshut", closed);
const secret = makeWork({ ...makeOne("secret", "Secret", "wordsecret", undefined), access: { kind: "hidden" } });
const vault = makeOne("vault", "Vault", "wordvault", hidden);
/** Of every three, the first two are hidden: three answers of those that are not. */
const herd = Array.from({ length: 150 }, (_, index) =>
  makeOne(`herd${index}`, `zebra ${index}`, "stripes", index % 3 === 2 ? undefined : hidden),
);
/** More than are decided at once, none of them shown. */
const crowd = Array.from({ length: 45 }, (_, index) => makeOne(`crowd${index}`, `okapi ${index}`, "none", hidden));
const last = makeOne("last", "A last okapi, of many words that weigh it down to the end", "end", undefined);

beforeAll(async () => {
  await env.SEARCH.batch(indexLayout.map((sql) => env.SEARCH.prepare(sql)));
  for (const work of [shut, secret, vault, ...herd, ...crowd, last]) {
    await env.CATALOGUE.put(workKey(work.key), formatWork(work));
    const [page] = work.pages;
    const lines = [{ text: page?.key ?? "" }];
    const lined = { width: 3000, height: 4000, format: "plain", file: "page.txt", lines } as const;
    const entries = [entryOfWork(work), entryOfPage(lined, { number: 1, page: page?.key ?? "" })];
    const statements = [...beginObject(work), addEntries(work.key, entries), finishObject(work.key, "1")];
    await env.SEARCH.batch(statements.map(({ sql, values }) => env.SEARCH.prepare(sql).bind(...values)));
  }
});

const read = async (path: string): Promise<Document> => JSON.parse((await ask(path)).text);

/** All of an answer but what repeats the question. */
async function answerTo(path: string, word: string) {
  const { status, headers, text } = await ask(path + word, { env: { MASTER_TTL_SECONDS: "0" } });
  const { ETag: _, ...told } = Object.fromEntries(
    ["ETag", "Cache-Control", "Cache-Tag", "Server-Timing", "Content-Type", "Vary"].map((name) => [
      name,
      headers.get(name),
    ]),
  );
  return { status, told, text: text.replaceAll(word, "") };
}

describe("an answer to a search for a word of what is not shown", () => {
  const words = ["wordshut", "wordsecret", "secret", "wordvault", "vault"];
  it.each(words)("is letter for letter that for a word which stands nowhere: %s", async (word) => {
    for (const path of ["/presentation/search?q=", "/presentation/search?from=1&q=", "/search?q="])
      expect(await answerTo(path, word)).toEqual(await answerTo(path, "wordnowhere"));
  });

  it("is so in a closed page of one object too", async () => {
    for (const version of ["1", "2"]) {
      const path = `/presentation/shut/search/${version}?q=`;
      expect(await answerTo(path, "wordshut")).toEqual(await answerTo(path, "wordnowhere"));
    }
  });
});

it("one Cache-Control and no count of reads is stated by all searches, whatever was found", async () => {
  const paths = ["/presentation/search?q=", "/search?q=", "/presentation/herd2/search/2?q="];
  const answers = paths.flatMap((path) => ["zebra", "stripes", "wordshut", "nowhere", "..."].map((q) => path + q));
  for (const path of [...answers, "/search"]) {
    const { headers } = await ask(path);
    expect([path, headers.get("Cache-Control"), headers.get("Server-Timing")]).toEqual([
      path,
      "private, max-age=60",
      null,
    ]);
    const known = await ask(path, { headers: { "If-None-Match": headers.get("ETag") ?? "" } });
    expect([known.status, known.headers.get("Server-Timing")]).toEqual([304, null]);
  }
});

describe("answers to a search that finds many", () => {
  it("count and divide what is shown alone", async () => {
    const answers: Document[] = [];
    let path: string | undefined = "/presentation/search?q=zebra";
    while (path !== undefined) {
      expect(answers.length).toBeLessThan(4);
      const found: Document = await read(path);
      answers.push(found);
      path = found.next?.slice("https://images.example".length);
    }
    const told = answers.map(({ items, total, isTotalExact, next }) => [items.length, total, isTotalExact, next]);
    const next = (from: number) => `https://images.example/presentation/search?q=zebra&from=${from}`;
    expect(told).toEqual([
      [20, 20, false, next(20)],
      [20, 40, false, next(40)],
      [10, 50, true, undefined],
    ]);
    expect(new Set(answers.flatMap(({ items }) => items.map(({ id }: Document) => id))).size).toBe(50);
  });

  it("state no more from another place on", async () => {
    for (const from of [1, 49, 50, 51, 999_999]) {
      const { total, isTotalExact, items } = await read(`/presentation/search?q=zebra&from=${from}`);
      const left = Math.max(0, 50 - from);
      expect([from, items.length]).toEqual([from, Math.min(20, left)]);
      expect([from, total, isTotalExact]).toEqual([from, Math.min(50, from + 20), from + 20 >= 50]);
    }
  });

  it("go past any number of those that are not shown", async () => {
    const found = await read("/presentation/search?q=okapi");
    expect([found.items.length, found.total, found.isTotalExact, found.next]).toEqual([1, 1, true, undefined]);
  });
});

it("the feed does not tell of what is damaged, nor that what is hidden now was once taken away", async () => {
  const keys = ["last", "secret", "broken", "gone"];
  await env.CATALOGUE.put(workKey("broken"), "{");
  const activities = keys.map((key) => ({
    type: key === "last" ? ("Create" as const) : ("Delete" as const),
    kind: "object" as const,
    key,
    endTime: "2026-01-01T00:00:00Z",
  }));
  await env.CATALOGUE.put(
    feedPageKey(1),
    formatFeedRecord({ number: 1, startIndex: 0, activities, runs: [], isFull: true }),
  );
  await env.CATALOGUE.put(feedEndKey, formatFeedRecord({ pages: 1, activities: activities.length }));
  const { text, headers } = await ask("/presentation/activity/1");
  const told = JSON.parse(text).orderedItems.map(({ object }: Document) => object.id.split("/").at(-2));
  expect(told).toEqual(["last", "gone"]);
  expect([headers.get("Cache-Control"), headers.get("Server-Timing")]).toEqual(["private, max-age=600", null]);
});
