import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { encodeTestTile } from "../support/jpeg-tile.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { type Asking, ask as askService } from "../support/service.ts";

const gateway = [
  { prefix: "/loris/", id: { strip: ".jp2" } },
  { prefix: "/cantaloupe/", id: { page: ";", slash: "::" } },
  { prefix: "/archive/", id: { stripStart: "old-", prepend: "a/b/" } },
  { prefix: "/dzi/", protocol: "deepzoom" },
  { prefix: "/zoomify/", protocol: "zoomify", tileSize: 64 },
  { prefix: "/fcgi-bin/iipsrv.fcgi", protocol: "iip", id: { strip: ".tif" } },
];
const variables = { GATEWAY: gateway, MASTER_TTL_SECONDS: "0" };
const ask = (path: string, asking: Asking = {}) => askService(path, { ...asking, env: variables });

const rules = {
  access: [{ match: "a/b/staff-*", access: "role:staff" }],
  roles: { staff: { label: { en: "Staff" }, claims: ["@museum.example"] } },
};

/** By the last part of their identifiers, which all lie in `a/b/`: what anybody gets, and the code of the refusal. */
const images = {
  closed: { policy: { access: "closed" }, status: 403, code: "access-closed" },
  hidden: { policy: { access: "hidden" }, status: 404, code: "not-found" },
  embargoed: { policy: { embargo: "2999-01-01" }, status: 403, code: "access-closed" },
  "staff-Ä": { policy: {}, status: 401, code: "login-required" },
} as const;
type Name = keyof typeof images;
const names = Object.keys(images) as Name[];

beforeAll(async () => {
  const jpeg = { compression: "jpeg", photometric: "YCbCr", ycbcrSubsampling: [1, 1] } as const;
  const form = { width: 201, height: 133, tile: 64, levels: 3, ...jpeg, encodeTile: encodeTestTile } as const;
  const file = await makeTiff({ ...form, pages: [{ width: 90, height: 60, tile: 64 }] });
  await env.CATALOGUE.put("rules.json", JSON.stringify(rules));
  for (const name of names) {
    const identifier = `a/b/${name}`;
    await env.MASTERS.put(identifier, file);
    const record = { identifier, metadata: [], width: 201, height: 133, policy: images[name].policy };
    await env.CATALOGUE.put(`records/${identifier}.json`, JSON.stringify(record));
  }
  await env.MASTERS.put("a/b/open", file);
});

/** Each byte as an escape, in upper or in lower case. */
const escaped = (text: string, upper: boolean): string =>
  [...new TextEncoder().encode(text)]
    .map((byte) => `%${byte.toString(16).padStart(2, "0")}`)
    .map((octet) => (upper ? octet.toUpperCase() : octet))
    .join("");

/** Spellings that all mean `a/b/NAME`. */
const spellings: Readonly<Record<string, (name: string) => string>> = {
  canonical: (name) => `a%2Fb%2F${encodeURIComponent(name)}`,
  "lower-case escapes": (name) => `a%2fb%2f${encodeURIComponent(name).toLowerCase()}`,
  "plain slashes": (name) => `a/b/${encodeURIComponent(name)}`,
  "some slashes plain": (name) => `a/b%2F${encodeURIComponent(name)}`,
  "each letter in upper-case hexadecimal": (name) => escaped(`a/b/${name}`, true),
  "each letter in lower-case hexadecimal": (name) => escaped(`a/b/${name}`, false),
};

/** What is told of an answer, but for the address that was asked for. */
async function decisionOf(path: string, asking: Asking = {}) {
  const { status, headers, text } = await ask(path, { headers: { Accept: "application/json" }, ...asking });
  const { code } = status >= 400 && text.startsWith("{") ? JSON.parse(text) : { code: undefined };
  const shown = ["Cache-Control", "ETag", "Location", "Content-Type"].map((name) => headers.get(name));
  return { status, code, shown };
}

