import { describe, expect, it } from "vitest";
import { type GatewayRule, readGateway } from "../../../src/config/gateway.ts";
import { readDeepZoom } from "../../../src/gateway/deep-zoom.ts";
import { findRule } from "../../../src/gateway/find-rule.ts";
import { type OldIiif, readIiif } from "../../../src/gateway/iiif.ts";
import { readIip } from "../../../src/gateway/iip.ts";
import { readOldIdentifier } from "../../../src/gateway/old-identifier.ts";
import type { OldRequest } from "../../../src/gateway/old-request.ts";
import { readZoomify } from "../../../src/gateway/zoomify.ts";
import { codeOf } from "../../support/code-of.ts";
import { openRandom } from "../../support/random.ts";

const pageSuffix = ";page=";
const prefix = "/iiif";
const image = { width: 4000, height: 3001, tile: { width: 256, height: 256 } };

function rulesOf(...stated: readonly object[]): readonly GatewayRule[] {
  const faults: string[] = [];
  const rules = readGateway(stated, { pageSuffix, faults });
  expect(faults).toEqual([]);
  return rules;
}

/** What a URL of another server means, or the code that it is refused with. */
function answerOf(rules: readonly GatewayRule[], url: string): string {
  let meaning = "";
  const code = codeOf(() => {
    meaning = meaningOf(rules, url);
  });
  return code === "none" ? meaning : code;
}

/** A path of this service, or the identifier and what is asked of it. */
function meaningOf(rules: readonly GatewayRule[], url: string): string {
  const [, path = "", query = ""] = /^(?:https?:\/\/[^/]*)?([^?]*)\??(.*)$/.exec(url) ?? [];
  const rule = findRule(rules, path, prefix);
  if (rule === undefined) return "none";
  const rest = path.slice(rule.prefix.length);
  const readers: Record<GatewayRule["protocol"], () => OldRequest> = {
    iiif: () => ({ kind: "iiif", rest }),
    deepzoom: () => readDeepZoom(rest, rule),
    zoomify: () => readZoomify(rest, rule),
    iip: () => readIip(query, rule),
  };
  const old = readers[rule.protocol]();
  if (old.kind !== "iiif") return spell({ ...old, ...readOldIdentifier(old.identifier, { id: rule.id, pageSuffix }) });
  const found = readIiif(old.rest, { rule, prefix, pageSuffix });
  return found.kind === "path" ? found.path : spell(found);
}

function spell(
  found: (OldRequest & { readonly kind: "description" | "picture" }) | (OldIiif & { readonly kind: "picture" }),
) {
  if (found.kind === "description") return `${found.identifier}: ${found.describe(image)}`;
  return `${found.identifier}: ${Object.values(found.translate(image)).join("/")}`;
}

describe("URLs of Loris", () => {
  // Source: pulibrary/princeton_ansible, roles/nginxplus/files/conf/http/libimages.conf, and pulibrary/figgy#6690.
  const rules = rulesOf({ prefix: "/loris/", id: { strip: ".jp2" } }, { prefix: "/loris2/", id: { strip: ".jp2" } });
  const map = "exhibits%2Fnj-historic-maps%2Fsomerset%2F2013-rockingham";

  it.each([
    [`/loris/${map}.jp2/full/!320,320/0/default.jpg`, `/iiif/2/${map}/full/!320,320/0/default.jpg`],
    [
      "/loris2/exhibits%2Fnj-historic-maps%2Fintro%2Fgordon-gazetteer-title-page-1834.jp2/full/!375,375/0/default.jpg",
      "/iiif/2/exhibits%2Fnj-historic-maps%2Fintro%2Fgordon-gazetteer-title-page-1834/full/!375,375/0/default.jpg",
    ],
    [`/loris2/${map.replaceAll("%2F", "/")}.jp2/info.json`, `/iiif/2/${map}/info.json`],
    ["/loris/a/b/c/d/e/f/g/h/0001.jp2/info.json", "/iiif/2/a%2Fb%2Fc%2Fd%2Fe%2Ff%2Fg%2Fh%2F0001/info.json"],
    [
      "/loris/a/b/c/d/e/f/g/h/0001.jp2/1024,0,512,512/512,/0/default.png",
      "/iiif/2/a%2Fb%2Fc%2Fd%2Fe%2Ff%2Fg%2Fh%2F0001/1024,0,512,512/512,/0/default.png",
    ],
    ["/loris/01/02/0001.jp2", "/iiif/2/01%2F02%2F0001"],
    ["/loris/01%2F02%2F0001.jp2/", "/iiif/2/01%2F02%2F0001"],
    ["/loris/01/02/0001.jp2/full/full/0/native.jpg", "/iiif/2/01%2F02%2F0001/full/full/0/default.jpg"],
    ["/loris/01/02/0001.jp2/full/pct:50/22.5/grey.png", "/iiif/2/01%2F02%2F0001/full/pct:50/22.5/gray.png"],
    ["/loris/0001.jp2/full/full/0/native", "/iiif/2/0001/full/full/0/default.jpg"],
    ["/loris/M%C3%BCnchen%20%281%29.jp2/full/90,/0/color.jpg", "/iiif/2/M%C3%BCnchen%20(1)/full/90,/0/color.jpg"],
    ["/loris/a/full/full/0/constructor.jpg", "/iiif/2/a/full/full/0/constructor.jpg"],
    ["/loris/.jp2/info.json", "not-found"],
    ["/loris/", "not-found"],
    ["/loris/a/full/max/0/info.json/", "path-malformed"],
    ["/loris/%ZZ/info.json", "identifier-malformed"],
    ["/loris/a/..%2Fb/info.json", "not-found"],
    ["/lorises/a/info.json", "none"],
  ])("%s", (url, meaning) => {
    expect(answerOf(rules, url)).toBe(meaning);
  });
});

