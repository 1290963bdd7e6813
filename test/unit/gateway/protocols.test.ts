import { describe, expect, it } from "vitest";
import { answerOf, rulesOf } from "../../support/old-urls.ts";
import { openRandom } from "../../support/random.ts";

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
    const found = new Set<string>();
    for (let count = 0; count < 6000; count++) {
      const tail = Array.from({ length: random.integer(1, 9) }, () => random.pick(parts)).join("");
      const url = random.pick(["/i/", "/d/", "/d/a_files/", "/z/", "/z/a/TileGroup0/", "/p?", "/p?FIF=a&"]) + tail;
      const answer = answerOf(rules, url);
      expect(answer).not.toMatch(/NaN|Infinity|undefined/);
      found.add(/^[a-z-]+$/.test(answer) ? answer : "answered");
    }
    const codes = ["identifier-malformed", "not-found", "path-malformed", "query-malformed"];
    expect([...found].toSorted()).toEqual(["answered", ...codes]);
  });
});
