import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { fetchInfo, fetchSize, origin, refusalOf, send, versions } from "../support/image-client.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { ask } from "../support/service.ts";

/** Identifiers as they are, as a request may write them, and as info.json must. */
const identifiers: readonly [identifier: string, asked: string, written: string][] = [
  ["id1", "id1", "id1"],
  ["a/b", "a%2Fb", "a%2Fb"],
  ["a/b", "a%2fb", "a%2fb"],
  ["a/b", "%61%2Fb", "%61%2Fb"],
  ["a/b", "a/b", "a%2Fb"],
  ["ark:/12025/654xz321", "ark:%2F12025%2F654xz321", "ark:%2F12025%2F654xz321"],
  ["ark:/12025/654xz321", "ark:/12025/654xz321", "ark:%2F12025%2F654xz321"],
  ["ark:/12025/654xz321", "ark%3A%2F12025%2F654xz321", "ark%3A%2F12025%2F654xz321"],
  ["[brackets]@home", "%5Bbrackets%5D@home", "%5Bbrackets%5D@home"],
  ["urn:foo:a123,456", "urn:foo:a123,456", "urn:foo:a123,456"],
  [
    "urn:sici:1046-8188(199501)13:1%3C69:FTTHBI%3E2.0.TX;2-4",
    "urn:sici:1046-8188(199501)13:1%253C69:FTTHBI%253E2.0.TX;2-4",
    "urn:sici:1046-8188(199501)13:1%253C69:FTTHBI%253E2.0.TX;2-4",
  ],
  ["http://example.com/?54#a", "http:%2F%2Fexample.com%2F%3F54%23a", "http:%2F%2Fexample.com%2F%3F54%23a"],
  ["http://example.com/a", "http://example.com/a", "http:%2F%2Fexample.com%2Fa"],
  ["[brackets]@home", "%5Bbrackets%5D%40home", "%5Bbrackets%5D%40home"],
  ["été 東京.tif", "%C3%A9t%C3%A9%20%E6%9D%B1%E4%BA%AC.tif", "%C3%A9t%C3%A9%20%E6%9D%B1%E4%BA%AC.tif"],
  ["100%", "100%25", "100%25"],
  ["twice%2Fencoded", "twice%252Fencoded", "twice%252Fencoded"],
  ["a+b&c=d;e$f!g'h*i(j)k~l", "a+b&c=d;e$f!g'h*i(j)k~l", "a+b&c=d;e$f!g'h*i(j)k~l"],
  ["full", "full", "full"],
  ["info.json", "info.json", "info.json"],
  ["2", "2", "2"],
];

beforeAll(async () => {
  const file = await makeTiff({ width: 40, height: 30, tile: 16 });
  for (const [identifier] of identifiers) await env.MASTERS.put(identifier, file);
});

/** Storage that no request may ask. */
const untouchable = new Proxy(
  {},
  {
    get() {
      throw new Error("storage was touched");
    },
  },
);

