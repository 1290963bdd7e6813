import { describe, expect, it } from "vitest";
import type { Work } from "../../../src/catalogue/work.ts";
import { ImageError } from "../../../src/error.ts";
import { formatCollectionPage, membersPerPage } from "../../../src/pages/collection-page.tsx";
import { formatEmptyPage, formatErrorPage } from "../../../src/pages/error-page.tsx";
import { formatObjectPage } from "../../../src/pages/object-page.tsx";
import { type Passages, viewOf } from "../../../src/pages/object-view.ts";
import { formatSearchPage } from "../../../src/pages/search-page.tsx";
import type { ObjectPlace, Site } from "../../../src/pages/site.ts";
import { addresses, makeCollection, makeFullWork, makeMember, makePage, makeWork } from "../../support/works.ts";

const site: Site = { name: "The Museum", addresses, hasAssets: true, isSearched: true, helpUrl: "/errors" };
const hostile = `"><script>alert(1)</script><img src=x onerror='alert(2)'>`;

function showObject(work: Work, place: ObjectPlace = {}, passages?: Passages, change: Partial<Site> = {}): string {
  const view = viewOf({ ...site, ...change }, work, { place, passages });
  return view === undefined ? "" : formatObjectPage(view);
}

/** The texts of elements that have a class, in order. */
const textsOf = (html: string, pattern: RegExp): string[] =>
  Array.from(html.matchAll(pattern), ([, text = ""]) => text.replace(/<[^>]*>/g, ""));

const hrefs = (html: string): string[] => textsOf(html, /<a [^>]*href="([^"]*)"/g);

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("'", "&#39;");

describe("a page", () => {
  const everywhere = { label: { en: [hostile], [hostile]: [hostile] }, summary: { [hostile]: [hostile] } };
  const pair = { label: { en: [hostile] }, value: { none: [hostile] } };
  const hits = [{ page: "0001", before: hostile, match: hostile, after: hostile, areas: [] }];
  const snippet = { page: undefined, text: hostile, found: [[0, 4]] as const };
  it.each([
    [
      "an object",
      showObject(
        makeWork({
          ...everywhere,
          key: hostile,
          metadata: [pair],
          requiredStatement: pair,
          collections: [{ key: hostile, label: { en: [hostile] } }],
          pages: [makePage("0001", { label: { en: [hostile] } }), makePage(hostile)],
          contents: [{ key: "0001", label: { en: [hostile] }, pages: [hostile], entries: [] }],
          provider: [{ uri: "https://library.example/", label: { en: [hostile] } }],
        }),
        {},
        { q: hostile, isCut: false, hits, next: 5 },
      ),
    ],
    [
      "a collection",
      formatCollectionPage(site, makeCollection({ ...everywhere, members: [makeMember(hostile)] }), {}) ?? "",
    ],
    [
      "a search",
      formatSearchPage(site, {
        ...{ q: hostile, from: 0, next: 20, total: 1, isCapped: false },
        objects: [{ member: makeMember(hostile), snippets: [snippet] }],
      }),
    ],
    ["an error", formatErrorPage(site, new ImageError("not-found", hostile, { hint: hostile }))],
    ["an empty service", formatEmptyPage({ ...site, name: hostile })],
  ])("writes nothing of a hostile record as HTML: %s", (_, html) => {
    expect(html).toContain("&lt;script&gt;");
    expect(html).not.toMatch(/<script>|<img src=x|onerror=(?!&)/);
    expect(textsOf(html, / lang="([^"]*)"/g).filter((lang) => !/^[a-z-]*$/.test(lang))).toEqual([]);
  });

  it("has no script, no style and no handler written in it", () => {
    const html = showObject(makeFullWork(), { page: "0001" });
    expect(html).not.toMatch(/<script(?![^>]* src=)| style=| on[a-z]+=|<style/);
  });

  it("is plain, and whole, where no style sheets and scripts are deployed", () => {
    const html = showObject(makeFullWork(), {}, undefined, { hasAssets: false });
    expect(html).not.toMatch(/<script|stylesheet|icon\.svg|\.woff2/);
    expect(html).toContain("An atlas");
  });
});

describe("HTML of a record", () => {
  const shown = (text: string): string => showObject(makeWork({ summary: { en: [text] } }));

  it("is shown where it keeps to the list of IIIF", () => {
    expect(shown("<p>Maps of the <b>world</b></p>")).toContain("<p>Maps of the <b>world</b></p>");
  });

  it.each([
    ["an element that is not listed", "<p><iframe src='https://evil.example'></iframe></p>"],
    ["a handler", "<p><img src='https://a.example/' onerror='alert(1)'/></p>"],
    ["an address that is a script", "<p><a href='javascript:alert(1)'>x</a></p>"],
    ["a comment", "<p><!-- x --></p>"],
    ["an element that has no end", "<p><b>x</p>"],
    ["an element that ends at once, which pages do not know", "<p><a href='https://evil.example/'/>x</p>"],
    ["more than one element", "<p>x</p><p>y</p>"],
  ])("is shown as text where it has %s", (_, text) => {
    const html = shown(text);
    expect(html).toContain(escaped(text));
    expect(html).not.toContain(text);
  });

  it("is a description without its elements in the head", () => {
    expect(shown("<p>Maps &amp; <b>plans</b></p>")).toContain(
      '<meta property="og:description" content="Maps &amp; plans"',
    );
  });
});