const ends = ["/info.json", "/full/max/0/default.jpg", "/0,0,64,64/64,64/0/default.jpg", "/full/30,/0/gray.png", ""];

describe.each(names)("an image that is %s", (name) => {
  const { status, code } = images[name];
  // One that is hidden is answered as one that is not there, which caches may keep.
  const isHidden = status === 404;
  const expectRefused = (decision: Awaited<ReturnType<typeof decisionOf>>, path: string): void => {
    expect([path, decision.status, decision.code]).toEqual([path, status, code]);
    const [kept, etag, location] = decision.shown;
    expect([path, etag, location]).toEqual([path, null, null]);
    if (!isHidden) expect([path, kept]).toEqual([path, "private, no-store"]);
  };

  it.each(Object.keys(spellings))("is refused in either version by its name in %s", async (spelling) => {
    const raw = spellings[spelling]?.(name) ?? "";
    const canonical = spellings.canonical?.(name) ?? "";
    for (const version of [3, 2]) {
      for (const end of ends) {
        const path = `/iiif/${version}/${raw}${end}`;
        const decision = await decisionOf(path);
        expectRefused(decision, path);
        expect(decision).toEqual(await decisionOf(`/iiif/${version}/${canonical}${end}`));
      }
    }
  });

  it.each([";page=1", ";page=2", "%3Bpage=1", "%3bpage%3D2", ";page=999"])(
    "is refused with the number of a page: %s",
    async (page) => {
      for (const end of ends) {
        const path = `/iiif/3/a%2Fb%2F${encodeURIComponent(name)}${page}${end}`;
        expectRefused(await decisionOf(path), path);
      }
    },
  );

  it("has no reduced image, and none of a page", async () => {
    for (const ending of [";max=50", "%3Bmax%3D50", ";page=2;max=50", ";page=1;max=99999"]) {
      for (const end of ends.filter((end) => !end.startsWith("/0,0"))) {
        const path = `/iiif/3/a%2Fb%2F${encodeURIComponent(name)}${ending}${end}`;
        expectRefused(await decisionOf(path), path);
      }
    }
  });

  it("is no other image than one that is not there where its name is another", async () => {
    const raw = encodeURIComponent(name);
    const others = [
      // Decoded once and not twice.
      ...[
        `a%252Fb%252F${raw}`,
        `a%2Fb%2F${raw.replaceAll("%", "%25")}%2520`,
        escaped(`a/b/${name}`, true).replaceAll("%", "%25"),
      ],
      ...[
        `a%2Fb%2F${raw};`,
        `a%2Fb%2F${raw}%3B`,
        `a%2Fb%2F${raw};page=`,
        `a%2Fb%2F${raw};page=0`,
        `a%2Fb%2F${raw};page=01`,
      ],
      ...[`a%2Fb%2F${raw};page=1;page=1`, `a%2Fb%2F${raw};PAGE=1`, `a%2Fb%2F${raw}%20`, `a%2Fb%2F${raw}+`],
      ...[
        `a%2F%2Fb%2F${raw}`,
        `%2Fa%2Fb%2F${raw}`,
        `a%2Fb%2F${raw}%2F`,
        `A%2FB%2F${raw}`,
        `a%2Fb%2F${raw.toUpperCase()}`,
      ],
      ...[`a%5Cb%5C${raw}`, `a%2Fb%2F.%2F${raw}`, `a%2Fb%2F..%2Fb%2F${raw}`, `a%2Fb%2F${raw}.jp2`, `a::b::${raw}`],
    ];
    for (const other of others) {
      for (const end of ends.slice(0, 3)) {
        const path = `/iiif/3/${other}${end}`;
        const { status, code } = await decisionOf(path);
        // Where a rule has a form for the name, what has no record is closed: no image is shown either way.
        expect([path, [401, 403, 404].includes(status)]).toEqual([path, true]);
        if (!name.startsWith("staff")) expect([path, code]).toEqual([path, "not-found"]);
      }
    }
    // What does not decode, or has control characters, is no name at all.
    for (const other of [`a%2Fb%2F${raw}%00`, `a%2Fb%2F${raw}%0A`, `a%2Fb%2F${raw}%`, `a%c0%afb%c0%af${raw}`]) {
      expect((await decisionOf(`/iiif/3/${other}/info.json`)).code, other).toBe("identifier-malformed");
    }
  });

  it("is refused by URLs of other servers", async () => {
    const raw = encodeURIComponent(name);
    const paths = [
      ...[
        `/loris/a%2Fb%2F${raw}.jp2/full/full/0/native.jpg`,
        `/loris/a/b/${raw}.jp2/info.json`,
        `/loris/a%2fb%2f${raw}/info.json`,
      ],
      ...[`/cantaloupe/a::b::${raw}/full/max/0/default.jpg`, `/cantaloupe/a::b::${raw};2/full/max/0/default.jpg`],
      ...[`/cantaloupe/a::b::${raw};1:2/full/max/0/default.jpg`, `/cantaloupe/a%3A%3Ab%3a%3a${raw};2;1:2/info.json`],
      ...[`/archive/old-${raw}/full/max/0/default.jpg`, `/archive/${raw}/info.json`],
      ...[`/dzi/a/b/${raw}.dzi`, `/dzi/a%2Fb%2F${raw}.dzi`, `/dzi/a/b/${raw}_files/8/0_0.jpg`],
      ...[`/dzi/${escaped(`a/b/${name}`, false)}_files/7/0_0.jpg`, `/dzi/a/b/${raw}%3Bpage%3D2.dzi`],
      ...[`/zoomify/a/b/${raw}/ImageProperties.xml`, `/zoomify/a%2Fb%2F${raw}/TileGroup0/2-0-0.jpg`],
      ...["obj=IIP,1.0&obj=Max-size", "JTL=2,0", "WID=90&CVT=jpeg", "RGN=0,0,0.5,0.5&WID=90&CVT=jpeg"].flatMap(
        (query) => [
          `/fcgi-bin/iipsrv.fcgi?FIF=a/b/${raw}.tif&${query}`,
          `/fcgi-bin/iipsrv.fcgi?FIF=${escaped(`a/b/${name}`, true)}&${query}`,
        ],
      ),
      `/fcgi-bin/iipsrv.fcgi?IIIF=a/b/${raw}.tif/full/max/0/default.jpg`,
      `/fcgi-bin/iipsrv.fcgi?IIIF=a%2Fb%2F${raw}.tif/info.json`,
    ];
    for (const path of paths) {
      expectRefused(await decisionOf(path), path);
      // The same of an image that anybody may see is answered: the path is one.
      const open = await ask(
        path.replaceAll(raw, "open").replaceAll(escaped(name, true), "open").replaceAll(escaped(name, false), "open"),
      );
      expect([path, open.status]).toEqual([path, 200]);
    }
  });

  it("is not shown by the page of a picture, however it is spelt", async () => {
    for (const spelling of Object.values(spellings)) {
      for (const query of ["", "?xywh=0,0,64,64", "?xywh=0,0,64,64&rotation=90"]) {
        for (const page of ["", ";page=2"]) {
          const path = `/view/${spelling(name)}${page}${query}`;
          const { status: answered, text, headers } = await ask(path);
          expect([path, answered]).toEqual([path, status]);
          expect(headers.get("Cache-Control")).toMatch(/no-store|no-cache/);
          expect(text).not.toContain("og:image");
          expect(text).not.toContain("201");
        }
      }
    }
  });
});

describe("an image that anybody may see", () => {
  it("is answered by the same spellings", async () => {
    for (const spelling of Object.values(spellings)) {
      for (const end of ends.slice(0, 4)) {
        expect([end, (await ask(`/iiif/3/${spelling("open")}${end}`)).status]).toEqual([end, 200]);
      }
      expect((await ask(`/view/${spelling("open")}`)).text).toContain("og:image");
    }
  });
});
