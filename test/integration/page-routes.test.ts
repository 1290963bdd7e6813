import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { formatCollection, type Member } from "../../src/catalogue/collection.ts";
import type { PageLines } from "../../src/catalogue/page-text.ts";
import { formatWork } from "../../src/catalogue/work-record.ts";
import { addEntries, beginObject, entryOfPage, entryOfWork, finishObject } from "../../src/search/index-entries.ts";
import { indexLayout } from "../../src/search/index-layout.ts";
import { ask } from "../support/service.ts";
import { makeCollection, makeFullWork, makeMember, makePage, makeWork } from "../support/works.ts";

const atlas = "/objects/atlas%2Fvolume%201";
const letters = makeWork({
  key: "letters",
  label: { en: ["Letters"], fr: ["Lettres"] },
  pages: [makePage("0001"), makePage("0002", { text: { format: "plain", file: "0002.txt" } })],
});
const area = { x: 10, y: 20, width: 300, height: 40 };
const text: PageLines = {
  width: 3000,
  height: 4000,
  format: "plain",
  file: "0002.txt",
  lines: [{ text: "a quick fox", area }],
};

async function index(): Promise<void> {
  const entries = [entryOfWork(letters), entryOfPage(text, { number: 2, page: "0002" })];
  const statements = [...beginObject(letters), addEntries(letters.key, entries), finishObject(letters.key, "1")];
  await env.SEARCH.batch(indexLayout.map((sql) => env.SEARCH.prepare(sql)));
  await env.SEARCH.batch(statements.map(({ sql, values }) => env.SEARCH.prepare(sql).bind(...values)));
}

beforeAll(async () => {
  const member: Member = makeMember("maps", { kind: "collection", label: { en: ["Maps"] } });
  await env.CATALOGUE.put("collections/top.json", formatCollection(makeCollection({ key: "top", members: [member] })));
  await env.CATALOGUE.put(
    "collections/maps/north sea.json",
    formatCollection(makeCollection({ key: "maps/north sea" })),
  );
  await env.CATALOGUE.put("objects/atlas/volume 1.json", formatWork(makeFullWork()));
  await env.CATALOGUE.put("objects/letters.json", formatWork(letters));
  await env.CATALOGUE.put("objects/broken.json", '{"key": "broken"}');
  await index();
});

describe("a page", () => {
  it.each([
    ["/", "col-", "/presentation/3/top/collection"],
    ["/collections/maps%2Fnorth%20sea", "col-", "/presentation/3/maps%2Fnorth%20sea/collection"],
    ["/collections/maps/north%20sea", "col-", "/presentation/3/maps%2Fnorth%20sea/collection"],
    [atlas, "obj-", "/presentation/3/atlas%2Fvolume%201/manifest"],
    ["/objects/atlas/volume%201?page=0001", "obj-", "/presentation/3/atlas%2Fvolume%201/manifest"],
  ])("is answered with one read: %s", async (path, tag, document) => {
    const { status, headers, text: html, timing } = await ask(path);
    expect([status, timing.reads]).toEqual([200, "1"]);
    expect(headers.get("Content-Type")).toBe("text/html; charset=utf-8");
    expect(headers.get("Cache-Tag")).toMatch(new RegExp(`^${tag}[0-9a-f]{32}$`));
    expect(headers.get("Link")).toBe(`<https://images.example${document}>;rel="alternate";type="application/ld+json"`);
    expect(headers.get("Content-Security-Policy")).toMatch(
      /default-src 'none'; script-src 'self'; style-src 'self' 'sha256-/,
    );
    expect(headers.get("Content-Security-Policy")).not.toContain("unsafe");
    expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(html).toContain(`href="https://images.example${document}"`);
  });

  it("has the tag of its document, so that both are purged together", async () => {
    const [page, manifest] = [await ask(atlas), await ask("/presentation/3/atlas%2Fvolume%201/manifest")];
    expect(page.headers.get("Cache-Tag")).toBe(manifest.headers.get("Cache-Tag"));
  });

  it("is not sent again to those who have it, and answers HEAD with the headers of GET", async () => {
    const first = await ask(atlas);
    const etag = first.headers.get("ETag") ?? "";
    const again = await ask(atlas, { headers: { "If-None-Match": etag } });
    expect([again.status, again.text, again.headers.get("Cache-Tag")]).toEqual([
      304,
      "",
      first.headers.get("Cache-Tag"),
    ]);
    const head = await ask(atlas, { method: "HEAD" });
    expect([head.status, head.text, head.headers.get("ETag")]).toEqual([200, "", etag]);
    expect((await ask(`${atlas}?page=0001`)).headers.get("ETag")).not.toBe(etag);
  });

  it("is the same whatever is accepted, for a moment, and shared where all are told one host", async () => {
    const { headers } = await ask(atlas, { headers: { "Accept-Language": "de", Accept: "application/json" } });
    expect([headers.get("Vary"), headers.get("Content-Language")]).toEqual([null, "en, de"]);
    expect(headers.get("Cache-Control")).toBe("private, max-age=60, stale-while-revalidate=60");
    const configured = await ask(atlas, {
      env: { BASE_URL: "https://iiif.museum.example", SITE_NAME: "The <Museum>" },
    });
    expect(configured.headers.get("Cache-Control")).toMatch(/^public, max-age=60/);
    expect(configured.text).toContain('value="https://iiif.museum.example/presentation/3/atlas%2Fvolume%201/manifest"');
    expect(configured.text).toContain('<meta property="og:site_name" content="The &lt;Museum&gt;"/>');
    // Pictures are asked for where the page was.
    expect(configured.text).toContain('<img src="/iiif/3/book%2F0003/full/750,1000/0/default.jpg"');
  });

  it("takes no other method", async () => {
    expect((await ask(atlas, { method: "POST" })).status).toBe(405);
  });

  it("asks for pictures that manifests name", async () => {
    const { text: html } = await ask(`${atlas}?page=0001`);
    const { text: manifest } = await ask("/presentation/3/atlas%2Fvolume%201/manifest");
    const sizes = Array.from(
      html.matchAll(/<img src="\/iiif\/3\/book[^"]*\/full\/(\d+),(\d+)\//g),
      ([, width, height]) => JSON.stringify({ width: Number(width), height: Number(height) }),
    );
    expect(sizes.length).toBeGreaterThan(2);
    expect(sizes.filter((size) => !manifest.includes(size))).toEqual([]);
  });
});