describe("the page of a collection", () => {
  const members = [
    makeMember("maps/north sea", { kind: "collection", label: { de: ["Karten"], en: ["Maps"] } }),
    makeMember("atlas", { thumbnail: makePage("0001").images[0]! }),
  ];
  const html = formatCollectionPage(site, makeCollection({ members }), {}) ?? "";

  it("shows collections, then objects, with the pictures that manifests name", () => {
    expect(textsOf(html, /<h2[^>]*>(.*?)<\/h2>/g)).toEqual(["Collections", "Objects"]);
    expect(hrefs(html)).toEqual(expect.arrayContaining(["/collections/maps%2Fnorth%20sea", "/objects/atlas"]));
    expect(html).toContain('<img src="/iiif/3/book%2F0001/full/375,500/0/default.jpg" width="375" height="500" alt=""');
    expect(html).toContain('<span lang="de" dir="auto">Karten</span>');
  });

  it("names its document, and the collections it is in", () => {
    const inner = makeCollection({
      collections: [
        { key: "top", label: {} },
        { key: "all", label: { en: ["All maps"] } },
      ],
    });
    const page = formatCollectionPage(site, inner, {}) ?? "";
    expect(page).toContain(
      '<link rel="alternate" type="application/ld+json" href="https://iiif.example.org/presentation/3/maps/collection"',
    );
    expect(textsOf(page, /<nav class="breadcrumb".*?<\/nav>/gs)).toHaveLength(1);
    expect(hrefs(page)).toEqual(expect.arrayContaining(["/collections/all"]));
  });

  it("lists a hundred members at once, and leads on and back", () => {
    const many = Array.from({ length: 250 }, (_, index) => makeMember(`plan${index}`));
    const pages = [0, membersPerPage, 2 * membersPerPage].map(
      (from) => formatCollectionPage(site, makeCollection({ members: many }), { from }) ?? "",
    );
    expect(pages.map((page) => hrefs(page).filter((href) => href.startsWith("/objects/")).length)).toEqual([
      100, 100, 50,
    ]);
    expect(pages.map((page) => textsOf(page, /<a [^>]*rel="(?:prev|next)" href="([^"]*)"/g))).toEqual([
      ["/collections/maps?from=100"],
      ["/collections/maps", "/collections/maps?from=200"],
      ["/collections/maps?from=100"],
    ]);
  });

  it("of more than a thousand members has its parts, as its document has", () => {
    const many = ["A", "B"].flatMap((letter) =>
      Array.from({ length: 600 }, (_, index) => makeMember(`${letter}${index}`)),
    );
    const collection = makeCollection({ members: many });
    const [all, part] = [{}, { part: "B" }].map((place) => formatCollectionPage(site, collection, place) ?? "");
    expect(hrefs(all!)).toEqual(expect.arrayContaining(["/collections/maps?part=A", "/collections/maps?part=B"]));
    expect(hrefs(part!).filter((href) => href.startsWith("/objects/"))[0]).toBe("/objects/B0");
    expect(formatCollectionPage(site, collection, { part: "C" })).toBeUndefined();
  });

  it("is headed by the name of the institution where it is the top one", () => {
    const front = formatCollectionPage(site, makeCollection({ key: "top" }), {}) ?? "";
    expect(textsOf(front, /<h1[^>]*>(.*?)<\/h1>/g)).toEqual(["The Museum"]);
    expect(front).toContain("<title>The Museum</title>");
  });
});

