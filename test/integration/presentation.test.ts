import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { formatCollection } from "../../src/catalogue/collection.ts";
import { formatWork, workKey } from "../../src/catalogue/work-record.ts";
import { ask } from "../support/service.ts";
import { makeFullWork, makeWork } from "../support/works.ts";

const atlas = "/presentation/3/atlas%2Fvolume%201/manifest";
const ofThree = 'application/ld+json;profile="http://iiif.io/api/presentation/3/context.json"';

beforeAll(async () => {
  await env.CATALOGUE.put("objects/atlas/volume 1.json", formatWork(makeFullWork()));
  await env.CATALOGUE.put("objects/book.json", formatWork(makeWork()));
  await env.CATALOGUE.put("objects/broken.json", '{"key": "broken"}');
  await env.CATALOGUE.put("objects/moved.json", formatWork(makeWork()));
  await env.CATALOGUE.put("objects/long.json", new Uint8Array((4 << 20) + 1));
  const members = Array.from({ length: 1001 }, (_, index) => {
    return { kind: "object", key: `plan${index}`, label: { en: [`Plan ${index}`] } } as const;
  });
  const maps = { key: "maps", label: { en: ["Maps"] }, metadata: [], collections: [], isMultiPart: false };
  await env.CATALOGUE.put("collections/maps.json", formatCollection({ ...maps, members }));
});

/** Every id of a document that lies under /presentation, and of what kind it is. */
function addressesIn(document: unknown): string[] {
  if (typeof document !== "object" || document === null) return [];
  return Object.entries(document).flatMap(([name, value]) => {
    if (typeof value !== "string") return addressesIn(value);
    const isOurs = name === "id" && value.startsWith("https://images.example/presentation/");
    return isOurs ? [value.slice("https://images.example".length)] : [];
  });
}

