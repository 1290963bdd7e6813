import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { formatPageLines, type PageLines, pageLinesKey } from "../../src/catalogue/page-text.ts";
import type { Work } from "../../src/catalogue/work.ts";
import { formatWork, workKey } from "../../src/catalogue/work-record.ts";
import {
  addEntries,
  beginObject,
  entryOfPage,
  entryOfWork,
  finishObject,
  type Statement,
} from "../../src/search/index-entries.ts";
import { indexLayout } from "../../src/search/index-layout.ts";
import { ask } from "../support/service.ts";
import { makePage, makeWork } from "../support/works.ts";

// biome-ignore lint/suspicious/noExplicitAny: documents are read as JSON.
type Document = any;

const host = "https://images.example";

const text = (lines: readonly string[], change: Partial<PageLines> = {}): PageLines => ({
  width: 3000,
  height: 4000,
  format: "plain",
  file: "0001.txt",
  lines: lines.map((line, index) => ({ text: line, area: { x: 10, y: 100 * index, width: 500, height: 40 } })),
  ...change,
});

const run = (statements: readonly Statement[]) =>
  env.SEARCH.batch(statements.map(({ sql, values }) => env.SEARCH.prepare(sql).bind(...values)));

async function store(work: Work, texts: readonly PageLines[]): Promise<void> {
  const pages = texts.map((lines, index) =>
    entryOfPage(lines, { number: index + 1, page: work.pages[index]?.key ?? "" }),
  );
  await env.CATALOGUE.put(workKey(work.key), formatWork(work));
  for (const [index, lines] of texts.entries()) {
    const page = work.pages[index]?.key ?? "";
    await env.CATALOGUE.put(pageLinesKey({ object: work.key, page }), formatPageLines(lines));
  }
  await run([...beginObject(work), addEntries(work.key, [entryOfWork(work), ...pages]), finishObject(work.key, "1")]);
}

const withText = { text: { format: "plain", file: "0001.txt" } } as const;

beforeAll(async () => {
  await env.SEARCH.batch(indexLayout.map((sql) => env.SEARCH.prepare(sql)));
  await store(
    makeWork({
      key: "letters/1",
      label: { en: ["Letters to a friend"] },
      metadata: [{ label: { en: ["Maker"] }, value: { en: ["Élise Müller"] } }],
      pages: [makePage("0001", withText), makePage("0002", withText), makePage("0003", withText)],
    }),
    [
      text(["The quick brown fox", "jumps over the lazy dog."], { language: "en" }),
      text(["Ein café in München,", "“Naïve” OR not; cafe* again"]),
      text(["東京は日本の首都です。", "ภาษาไทยไม่มีช่องว่าง", "Quick"]),
    ],
  );
  await store(makeWork({ key: "other", label: { en: ["The café of others"] }, pages: [makePage("0001", withText)] }), [
    text(["quick quick"]),
  ]);
  const many = Array.from({ length: 60 }, (_, index) => makePage(String(index).padStart(4, "0"), withText));
  await store(
    makeWork({ key: "many", pages: many }),
    many.map(() => text(["a needle and thread"])),
  );
  const crowd = Array.from({ length: 45 }, (_, index) =>
    makeWork({ key: `crowd${index}`, label: { en: [`Crowd ${index}`] } }),
  );
  for (const work of crowd) await store(work, []);
});

const search = async (object: string, q: string, version = 2): Promise<Document> => {
  const answer = await ask(`/presentation/${object}/search/${version}?q=${encodeURIComponent(q)}`);
  expect([q, answer.status]).toEqual([q, 200]);
  return JSON.parse(answer.text);
};

const targetsOf = ({ items }: Document): string[] =>
  items.map(({ target }: Document) => target.slice(`${host}/presentation/letters%2F1/canvas/`.length));

