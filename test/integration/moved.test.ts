import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { formatMoveRecord, type Move, moveKey } from "../../src/catalogue/moved.ts";
import { type MasterKey, placesOf } from "../../src/identity/master-name.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { ask } from "../support/service.ts";

const put = (move: Move) => env.CATALOGUE.put(moveKey(move.identifier), formatMoveRecord(move));
const tagOf = async (key: string): Promise<string> => (await placesOf(key as MasterKey)).cacheTag;

beforeAll(async () => {
  await env.MASTERS.put("maps/new & better", await makeTiff({ width: 60, height: 40, tile: 32 }));
  await put({ identifier: "maps/old", to: "maps/new & better" });
  await put({ identifier: "withdrawn" });
});

beforeEach(() => void vi.spyOn(console, "log").mockImplementation(() => undefined));
afterEach(() => vi.restoreAllMocks());

const old = "maps%2Fold";
const now = "maps%2Fnew%20&%20better";

describe("an image that has moved", () => {
  it.each([
    ["a picture", `/iiif/3/${old}/full/max/0/default.png`, `/iiif/3/${now}/full/max/0/default.png`],
    ["one of 2.1", `/iiif/2/${old}/0,0,9,9/9,/!90/gray.jpg`, `/iiif/2/${now}/0,0,9,9/9,/!90/gray.jpg`],
    ["one with a query", `/iiif/3/${old}/full/max/0/default.jpg?download&a=%2F`, undefined],
    ["info.json", `/iiif/3/${old}/info.json`, undefined],
    ["info.json of 2.1", `/iiif/2/${old}/info.json`, undefined],
    ["the base URI", `/iiif/3/${old}`, undefined],
    ["the base URI with a slash", `/iiif/2/${old}/`, undefined],
    ["plain slashes", "/iiif/3/maps/old/info.json", `/iiif/3/${now}/info.json`],
    ["another spelling", "/iiif/3/m%61ps%2fold/info.json", `/iiif/3/${now}/info.json`],
    ["no version", `/iiif/${old}`, undefined],
    ["info.json without a version", `/iiif/${old}/info.json`, undefined],
    ["a page of it", `/iiif/3/${old};page=2/full/max/0/default.jpg`, `/iiif/3/${now};page=2/full/max/0/default.jpg`],
    ["the page that shows it", `/view/${old}?xywh=1,2,3,4`, undefined],
  ])("is found by %s", async (_, path, location = path.replace(old, now)) => {
    const { status, headers, text } = await ask(path);
    expect([status, headers.get("Location"), text]).toEqual([301, location, ""]);
    expect(headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(headers.get("Cache-Control")).toBe("public, max-age=60, stale-while-revalidate=60");
    expect(headers.get("Cache-Tag")).toBe(await tagOf("maps/old"));
  });

  it("answers where it leads to, and HEAD as GET", async () => {
    const { status, headers } = await ask(`/iiif/3/${old}/full/max/0/default.png`, { method: "HEAD" });
    const location = `/iiif/3/${now}/full/max/0/default.png`;
    expect([status, headers.get("Location")]).toEqual([301, location]);
    expect((await ask(location)).status).toBe(200);
  });

  it("is not looked for while its master is there, nor for a page that it lacks", async () => {
    await env.MASTERS.put("staying", await makeTiff({ width: 60, height: 40, tile: 32 }));
    await put({ identifier: "staying", to: "maps/new & better" });
    const get = vi.spyOn(env.CATALOGUE, "get");
    const changed = { env: { CATALOGUE: env.CATALOGUE } };
    expect((await ask("/iiif/3/staying/full/max/0/default.jpg", changed)).status).toBe(200);
    expect((await ask("/iiif/3/staying;page=2/info.json", changed)).status).toBe(404);
    expect(get.mock.calls.map(([key]) => key)).not.toContain(moveKey("staying"));
  });
});

describe("an image that is gone", () => {
  it.each(["/iiif/3/withdrawn/info.json", "/iiif/2/withdrawn/full/max/0/default.jpg", "/iiif/3/withdrawn;page=3"])(
    "is 410 at %s",
    async (path) => {
      const { status, headers, text } = await ask(path, { headers: { Accept: "application/json" } });
      expect([status, JSON.parse(text).code]).toEqual([410, "gone"]);
      expect(headers.get("Access-Control-Allow-Origin")).toBe("*");
      expect(headers.get("Cache-Control")).toBe("public, max-age=60, stale-while-revalidate=60");
      expect(headers.get("Cache-Tag")).toBe(await tagOf("withdrawn"));
    },
  );

  it("is told by the page that shows pictures", async () => {
    const { status, headers } = await ask("/view/withdrawn");
    expect([status, headers.get("Content-Type")]).toEqual([410, expect.stringContaining("text/html")]);
  });
});

describe("an image that nobody knows", () => {
  const secret = "correct-horse-battery-staple";
  const purge = (identifier: string) =>
    ask("/admin/purge", {
      method: "POST",
      headers: { Authorization: `Bearer ${secret}` },
      body: JSON.stringify({ kind: "images", identifiers: [identifier] }),
      env: { ADMIN_SECRET: secret },
    });

  it("is 404 with its Cache-Tag, asked for by one read of the catalogue for a while, or until it is purged", async () => {
    const get = vi.spyOn(env.CATALOGUE, "get");
    for (const path of ["nobody/info.json", "nobody/full/max/0/default.jpg", "nobody;page=2", "nobody"]) {
      const { status, headers } = await ask(`/iiif/3/${path}`, { env: { CATALOGUE: env.CATALOGUE } });
      expect([status, headers.get("Cache-Tag")]).toEqual([404, await tagOf("nobody")]);
    }
    const asked = get.mock.calls.map(([key]) => key).filter((key) => key.startsWith("moved/"));
    expect(asked).toEqual([moveKey("nobody")]);
    await put({ identifier: "nobody", to: "maps/new & better" });
    expect((await ask("/iiif/3/nobody/info.json")).status).toBe(404);
    await purge("nobody");
    expect((await ask("/iiif/3/nobody/info.json")).status).toBe(301);
  });

  it("is 503 where the catalogue fails, and 500 where its record is damaged: it may have moved", async () => {
    // Its record and the rules are there or not: what of it fails is where it has gone.
    const get = (key: string) =>
      key.startsWith("moved/") ? Promise.reject(new Error("down")) : env.CATALOGUE.get(key);
    const failing = { get };
    const { status, headers, text } = await ask("/iiif/3/unsure/info.json", { env: { CATALOGUE: failing } });
    expect([status, headers.get("Cache-Control")]).toEqual([503, "no-store"]);
    expect(text).toContain("storage-failed");
    await env.CATALOGUE.put(moveKey("unsure"), '{"to":');
    expect((await ask("/iiif/3/unsure/info.json")).text).toContain("record-malformed");
    await env.CATALOGUE.put(moveKey("unsure"), "x".repeat(20_000));
    expect((await ask("/iiif/3/unsure/info.json")).text).toContain("record-malformed");
  });

  it("is 404 where its name is too long for a record", async () => {
    expect((await ask(`/iiif/3/${"x".repeat(1020)}/info.json`)).status).toBe(404);
  });
});
