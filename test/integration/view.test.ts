import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Work } from "../../src/catalogue/work.ts";
import { formatWork } from "../../src/catalogue/work-record.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { ask } from "../support/service.ts";
import { makeImage, makePage, makeWork } from "../support/works.ts";

beforeAll(async () => {
  await env.MASTERS.put('plate "7" <&>', await makeTiff({ width: 3000, height: 60, tile: 64 }));
  await env.MASTERS.put("folder/leaf", await makeTiff({ width: 60, height: 40, tile: 32 }));
  await env.MASTERS.put("broken", new Uint8Array([0x49, 0x49, 42, 0, 8]));
});

/** What is said in the head of a page, as those read it that run no script. */
function previewOf(html: string): Readonly<Record<string, string>> {
  const characters: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
  const plain = (text = "") => text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => characters[name] ?? "");
  return Object.fromEntries(
    Array.from(html.matchAll(/<meta property="([^"]+)" content="([^"]*)"\/>/g), ([, name, text]) => [
      name,
      plain(text),
    ]),
  );
}

describe("the address of a picture in the page", () => {
  it("is answered with the page, and what a preview is made of", async () => {
    const { status, headers, text } = await ask("/view/plate%20%227%22%20%3C&%3E", {
      env: { BASE_URL: "https://iiif.example" },
    });
    expect([status, headers.get("Content-Type"), headers.get("Cache-Control")]).toEqual([
      200,
      expect.stringMatching(/^text\/html/),
      "private, no-cache",
    ]);
    expect(headers.has("ETag")).toBe(false);
    expect(text).toContain('<dialog id="viewer"');
    expect(text).toContain("<title>plate &quot;7&quot; &lt;&amp;&gt; – Tessera</title>".replaceAll("&quot;", '"'));
    expect(text).not.toContain("<&>");
    expect(previewOf(text)).toMatchObject({
      "og:title": 'plate "7" <&>',
      "og:description": "3000 × 60 pixels",
      "og:url": "https://iiif.example/view/plate%20%227%22%20%3C&%3E",
      "og:image": "https://iiif.example/iiif/3/plate%20%227%22%20%3C&%3E/full/1200,24/0/default.jpg",
      "og:image:width": "1200",
      "og:image:height": "24",
    });
  });

  it("has the region and the turn that it names, and a picture of them that is served as large as it says", async () => {
    const { text } = await ask("/view/folder/leaf?xywh=10,20,500,500&rotation=!90");
    const preview = previewOf(text);
    expect(preview["og:url"]).toBe("https://images.example/view/folder%2Fleaf?xywh=10,20,50,20&rotation=!90");
    const path = "/iiif/3/folder%2Fleaf/10,20,50,20/50,20/!90/default.jpg";
    expect(preview["og:image"]).toBe(`https://images.example${path}`);
    expect([preview["og:image:width"], preview["og:image:height"]]).toEqual(["20", "50"]);
    expect((await ask(path)).status).toBe(200);
  });

  it.each(["?xywh=900,0,10,10", "?xywh=0,0,60,40", "?xywh=1,2,0,4", "?xywh=%3Cb%3E&rotation=45", "?xywh=pct:1,1,1,1"])(
    "is of the whole picture for what is no part of it: %s",
    async (query) => {
      const preview = previewOf((await ask(`/view/folder%2Fleaf${query}`)).text);
      expect(preview["og:url"]).toBe("https://images.example/view/folder%2Fleaf");
      expect(preview["og:image"]).toBe("https://images.example/iiif/3/folder%2Fleaf/full/60,40/0/default.jpg");
    },
  );

  it("is named as its object is, leads to it, and shows the picture to those who run no script", async () => {
    const work = makeWork({ label: { en: ["A <leaf>"] }, summary: { en: ["<p>Of <b>gold</b></p>"] } });
    const pages = [makePage("0001", { images: [makeImage({ identifier: "folder/leaf" })] }), makePage("0002")];
    await env.CATALOGUE.put("objects/book.json", formatWork({ ...work, pages }));
    const record = { identifier: "folder/leaf", object: "book", metadata: [], width: 60, height: 40 };
    await env.CATALOGUE.put("records/folder/leaf.json", JSON.stringify(record));
    // What was read of its record before is trusted no longer.
    const { text } = await ask("/view/folder%2Fleaf", { env: { MASTER_TTL_SECONDS: "0" } });
    expect(previewOf(text)).toMatchObject({ "og:title": "A <leaf>, Page 1", "og:description": "Of gold" });
    expect(text).toContain('<link rel="up" href="/objects/book?page=0001"/>');
    expect(text).toMatch(/<noscript>.*<img src="[^"]*folder%2Fleaf\/full\/60,40\/0\/default.jpg".*<\/noscript>/s);
    await env.CATALOGUE.put("objects/book.json", "{}");
    const broken = await ask("/view/folder%2Fleaf");
    expect([broken.status, previewOf(broken.text)["og:title"]]).toEqual([200, "folder/leaf"]);
    await env.CATALOGUE.delete(["objects/book.json", "records/folder/leaf.json"]);
  });

  describe("of an object that not anybody may see", () => {
    const untrusting = { env: { MASTER_TTL_SECONDS: "0" } };
    const image = makeImage({ identifier: "folder/leaf" });
    const lay = async (change: Partial<Work>): Promise<void> => {
      const told = { key: "ledger", label: { en: ["Ledger of sorrows"] }, summary: { en: ["Of grief"] } };
      const pages = [makePage("open", { images: [image] }), makePage("other", { label: { none: ["Woe"] } })];
      await env.CATALOGUE.put("objects/ledger.json", formatWork(makeWork({ ...told, pages, ...change })));
      const record = { identifier: "folder/leaf", object: "ledger", metadata: [], width: 60, height: 40 };
      await env.CATALOGUE.put("records/folder/leaf.json", JSON.stringify(record));
    };
    afterEach(() => env.CATALOGUE.delete(["objects/ledger.json", "records/folder/leaf.json"]));

    it.each([
      ["hidden", { kind: "hidden" }],
      ["closed", { kind: "closed" }],
      ["shown with signatures alone", { kind: "signed" }],
    ] as const)("tells nothing where it is %s", async (_, access) => {
      await lay({ access });
      const { status, text } = await ask("/view/folder%2Fleaf", untrusting);
      expect([status, previewOf(text)["og:title"]]).toEqual([200, "folder/leaf"]);
      for (const word of ["ledger", "Ledger", "grief"]) expect(text).not.toContain(word);
    });

    it("tells nothing of one whose page with the picture is hidden, and counts no hidden page", async () => {
      const hidden = { access: { kind: "hidden" } } as const;
      const shut = makePage("shut", { images: [makeImage({ identifier: "folder/shut", policy: hidden })] });
      await lay({ pages: [makePage("open", { images: [{ ...image, policy: hidden }] }), makePage("other")] });
      expect((await ask("/view/folder%2Fleaf", untrusting)).text).not.toMatch(/ledger/i);
      await lay({ pages: [shut, makePage("open", { images: [image] }), makePage("other")] });
      const preview = previewOf((await ask("/view/folder%2Fleaf", untrusting)).text);
      expect(preview["og:title"]).toBe("Ledger of sorrows, Page 1");
    });
  });

  it("is kept by nobody where the picture depends on who asks", async () => {
    const rules = { networks: { room: ["192.0.2.0/24"] } };
    await env.CATALOGUE.put("rules.json", JSON.stringify(rules));
    const policy = { access: "network:room", publicSize: 30 };
    const record = { identifier: "folder/leaf", metadata: [], width: 60, height: 40, policy };
    await env.CATALOGUE.put("records/folder/leaf.json", JSON.stringify(record));
    const untrusting = { env: { MASTER_TTL_SECONDS: "0" } };
    const here = await ask("/view/folder%2Fleaf", { ...untrusting, headers: { "CF-Connecting-IP": "192.0.2.7" } });
    const reduced = await ask("/view/folder%2Fleaf", untrusting);
    await env.CATALOGUE.put("records/folder/leaf.json", JSON.stringify({ ...record, policy: { access: "closed" } }));
    const refused = await ask("/view/folder%2Fleaf", untrusting);
    expect([here.status, reduced.status, refused.status]).toEqual([200, 200, 403]);
    for (const { headers } of [here, reduced, refused]) expect(headers.get("Cache-Control")).toBe("private, no-store");
    await env.CATALOGUE.delete(["rules.json", "records/folder/leaf.json"]);
    // What is held of them is to be what is there, for those who trust it.
    expect((await ask("/view/folder%2Fleaf", untrusting)).headers.get("Cache-Control")).toBe("private, no-cache");
  });

  it.each([
    ["/view/nobody", 404],
    ["/view/", 400],
    ["/view/%zz", 400],
    ["/view/broken", 500],
  ])(
    "is answered with the page under the status of the error where there is no picture: %s",
    async (path, expected) => {
      const { status, text } = await ask(path);
      expect(status).toBe(expected);
      expect(text).toContain('<dialog id="viewer"');
      expect(text).toContain('<meta name="robots" content="noindex">');
      expect(previewOf(text)).toEqual({});
    },
  );

  it("leads nowhere where no page is deployed", async () => {
    const { status, text } = await ask("/view/folder%2Fleaf", { env: { PAGE: undefined } });
    expect([status, text]).toEqual([404, expect.stringMatching(/\(not-found\)$/m)]);
  });

  it("is answered within the deadline of the storage when the page does not come", async () => {
    const never = { fetch: () => new Promise(() => {}) };
    const { status } = await ask("/view/folder%2Fleaf", { env: { PAGE: never, STORAGE_TIMEOUT_SECONDS: "1" } });
    expect(status).toBe(503);
  });

  it("takes no other method", async () => {
    expect((await ask("/view/folder%2Fleaf", { method: "POST" })).status).toBe(405);
    expect((await ask("/view/folder%2Fleaf", { method: "HEAD" })).status).toBe(200);
  });
});
