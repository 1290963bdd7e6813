import { describe, expect, it } from "vitest";
import { maxNestedElements } from "../../../src/limits.ts";
import { scanXml, type XmlToken } from "../../../src/metadata/xml-scanner.ts";
import { codeOf } from "../../support/code-of.ts";

const scan = (text: string): XmlToken[] => [...scanXml(text)];
const kindsOf = (text: string): string[] => scan(text).map(({ kind }) => kind);

describe("scanXml", () => {
  it("returns elements, attributes and text in order", () => {
    expect(scan(`<a b="1" c='2'>t<d/></a>`)).toEqual([
      {
        kind: "open",
        name: "a",
        attributes: [
          { name: "b", value: "1", start: 6, end: 7 },
          { name: "c", value: "2", start: 12, end: 13 },
        ],
      },
      { kind: "text", value: "t", start: 15, end: 16 },
      { kind: "open", name: "d", attributes: [] },
      { kind: "close" },
      { kind: "close" },
    ]);
  });

  it("replaces entities, and leaves those it does not know", () => {
    const [, text] = scan("<a>&lt;&gt;&amp;&quot;&apos;&#169;&#xA9;&#x1F600;&#x110000;&nbsp;&</a>");
    expect(text).toMatchObject({ value: "<>&\"'©©😀\uFFFD&nbsp;&" });
  });

  it("takes CDATA as it is", () => {
    expect(scan("<a><![CDATA[<&lt;]]></a>")[1]).toEqual({ kind: "text", value: "<&lt;", start: 3, end: 20 });
  });

  it("passes over comments and processing instructions", () => {
    expect(kindsOf(`<?xpacket a?><!-- <x> --><a><!-- -- --><?p <?></a>`)).toEqual(["open", "close"]);
  });

  it("takes space around names and signs", () => {
    expect(scan(`<a\n b\t=\r'1' ></a >`)[0]).toMatchObject({ attributes: [{ name: "b", value: "1" }] });
  });

  it.each([
    "<a",
    "<a>",
    "<a></b>",
    "</a>",
    "<a><b></a></b>",
    "<a b>",
    "<a b=1/>",
    `<a b="1/>`,
    `<a b="<"/>`,
    "<a/b>",
    "< a/>",
    "<>",
    "<a><!-- </a>",
    "<a><![CDATA[</a>",
    "<a><? </a>",
    `<a ="1"/>`,
    `<${"n".repeat(257)}/>`,
  ])("refuses %s", (text) => {
    expect(codeOf(() => scan(text))).toBe("source-malformed");
  });

  it("refuses a document type, and so every entity that one could define", () => {
    expect(codeOf(() => scan(`<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>`))).toBe("source-malformed");
  });

  it("takes elements as deep as the limit, and refuses one deeper", () => {
    const nested = (depth: number): string => "<a>".repeat(depth) + "</a>".repeat(depth);
    expect(scan(nested(maxNestedElements))).toHaveLength(2 * maxNestedElements);
    expect(codeOf(() => scan(nested(maxNestedElements + 1)))).toBe("source-malformed");
  });
});