describe("what there is not", () => {
  it.each([
    ["/objects/nobody", 404, "not-found"],
    ["/objects/", 400, "identifier-malformed"],
    ["/objects/%zz", 400, "identifier-malformed"],
    ["/objects/..%2Fletters", 404, "not-found"],
    ["/objects/letters?page=0003", 404, "not-found"],
    ["/objects/letters?page=0001&image=2", 404, "not-found"],
    ["/objects/letters?image=x", 400, "query-malformed"],
    ["/collections/nobody", 404, "not-found"],
    ["/collections/maps/north%20sea?part=A", 404, "not-found"],
    ["/?part=A", 404, "not-found"],
    ["/?from=-1", 400, "query-malformed"],
    [`/search?q=${"a".repeat(257)}`, 400, "query-malformed"],
    ["/objects/broken", 500, "record-malformed"],
  ])("is told on a page, under the status of the error: %s", async (path, status, code) => {
    const answer = await ask(path);
    expect([answer.status, answer.headers.get("Content-Type")]).toEqual([status, "text/html; charset=utf-8"]);
    expect(answer.text).toContain(`<a href="/errors#${code}">${code}</a>`);
    expect(answer.headers.get("Cache-Control")).toMatch(status < 500 ? /max-age=60/ : /no-store/);
    expect(answer.headers.has("Cache-Tag")).toBe(false);
  });

  it("is a front page that says what to do, where nothing is catalogued", async () => {
    const empty = { get: async () => null, head: async () => null };
    const { status, text: html } = await ask("/", { env: { CATALOGUE: empty } });
    expect(status).toBe(200);
    expect(html).toContain("npx tessera ingest FOLDER");
    expect((await ask("/collections/maps", { env: { CATALOGUE: empty } })).status).toBe(404);
  });

  it.each([
    ["fails", () => Promise.reject(new Error("internal"))],
    ["never answers", () => new Promise(() => {})],
  ])("is a 503 that nobody keeps where storage %s", async (_, get) => {
    const {
      status,
      headers,
      text: html,
    } = await ask(atlas, {
      env: { CATALOGUE: { get, head: get }, STORAGE_TIMEOUT_SECONDS: "1" },
    });
    expect([status, headers.get("Cache-Control"), headers.get("Retry-After")]).toEqual([503, "no-store", "1"]);
    expect(html).toContain("storage-failed");
  });
});

describe("the search for people", () => {
  it("finds objects, and leads to the page that has the words", async () => {
    const { status, text: html, headers } = await ask("/search?q=quick");
    expect([status, headers.get("Cache-Tag")]).toEqual([200, "search"]);
    expect(html).toContain('<a href="/objects/letters?page=0002&amp;q=quick">a <mark>quick</mark> fox</a>');
  });

  it("finds in an object, opens the page that has it first, and marks it there", async () => {
    const { status, text: html, timing } = await ask("/objects/letters?q=quick+fox");
    expect([status, timing.reads]).toEqual([200, "1"]);
    expect(html).toContain('alt="Letters, Page 2"');
    expect(html).toContain('<rect x="10" y="20" width="300" height="40">');
    expect(html).toContain("2 found for “quick fox”.");
  });

  it.each(["/search", "/search?q=", "/search?q=+", "/search?q=..."])(
    "asks what to search for, or finds nothing: %s",
    async (path) => {
      const { status, text: html } = await ask(path);
      expect(status).toBe(200);
      expect(html).toContain('<input id="search-all"');
      expect(html).not.toContain('class="result"');
    },
  );

  it("finds nothing, and says so", async () => {
    expect((await ask("/search?q=zebra")).text).toContain("Nothing was found for “zebra”.");
    expect((await ask("/objects/letters?q=zebra")).text).toContain("Nothing was found for “zebra”.");
  });

  it("is a clear sentence without a database, and then no page offers it", async () => {
    const none = { env: { SEARCH: undefined } };
    const { status, text: html } = await ask("/search?q=quick", none);
    expect(status).toBe(501);
    expect(html).toContain("This service has no search index.");
    for (const path of ["/", atlas, "/objects/letters"]) expect((await ask(path, none)).text).not.toContain('name="q"');
  });

  it("is a clear sentence where the index has not been made", async () => {
    const batch = async () => Promise.reject(new Error("D1_ERROR: no such table: search_words"));
    const broken = { prepare: () => ({ bind: () => ({}) }), batch };
    const { status, text: html } = await ask("/search?q=a", { env: { SEARCH: broken } });
    expect(status).toBe(501);
    expect(html).toContain("The index of this service has not been made yet. Its operators make it by tessera index.");
  });
});