describe("a search in an object by Content Search 2.0", () => {
  it("answers a page of annotations of the lines, and what was meant in them", async () => {
    const found = await search("letters%2F1", "brown");
    expect(found).toEqual({
      "@context": ["http://iiif.io/api/search/2/context.json", "http://iiif.io/api/presentation/3/context.json"],
      id: `${host}/presentation/letters%2F1/search/2?q=brown`,
      type: "AnnotationPage",
      items: [
        {
          id: `${host}/presentation/3/letters%2F1/text/0001#line-1`,
          type: "Annotation",
          motivation: "supplementing",
          body: { type: "TextualBody", value: "The quick brown fox", format: "text/plain", language: "en" },
          target: `${host}/presentation/letters%2F1/canvas/0001#xywh=10,0,500,40`,
        },
      ],
      annotations: [
        {
          type: "AnnotationPage",
          id: `${host}/presentation/letters%2F1/search/2?q=brown#hits`,
          items: [
            {
              id: `${host}/presentation/letters%2F1/search/2?q=brown#hit-1-1`,
              type: "Annotation",
              motivation: "highlighting",
              target: {
                type: "SpecificResource",
                source: `${host}/presentation/3/letters%2F1/text/0001#line-1`,
                selector: [
                  {
                    type: "TextQuoteSelector",
                    prefix: "The quick ",
                    exact: "brown",
                    suffix: " fox jumps over the lazy dog.",
                  },
                ],
              },
            },
          ],
        },
      ],
    });
  });

  it.each([
    ["of the object alone, whatever the case", "QUICK", ["0001#xywh=10,0,500,40", "0003#xywh=10,200,500,40"]],
    ["without accents what has them", "cafe munchen naive", ["0002#xywh=10,0,500,40", "0002#xywh=10,100,500,40"]],
    ["with accents what has none", "FÓX", ["0001#xywh=10,0,500,40"]],
    ["a phrase that goes on in the next line", '"fox jumps"', ["0001#xywh=10,0,500,40", "0001#xywh=10,100,500,40"]],
    ["no phrase of other order", '"jumps fox"', []],
    ["beginnings of words", "jum*", ["0001#xywh=10,100,500,40"]],
    ["nothing of which a word is missing on the page", "fox café", []],
    ["two characters of a language without spaces", "東京", ["0003#xywh=10,0,500,40"]],
    ["one of them", "都", ["0003#xywh=10,0,500,40"]],
    ["none in another order", "京東", []],
    ["part of a sentence in Thai", "ไทย", ["0003#xywh=10,100,500,40"]],
    ["operators as words", "naive OR not", ["0002#xywh=10,100,500,40"]],
    ["nothing for what is no word", '" ... — *', []],
  ])("finds %s", async (_, q, targets) => {
    expect(targetsOf(await search("letters%2F1", q))).toEqual(targets);
  });

  it.each([
    ...[
      "' OR 1=1 --",
      'x" OR "quick',
      "text:quick",
      "quick NEAR(brown)",
      "(quick",
      "^quick",
      "-quick",
      "a\u0000b",
      '""""',
    ],
    ...["quick) ; DROP TABLE search_objects; --", "*", "{text}:x", "+", "NOT", "AND", "quick AND", "\ud800"],
  ])("takes nothing of q for a language: %j", async (q) => {
    const answer = await ask(`/presentation/letters%2F1/search/2?q=${encodeURIComponent(q.toWellFormed())}`);
    expect(answer.status).toBe(200);
    expect((await search("letters%2F1", "brown")).items).toHaveLength(1);
  });

  it("names the parameters that it does not know", async () => {
    const answer = await ask("/presentation/letters%2F1/search/2?q=brown&motivation=painting&user=x&user=y");
    expect(JSON.parse(answer.text).ignored).toEqual(["motivation", "user"]);
    const first = JSON.parse((await ask("/presentation/letters%2F1/search/1?q=brown&date=x")).text);
    expect(first.within.ignored).toEqual(["date"]);
  });

  it("goes on in a next answer after 50 pages", async () => {
    const first = await search("many", "needle");
    expect([first.items.length, first.next.type]).toEqual([50, "AnnotationPage"]);
    const last = JSON.parse((await ask(first.next.id.slice(host.length))).text);
    expect([last.id, last.items.length, last.next]).toEqual([first.next.id, 10, undefined]);
    expect(last.items[0].target).toContain("/canvas/0050#");
    expect((await search("many", "needle", 1)).next).toContain("/search/1?q=needle&from=50");
  });
});

it("a search by Content Search 1.0 answers a list of annotations with hits in their context", async () => {
  const found = await search("letters%2F1", '"fox jumps"', 1);
  expect([found["@type"], found.within, found.next]).toEqual([
    "sc:AnnotationList",
    { "@type": "sc:Layer", total: 2 },
    undefined,
  ]);
  const ids = [1, 2].map((line) => `${host}/presentation/3/letters%2F1/text/0001#line-${line}`);
  expect(found.resources.map((resource: Document) => resource["@id"])).toEqual(ids);
  expect(found.resources[1]).toMatchObject({
    motivation: "sc:painting",
    resource: { "@type": "cnt:ContentAsText", chars: "jumps over the lazy dog." },
    on: `${host}/presentation/letters%2F1/canvas/0001#xywh=10,100,500,40`,
  });
  expect(found.hits).toEqual([
    {
      "@type": "search:Hit",
      annotations: ids,
      before: "The quick brown ",
      match: "fox jumps",
      after: " over the lazy dog.",
    },
  ]);
});