describe("URLs of Cantaloupe", () => {
  // Source: Cantaloupe 5, StandardMetaIdentifierTransformerTest and cantaloupe.properties.sample.
  const rules = rulesOf({ prefix: "/iiif/2/", id: { slash: ":::", page: ";", strip: [".tiff", ".tif"] } });

  it.each([
    ["/iiif/2/maps:::1850:::plate.tif/info.json", "/iiif/2/maps%2F1850%2Fplate/info.json"],
    ["/iiif/2/cats;cats.tif;3/info.json", "/iiif/2/cats;cats;page=3/info.json"],
    ["/iiif/2/cats.tif;1/full/max/0/default.jpg", "/iiif/2/cats/full/max/0/default.jpg"],
    ["/iiif/2/cats%20cats.jp2;1;2:3;cats/info.json", "/iiif/2/cats%20cats.jp2;1;2:3;cats/info.json"],
    ["/iiif/2/cats.tif;3;1:2/info.json", "/iiif/2/cats;page=3/info.json"],
    ["/iiif/2/cats.tif;1:1/full/max/0/default.jpg", "/iiif/2/cats/full/max/0/default.jpg"],
    ["/iiif/2/cats.tif;1:2/full/max/0/default.jpg", "cats: 0,0,4000,3001/!2000,1501/0/default.jpg"],
    ["/iiif/2/cats.tif;3;1:2/full/full/90/native.jpg", "cats;page=3: 0,0,4000,3001/!2000,1501/90/default.jpg"],
    ["/iiif/2/cats.tif;1:2/100,200,256,256/128,/0/default.jpg", "cats: 200,400,512,512/128,/0/default.jpg"],
    ["/iiif/2/cats.tif;1:2/1800%2C1400,256,256/pct:50/0/default.jpg", "cats: 3600,2800,400,201/100,51/0/default.jpg"],
    ["/iiif/2/cats.tif;2:3/pct:0,0,50,50/max/0/default.jpg", "cats: 0,0,2000,1501/!1333,1001/0/default.jpg"],
    ["/iiif/2/cats.tif;2:3/1,1,1,1/full/0/default.jpg", "cats: 2,2,1,1/!1,1/0/default.jpg"],
    ["/iiif/2/cats.tif;3:2/info.json", "/iiif/2/cats.tif;3:2/info.json"],
    // What is new already stays as it is, so that viewers who go on with it find the same.
    ["/iiif/2/maps%2F1850%2Fplate/info.json", "/iiif/2/maps%2F1850%2Fplate/info.json"],
    ["/iiif/2/cats;page=3/full/max/0/default.jpg", "/iiif/2/cats;page=3/full/max/0/default.jpg"],
    ["/iiif/3/cats.tif;3/info.json", "none"],
  ])("%s", (url, meaning) => {
    expect(answerOf(rules, url)).toBe(meaning);
  });
});

