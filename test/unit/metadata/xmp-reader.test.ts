import { describe, expect, it } from "vitest";
import { xmpNames } from "../../../src/metadata/xmp-names.ts";
import { parseXmp } from "../../../src/metadata/xmp-reader.ts";
import { codeOf } from "../../support/code-of.ts";
import { makeXmp } from "../../support/make-xmp.ts";

const read = (xmp: string, name: string) => parseXmp(xmp).properties.get(name);

describe("parseXmp", () => {
  it("reads simple properties as elements and as attributes", () => {
    const asElement = makeXmp("<photoshop:Credit>The Museum &amp; friends</photoshop:Credit>");
    const asAttribute = makeXmp("", `photoshop:Credit="The Museum &amp; friends"`);
    const expected = [{ text: "The Museum & friends", language: undefined }];
    expect(read(asElement, xmpNames.credit)).toEqual(expected);
    expect(read(asAttribute, xmpNames.credit)).toEqual(expected);
  });

  it("reads the items of lists with their languages", () => {
    const xmp = makeXmp(
      `<dc:rights><rdf:Alt><rdf:li xml:lang="de">Frei</rdf:li><rdf:li xml:lang="x-default">Free</rdf:li></rdf:Alt></dc:rights>
       <dc:creator><rdf:Seq><rdf:li>One</rdf:li><rdf:li>T<![CDATA[w]]>o</rdf:li></rdf:Seq></dc:creator>`,
    );
    expect(read(xmp, xmpNames.rights)).toEqual([
      { text: "Frei", language: "de" },
      { text: "Free", language: "x-default" },
    ]);
    expect(read(xmp, xmpNames.creator)?.map(({ text }) => text)).toEqual(["One", "Two"]);
  });

  it("reads resources", () => {
    const xmp = makeXmp(`<cc:license rdf:resource="http://creativecommons.org/licenses/by/4.0/"/>`);
    expect(read(xmp, xmpNames.license)?.[0]?.text).toBe("http://creativecommons.org/licenses/by/4.0/");
  });

  it("identifies names by namespace, with any prefixes", () => {
    const xmp = `<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="urn:other">
      <r:Description><creator xmlns="http://purl.org/dc/elements/1.1/"><r:Bag><r:li>One</r:li></r:Bag></creator>
      <dc:creator>No</dc:creator></r:Description>
      <r:Description xmlns:p="http://ns.adobe.com/photoshop/1.0/" p:Credit="Two" Credit="No"/></r:RDF>`;
    expect(read(xmp, xmpNames.creator)).toEqual([{ text: "One", language: undefined }]);
    expect(read(xmp, xmpNames.credit)).toEqual([{ text: "Two", language: undefined }]);
  });

  it("skips what is inside structures", () => {
    const xmp = makeXmp(
      `<dcterms:source rdf:parseType="Resource"><dc:rights>No</dc:rights></dcterms:source>
       <dc:rights><rdf:Description><dc:rights>No</dc:rights></rdf:Description></dc:rights>
       <dc:creator><rdf:Seq><rdf:li><rdf:Description><dc:rights>No</dc:rights></rdf:Description></rdf:li></rdf:Seq></dc:creator>`,
    );
    expect(parseXmp(xmp).properties.size).toBe(0);
  });

  it("refuses what is not RDF", () => {
    const bare = `<a xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:rights>No</dc:rights></a>`;
    for (const text of [bare, "some text", ""]) expect(codeOf(() => parseXmp(text))).toBe("source-malformed");
  });

  it("finds every place where the orientation is said", () => {
    const xmp = makeXmp("<tiff:Orientation>\n6</tiff:Orientation>", `tiff:Orientation="8"`);
    const { orientations } = parseXmp(xmp);
    expect(orientations.map(({ start, end }) => xmp.slice(start, end).trim())).toEqual(["8", "6"]);
  });

  it("refuses a packet that is cut off anywhere", () => {
    const xmp = makeXmp("<photoshop:Credit>The Museum</photoshop:Credit>");
    const whole = xmp.indexOf("</x:xmpmeta>") + "</x:xmpmeta>".length;
    expect(codeOf(() => parseXmp(xmp.slice(0, whole)))).toBe("none");
    const start = xmp.indexOf("<x:xmpmeta") + 1;
    for (let end = start; end < whole; end++) {
      expect(codeOf(() => parseXmp(xmp.slice(0, end)))).toBe("source-malformed");
    }
  });

  // Where any of these took time that grows with the square of its length, the test would run out of it.
  it.each([
    ["attributes", (count: number) => makeXmp("", Array.from({ length: count }, (_, i) => `a${i}=""`).join(" "))],
    ["namespaces", (count: number) => makeXmp(`<a xmlns:b="c"/>`.repeat(count))],
    [
      "prefixes",
      (count: number) => makeXmp("", Array.from({ length: count }, (_, i) => `xmlns:a${i}="" a${i}:b=""`).join(" ")),
    ],
    [
      "items",
      (count: number) => makeXmp(`<dc:rights><rdf:Alt>${"<rdf:li>a</rdf:li>".repeat(count)}</rdf:Alt></dc:rights>`),
    ],
    ["pieces", (count: number) => makeXmp(`<dc:rights>${"a<!---->".repeat(count)}</dc:rights>`)],
    ["orientations", (count: number) => makeXmp("<tiff:Orientation>8</tiff:Orientation>".repeat(count))],
    ["entities", (count: number) => makeXmp(`<dc:rights>${"&#&#x&amp".repeat(count)}</dc:rights>`)],
    ["spaces", (count: number) => makeXmp(`<dc:rights${" ".repeat(count * 8)}>${" ".repeat(count * 8)}</dc:rights>`)],
  ])("reads thirty thousand %s in bounded time", (_, make) => {
    expect(codeOf(() => parseXmp(make(30_000)))).toBe("none");
  });

  it.each([
    ["comments", "<!--"],
    ["CDATA", "<![CDATA["],
    ["instructions", "<?"],
    ["tags", "<a "],
    ["quotes", `<a b="`],
    ["closings", "</"],
    ["signs", "="],
    ["ampersands", "&"],
  ])("ends at a quarter megabyte of open %s", (_, piece) => {
    const text = piece.repeat(Math.ceil(262_144 / piece.length));
    expect(codeOf(() => parseXmp(text))).toBe("source-malformed");
    expect(codeOf(() => parseXmp(makeXmp(`<dc:rights a="${text}`)))).toBe("source-malformed");
  });
});
