import { describe, expect, it } from "vitest";
import { parseXmp } from "../../../src/metadata/xmp-reader.ts";
import { textsOfXmp } from "../../../src/metadata/xmp-texts.ts";
import { formatXmp } from "../../../src/metadata/xmp-writer.ts";

const texts = {
  artist: `A. "Painter" <a@example.org>; B & C`,
  copyright: "© 2024 Müzeum 博物館 ]]> &amp;",
  credit: "Museum's <Archive>",
  rights: "Ask us first; then publish",
  webStatement: "https://example.org/rights?a=1&b=2",
  rightsUri: "http://creativecommons.org/licenses/by/4.0/",
};

describe("formatXmp", () => {
  it("writes what the reader reads back, with any characters in it", () => {
    const packet = new TextDecoder().decode(formatXmp(texts));
    expect(textsOfXmp(parseXmp(packet))).toEqual(texts);
  });

  it("writes one property alone, with its own namespace only", () => {
    const packet = new TextDecoder().decode(formatXmp({ credit: "The Museum" }));
    expect(packet).toContain(`xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"><photoshop:Credit>`);
    expect(packet).not.toMatch(/xmlns:(?:dc|cc|xmpRights)=/);
  });

  it("states a licence as the web statement if there is no other, and a licence not from Creative Commons only there", () => {
    const statement = "http://rightsstatements.org/vocab/InC/1.0/";
    const packet = new TextDecoder().decode(formatXmp({ rightsUri: statement }));
    expect(packet).toContain(`<xmpRights:WebStatement>${statement}</xmpRights:WebStatement>`);
    expect(packet).not.toContain("cc:license");
  });

  it("writes nothing where nothing is known", () => {
    expect(formatXmp({})).toBeUndefined();
  });
});