describe("URLs of digilib", () => {
  // Source: robcast/digilib, doc/src/site/markdown/iiif-api.md.
  const rules = rulesOf(
    { prefix: "/digilib/Scaler/IIIF/", id: { slash: "!" } },
    { prefix: "/digilib/Scaler/IIIF/2/", id: { slash: "!" } },
    { prefix: "/digilib/Scaler/IIIF/3/", version: 3, id: { slash: "!" } },
  );

  it.each([
    [
      "http://www.example.org/digilib/Scaler/IIIF/2/books!book1!page0002/full/!150,75/0/default.jpg",
      "/iiif/2/books%2Fbook1%2Fpage0002/full/!150,75/0/default.jpg",
    ],
    ["/digilib/Scaler/IIIF/books!book1!page0002/info.json", "/iiif/2/books%2Fbook1%2Fpage0002/info.json"],
    [
      "/digilib/Scaler/IIIF/3/books!book1!page0002/full/max/0/default.jpg",
      "/iiif/3/books%2Fbook1%2Fpage0002/full/max/0/default.jpg",
    ],
  ])("%s", (url, meaning) => {
    expect(answerOf(rules, url)).toBe(meaning);
  });
});

describe("URLs without a version under the path of this service", () => {
  const rules = rulesOf({ prefix: "/iiif/", id: { strip: ".jp2", prepend: "glasgow/" } });

  it.each([
    [
      // Source: loris-imageserver/loris#525.
      "https://iiif.gla.ac.uk/iiif/MS_Gen_1042_100/images/MS_Gen_1042_100_002.jp2/info.json",
      "/iiif/2/glasgow%2FMS_Gen_1042_100%2Fimages%2FMS_Gen_1042_100_002/info.json",
    ],
    ["/iiif/3/a.jp2/info.json", "none"],
    ["/iiif/2/a.jp2/info.json", "none"],
  ])("%s", (url, meaning) => {
    expect(answerOf(rules, url)).toBe(meaning);
  });
});

