import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { formatPageLines, type PageLines } from "../../src/catalogue/page-text.ts";
import { formatWork } from "../../src/catalogue/work-record.ts";
import { ask } from "../support/service.ts";
import { makePage, makeWork } from "../support/works.ts";

const host = "https://images.example";
const of = (change: Partial<PageLines>): Uint8Array =>
  formatPageLines({
    width: 3000,
    height: 4000,
    format: "alto",
    file: "0001.alto.xml",
    language: "la",
    lines: [{ text: "In principio", area: { x: 1, y: 2, width: 3, height: 4 } }, { text: "erat verbum" }],
    ...change,
  });

const alto = "<alto>é</alto>";

beforeAll(async () => {
  const pages = ["0001", "0002", "0003", "0004", "0005", "0006", "0007"].map((key) => makePage(key));
  await env.CATALOGUE.put("objects/atlas/vol 1.json", formatWork(makeWork({ key: "atlas/vol 1", pages })));
  await env.CATALOGUE.put("objects/a.json", formatWork(makeWork({ key: "a", pages: [makePage("manifest")] })));
  await env.CATALOGUE.put("text/atlas/vol 1/0001.json", of({}));
  await env.CATALOGUE.put("text/atlas/vol 1/0001.alto.xml", alto);
  await env.CATALOGUE.put("text/atlas/vol 1/0002.json", of({ format: "hocr", file: "0002'.hocr.html" }));
  await env.CATALOGUE.put("text/atlas/vol 1/0002'.hocr.html", "<script>alert(1)</script>");
  await env.CATALOGUE.put("text/atlas/vol 1/0003.json", of({ format: "plain", file: "0003.txt" }));
  await env.CATALOGUE.put("text/atlas/vol 1/0003.txt", "erat verbum");
  await env.CATALOGUE.put("text/atlas/vol 1/0004.json", of({ file: "0004.alto.xml" }));
  await env.CATALOGUE.put("text/atlas/vol 1/0005.json", '{"lines": [1]}');
  await env.CATALOGUE.put("text/atlas/vol 1/0006.json", of({ file: "0006.alto.xml" }));
  await env.CATALOGUE.put("text/atlas/vol 1/0006.alto.xml", new Uint8Array((8 << 20) + 1));
});

