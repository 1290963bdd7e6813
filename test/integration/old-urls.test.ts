import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { formatMoveRecord, moveKey } from "../../src/catalogue/moved.ts";
import { type MasterKey, placesOf } from "../../src/identity/master-name.ts";
import { encodeTestTile } from "../support/jpeg-tile.ts";
import { makeTiff } from "../support/make-tiff.ts";
import { type Asking, ask } from "../support/service.ts";

const jpeg = {
  compression: "jpeg",
  photometric: "YCbCr",
  ycbcrSubsampling: [1, 1],
  encodeTile: encodeTestTile,
} as const;

const rules = [
  { prefix: "/loris/", id: { strip: ".jp2" } },
  { prefix: "/cantaloupe/", id: { page: ";", slash: "::" } },
  { prefix: "/dzi/", protocol: "deepzoom" },
  { prefix: "/dzi/overlapping/", protocol: "deepzoom", tileSize: 254, overlap: 1 },
  { prefix: "/zoomify/", protocol: "zoomify", tileSize: 64 },
  { prefix: "/fcgi-bin/iipsrv.fcgi", protocol: "iip", id: { strip: ".tif" } },
];
const old = (path: string, asking: Asking = {}) => ask(path, { ...asking, env: { GATEWAY: rules, ...asking.env } });
const iip = (query: string, asking: Asking = {}) => old(`/fcgi-bin/iipsrv.fcgi?${query}`, asking);

const book = "a/b/c/d/e/f/g/h/book";
const bookUri = `https://images.example/iiif/2/${book.replaceAll("/", "%2F")}`;

beforeAll(async () => {
  const form = { width: 601, height: 403, tile: 64, levels: 4, ...jpeg } as const;
  await env.MASTERS.put("map", await makeTiff(form));
  await env.MASTERS.put(book, await makeTiff({ ...form, pages: [{ width: 90, height: 60, tile: 64 }] }));
});

describe("an image that has moved, by another server's URL", () => {
  const gone = "withdrawn";
  beforeAll(async () => {
    const chain = { identifier: "map-of-1700", to: gone };
    for (const move of [{ identifier: "map-of-1850", to: "map" }, { identifier: gone }, chain]) {
      await env.CATALOGUE.put(moveKey(move.identifier), formatMoveRecord(move));
    }
  });

  it.each([
    ["/dzi/map-of-1850_files/10/3_4.jpg", "/dzi/map_files/10/3_4.jpg"],
    ["/dzi/map-of-1850.dzi", "/dzi/map.dzi"],
    ["/zoomify/map-of-1850/TileGroup0/3-2-1.jpg", "/zoomify/map/TileGroup0/3-2-1.jpg"],
    ["/fcgi-bin/iipsrv.fcgi?FIF=map-of-1850.tif&JTL=4,11", "/fcgi-bin/iipsrv.fcgi?FIF=map.tif&JTL=4,11"],
  ])("is answered as what it is now: %s", async (path, now) => {
    const [answer, expected] = [await old(path), await old(now)];
    // Purged with the old identifier too: an image may be stored under it again.
    const { cacheTag } = await placesOf("map-of-1850" as MasterKey);
    const tags = `${expected.headers.get("Cache-Tag")},${cacheTag}`;
    expect([answer.status, answer.headers.get("Cache-Tag")]).toEqual([200, tags]);
    expect(answer.bytes).toEqual(expected.bytes);
  });

  it("is found through several identifiers, and not looked for where they lead in a circle", async () => {
    for (const [identifier, to] of [
      ["map-of-1800", "map-of-1850"],
      ["east", "west"],
      ["west", "east"],
    ] as const) {
      await env.CATALOGUE.put(moveKey(identifier), formatMoveRecord({ identifier, to }));
    }
    const { status, headers } = await old("/dzi/map-of-1800.dzi");
    expect([status, headers.get("Cache-Tag")?.split(",").length]).toEqual([200, 3]);
    expect((await old("/dzi/east.dzi")).status).toBe(404);
  });

  it.each([
    ["/loris/map-of-1850.jp2/full/90,/0/native.jpg?a=1", "/iiif/2/map/full/90,/0/default.jpg?a=1"],
    ["/fcgi-bin/iipsrv.fcgi?IIIF=map-of-1850.tif/info.json", "/iiif/2/map/info.json"],
  ])("leads to its URL of IIIF: %s", async (path, location) => {
    const { status, headers } = await old(path);
    expect([status, headers.get("Location")]).toEqual([301, location]);
  });

  it.each([`/dzi/${gone}.dzi`, `/zoomify/${gone}/TileGroup0/0-0-0.jpg`, `/loris/${gone}.jp2/info.json`])(
    "is gone where it was removed: %s",
    async (path) => {
      expect((await old(path)).status).toBe(410);
    },
  );

  it("goes by the tags of all identifiers that led there where it is gone, too", async () => {
    const { status, headers } = await old("/dzi/map-of-1700.dzi");
    expect([status, headers.get("Cache-Tag")?.split(",").length]).toEqual([410, 2]);
  });
});

