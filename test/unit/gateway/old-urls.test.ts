import { describe, expect, it } from "vitest";
import { findRule } from "../../../src/gateway/find-rule.ts";
import { readOldIdentifier } from "../../../src/gateway/old-identifier.ts";
import { codeOf } from "../../support/code-of.ts";
import { answerOf, pageSuffix, rulesOf } from "../../support/old-urls.ts";

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

  it("leave it its own, however long that path is", () => {
    const shorter = rulesOf({ prefix: "/images/" });
    const paths = [
      "/images/iiif/3/a/info.json",
      "/images/iiif/2/a/info.json",
      "/images/iiif/a/info.json",
      "/images/3/a",
    ];
    const found = paths.map((path) => findRule(shorter, path, "/images/iiif")?.prefix);
    expect(found).toEqual([undefined, undefined, "/images/", "/images/"]);
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