describe("URLs of iipsrv", () => {
  // Source: lovasoa/dezoomify-rs#52 and #109, lovasoa/dezoomify#144 and #481; iipsrv 1.3, IIIF.cc.
  const id = { strip: [".ptif", ".tif"], stripStart: "/public/" };
  const rules = rulesOf(
    { prefix: "/fastcgi/iipsrv.fcgi", protocol: "iip", id },
    { prefix: "/fcgi-bin/iipsrv.fcgi", protocol: "iip", id },
    { prefix: "/iipsrv", protocol: "iip", tileSize: 256, id },
  );
  const told = "IIP:1.0\r\nMax-size:4000 3001\r\nTile-size:256 256\r\nResolution-number:5\r\n";

  it.each([
    ["/fcgi-bin/iipsrv.fcgi?IIIF=a/b.tif/full/400,400/90/grey.jpg", "/iiif/2/a%2Fb/full/400,400/90/gray.jpg"],
    ["/fcgi-bin/iipsrv.fcgi?IIIF=a%2Fb.tif%2Ffull%2F400,%2F0%2Fnative.jpg", "/iiif/2/a%2Fb/full/400,/0/default.jpg"],
    ["/fcgi-bin/iipsrv.fcgi?iiif=a+b.tif/info.json", "/iiif/2/a%20b/info.json"],
    [
      "https://media.nga.gov/fastcgi/iipsrv.fcgi?FIF=/public/objects/5/0/7/2/4/50724-primary-0-nativeres.ptif&obj=IIP,1.0&obj=Max-size&obj=Tile-size&obj=Resolution-number",
      `objects/5/0/7/2/4/50724-primary-0-nativeres: ${told}`,
    ],
    [
      "https://publications-images.artic.edu/fcgi-bin/iipsrv.fcgi?fif=osci/Renoir_11/Color_Corrected/G39094sm2.ptif&jtl=4,17",
      "osci/Renoir_11/Color_Corrected/G39094sm2: 256,256,256,256/256,256/0/default.jpg",
    ],
    [
      "http://ndhadeliver.natlib.govt.nz/iipsrv?FIF=2013/02/28/ac_1/FL16263173&CNT=1&SDS=0,90&JTL=2,11",
      "2013/02/28/ac_1/FL16263173: 3072,2048,928,953/232,238/0/default.jpg",
    ],
    [
      "/iipsrv?FIF=a.tif&OBJ=IIP,1.0&obj=dpi&obj=Resolutions",
      "a: IIP:1.0\r\nResolutions:250 187,500 375,1000 750,2000 1500,4000 3001\r\n",
    ],
    ["/iipsrv?FIF=a.tif&WID=120&QLT=98&CVT=jpeg", "a: 0,0,4000,3001/!120,3001/0/default.jpg"],
    ["/iipsrv?CVT=JPG&HEI=90&FIF=a.tif", "a: 0,0,4000,3001/!4000,90/0/default.jpg"],
    ["/iipsrv?FIF=a.tif&WID=9000&HEI=9000&CVT=jpeg", "a: 0,0,4000,3001/max/0/default.jpg"],
    ["/iipsrv?FIF=a.tif&RGN=0.25,.5,0.5,1&WID=0&CVT=jpeg", "a: 1000,1501,2000,1500/max/0/default.jpg"],
    ["/iipsrv?FIF=a.tif&RGN=-1e-7%2C0%2C0.1%2C0.1&WID=200.5&CVT=jpeg", "a: 0,0,400,300/!200,300/0/default.jpg"],
    [
      "https://zoom.rcahms.gov.uk/iipsrv?zoomify=live/public/SC0093/SC00932556.ptif/TileGroup0/4-0-0.jpg",
      "live/public/SC0093/SC00932556: 0,0,256,256/256,256/0/default.jpg",
    ],
    [
      "/iipsrv?DeepZoom=live/a.tif.dzi",
      `live/a: <?xml version="1.0" encoding="UTF-8"?>\n<Image xmlns="http://schemas.microsoft.com/deepzoom/2008" TileSize="256" Overlap="0" Format="jpg"><Size Width="4000" Height="3001"/></Image>\n`,
    ],
    ["/iipsrv?FIF=a.tif&JTL=5,0", "not-found"],
    ["/iipsrv?FIF=a.tif&JTL=0,1", "not-found"],
    ["/iipsrv?FIF=a.tif&RGN=1,0,0.5,0.5&CVT=jpeg", "region-outside"],
    ["/iipsrv", "query-malformed"],
    ["/iipsrv?FIF=a.tif", "query-malformed"],
    ["/iipsrv?JTL=0,0", "query-malformed"],
    ["/iipsrv?FIF=a&FIF=b&JTL=0,0", "query-malformed"],
    ["/iipsrv?FIF=a&JTL=0,0&CVT=jpeg", "query-malformed"],
    ["/iipsrv?FIF=a&JTL=0", "query-malformed"],
    ["/iipsrv?FIF=a&JTL=-1,0", "query-malformed"],
    ["/iipsrv?FIF=a&obj=Summary-info", "query-malformed"],
    ["/iipsrv?FIF=a&obj=constructor", "query-malformed"],
    ["/iipsrv?FIF=a&CNT=1.5&JTL=0,0", "query-malformed"],
    ["/iipsrv?FIF=a&SHD=20,30&JTL=0,0", "query-malformed"],
    ["/iipsrv?FIF=a&constructor=1&JTL=0,0", "query-malformed"],
    ["/iipsrv?FIF=a&CVT=png", "query-malformed"],
    ["/iipsrv?FIF=a&WID=wide&CVT=jpeg", "query-malformed"],
    ["/iipsrv?FIF=a&RGN=0,0,1&CVT=jpeg", "query-malformed"],
    ["/iipsrv?FIF=a&RGN=0,0,0,1&CVT=jpeg", "query-malformed"],
    ["/iipsrv?FIF=a&JTL=%ZZ", "query-malformed"],
    ["/iipsrv?FIF=%ZZ&JTL=0,0", "identifier-malformed"],
    ["/iipsrv/?FIF=a&JTL=0,0", "none"],
  ])("%s", (url, meaning) => {
    expect(answerOf(rules, url)).toBe(meaning);
  });
});