describe("a picture by another server's URL", () => {
  it.each([
    [
      `/loris/${book}.jp2/0,0,512,403/256,/0/native.jpg`,
      `/iiif/2/${encodeURIComponent(book)}/0,0,512,403/256,/0/default.jpg`,
    ],
    ["/loris/map.jp2/full/!90,90/0/grey.png", "/iiif/2/map/full/!90,90/0/gray.png"],
    [
      "/cantaloupe/a::b::c::d::e::f::g::h::book;2/full/max/0/default.jpg",
      `/iiif/2/${encodeURIComponent(book)};page=2/full/max/0/default.jpg`,
    ],
    ["/cantaloupe/map;1:2/20,10,64,64/32,/0/default.jpg", "/iiif/2/map/40,20,128,128/32,/0/default.jpg"],
    ["/dzi/map_files/9/1_2.jpg", "/iiif/3/map/128,256,128,128/64,64/0/default.jpg"],
    ["/dzi/map_files/10/9_6.jpg", "/iiif/3/map/576,384,25,19/25,19/0/default.jpg"],
    ["/dzi/overlapping/map_files/10/1_0.jpg", "/iiif/3/map/253,0,256,255/256,255/0/default.jpg"],
    ["/zoomify/map/TileGroup0/3-2-1.jpg", "/iiif/3/map/256,128,128,128/64,64/0/default.jpg"],
    ["/fcgi-bin/iipsrv.fcgi?FIF=map.tif&JTL=4,11", "/iiif/3/map/64,64,64,64/64,64/0/default.jpg"],
    [
      "/fcgi-bin/iipsrv.fcgi?FIF=map.tif&WID=100&RGN=0,0,0.5,0.5&CVT=jpeg",
      "/iiif/3/map/0,0,301,202/!100,202/0/default.jpg",
    ],
    ["/fcgi-bin/iipsrv.fcgi?IIIF=map.tif/full/100,/0/default.jpg", "/iiif/2/map/full/100,/0/default.jpg"],
  ])("is the one of IIIF, with its headers: %s", async (path, iiif) => {
    const [answer, expected] = [await old(path), await old(iiif)];
    expect([answer.status, expected.status]).toEqual([200, 200]);
    expect(answer.bytes).toEqual(expected.bytes);
    expect(Object.fromEntries(answer.headers)).toEqual({
      ...Object.fromEntries(expected.headers),
      "server-timing": expect.stringContaining('reads;desc="'),
    });
    const notModified = await old(path, { headers: { "If-None-Match": answer.headers.get("ETag") ?? "" } });
    expect([notModified.status, notModified.text]).toEqual([304, ""]);
    const head = await old(path, { method: "HEAD" });
    expect([head.status, head.text, head.headers.get("ETag")]).toEqual([200, "", answer.headers.get("ETag")]);
  });

  it.each([
    "/dzi/map_files/10/3_4.jpg",
    "/dzi/map_files/9/0_1.jpg",
    "/dzi/map_files/8/1_0.jpg",
    "/zoomify/map/TileGroup0/4-3-4.jpg",
    "/zoomify/map/TileGroup0/3-0-1.jpg",
    "/fcgi-bin/iipsrv.fcgi?FIF=map&JTL=4,13",
    "/fcgi-bin/iipsrv.fcgi?FIF=map&JTL=2,1",
  ])("is a stored tile as it is where it is one: %s", async (path) => {
    expect((await old(path)).timing).toMatchObject({ strategy: "copy", reads: "1" });
  });

  it("opens its master once, and none for a request that is wrong", async () => {
    await env.MASTERS.put("fresh", await makeTiff({ width: 200, height: 200, tile: 64, levels: 2, ...jpeg }));
    const first = await old("/dzi/fresh_files/8/0_0.jpg");
    // The tile came with the first bytes.
    expect(first.timing).toMatchObject({ strategy: "copy", reads: "1" });
    expect((await old("/dzi/fresh_files/8/1_0.jpg")).timing).toMatchObject({ strategy: "copy", reads: "1" });
    await env.MASTERS.delete("fresh");
    expect((await iip("FIF=fresh&JTL=x")).status).toBe(400);
  });
});