describe("the text of a page", () => {
  it("is found though the page is called like a document", async () => {
    await env.CATALOGUE.put("text/a/manifest.json", of({ file: "manifest.txt", format: "plain" }));
    await env.CATALOGUE.put("text/a/manifest.txt", "erat");
    for (const path of ["3/a/text/manifest", "2/a/text/manifest", "a/file/manifest"]) {
      expect([path, (await ask(`/presentation/${path}`)).status]).toEqual([path, 200]);
    }
  });

  it.each(["/presentation/3/atlas%2Fvol%201/text/0001", "/presentation/3/atlas/vol%201/text/0001"])(
    "is an annotation page of its lines, from one read where it is known who may read them: %s",
    async (path) => {
      await ask(path);
      const { status, headers, text, timing } = await ask(path);
      expect([status, timing.reads]).toEqual([200, "1"]);
      expect(headers.get("Content-Type")).toContain("application/ld+json");
      expect(headers.get("Cache-Tag")).toMatch(/^obj-[0-9a-f]{32}$/);
      const canvas = `${host}/presentation/atlas%2Fvol%201/canvas/0001`;
      const page = `${host}/presentation/3/atlas%2Fvol%201/text/0001`;
      expect(JSON.parse(text)).toEqual({
        "@context": "http://iiif.io/api/presentation/3/context.json",
        id: page,
        type: "AnnotationPage",
        partOf: [{ id: `${host}/presentation/3/atlas%2Fvol%201/manifest`, type: "Manifest" }],
        items: [
          {
            id: `${page}#line-1`,
            type: "Annotation",
            motivation: "supplementing",
            body: { type: "TextualBody", value: "In principio", format: "text/plain", language: "la" },
            target: `${canvas}#xywh=1,2,3,4`,
          },
          {
            id: `${page}#line-2`,
            type: "Annotation",
            motivation: "supplementing",
            body: { type: "TextualBody", value: "erat verbum", format: "text/plain", language: "la" },
            target: canvas,
          },
        ],
      });
    },
  );

  it("is an annotation list in 2.1, with the same lines", async () => {
    const { text, headers } = await ask("/presentation/2/atlas%2Fvol%201/text/0001");
    expect(headers.get("Content-Type")).toBe("application/json");
    const list = JSON.parse(text);
    expect(list).toMatchObject({
      "@type": "sc:AnnotationList",
      "@id": `${host}/presentation/2/atlas%2Fvol%201/text/0001`,
    });
    expect(list.resources[0]).toEqual({
      "@id": `${host}/presentation/3/atlas%2Fvol%201/text/0001#line-1`,
      "@type": "oa:Annotation",
      motivation: "sc:painting",
      resource: { "@type": "cnt:ContentAsText", format: "text/plain", chars: "In principio", language: "la" },
      on: `${host}/presentation/atlas%2Fvol%201/canvas/0001#xywh=1,2,3,4`,
    });
  });

  it.each(["3/atlas%2Fvol%201/text", "2/atlas%2Fvol%201/text", "atlas%2Fvol%201/file"])(
    "is not sent again to those who have it, and HEAD has its headers: %s",
    async (place) => {
      const path = `/presentation/${place}/0001`;
      const first = await ask(path);
      const etag = first.headers.get("ETag") ?? "";
      const again = await ask(path, { headers: { "If-None-Match": etag } });
      expect([first.status, again.status, again.text]).toEqual([200, 304, ""]);
      const head = await ask(path, { method: "HEAD" });
      expect([head.status, head.text, head.headers.get("ETag")]).toEqual([200, "", etag]);
    },
  );
});

describe("the file of a page's text", () => {
  const file = (page: string) => ask(`/presentation/atlas%2Fvol%201/file/${page}`);

  it("is what was given, from two reads, and nothing in it runs", async () => {
    const { status, headers, text, timing } = await file("0001");
    expect([status, text, timing.reads]).toEqual([200, alto, "2"]);
    expect(headers.get("Content-Type")).toBe("application/xml");
    expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(headers.get("Content-Security-Policy")).toBe("default-src 'none'; sandbox; frame-ancestors 'none'");
    expect(headers.get("Access-Control-Allow-Origin")).toBe("*");
  });

  it("is saved, not shown, unless it is plain text", async () => {
    const hocr = (await file("0002")).headers;
    expect(hocr.get("Content-Type")).toBe("text/vnd.hocr+html");
    expect(hocr.get("Content-Disposition")).toBe("attachment; filename*=UTF-8''0002%27.hocr.html");
    const plain = (await file("0003")).headers;
    expect(plain.get("Content-Type")).toBe("text/plain; charset=utf-8");
    expect(plain.get("Content-Disposition")).toBeNull();
  });
});

it.each([
  ["3/atlas%2Fvol%201/text/0009", 404, "not-found"],
  ["atlas%2Fvol%201/file/0009", 404, "not-found"],
  ["atlas%2Fvol%201/file/0004", 404, "not-found"],
  ["atlas%2Fvol%201/file/..%2F..%2Fobjects%2Fbook", 404, "not-found"],
  ["3/atlas%2Fvol%201/text/%zz", 400, "identifier-malformed"],
  ["3/atlas%2Fvol%201/text/0005", 500, "record-malformed"],
  ["atlas%2Fvol%201/file/0006", 500, "record-malformed"],
])("what can't be answered is told with its code: %s", async (path, status, code) => {
  const answer = await ask(`/presentation/${path}`);
  expect([answer.status, JSON.parse(answer.text).code]).toEqual([status, code]);
});
