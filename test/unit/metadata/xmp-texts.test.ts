import { describe, expect, it } from "vitest";
import { parseXmp } from "../../../src/metadata/xmp-reader.ts";
import { settleXmp, textsOfXmp } from "../../../src/metadata/xmp-texts.ts";
import { makeXmp } from "../../support/make-xmp.ts";

const textsOf = (elements: string, attributes?: string) => textsOfXmp(parseXmp(makeXmp(elements, attributes)));
const by = "https://creativecommons.org/licenses/by/4.0/";
const inCopyright = "http://rightsstatements.org/vocab/InC/1.0/";

describe("textsOfXmp", () => {
  it("joins creators and takes texts in the default language", () => {
    const texts = textsOf(
      `<dc:creator><rdf:Seq><rdf:li>One</rdf:li><rdf:li>Two</rdf:li></rdf:Seq></dc:creator>
       <dc:rights><rdf:Alt><rdf:li xml:lang="de">Frei</rdf:li><rdf:li xml:lang="x-default">Free</rdf:li></rdf:Alt></dc:rights>
       <xmpRights:UsageTerms><rdf:Alt><rdf:li xml:lang="fr">Libre</rdf:li></rdf:Alt></xmpRights:UsageTerms>`,
      `photoshop:Credit="The Museum" xmpRights:WebStatement="https://example.org/rights"`,
    );
    expect(texts).toEqual({
      artist: "One; Two",
      copyright: "Free",
      credit: "The Museum",
      rights: "Libre",
      webStatement: "https://example.org/rights",
      rightsUri: undefined,
    });
  });

  it("falls back on the properties that stand for TIFF tags", () => {
    const texts = textsOf("", `tiff:Artist="One" tiff:Copyright="Two"`);
    expect(texts).toMatchObject({ artist: "One", copyright: "Two" });
  });

  it("ignores a web statement that is not an address", () => {
    expect(textsOf("", `xmpRights:WebStatement="javascript:alert(1)"`).webStatement).toBeUndefined();
    expect(textsOf("", `xmpRights:WebStatement="https://example.org/a b"`).webStatement).toBeUndefined();
  });

  it.each([
    ["cc:license", `<cc:license rdf:resource="${by}"/>`],
    ["dcterms:license", `<dcterms:license>${by}</dcterms:license>`],
    ["xmpRights:WebStatement", `<xmpRights:WebStatement>${by}</xmpRights:WebStatement>`],
    ["dcterms:rights", `<dcterms:rights rdf:resource="${by}"/>`],
    ["dc:rights", `<dc:rights><rdf:Alt><rdf:li>Some words</rdf:li><rdf:li>${by}</rdf:li></rdf:Alt></dc:rights>`],
    ["xmpRights:UsageTerms", `<xmpRights:UsageTerms><rdf:Alt><rdf:li>${by}</rdf:li></rdf:Alt></xmpRights:UsageTerms>`],
  ])("finds the URI of a licence in %s", (_, element) => {
    expect(textsOf(element).rightsUri).toBe("http://creativecommons.org/licenses/by/4.0/");
  });

  it("prefers the property that is meant for a licence", () => {
    const texts = textsOf(`<dc:rights>${inCopyright}</dc:rights><cc:license rdf:resource="${by}"/>`);
    expect(texts.rightsUri).toBe("http://creativecommons.org/licenses/by/4.0/");
  });

  it("takes a RightsStatements.org URI, and no URI out of a sentence", () => {
    expect(textsOf(`<dc:rights>${inCopyright}</dc:rights>`).rightsUri).toBe(inCopyright);
    expect(textsOf(`<dc:rights>Licensed as ${by} unless noted</dc:rights>`).rightsUri).toBeUndefined();
  });
});

describe("settleXmp", () => {
  const settle = (xmp: string): string => settleXmp(xmp, parseXmp(xmp).orientations);

  it("says orientation 1 wherever another is said, and leaves the rest", () => {
    const settled = settle(
      makeXmp("<tiff:Orientation>6</tiff:Orientation><dc:rights>6 &amp; 8</dc:rights>", `tiff:Orientation="8"`),
    );
    expect(settled).toContain(`tiff:Orientation="1"`);
    expect(settled).toContain("<tiff:Orientation>1</tiff:Orientation><dc:rights>6 &amp; 8</dc:rights>");
  });

  it("drops the padding and keeps the frame of the packet", () => {
    const settled = settle(makeXmp("<dc:rights>Free</dc:rights>"));
    expect(settled).toMatch(/^<\?xpacket begin=/);
    expect(settled).toMatch(/<\/x:xmpmeta>\n<\?xpacket end="w"\?>$/);
    expect(settle(settled)).toBe(settled);
  });

  it("takes a packet without a frame", () => {
    const bare = `<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>`;
    expect(settle(`${bare}  \n`)).toBe(bare);
  });
});