describe("a manifest", () => {
  it.each([atlas, "/presentation/3/atlas/volume%201/manifest", "/presentation/3/atlas%2Fvolume%201/manifest.json"])(
    "is answered with one read: %s",
    async (path) => {
      const { status, headers, text, timing } = await ask(path);
      expect([status, timing.reads]).toEqual([200, "1"]);
      expect(headers.get("Content-Type")).toBe(ofThree);
      expect(headers.get("Access-Control-Allow-Origin")).toBe("*");
      expect(headers.get("Cache-Tag")).toMatch(/^obj-[0-9a-f]{32}$/);
      expect(JSON.parse(text).id).toBe(`https://images.example${atlas}`);
    },
  );

  it("is JSON of 2.1 at the address of that version", async () => {
    const { headers, text } = await ask("/presentation/2/book/manifest");
    expect(headers.get("Content-Type")).toBe("application/json");
    expect(JSON.parse(text)["@type"]).toBe("sc:Manifest");
  });

  it("is plain JSON for those who ask for it", async () => {
    const { headers } = await ask(atlas, { headers: { Accept: "application/json" } });
    expect(headers.get("Content-Type")).toBe("application/json");
    expect(headers.get("Vary")).toBe("Accept");
  });

  it("is not sent again to those who have it", async () => {
    const first = await ask(atlas);
    const again = await ask(atlas, { headers: { "If-None-Match": first.headers.get("ETag") ?? "" } });
    expect([again.status, again.text, again.headers.get("Cache-Tag")]).toEqual([
      304,
      "",
      first.headers.get("Cache-Tag"),
    ]);
  });

  it("has an entity tag of its own for each record, version, type and host", async () => {
    const tags = await Promise.all(
      [
        ask(atlas),
        ask(atlas.replace("/3/", "/2/")),
        ask(atlas, { headers: { Accept: "application/json" } }),
        ask(atlas, { env: { BASE_URL: "https://iiif.museum.example" } }),
        ask(atlas, { env: { MAX_WIDTH: "500" } }),
      ].map(async (answer) => (await answer).headers.get("ETag")),
    );
    expect(new Set(tags).size).toBe(5);
    const key = workKey("etag");
    const seen: (string | null)[] = [];
    for (const label of ["One", "Two", "One"]) {
      await env.CATALOGUE.put(key, formatWork(makeWork({ key: "etag", label: { en: [label] } })));
      seen.push((await ask("/presentation/3/etag/manifest")).headers.get("ETag"));
    }
    expect([seen[0] === seen[1], seen[0] === seen[2]]).toEqual([false, true]);
  });

  it("does not say that there is what there is not", async () => {
    const headers = { "If-None-Match": "*" };
    expect((await ask(atlas, { headers })).status).toBe(304);
    expect((await ask("/presentation/atlas/canvas/none", { headers })).status).toBe(404);
  });

  it("answers HEAD with the headers of GET", async () => {
    const [get, head] = [await ask(atlas), await ask(atlas, { method: "HEAD" })];
    expect([head.status, head.text, head.headers.get("ETag")]).toEqual([200, "", get.headers.get("ETag")]);
  });

  it("names the configured host", async () => {
    const { text, headers } = await ask(atlas, { env: { BASE_URL: "https://iiif.museum.example" } });
    expect(JSON.parse(text).id).toBe(`https://iiif.museum.example${atlas}`);
    expect(headers.get("Cache-Control")).toMatch(/^public/);
    expect((await ask(atlas)).headers.get("Cache-Control")).toMatch(/^private/);
  });

  it("is found from its address without a version, in the version that is asked for", async () => {
    const three = await ask("/presentation/book/manifest");
    expect([three.status, three.headers.get("Location"), three.headers.get("Vary")]).toEqual([
      302,
      "/presentation/3/book/manifest",
      "Accept",
    ]);
    const accept = 'application/ld+json;profile="http://iiif.io/api/presentation/2/context.json"';
    const two = await ask("/presentation/book/manifest", { headers: { Accept: accept } });
    expect(two.headers.get("Location")).toBe("/presentation/2/book/manifest");
  });

  it("has ids that all lead to what they name", async () => {
    const manifest = JSON.parse((await ask(atlas)).text);
    const ids = [...new Set(addressesIn(manifest))].filter((id) => /\/(?:canvas|page|annotation|range)\//.test(id));
    expect(ids.length).toBe(4 + 3 + 3 + 3);
    for (const id of ids) {
      const { status, text } = await ask(id);
      expect([id, status]).toEqual([id, 200]);
      const piece = JSON.parse(text);
      expect(piece.id).toBe(`https://images.example${id}`);
      expect(piece.partOf[0].id).toBe(manifest.id);
    }
  });
});

describe("a collection", () => {
  it("of more than a thousand members lists its parts, which list the members", async () => {
    const { text } = await ask("/presentation/3/maps/collection");
    const parts = addressesIn(JSON.parse(text).items);
    expect(parts).toEqual(["/presentation/3/maps/collection/part/P-1", "/presentation/3/maps/collection/part/P-2"]);
    const counts = await Promise.all(parts.map(async (part) => JSON.parse((await ask(part)).text).items.length));
    expect(counts).toEqual([1000, 1]);
    const two = JSON.parse((await ask("/presentation/2/maps/collection/part/P-2")).text);
    expect(two.manifests).toHaveLength(1);
  });

  it("has no part that is not listed", async () => {
    expect((await ask("/presentation/3/maps/collection/part/Q")).status).toBe(404);
  });
});

describe("what there is not", () => {
  it("is answered for the range at the top of the contents, which 2.1 names; not of an object without", async () => {
    const { structures } = JSON.parse((await ask("/presentation/2/atlas%2Fvolume%201/manifest")).text);
    const { status, text } = await ask(structures[0]["@id"].slice("https://images.example".length));
    const top = JSON.parse(text);
    expect([status, top.id, top.type, top.label]).toEqual([200, structures[0]["@id"], "Range", { en: ["Contents"] }]);
    expect(top.items.map(({ id }: { id: string }) => id)).toEqual(structures[0].ranges);
    expect((await ask("/presentation/book/range/~top")).status).toBe(404);
  });

  it.each([
    ...["/presentation/3/nowhere/manifest", "/presentation/3/nowhere/collection", "/presentation/book/canvas/0009"],
    ...["/presentation/book/range/0001", "/presentation/3/book", "/presentation/4/book/manifest/x", "/presentation/"],
    ...["/presentation/3//manifest", "/presentation/3/..%2Fbook/manifest"],
  ])("is answered 404 as JSON, whatever is accepted: %s", async (path) => {
    const { status, headers, text } = await ask(path);
    expect([status, headers.get("Content-Type")]).toEqual([404, "application/problem+json"]);
    expect(JSON.parse(text).code).toBe("not-found");
  });

  it.each(["broken", "moved", "long"])(
    "a record that can't be read is told with its code, and not kept: %s",
    async (key) => {
      const { status, headers, text } = await ask(`/presentation/3/${key}/manifest`);
      expect([status, JSON.parse(text).code]).toEqual([500, "record-malformed"]);
      expect(headers.get("Cache-Control")).toBe("no-store");
    },
  );
});
