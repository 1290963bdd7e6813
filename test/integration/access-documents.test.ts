import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Policy } from "../../src/access/policy.ts";
import { formatCollection } from "../../src/catalogue/collection.ts";
import type { Page } from "../../src/catalogue/work.ts";
import { formatWork, workKey } from "../../src/catalogue/work-record.ts";
import { ask } from "../support/service.ts";
import { makeIndex, pageText, storeFeed, storeObject } from "../support/stored-objects.ts";
import { makeImage, makeMember, makePage, makeWork } from "../support/works.ts";

// biome-ignore lint/suspicious/noExplicitAny: documents are read as JSON.
type Document = any;

const rules = {
  access: [{ match: "vault/**", access: "hidden" }],
  networks: { "reading-room": ["192.0.2.0/24"] },
  clicks: { terms: { label: { en: "The museum" } } },
  roles: { staff: { label: { en: "The museum" }, claims: ["@museum.example"] } },
};

const page = (key: string, policy: Policy | undefined, change: Partial<Page> = {}): Page =>
  makePage(key, {
    label: { none: [`label-${key}`] },
    text: pageText,
    images: [makeImage({ identifier: `mixed/${key}`, ...(policy === undefined ? {} : { policy }) })],
    ...change,
  });

/** One page of each kind: what its text says is a word that stands nowhere else. */
const mixed = makeWork({
  key: "mixed",
  label: { en: ["Mixed papers"] },
  thumbnail: "hidden",
  start: "hidden",
  attachments: [{ file: "mixed.pdf", sha256: "00" }],
  contents: [
    { key: "hidden", label: { en: ["Chapter of the hidden"] }, pages: ["hidden"], entries: [] },
    { key: "open", label: { en: ["Chapter of all"] }, pages: ["open", "hidden", "closed"], entries: [] },
  ],
  pages: [
    page("hidden", { access: { kind: "hidden" } }),
    page("open", undefined),
    page("reduced", { access: { kind: "role", names: ["staff"] }, publicSize: 750 }),
    page("click", { access: { kind: "click", names: ["terms"] } }),
    page("network", { access: { kind: "network", names: ["reading-room"] } }),
    page("closed", { access: { kind: "closed" } }),
    page("embargo", { embargo: { at: Date.UTC(2999, 0, 1), text: "2999-01-01" } }),
  ],
});
const openWork = makeWork({ key: "plain", label: { en: ["Plain papers"] }, pages: [page("open", undefined)] });
const shut = makeWork({ ...openWork, key: "shut", label: { en: ["Shut papers"] }, access: { kind: "closed" } });
const secret = makeWork({ ...openWork, key: "secret", label: { en: ["Secret papers"] }, access: { kind: "hidden" } });
const staff = makeWork({
  ...openWork,
  key: "staff",
  label: { en: ["Staff papers"] },
  access: { kind: "network", names: ["reading-room"] },
});
const gone = makeWork({
  key: "gone",
  label: { en: ["Gone papers"] },
  pages: [page("hidden", { access: { kind: "hidden" } })],
});
const vault = makeWork({
  key: "vault1",
  label: { en: ["Vault papers"] },
  pages: [page("only", undefined, { images: [makeImage({ identifier: "vault/only" })] })],
});
const redacted = makeWork({
  key: "redacted",
  label: { en: ["Redacted papers of zebras"] },
  attachments: [{ file: "redacted.pdf", sha256: "00" }],
  pages: [page("name", { redactions: [[10, 10, 500, 500]] }), page("rest", undefined)],
});
const works = [mixed, openWork, shut, secret, staff, gone, vault, redacted];