describe("what is told of an image by another protocol", () => {
  it.each([
    [
      "/dzi/map.dzi",
      "application/xml",
      '<?xml version="1.0" encoding="UTF-8"?>\n<Image xmlns="http://schemas.microsoft.com/deepzoom/2008" TileSize="64" Overlap="0" Format="jpg"><Size Width="601" Height="403"/></Image>\n',
    ],
    [
      "/zoomify/map/ImageProperties.xml",
      "application/xml",
      '<IMAGE_PROPERTIES WIDTH="601" HEIGHT="403" NUMTILES="99" NUMIMAGES="1" VERSION="1.8" TILESIZE="64" />\n',
    ],
    [
      "/fcgi-bin/iipsrv.fcgi?FIF=map.tif&obj=IIP,1.0&obj=Max-size&obj=Tile-size&obj=Resolution-number",
      "application/vnd.netfpx",
      "IIP:1.0\r\nMax-size:601 403\r\nTile-size:64 64\r\nResolution-number:5\r\n",
    ],
  ])("is kept like info.json, and purged with the image: %s", async (path, type, text) => {
    const [answer, picture, info] = [
      await old(path),
      await old("/iiif/3/map/full/9,/0/default.jpg"),
      await old("/iiif/3/map/info.json"),
    ];
    expect([answer.status, answer.text, answer.headers.get("Content-Type")]).toEqual([200, text, type]);
    expect(answer.headers.get("Cache-Tag")).toBe(picture.headers.get("Cache-Tag"));
    expect(answer.headers.get("Access-Control-Allow-Origin")).toBe("*");
    // It names no host, so that all may keep it.
    expect(answer.headers.get("Cache-Control")).toBe(info.headers.get("Cache-Control")?.replace("private", "public"));
    const notModified = await old(path, { headers: { "If-None-Match": answer.headers.get("ETag") ?? "" } });
    expect([notModified.status, notModified.text]).toEqual([304, ""]);
    const head = await old(path, { method: "HEAD" });
    expect([head.status, head.text, head.headers.get("Content-Type")]).toEqual([200, "", type]);
    const missing = await old(path.replace("map", "gone"));
    expect([missing.status, missing.text]).toEqual([404, "There is no image with this identifier. (not-found)\n"]);
  });

  it("names the image by its own URI in info.json, so that viewers go on there", async () => {
    for (const path of [`/loris/${book}.jp2/info.json`, `/loris/${encodeURIComponent(book)}.jp2/info.json`]) {
      const info = await old(path);
      expect([info.status, JSON.parse(info.text)["@id"]]).toEqual([200, bookUri]);
      expect(info.text).toBe((await old(`/iiif/2/${encodeURIComponent(book)}/info.json`)).text);
    }
    const base = await old(`/loris/${book}.jp2`);
    expect([base.status, base.headers.get("Location")]).toEqual([303, `${bookUri}/info.json`]);
    expect(JSON.parse((await iip("IIIF=map.tif/info.json")).text)["@id"]).toBe("https://images.example/iiif/2/map");
  });
});

describe("a request for another server's URL that can't be answered", () => {
  it.each([
    ["/dzi/map_files/11/0_0.jpg", 404, "The levels of this image are 0 to 10. (not-found)"],
    [
      "/dzi/map_files/10/10_0.jpg",
      404,
      "The last tile of this level is that of column 9 and row 6, counted from 0. (not-found)",
    ],
    ["/zoomify/map/TileGroup0/5-0-0.jpg", 404, "The levels of this image are 0 to 4. (not-found)"],
    ["/fcgi-bin/iipsrv.fcgi?FIF=map&JTL=5,0", 404, "The resolutions of this image are 0 to 4. (not-found)"],
    ["/fcgi-bin/iipsrv.fcgi?FIF=map&JTL=4,70", 404, "The tiles of this resolution are 0 to 69. (not-found)"],
    [
      "/fcgi-bin/iipsrv.fcgi?FIF=map&SPECTRA=1,1,1,1",
      400,
      "This is not a request of IIP that is answered: SPECTRA is not answered here. It is FIF with OBJ, with JTL or with CVT=jpeg. (query-malformed)",
    ],
    ["/dzi/map_files/10/0_0.bmp", 400, "The format is not one of jpg, png, webp, tif, gif, pdf. (format-unknown)"],
    [
      "/loris/map.jp2/full/full/0/default.jp2",
      400,
      "The format is not one of jpg, png, webp, tif, gif, pdf. (format-unknown)",
    ],
  ])("is told why: %s", async (path, status, text) => {
    const answer = await old(path);
    expect([answer.status, answer.text]).toEqual([status, `${text}\n`]);
    expect(answer.headers.get("Access-Control-Allow-Origin")).toBe("*");
  });

  it("is held to the limits of the service, of a path and of methods", async () => {
    const small = { MAX_WIDTH: "60" };
    expect((await old("/dzi/map_files/10/0_0.jpg", { env: small })).text).toMatch(/\(size-above-limit\)\n$/);
    expect((await iip("FIF=map&WID=300&CVT=jpeg", { env: small })).status).toBe(200);
    const long = await iip(`FIF=${"x".repeat(4096)}&JTL=0,0`);
    expect([long.status, long.text]).toEqual([414, "The query is longer than 4096 characters. (url-too-long)\n"]);
    expect((await old("/dzi/map.dzi", { method: "OPTIONS" })).status).toBe(204);
    expect((await old("/dzi/map.dzi", { method: "POST" })).status).toBe(405);
  });

  it("is nobody's where no rule is for it", async () => {
    expect((await ask("/dzi/map.dzi")).status).toBe(404);
    expect((await old("/iiif/3/map/full/9,/0/default.jpg")).status).toBe(200);
    expect((await old("/health")).status).toBe(200);
  });
});
