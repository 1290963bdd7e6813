import { describe, expect, it } from "vitest";
import { readConfig } from "../../../src/config.ts";
import type { ImageError } from "../../../src/error.ts";

const faultsOf = (gateway: unknown, others: Readonly<Record<string, unknown>> = {}): readonly string[] => {
  try {
    readConfig({ GATEWAY: gateway, ...others });
  } catch (error) {
    return ((error as ImageError).detail ?? "").split("; ");
  }
  return [];
};

describe("the rules for URLs of other servers", () => {
  it("are none where nothing is said", () => {
    for (const given of [undefined, null, "", " ", "[]", []])
      expect(readConfig({ GATEWAY: given }).gateway).toEqual([]);
  });

  it("are read from JSON and from what it stands for alike, the longest prefix first", () => {
    const stated = [
      { prefix: "/loris/", id: { strip: ".jp2" } },
      { prefix: "/loris/deep/", version: 3, protocol: "iiif", id: { strip: [".tif", ".tiff"], slash: "!" } },
      { prefix: "/iipsrv", protocol: "iip", tileSize: 64 },
      { prefix: "/dzi/", protocol: "deepzoom", overlap: 1, tileSize: 2048 },
    ];
    const { gateway } = readConfig({ GATEWAY: JSON.stringify(stated) });
    expect(readConfig({ GATEWAY: stated }).gateway).toEqual(gateway);
    expect(gateway.map(({ prefix }) => prefix)).toEqual(["/loris/deep/", "/loris/", "/iipsrv", "/dzi/"]);
    const usual = { protocol: "iiif", version: 2, overlap: 0, tileSize: undefined };
    expect(gateway[1]).toEqual({ ...usual, prefix: "/loris/", id: { strip: [".jp2"], stripStart: [] } });
  });

  it("are told wrong all at once, each at its place", () => {
    const wrong = [
      { prefix: "loris", protocol: "IIIF", version: 1 },
      { prefx: "/a/", id: { strip: 5, slsh: "!", page: ";2" } },
      { prefix: "/b/", tileSize: 63 },
      { prefix: "/c/", tileSize: 256.5, overlap: 2, protocol: "deepzoom" },
      "/d/",
      { prefix: "/e", version: 3, protocol: "zoomify", overlap: 1 },
      { prefix: "/view/old/", id: { page: ";" } },
      { prefix: "/f/", tileSize: 256 },
      { prefix: "/f/", protocol: "deepzoom", tileSize: 2049 },
      { prefix: "/f/" },
    ];
    expect(faultsOf(wrong, { PAGE_SUFFIX: "", MAX_WIDTH: 0 })).toEqual([
      "GATEWAY[0].prefix is not a path with a name in it, such as /loris/",
      "GATEWAY[0].protocol is not one of iiif, deepzoom, iip, zoomify",
      "GATEWAY[0].version is not 2 or 3",
      "GATEWAY[1].prefix is missing",
      "GATEWAY[1].id.page has a digit or a colon, which numbers and scales have",
      "GATEWAY[1].id.strip is neither a text nor a list of texts, each of 1 to 256 characters",
      "GATEWAY[1].id.slsh is not known",
      "GATEWAY[1].prefx is not known",
      "GATEWAY[2].tileSize is below 64 pixels",
      "GATEWAY[3].tileSize is not a whole number of pixels",
      "GATEWAY[3].overlap is not 0 or 1",
      "GATEWAY[4] is not an object in braces",
      "GATEWAY[8].tileSize is above 2048 pixels",
      "GATEWAY[5].prefix /e does not end in a slash",
      "GATEWAY[5].version is of iiif and iip alone",
      "GATEWAY[5].overlap is of deepzoom and iip alone",
      "GATEWAY[6].prefix /view/old/ is where the service answers itself",
      "GATEWAY[6].id.page needs PAGE_SUFFIX, which is empty",
      "GATEWAY[7].tileSize is not of iiif: its viewers choose tiles",
      "GATEWAY[9].prefix /f/ is that of an earlier rule",
      'MAX_WIDTH is "0", not a whole number from 1 to 1000000',
    ]);
  });

  it.each([
    ["{", /^GATEWAY is not JSON: /],
    ["{}", /^GATEWAY is not a list in brackets$/],
    [5, /^GATEWAY is not a list in brackets$/],
    [Array.from({ length: 65 }, (_, index) => ({ prefix: `/${index}/` })), /^GATEWAY has 65 rules, more than 64$/],
    [[{ prefix: "/" }], /^GATEWAY\[0\]\.prefix is not a path with a name in it/],
    [[{ prefix: "/a?b/" }], /^GATEWAY\[0\]\.prefix is not a path/],
    [[{ prefix: "/a//b/" }], /^GATEWAY\[0\]\.prefix is not a path/],
    [[{ prefix: `/${"x".repeat(256)}/` }], /^GATEWAY\[0\]\.prefix has more than 256 characters$/],
    [[{ prefix: "/x/", id: { slash: "" } }], /^GATEWAY\[0\]\.id\.slash is empty$/],
    [[{ prefix: "/x/", id: { prepend: "a\u0000" } }], /^GATEWAY\[0\]\.id\.prepend has a control character$/],
  ])("are refused where they are %j", (given, fault) => {
    const faults = faultsOf(given);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(fault);
  });
});