for (const { name, version, whole } of versions) {
  describe(`${name} §3 and §9 identifier`, () => {
    it.each(identifiers)("finds %s under %s and writes it as %s", async (_, asked, written) => {
      const info = await fetchInfo(`/iiif/${version}/${asked}/info.json`);
      expect(info[version === 3 ? "id" : "@id"]).toBe(`${origin}/iiif/${version}/${written}`);
      expect(await fetchSize(`/iiif/${version}/${asked}/full/${whole}/0/default.png`)).toBe("40,30");
    });

    it.each([
      ["a broken escape", "a%2"],
      ["an escape that is no hexadecimal number", "a%zz"],
      ["bytes that are no UTF-8", "%FF%FE"],
      ["a control character", "a%00b"],
      ["a line break", "a%0D%0Ab"],
      ["more than 1,024 bytes", "é".repeat(512).concat("a")],
    ])("refuses %s", async (_, asked) => {
      expect(await refusalOf(`/iiif/${version}/${asked}/info.json`)).toMatch(/^400 The identifier (has|is)/);
      expect(await refusalOf(`/iiif/${version}/${asked}/full/${whole}/0/default.jpg`)).toMatch(/^400 The identifier/);
      expect(await refusalOf(`/iiif/${version}/${asked}`)).toMatch(/^400 The identifier/);
    });

    it.each([
      ["a record of the ingest", ".records/secret.json"],
      ["a record, encoded", "%2Erecords%2Fsecret.json"],
      ["a hidden file", "a/.hidden"],
      ["a hidden file, encoded", "a%2F%2ehidden"],
      ["a hidden folder in the middle", "a%2F.b%2Fc"],
      ["three dots", "..."],
      ["a step upwards", "..%2Fsecret"],
      ["a step upwards in the middle", "a%2F..%2Fsecret"],
      ["a step upwards written half plainly", "a%2F%2E%2E%2Fsecret"],
      ["a step nowhere", "a%2F.%2Fb"],
    ])("finds nothing, and asks no storage, where a segment starts with a dot: %s", async (_, asked) => {
      await env.MASTERS.put(decodeURIComponent(asked), "{}");
      for (const end of ["/info.json", `/full/${whole}/0/default.jpg`, "", "/"]) {
        const path = `/iiif/${version}/${asked}${end}`;
        const { status, text } = await ask(path, { env: { MASTERS: untouchable, DERIVATIVES: untouchable } });
        expect([path, status, text]).toEqual([path, 404, "There is no image with this identifier. (not-found)\n"]);
      }
    });

    it("takes an identifier of exactly 1,024 bytes, which no image has", async () => {
      expect(await refusalOf(`/iiif/${version}/${"é".repeat(512)}/info.json`)).toMatch(/^404 There is no image/);
    });
  });

  describe(`${name} §2 base URI`, () => {
    it.each([
      ["a%2Fb", "a%2Fb"],
      ["a%2Fb/", "a%2Fb"],
      ["a/b", "a%2Fb"],
      ["a/b/", "a%2Fb"],
      ["a%2fb", "a%2fb"],
      ["ark%3A%2F12025%2F654xz321/", "ark%3A%2F12025%2F654xz321"],
      ["ark:/12025/654xz321", "ark:%2F12025%2F654xz321"],
    ])("redirects %s to the info.json of %s", async (asked, written) => {
      const response = await send(`/iiif/${version}/${asked}?x=1`);
      expect(response.status).toBe(303);
      expect(response.headers.get("Location")).toBe(`${origin}/iiif/${version}/${written}/info.json`);
      expect((await response.bytes()).byteLength).toBe(0);
    });

    it.each(["nobody", "nobody/", "id1/manifest.json", "a/b/c"])(
      "is 404 for %s, which no image has, rather than a redirect to one",
      async (asked) => {
        expect(await refusalOf(`/iiif/${version}/${asked}`)).toMatch(/^404 There is no image/);
      },
    );

    it("is stated with the scheme, host and prefix that are configured", async () => {
      const variables = { BASE_URL: "https://iiif.example.org", PREFIX: "/images/iiif" };
      const { text } = await ask(`/images/iiif/${version}/a%2Fb/info.json`, { env: variables });
      const base = `https://iiif.example.org/images/iiif/${version}/a%2Fb`;
      expect(JSON.parse(text)[version === 3 ? "id" : "@id"]).toBe(base);
      const redirect = await ask(`/images/iiif/${version}/a%2Fb`, { env: variables });
      expect(redirect.headers.get("Location")).toBe(`${base}/info.json`);
    });
  });

  describe(`${name} §7 error conditions`, () => {
    it.each(["full/64,/0", `full/${whole}/0/default.jpg/`, "info.json/", "full/64,/default.jpg", "full"])(
      "says what is wrong with %s, and sends nobody to an image of another name",
      async (rest) => {
        const { status, headers, text } = await ask(`/iiif/${version}/id1/${rest}`, { env: { MASTERS: untouchable } });
        expect([status, headers.get("Location")]).toEqual([400, null]);
        expect(headers.get("Cache-Control")).toMatch(/^public, max-age=60,/);
        expect(text).toMatch(/A picture is at \{identifier\}\/\{region\}.* \(path-malformed\)\n$/);
      },
    );

    it.each([
      "0,0,0,0/max/0/default.jpg",
      "nowhere/max/0/default.jpg",
      "full/huge/0/default.jpg",
      "full/0,/0/default.jpg",
      "full/max/361/default.jpg",
      "full/max/0/sepia.jpg",
      "full/max/0/default.jp2",
      "full/max/0/default",
      "%zz/max/0/default.jpg",
    ])("judges %s before storage is touched", async (parameters) => {
      const path = `/iiif/${version}/no-such-image/${parameters}`;
      const { status } = await ask(path, { env: { MASTERS: untouchable, DERIVATIVES: untouchable } });
      expect(status).toBe(400);
      expect(await refusalOf(path)).toMatch(/^400 /);
    });

    it("answers 404 for an identifier that nothing is stored under", async () => {
      for (const end of ["info.json", `full/${whole}/0/default.jpg`]) {
        const refusal = await refusalOf(`/iiif/${version}/no-such-image/${end}`);
        expect(refusal).toBe("404 There is no image with this identifier. (not-found)");
      }
    });

    it.each([
      ["a%2Fb/9999,0,1,1/max/0/default.jpg", 400],
      ["a%2Fb/full/20001,/0/default.jpg", 400],
      ["a%2Fb/full/max/0/x.jpg", 400],
      ["missing/info.json", 404],
      ["broken/info.json", 500],
    ])("says what was wrong with %s in plain sentences, without key or stack", async (rest, expected) => {
      await env.MASTERS.put("private-folder/broken.tif", "II*\u0000 but nothing else");
      await env.MASTERS.put("private-folder/a/b.tif", await makeTiff({ width: 40, height: 30, tile: 16 }));
      const variables = { KEY_TEMPLATE: "private-folder/{identifier}.tif" };
      const { status, text, headers } = await ask(`/iiif/${version}/${rest}`, { env: variables });
      expect(status).toBe(expected);
      expect(headers.get("Content-Type")).toBe("text/plain; charset=utf-8");
      expect(text).toMatch(/^[A-Z][^\n]*\. \([a-z-]+\)\n$/);
      expect(text).not.toMatch(/private-folder|\.ts|\bat |Error|no-such|undefined/);
    });
  });
}

describe("a path that leads nowhere", () => {
  it.each(["/nowhere", "/iiif", "/iiif/", "/iiif/3", "/iiif/3/", "/iiif/2/", "/elsewhere/3/id1/info.json"])(
    "is answered with 404: %s",
    async (path) => {
      expect(await refusalOf(path)).toMatch(/^404 Nothing is served at this address\./);
    },
  );

  it.each(["id1", "id1/info.json", "a%2Fb"])(
    "is sent on to the newest version when it names an image: %s",
    async (rest) => {
      const response = await send(`/iiif/${rest}`);
      expect(response.status).toBe(302);
      expect(response.headers.get("Location")).toBe(`/iiif/3/${rest}`);
    },
  );

  it.each(["/iiif/id1/full/max/0/default.jpg", "/iiif/4/id1/info.json"])("is not guessed at: %s", async (path) => {
    expect(await refusalOf(path)).toMatch(/^404 Nothing is served at this address\. Images are under \/iiif\/3/);
  });

  it("is refused with 414 above 4,096 characters", async () => {
    expect(await refusalOf(`/iiif/3/${"a/".repeat(2100)}info.json`)).toMatch(/^414 /);
  });
});