describe("the page of an object", () => {
  const work = makeFullWork();

  it("shows the page it starts with, and any that is asked for", () => {
    expect(showObject(work)).toContain('alt="An atlas, fold-out"');
    expect(showObject(work, { page: "0001" })).toContain('alt="An atlas, 1r"');
    expect([viewOf(site, work, { place: { page: "none" }, passages: undefined })]).toEqual([undefined]);
  });

  it("shows metadata, statement, rights, provider and links", () => {
    const html = showObject(work);
    const texts = textsOf(html, /<d[td][^>]*>(.*?)<\/d[td]>/gs);
    expect(texts).toEqual(
      expect.arrayContaining(["Maker", "A. Cartographer", "B. Engraver", "Attribution", "No copyright"]),
    );
    expect(hrefs(html)).toEqual(
      expect.arrayContaining([
        ...["http://rightsstatements.org/vocab/NoC-US/1.0/", "https://library.example.org/about"],
        ...["https://library.example.org/atlas.pdf", "https://library.example.org/atlas.xml", "/collections/maps"],
      ]),
    );
    expect(html).toContain('<img src="/iiif/3/logo/full/300,100/0/default.jpg"');
    expect(html).toContain('<p class="other-label" lang="de" dir="auto">Ein Atlas</p>');
  });

  it("leads to viewers and to its manifests", () => {
    const manifest = "https%3A%2F%2Fiiif.example.org%2Fpresentation%2F3%2Fatlas%252Fvolume%25201%2Fmanifest";
    expect(hrefs(showObject(work))).toEqual(
      expect.arrayContaining([
        `https://projectmirador.org/embed/?iiif-content=${manifest}`,
        `https://uv-v4.netlify.app/#?manifest=${manifest}`,
        `https://iiif.example.org/objects/atlas%2Fvolume%201?iiif-content=${manifest}`,
        "https://iiif.example.org/presentation/2/atlas%2Fvolume%201/manifest",
      ]),
    );
  });

  it("shows its contents as links to the pages that entries begin on", () => {
    const contents = /<nav id="contents".*?<\/nav>/s.exec(showObject(work))?.[0] ?? "";
    expect(hrefs(contents)).toEqual(["0001", "0001", "0003"].map((page) => `/objects/atlas%2Fvolume%201?page=${page}`));
  });

  it("turns its pages in the direction in which it is read", () => {
    const pager = /<nav id="pager".*?<\/nav>/s.exec(showObject(work))?.[0] ?? "";
    expect(pager).toContain('dir="rtl"');
    expect(textsOf(pager, /rel="(prev|next)"/g)).toEqual(["prev", "next"]);
    expect(hrefs(pager)).toEqual(["0002", "after-0003"].map((page) => `/objects/atlas%2Fvolume%201?page=${page}`));
  });

  it("offers the images of a choice", () => {
    const choices = /<ul id="choices".*?<\/ul>/s.exec(showObject(work, { page: "0002", image: 2 }))?.[0] ?? "";
    expect(textsOf(choices, /<a [^>]*>(.*?)<\/a>/gs)).toEqual(["Natural light", "Ultraviolet", "Download and share"]);
    expect(choices).toContain('href="/view/atlas%2F0002-uv"');
    expect(showObject(work, { page: "0002", image: 3 })).toBe("");
  });

  it("says that a page is missing, and that nothing can be downloaded of it", () => {
    const html = showObject(work, { page: "after-0003" });
    expect(html).toContain("This page is missing.");
    expect(html).not.toContain("Download and share");
  });

  it("lists a hundred pages of a book at once, those around the page that is shown", () => {
    const pages = Array.from({ length: 250 }, (_, index) => makePage(`p${index}`));
    const listed = (page: string): readonly string[] => {
      const list = /<section id="pages".*?<\/section>/s.exec(showObject(makeWork({ pages }), { page }))?.[0] ?? "";
      return hrefs(list).map((href) => href.replace("/objects/book?page=", ""));
    };
    expect(listed("p120")).toHaveLength(102);
    expect([listed("p120")[0], ...listed("p120").slice(-2)]).toEqual(["p100", "p0", "p200"]);
    expect(listed("p249").slice(-1)).toEqual(["p100"]);
  });

  it("shows what was found, on the page that has it first, marked in the picture", () => {
    const area = { x: 10, y: 20, width: 300, height: 40 };
    const hits = [{ page: "0002", before: "the ", match: "world", after: " of", areas: [area] }];
    const html = showObject(work, {}, { q: "world", isCut: false, hits, next: undefined });
    expect(html).toContain("<mark>world</mark>");
    expect(html).toContain('viewBox="0 0 3000 4000"');
    expect(html).toContain('<rect x="10" y="20" width="300" height="40"');
    expect(html).toContain('alt="An atlas, 1v"');
  });

  it("offers no search where no page has text, or nothing is bound to search in", () => {
    const form = 'name="q"';
    expect(showObject(makeWork()).split(form)).toHaveLength(2);
    expect(showObject(work, {}, undefined, { isSearched: false })).not.toContain(form);
    expect(showObject(work).split(form)).toHaveLength(3);
  });
});

it("an answer to a search marks what was found, and leads to the pages", () => {
  const objects = [
    { member: makeMember("a/b"), snippets: [{ page: "0001", text: "the café of old", found: [[4, 8]] as const }] },
  ];
  const html = formatSearchPage(site, { q: "café", from: 20, next: 40, total: 41, isCapped: false, objects });
  expect(html).toContain("the <mark>café</mark> of old");
  expect(hrefs(html)).toEqual(
    expect.arrayContaining(["/objects/a%2Fb?page=0001&amp;q=caf%C3%A9", "/search?q=caf%C3%A9&amp;from=40"]),
  );
  expect(html).toContain('<ol class="results" start="21"');
  expect(html).toContain("41 objects found");
});