describe("URLs of DeepZoom and of Zoomify", () => {
  const rules = rulesOf(
    { prefix: "/dzi/", protocol: "deepzoom", tileSize: 254, overlap: 1 },
    // Source: lovasoa/dezoomify#98.
    { prefix: "/col-images/zooms/", protocol: "zoomify" },
  );
  const describeZoomify = `<IMAGE_PROPERTIES WIDTH="4000" HEIGHT="3001" NUMTILES="257" NUMIMAGES="1" VERSION="1.8" TILESIZE="256" />\n`;

  it.each([
    ["/dzi/a/b_files/12/1_11.jpg", "a/b: 253,2793,256,208/256,208/0/default.jpg"],
    ["/dzi/a_files/0/0_0.jpeg", "a: 0,0,4000,3001/1,1/0/default.jpg"],
    ["/dzi/a_files/b_files/12/15_0.png", "a_files/b: 3809,0,191,255/191,255/0/default.png"],
    ["/dzi/a_files/13/0_0.jpg", "not-found"],
    ["/dzi/a_files/12/16_0.jpg", "not-found"],
    ["/dzi/a_files/12/0.jpg", "path-malformed"],
    ["/dzi/a.json", "not-found"],
    ["/dzi/.dzi", "not-found"],
    ["http://content.ngv.vic.gov.au/col-images/zooms/Fd103906/ImageProperties.xml", `Fd103906: ${describeZoomify}`],
    ["/col-images/zooms/a/b/TileGroup0/0-0-0.jpg", "a/b: 0,0,4000,3001/250,187/0/default.jpg"],
    ["/col-images/zooms/a/TileGroup1/4-15-11.jpg", "a: 3840,2816,160,185/160,185/0/default.jpg"],
    ["/col-images/zooms/a/TileGroup1/5-0-0.jpg", "not-found"],
    ["/col-images/zooms/a/TileGroup/4-0-0.jpg", "path-malformed"],
    ["/col-images/zooms/a/4-0-0.jpg", "not-found"],
    ["/col-images/zooms/ImageProperties.xml", "not-found"],
  ])("%s", (url, meaning) => {
    expect(answerOf(rules, url)).toBe(meaning);
  });
});

describe("identifiers", () => {
  it.each([
    [{ stripStart: ["/data/", "/"], strip: [".jp2", ".j2"] }, "%2Fdata%2Fx.jp2", "x"],
    [{ stripStart: ["/data/", "/"] }, "/other/x", "other/x"],
    [{ slash: "$", prepend: "old/" }, "a%24b", "old/a/b"],
    [{ strip: ".jp2" }, "%252e.jp2", "%2e"],
    [{ page: "~" }, "~3", "~3"],
    [{ page: "~" }, "a~0", "a~0"],
  ])("become others by %j: %s", (id, raw, identifier) => {
    const [rule] = rulesOf({ prefix: "/x/", id });
    expect(readOldIdentifier(raw, { id: rule!.id, pageSuffix })).toEqual({ identifier, scale: undefined });
  });

  it("are those of the service only in what they become", () => {
    const [rule] = rulesOf({ prefix: "/x/", id: { stripStart: "a/" } });
    expect(codeOf(() => readOldIdentifier("a/.hidden", { id: rule!.id, pageSuffix }))).toBe("not-found");
  });
});

describe("URLs that nobody has written", () => {
  const rules = rulesOf(
    { prefix: "/i/", id: { slash: "!", page: ";", strip: ".jp2" } },
    { prefix: "/d/", protocol: "deepzoom", overlap: 1 },
    { prefix: "/z/", protocol: "zoomify" },
    { prefix: "/p", protocol: "iip" },
  );
  const parts = [
    ...[
      "a",
      "/",
      "//",
      "..",
      "%2F",
      "%",
      "%00",
      ";",
      ";1:2",
      ";0:0",
      "!",
      "native",
      ".jpg",
      "full/",
      "pct:",
      "-1",
      "1e9",
    ],
    ...[
      "99999999999",
      "0",
      "4",
      "_files/",
      "_",
      ".dzi",
      "TileGroup0",
      "-",
      "ImageProperties.xml",
      "info.json",
      "=",
      "&",
    ],
    ...[
      "FIF=",
      "JTL=",
      "CVT=jpeg",
      "OBJ=",
      "RGN=",
      "WID=",
      "IIIF=",
      "DeepZoom=",
      "Zoomify=",
      ",",
      "Max-size",
      "x",
      "é",
    ],
  ];

  it("are refused with a reason, or are a request of the Image API", () => {
    const random = openRandom(29);
    const found = new Map<string, number>();
    for (let count = 0; count < 6000; count++) {
      const tail = Array.from({ length: random.integer(1, 9) }, () => random.pick(parts)).join("");
      const url = random.pick(["/i/", "/d/", "/d/a_files/", "/z/", "/z/a/TileGroup0/", "/p?", "/p?FIF=a&"]) + tail;
      const code = codeOf(() => meaningOf(rules, url));
      if (code === "none") expect(meaningOf(rules, url)).not.toMatch(/NaN|Infinity|undefined/);
      found.set(code, (found.get(code) ?? 0) + 1);
    }
    expect([...found.keys()].toSorted()).toEqual(
      ["identifier-malformed", "none", "not-found", "path-malformed", "query-malformed"].toSorted(),
    );
  });
});