beforeAll(async () => {
  await env.CATALOGUE.put("rules.json", JSON.stringify(rules));
  await makeIndex();
  for (const work of works) await storeObject(work);
  const members = works.map(({ key, label, access, pages }) =>
    makeMember(key, {
      label,
      ...(access === undefined ? {} : { access }),
      ...(pages[0]?.images[0] === undefined || key === "mixed" ? {} : { thumbnail: pages[0].images[0] }),
    }),
  );
  const closedPicture = makeImage({ identifier: "mixed/closed", policy: { access: { kind: "closed" } } });
  const collection = {
    key: "papers",
    label: { en: ["Papers"] },
    metadata: [],
    collections: [],
    isMultiPart: false,
    thumbnail: closedPicture,
    members,
  };
  await env.CATALOGUE.put("collections/papers.json", formatCollection(collection));
  await storeFeed(works.map(({ key }) => key));
});

const inRoom = { "CF-Connecting-IP": "192.0.2.7" };
const read = async (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Document> => {
  const answer = await ask(path, { headers });
  expect([path, answer.status]).toEqual([path, 200]);
  return JSON.parse(answer.text);
};
const canvasKeys = (items: Document): string[] => items.map(({ id }: Document) => id.split("/").at(-1));

afterEach(() => void vi.useRealTimers());

describe("a manifest", () => {
  it("leaves hidden pages out of canvases, ranges, start and picture", async () => {
    for (const version of ["3", "2"]) {
      const { text } = await ask(`/presentation/${version}/mixed/manifest`);
      expect(text).not.toContain("hidden");
    }
    const manifest = await read("/presentation/3/mixed/manifest");
    expect(canvasKeys(manifest.items)).toEqual(["open", "reduced", "click", "network", "closed", "embargo"]);
    expect(manifest.start).toBeUndefined();
    expect(canvasKeys(manifest.structures[0].items)).toEqual(["open", "closed"]);
  });

  it("names the reduced image, and pictures of it alone, where all may see no more", async () => {
    const { items } = await read("/presentation/3/mixed/manifest");
    const [, reduced] = items;
    const [{ body }] = reduced.items[0].items;
    const base = "https://images.example/iiif/3/mixed%2Freduced;max=750";
    expect(body).toMatchObject({ id: `${base}/full/max/0/default.jpg`, width: 563, height: 750 });
    expect(body.service[0].id).toBe(base);
    expect([reduced.width, reduced.height]).toEqual([3000, 4000]);
    expect(reduced.thumbnail[0].service[0].id).toBe(base);
    expect(JSON.stringify(reduced)).not.toContain("mixed%2Freduced/");
  });

  it("shows no picture where a login is needed, and nothing where nothing helps", async () => {
    const { items } = await read("/presentation/3/mixed/manifest");
    const [, , click, network, closed, embargo] = items;
    for (const canvas of [click, network]) {
      expect(canvas.thumbnail).toBeUndefined();
      expect(canvas.items[0].items[0].body.service[0].id).toContain("/iiif/3/mixed%2F");
    }
    for (const canvas of [closed, embargo]) expect([canvas.items, canvas.thumbnail]).toEqual([[], undefined]);
    const two = await read("/presentation/2/mixed/manifest");
    const pictured = two.sequences[0].canvases.map(({ images, thumbnail }: Document) => [images.length, !!thumbnail]);
    expect(pictured).toEqual([
      [1, true],
      [1, true],
      [1, false],
      [1, false],
      [0, false],
      [0, false],
    ]);
  });

  it("says where somebody is let in, in both versions of the flow", async () => {
    const secrets = { ACCESS_SECRET: `one:${"a".repeat(43)}` };
    const answer = await ask("/presentation/3/mixed/manifest", { env: secrets });
    const manifest = JSON.parse(answer.text);
    expect(manifest["@context"]).toContain("http://iiif.io/api/auth/2/context.json");
    const [{ body }] = manifest.items[2].items[0].items;
    expect(body.service[0].service[0].type).toBe("AuthProbeService2");
    expect(answer.headers.get("ETag")).not.toBe((await ask("/presentation/3/mixed/manifest")).headers.get("ETag"));
  });

  it("names text and files only where anybody may see all of what they show", async () => {
    const manifest = await read("/presentation/3/mixed/manifest");
    const texts = manifest.items.filter(({ annotations }: Document) => annotations !== undefined);
    expect(canvasKeys(texts)).toEqual(["open"]);
    expect(JSON.stringify(manifest)).not.toContain("mixed.pdf");
  });

  it("is kept for ten minutes at the most where anything is stated", async () => {
    const stated = await ask("/presentation/3/mixed/manifest");
    expect(stated.headers.get("Cache-Control")).toMatch(/^private, max-age=600$/);
    const other = await ask("/presentation/3/plain/manifest");
    expect(other.headers.get("Cache-Control")).toMatch(/stale-while-revalidate/);
  });

  it("is another one, under another entity tag, when a date has come", async () => {
    const at = 1000 * Math.ceil(Date.now() / 1000 + 5);
    const embargo = { at, text: new Date(at).toISOString().replace(".000", "") };
    vi.useFakeTimers({ toFake: ["Date"], now: at - 5000 });
    const dated = makeWork({
      key: "dated",
      pages: [page("dated", { embargo })],
    });
    await env.CATALOGUE.put(workKey("dated"), formatWork(dated));
    const before = await ask("/presentation/3/dated/manifest");
    const kept = Number(/max-age=(\d+)/.exec(before.headers.get("Cache-Control") ?? "")?.[1] ?? 0);
    expect(kept).toBe(5);
    expect(JSON.parse(before.text).items[0].items).toEqual([]);
    vi.setSystemTime(at);
    const headers = { "If-None-Match": before.headers.get("ETag") ?? "" };
    const after = await ask("/presentation/3/dated/manifest", { headers });
    expect([after.status, JSON.parse(after.text).items[0].items.length]).toEqual([200, 1]);
  });
});

const documents = (key: string) => [
  `/presentation/3/${key}/manifest`,
  `/presentation/2/${key}/manifest`,
  `/presentation/${key}/canvas/open`,
  `/presentation/${key}/page/open`,
  `/presentation/3/${key}/text/open`,
  `/presentation/2/${key}/text/open`,
  `/presentation/${key}/file/open`,
  `/presentation/${key}/attachment/${key}.pdf`,
  `/presentation/${key}/search/1?q=whisper`,
  `/presentation/${key}/search/2?q=whisper`,
  `/objects/${key}`,
];

describe("an object that is closed by itself", () => {
  it.each(documents("shut"))("is refused whatever is asked of it: %s", async (path) => {
    for (const method of ["GET", "HEAD"]) {
      const { status, headers } = await ask(path, { method, headers: { "If-None-Match": "*" } });
      expect([status, headers.get("Cache-Control")]).toEqual([403, "private, no-store"]);
      expect(headers.get("ETag")).toBeNull();
    }
  });

  it.each(documents("staff"))("for some networks is answered there, and kept by nobody: %s", async (path) => {
    expect((await ask(path)).status).toBe(403);
    const { status, headers } = await ask(path, { headers: inRoom });
    expect([status, headers.get("Cache-Control")]).toEqual([200, "private, no-store"]);
  });
});

describe("an object that is hidden", () => {
  it.each(["secret", "gone", "vault1"].flatMap(documents))("is as if there were none: %s", async (path) => {
    const absent = path.replace(/secret|gone|vault1/g, "absent");
    for (const headers of [{}, inRoom, { "If-None-Match": "*" }]) {
      const [one, other] = [await ask(path, { headers }), await ask(absent, { headers })];
      const seen = ({ status, headers, text }: typeof one) => [
        status,
        text.replace(/secret|gone|vault1|absent/g, ""),
        headers.get("Cache-Control"),
        headers.get("Content-Type"),
        headers.get("ETag"),
      ];
      expect(one.status).toBe(404);
      expect(seen(one)).toEqual(seen(other));
    }
  });
});

describe("the text of a page", () => {
  it.each([
    ["open", 200],
    ["reduced", 401],
    ["click", 401],
    ["network", 403],
    ["closed", 403],
    ["embargo", 403],
    ["hidden", 404],
  ])("is answered as its images are: %s, %d", async (key, status) => {
    for (const path of [`3/mixed/text/${key}`, `2/mixed/text/${key}`, `mixed/file/${key}`]) {
      const { headers, ...answer } = await ask(`/presentation/${path}`);
      expect([path, answer.status]).toEqual([path, status]);
      expect(answer.text.includes("whisper")).toBe(status === 200);
      if (status === 401 || status === 403) expect(headers.get("Cache-Control")).toBe("private, no-store");
    }
  });

  it("is read by who is let in, and kept by nobody", async () => {
    const { status, headers } = await ask("/presentation/3/mixed/text/network", { headers: inRoom });
    expect([status, headers.get("Cache-Control")]).toEqual([200, "private, no-store"]);
  });

  it.each(["3/mixed/text/%63losed", "3/%6Dixed/text/closed", "3/%6dixed/text/c%6Cosed"])(
    "is refused in every spelling of its address: %s",
    async (path) => {
      expect((await ask(`/presentation/${path}`)).status).toBe(403);
    },
  );

  it.each(["3/mixed/text/closed;", "3/mixed/text/%2563losed", "3/mixed/text/CLOSED", "3/mixed%252F/text/closed"])(
    "is not found under what only looks like its address: %s",
    async (path) => {
      expect((await ask(`/presentation/${path}`)).status).toBe(404);
    },
  );
});

it("a file beside the images is refused while not all of them are open", async () => {
  expect((await ask("/presentation/mixed/attachment/mixed.pdf")).status).toBe(404);
  expect((await ask("/presentation/plain/attachment/plain.pdf")).status).toBe(200);
});

describe("a page with a redaction", () => {
  it.each(["3/redacted/text/name", "2/redacted/text/name", "redacted/file/name"])(
    "has a text that nobody reads, for it says what the picture hides: %s",
    async (path) => {
      const answer = await ask(`/presentation/${path}`, { headers: inRoom });
      expect([answer.status, answer.headers.get("Cache-Control")]).toEqual([403, "private, no-store"]);
      expect(answer.text).not.toContain("whisper");
    },
  );

  it("keeps the files of its object from all, and no text of the other pages", async () => {
    const file = await ask("/presentation/redacted/attachment/redacted.pdf");
    expect([file.status, JSON.parse(file.text).code]).toEqual([403, "access-closed"]);
    expect((await ask("/presentation/3/redacted/text/rest")).status).toBe(200);
  });

  it("is shown with its picture, and without text and file, in manifests", async () => {
    const manifest = await read("/presentation/3/redacted/manifest");
    expect(manifest.items.map(({ items }: Document) => items.length)).toEqual([1, 1]);
    expect(canvasKeys(manifest.items.filter(({ annotations }: Document) => annotations))).toEqual(["rest"]);
    expect(JSON.stringify(manifest)).not.toContain("redacted.pdf");
  });

  it("is not found by its text", async () => {
    for (const path of ["search?q=wordname", "redacted/search/2?q=wordname"])
      expect((await read(`/presentation/${path}`)).items).toEqual([]);
    expect((await read("/presentation/search?q=wordrest")).items).toHaveLength(1);
  });
});

describe("a search", () => {
  it.each(["1", "2"])("in an object finds what anybody may read, by Content Search %s", async (version) => {
    const { text } = await ask(`/presentation/mixed/search/${version}?q=whisper`);
    expect([...new Set(text.match(/word[a-z]+/g))]).toEqual(["wordopen"]);
    const closed = await read(`/presentation/mixed/search/${version}?q=wordclosed`);
    expect((closed.items ?? closed.resources).length).toBe(0);
  });

  it("in all objects tells of those alone that anybody may see, and counts no others", async () => {
    const found = await read("/presentation/search?q=papers");
    expect(found.items.map(({ label }: Document) => label.en[0]).sort()).toEqual([
      "Mixed papers",
      "Plain papers",
      "Redacted papers of zebras",
    ]);
    expect([found.total, found.isTotalExact]).toEqual([3, true]);
    for (const word of [
      "wordclosed",
      "wordnetwork",
      "wordreduced",
      "wordhidden",
      "shut",
      "secret",
      "vault",
      '"label-hidden"',
    ]) {
      const none = await read(`/presentation/search?q=${encodeURIComponent(word)}`);
      expect([word, none.total, none.items]).toEqual([word, 0, []]);
    }
    const label = await read(`/presentation/search?q=${encodeURIComponent('"label-open"')}`);
    expect(label.total).toBe(2);
  });

  it("shows no picture that not anybody may see", async () => {
    const { text } = await ask("/presentation/search?q=mixed");
    expect(text).not.toContain("mixed%2Fhidden");
  });
});

describe("lists", () => {
  it("of members leave out what is hidden or closed, and have pictures that all may see", async () => {
    const collection = await read("/presentation/3/papers/collection");
    const labels = collection.items.map(({ label }: Document) => label.en[0]);
    expect(labels).toEqual(["Mixed papers", "Plain papers", "Staff papers", "Redacted papers of zebras"]);
    expect(collection.thumbnail).toBeUndefined();
    const two = await read("/presentation/2/papers/collection");
    expect(two.manifests).toHaveLength(4);
    const { text } = await ask("/collections/papers");
    for (const word of ["Shut", "Secret", "Gone", "Vault"]) expect(text).not.toContain(`${word} papers`);
  });

  it("of changes tell of those alone that anybody may see", async () => {
    const feed = await ask("/presentation/activity/1");
    const keys = JSON.parse(feed.text).orderedItems.map(({ object }: Document) => object.id.split("/").at(-2));
    expect(keys).toEqual(["mixed", "plain", "redacted"]);
    expect(feed.headers.get("Cache-Control")).toMatch(/max-age=600$/);
    expect(feed.headers.get("Server-Timing")).toBeNull();
  });
});

describe("the page of an object", () => {
  it("has no picture and no word of a hidden page", async () => {
    const { text, status } = await ask("/objects/mixed");
    expect(status).toBe(200);
    expect(text).not.toContain("hidden/");
    expect(text).not.toContain("label-hidden");
    expect((await ask("/objects/mixed?page=hidden")).status).toBe(404);
  });

  it("says of a page why there is no picture", async () => {
    expect((await ask("/objects/mixed?page=closed")).text).toContain("This page is closed.");
    const click = (await ask("/objects/mixed?page=click")).text;
    expect(click).toContain("This page is not shown to all.");
    expect(click).not.toContain("mixed%2Fclick/full");
  });

  it("finds in the text what anybody may read", async () => {
    const { text } = await ask("/objects/mixed?q=whisper");
    expect(text).toContain("wordopen");
    expect(text).not.toMatch(/word(?:hidden|reduced|click|network|closed|embargo)/);
    expect(text).toContain("1 found");
  });
});

it("nothing is answered where the rules can't be read", async () => {
  const broken = { CATALOGUE: failing(env.CATALOGUE), MASTER_TTL_SECONDS: "0" };
  for (const path of ["/presentation/3/plain/manifest", "/presentation/3/papers/collection", "/objects/plain"]) {
    expect([path, (await ask(path, { env: broken })).status]).toEqual([path, 503]);
  }
});

/** A bucket of which the rules alone can't be read. */
function failing(bucket: R2Bucket): object {
  return {
    get: (key: string, options: R2GetOptions) =>
      key === "rules.json" ? Promise.reject(new Error("no answer")) : bucket.get(key, options),
    head: (key: string) => bucket.head(key),
    list: (options: R2ListOptions) => bucket.list(options),
    put: () => Promise.reject(new Error("not here")),
  };
}
