import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { fetchInfo, linkOf, origin, send, storeMaster, versions } from "../support/image-client.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { ask } from "../support/service.ts";

/** Small pictures are kept at the edge too. */
const keepsAll = { env: { CACHE_ABOVE_PIXELS: "0" } };

beforeAll(async () => {
  await storeMaster("wide", { width: 300, height: 200, tile: 64, levels: 2 });
  await env.MASTERS.put("broken", "II*\u0000 and nothing behind it");
});

/** Headers that a 304 repeats. Source: RFC 9110 §15.4.5, and the links of the Image API. */
const repeated = ["ETag", "Cache-Control", "Link", "Vary", "Cache-Tag", "Access-Control-Allow-Origin"];

function headersOf(response: Response, names: readonly string[]): Record<string, string | null> {
  return Object.fromEntries(names.map((name) => [name, response.headers.get(name)]));
}

for (const { name, version, whole } of versions) {
  const imagePath = `/iiif/${version}/wide/full/${whole}/0/default.jpg`;
  const infoPath = `/iiif/${version}/wide/info.json`;

  describe(`${name} §7 server responses: CORS`, () => {
    it.each<[number, string, RequestInit]>([
      [200, imagePath, {}],
      [200, infoPath, {}],
      [200, imagePath, { method: "HEAD" }],
      [303, `/iiif/${version}/wide`, {}],
      [302, "/iiif/wide/info.json", {}],
      [304, infoPath, { headers: { "If-None-Match": "*" } }],
      [304, imagePath, { headers: { "If-None-Match": "*" } }],
      [400, `/iiif/${version}/wide/full/0,/0/default.jpg`, {}],
      [404, `/iiif/${version}/missing/info.json`, {}],
      [404, `/iiif/${version}/missing/full/${whole}/0/default.jpg`, {}],
      [405, infoPath, { method: "DELETE" }],
      [500, `/iiif/${version}/broken/info.json`, {}],
      [204, imagePath, { method: "OPTIONS" }],
    ])(
      "lets any page read and embed an answer with %i, and frame pictures and info.json alone",
      async (status, path, init) => {
        const response = await send(path, init);
        await response.arrayBuffer();
        expect(response.status).toBe(status);
        expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
        expect(response.headers.get("Access-Control-Expose-Headers")).toMatch(/\bLink\b.*\bETag\b/);
        expect(response.headers.get("Cross-Origin-Resource-Policy")).toBe("cross-origin");
        const isOfImage = status === 200 || status === 304;
        const policy = response.headers.get("Content-Security-Policy");
        expect(policy).toBe(isOfImage ? null : "default-src 'none'; frame-ancestors 'none'");
      },
    );

    it.each([imagePath, infoPath, `/iiif/${version}/missing/info.json`])(
      "answers the preflight of %s",
      async (path) => {
        const response = await send(path, {
          method: "OPTIONS",
          headers: { Origin: "https://viewer.example", "Access-Control-Request-Method": "GET" },
        });
        expect(response.status).toBe(204);
        expect(response.headers.get("Access-Control-Allow-Methods")).toMatch(/GET.*HEAD/);
        expect(response.headers.get("Access-Control-Allow-Headers")).toBe("*, Authorization");
        expect((await response.bytes()).byteLength).toBe(0);
      },
    );
  });

  describe(`${name} §7 server responses: methods`, () => {
    it.each([
      [imagePath, 200],
      [infoPath, 200],
      [`/iiif/${version}/wide`, 303],
      [`/iiif/${version}/missing/info.json`, 404],
      [`/iiif/${version}/wide/full/0,/0/default.jpg`, 400],
    ])("answers HEAD %s as GET, without the body", async (path, status) => {
      const [head, get] = [await send(path, { method: "HEAD" }), await send(path)];
      await get.arrayBuffer();
      // A picture that is not drawn yet may fail to be drawn.
      const isPicture = path === imagePath;
      const names = [...repeated, "Content-Type", "Location"].filter((name) => !isPicture || name !== "Cache-Control");
      expect([head.status, get.status]).toEqual([status, status]);
      expect(headersOf(head, names)).toEqual(headersOf(get, names));
      expect((await head.arrayBuffer()).byteLength).toBe(0);
      if (isPicture) expect(head.headers.get("Cache-Control")).toBe("no-store");
    });

    it("lets nothing keep the answer to HEAD of a picture that can't be drawn", async () => {
      const damaged = { width: 64, height: 64, tile: 64, tileBytes: () => new Uint8Array(40) } as const;
      await env.MASTERS.put("damaged tile", await makeTiff({ ...damaged, compression: "jpeg" }));
      const path = `/iiif/${version}/damaged tile/full/30,/0/default.jpg`;
      const [head, get] = [await send(path, { method: "HEAD" }), await send(path)];
      await get.arrayBuffer();
      expect(get.status).toBe(500);
      expect([head, get].map(({ headers }) => headers.get("Cache-Control"))).toEqual(["no-store", "no-store"]);
    });

    it.each(["POST", "PUT", "DELETE", "PATCH"])("refuses %s and says what is allowed", async (method) => {
      const response = await send(imagePath, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get("Allow")).toBe("GET, HEAD, OPTIONS");
      expect(await response.text()).toMatch(/^Only GET, HEAD and OPTIONS/);
    });
  });

  describe(`${name} §6 profile link`, () => {
    const profile = `http://iiif.io/api/image/${version}/level2.json`;

    it("is on images, kept ones too, and on info.json", async () => {
      const path = `/iiif/${version}/wide/full/77,/0/default.png`;
      const first = await ask(path, keepsAll);
      const second = await ask(path, keepsAll);
      expect(second.timing.strategy).toBe("kept");
      for (const { headers } of [first, second, await ask(infoPath)]) expect(linkOf(headers, "profile")).toBe(profile);
    });

    it("and the canonical link are on a 304", async () => {
      const image = await send(imagePath, { headers: { "If-None-Match": "*" } });
      expect(linkOf(image.headers, "profile")).toBe(profile);
      expect(linkOf(image.headers, "canonical")).toBe(`${origin}${imagePath}`);
      const info = await send(infoPath, { headers: { "If-None-Match": "*" } });
      expect(linkOf(info.headers, "profile")).toBe(profile);
    });
  });

  describe(`${name} §7 server responses: revalidation`, () => {
    it.each([
      ["an image", imagePath],
      ["info.json", infoPath],
    ])("gives %s a strong entity tag that stays the same", async (_, path) => {
      const tags = [await send(path), await send(path)].map(({ headers }) => headers.get("ETag"));
      expect(tags[0]).toMatch(/^"[^"]+"$/);
      expect(tags[1]).toBe(tags[0]);
    });

    it.each<[string, (tag: string) => string]>([
      ["the tag", (tag) => tag],
      ["the tag made weak", (tag) => `W/${tag}`],
      ["a list with the tag", (tag) => `"other", W/"third", ${tag}`],
      ["a list without blanks", (tag) => `"other",${tag}`],
      ["a list with a comma in another tag", (tag) => `"a,b", ${tag}`],
      ["*", () => "*"],
    ])("answers If-None-Match of %s with 304 and the same headers", async (_, headerOf) => {
      for (const path of [imagePath, infoPath]) {
        const full = await send(path);
        await full.arrayBuffer();
        const header = headerOf(full.headers.get("ETag") ?? "");
        const short = await send(path, { headers: { "If-None-Match": header } });
        expect(short.status).toBe(304);
        expect(headersOf(short, repeated)).toEqual(headersOf(full, repeated));
        expect((await short.arrayBuffer()).byteLength).toBe(0);
      }
    });

    it.each(['"other"', 'W/"other"', "", "no-quotes"])("answers If-None-Match of %s in full", async (header) => {
      for (const path of [imagePath, infoPath]) {
        const response = await send(path, { headers: { "If-None-Match": header } });
        expect(response.status).toBe(200);
        expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(0);
      }
    });

    it("has other tags for other pictures and for the other content type of info.json", async () => {
      const paths = [imagePath, `/iiif/${version}/wide/full/10,/0/default.jpg`, imagePath.replace(".jpg", ".png")];
      const tags = await Promise.all(paths.map(async (path) => (await send(path)).headers.get("ETag")));
      expect(new Set(tags).size).toBe(3);
      const types = ["application/json", "application/ld+json"].map((accept) => ({ headers: { Accept: accept } }));
      const infos = await Promise.all(types.map(async (init) => (await send(infoPath, init)).headers.get("ETag")));
      expect(new Set(infos).size).toBe(2);
    });

    it("refuses bad grammar and unknown images for any If-None-Match", async () => {
      const headers = { "If-None-Match": "*" };
      expect((await send(`/iiif/${version}/wide/full/0,/0/default.jpg`, { headers })).status).toBe(400);
      expect((await send(`/iiif/${version}/missing/info.json`, { headers })).status).toBe(404);
    });
  });

  describe(`${name}: the query string`, () => {
    it("changes no picture: entity tag, id and stored pictures ignore it", async () => {
      const path = `/iiif/${version}/wide/full/33,/0/default.png`;
      const plain = await ask(path, keepsAll);
      const asked = await ask(`${path}?token=1&x=/full/max/0/default.jpg`, keepsAll);
      expect(asked.timing.strategy).toBe("kept");
      expect(asked.headers.get("ETag")).toBe(plain.headers.get("ETag"));
      expect(asked.headers.get("Link")).toBe(plain.headers.get("Link"));
      const saved = await ask(`${path}?download`, keepsAll);
      expect(saved.timing.strategy).toBe("kept");
      expect(saved.bytes).toEqual(plain.bytes);
      expect(saved.headers.get("ETag")).toBe(plain.headers.get("ETag"));
      expect(saved.headers.get("Link")).toBe(plain.headers.get("Link"));
      const info = await fetchInfo(`${infoPath}?x=1`);
      expect(info).toEqual(await fetchInfo(infoPath));
    });
  });
}

describe("content negotiation", () => {
  it("varies info.json alone, so that images are kept once", async () => {
    const image = await send("/iiif/3/wide/full/max/0/default.jpg", { headers: { Accept: "image/webp" } });
    await image.arrayBuffer();
    expect(image.headers.get("Vary")).toBeNull();
    expect(image.headers.get("Content-Type")).toBe("image/jpeg");
  });
});