describe("a search in the whole catalogue", () => {
  const searchAll = async (q: string): Promise<Document> =>
    JSON.parse((await ask(`/presentation/search?q=${encodeURIComponent(q)}`)).text);

  it("answers objects with pieces of text, what is known of them before what is on their pages", async () => {
    const found = await searchAll("cafe");
    expect(found).toMatchObject({ q: "cafe", total: 2, isTotalExact: true });
    expect(found.items.map(({ id }: Document) => id)).toEqual([
      `${host}/presentation/3/other/manifest`,
      `${host}/presentation/3/letters%2F1/manifest`,
    ]);
    expect(found.items[0]).toMatchObject({ type: "Manifest", label: { en: ["The café of others"] } });
    expect(found.items[0].thumbnail[0].type).toBe("Image");
    const [snippet] = found.items[1].snippets;
    expect(snippet.canvas).toBe(`${host}/presentation/letters%2F1/canvas/0002`);
    expect(snippet.found.map(([from, to]: [number, number]) => snippet.text.slice(from, to))).toEqual(["café", "cafe"]);
  });

  it("finds values of metadata, and shows no canvas for them", async () => {
    const [{ snippets }] = (await searchAll("elise muller")).items;
    expect(snippets).toEqual([
      {
        text: "Letters to a friend Élise Müller",
        found: [
          [20, 25],
          [26, 32],
        ],
      },
    ]);
    expect((await searchAll("東京")).items[0].snippets[0].text).toContain("東京は日本の首都です。");
  });

  it("goes on in further answers", async () => {
    const ids: string[] = [];
    let next: string | undefined = `${host}/presentation/search?q=crowd`;
    for (let answers = 0; next !== undefined; answers += 1) {
      expect(answers).toBeLessThan(3);
      const found: Document = JSON.parse((await ask(next.slice(host.length))).text);
      ids.push(...found.items.map(({ id }: Document) => id));
      next = found.next;
    }
    expect([ids.length, new Set(ids).size]).toEqual([45, 45]);
  });
});

describe("an answer to a search", () => {
  it("is not sent again to those who have it, and kept for a minute", async () => {
    const path = "/presentation/letters%2F1/search/2?q=brown";
    const first = await ask(path);
    expect(first.headers.get("Cache-Tag")).toMatch(/^obj-[0-9a-f]{32}$/);
    expect(first.headers.get("Cache-Control")).toContain("max-age=60");
    const again = await ask(path, { headers: { "If-None-Match": first.headers.get("ETag") ?? "" } });
    expect([again.status, again.text]).toEqual([304, ""]);
    expect((await ask(path, { method: "HEAD" })).headers.get("ETag")).toBe(first.headers.get("ETag"));
  });

  it.each([
    ["nothing is asked for", "/presentation/letters%2F1/search/2", 400, "query-malformed"],
    ["q is empty", "/presentation/letters%2F1/search/1?q=+", 400, "query-malformed"],
    ["q is too long", `/presentation/search?q=${"a".repeat(257)}`, 400, "query-malformed"],
    ["q has too many words", `/presentation/search?q=${"a+".repeat(17)}`, 400, "query-malformed"],
    ["the place is no number", "/presentation/search?q=a&from=-1", 400, "query-malformed"],
    ["the object is unknown", "/presentation/nowhere/search/2?q=a", 404, "not-found"],
    ["there is no such version", "/presentation/letters%2F1/search/3?q=a", 404, "not-found"],
  ])("is a refusal where %s", async (_, path, status, code) => {
    const answer = await ask(path);
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([status, code]);
  });

  it("is 501 without a database, and then no manifest offers it", async () => {
    const none = { env: { SEARCH: undefined } };
    for (const path of ["/presentation/letters%2F1/search/1?q=a", "/presentation/search?q=a"]) {
      const { status, text } = await ask(path, none);
      expect([status, JSON.parse(text).code]).toEqual([501, "search-unavailable"]);
    }
    const services = async (asking = {}) => {
      const { text } = await ask("/presentation/3/letters%2F1/manifest", asking);
      return JSON.parse(text).service?.map((service: Document) => service.type ?? service["@type"]);
    };
    expect(await services()).toEqual(["SearchService2", "SearchService1"]);
    expect(await services(none)).toBeUndefined();
    const { text: two } = await ask("/presentation/2/letters%2F1/manifest", none);
    expect(JSON.parse(two).service).toBeUndefined();
  });

  it.each([
    ["has no index yet", async () => Promise.reject(new Error("D1_ERROR: no such table: search_words")), 501],
    ["fails", async () => Promise.reject(new Error("D1_ERROR: internal")), 503],
    ["never answers", () => new Promise(() => {}), 503],
  ] as const)("is an error where the database %s", async (_, batch, status) => {
    const broken = { prepare: () => ({ bind: () => ({}) }), batch };
    const changed = { SEARCH: broken, STORAGE_TIMEOUT_SECONDS: "1" };
    const answer = await ask("/presentation/search?q=a", { env: changed });
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([
      status,
      status === 501 ? "search-unavailable" : "storage-failed",
    ]);
  });
});
