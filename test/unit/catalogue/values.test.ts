import { describe, expect, it } from "vitest";
import { readRights } from "../../../src/catalogue/accepted-rights.ts";
import { findHtmlFault, looksLikeHtml } from "../../../src/catalogue/html.ts";
import { readLink } from "../../../src/catalogue/link-cell.ts";
import { readNavDate } from "../../../src/catalogue/nav-date.ts";

describe("rights", () => {
  it.each([
    ["http://creativecommons.org/licenses/by/4.0/", "http://creativecommons.org/licenses/by/4.0/"],
    ["https://creativecommons.org/licenses/by-sa/4.0/", "http://creativecommons.org/licenses/by-sa/4.0/"],
    ["https://www.creativecommons.org/licenses/by/3.0/us/", "http://creativecommons.org/licenses/by/3.0/us/"],
    ["https://creativecommons.org/licenses/by/4.0/deed.de", "http://creativecommons.org/licenses/by/4.0/"],
    ["https://creativecommons.org/publicdomain/zero/1.0/", "http://creativecommons.org/publicdomain/zero/1.0/"],
    ["https://RightsStatements.org/vocab/InC/1.0/", "http://rightsstatements.org/vocab/InC/1.0/"],
  ])("are those of the two organisations, with http: %s", (text, uri) => {
    expect(readRights(text)).toBe(uri);
  });

  it.each([
    ...[
      "",
      "CC BY 4.0",
      "https://creativecommons.org/",
      "https://creativecommons.org/about/",
      "ftp://creativecommons.org/licenses/by/4.0/",
    ],
    ...["https://example.org/licenses/by/4.0/", "https://creativecommons.org.example.org/licenses/by/4.0/"],
    ...["https://rightsstatements.org/en/", "https://creativecommons.org/licenses/by/4.0/ and more"],
  ])("are nothing else: %s", (text) => {
    expect(readRights(text)).toBeUndefined();
  });

  it("are what an institution has declared, as it is written", () => {
    const own = "https://museum.example/terms";
    expect(readRights(own, { others: [own] })).toBe(own);
    expect(readRights(`${own}/`, { others: [own] })).toBeUndefined();
  });
});

describe("a date to navigate by", () => {
  it.each([
    ["1850", "1850-01-01T00:00:00Z"],
    ["1850-07", "1850-07-01T00:00:00Z"],
    ["1852-02-29", "1852-02-29T00:00:00Z"],
    ["-0044-03-15", "-0044-03-15T00:00:00Z"],
    ["1999-12-31T23:59:59Z", "1999-12-31T23:59:59Z"],
  ])("is made of %s", (text, date) => {
    expect(readNavDate(text)).toBe(date);
  });

  it.each([
    "",
    "c. 1850",
    "1850-13",
    "1851-02-29",
    "1900-02-29",
    "1850-7",
    "31.12.1850",
    "1850-01-01T24:00:00Z",
    "850",
  ])("is not made of %s", (text) => {
    expect(readNavDate(text)).toBeUndefined();
  });
});

describe("a link in a cell", () => {
  it("is a URI, whatever it was typed as", () => {
    expect(readLink("Büch <https://bücher.example/öff nung>", "de")).toBeUndefined();
    expect(readLink("Büch <https://bücher.example/öffnung.pdf>", "de")).toEqual({
      uri: "https://xn--bcher-kva.example/%C3%B6ffnung.pdf",
      label: { de: ["Büch"] },
      format: "application/pdf",
    });
    expect(readLink("https://a.example/%C3%B6?x=%20", "de")?.uri).toBe("https://a.example/%C3%B6?x=%20");
    expect(readLink("https://a.example:port/", "de")).toBeUndefined();
  });
});

describe("HTML in a text", () => {
  it.each([
    "<p>Plain</p>",
    '<p>A <b>map</b> of <a href="https://example.org/?a=1&amp;b=2">the world</a>,<br/>1850</p>',
    '<span><img src="https://example.org/x.png" alt="A map"/></span>',
    "<p>\n two lines\n</p>",
    "<p>&lt;b&gt; &quot;x&quot; &apos;y&apos; &#169; &#xA9;</p>",
  ])("is accepted: %s", (text) => {
    expect(looksLikeHtml(text)).toBe(true);
    expect(findHtmlFault(text)).toBeUndefined();
  });

  it.each([
    ["<div>x</div>", /<div> is not allowed/],
    ["<script>alert(1)</script>", /<script> is not allowed/],
    ['<p onclick="x()">x</p>', /attribute onclick of <p>/],
    ['<a href="javascript:x()">x</a>', /no http, https or mailto/],
    ["<p>a < b</p>", /begins no element/],
    ["<p>R&D</p>", /bare &/],
    ["<p><b>x</p></b>", /closes what is not open/],
    ["<p><b>x</b>", /<p> is not closed/],
    ["<p>x</p><p>y</p>", /one element/],
    ["<p>x<br>y</p>", /<br\/>/],
    ["<p><!-- x --></p>", /begins no element/],
    ["<p><![CDATA[x]]></p>", /begins no element/],
    ['<a href="https://example.org/?a=1&b=2">x</a>', /bare &: write &amp;/],
    ['<a href="https://a.example/" href="https://b.example/">x</a>', /href twice/],
    ["<p>a&nbsp;b</p>", /&nbsp; is unknown to XML/],
    ["<p>a ]]> b</p>", /write ]]&gt;/],
    ["<p>\u0001</p>", /control character/],
  ])("is refused: %s", (text, fault) => {
    expect(findHtmlFault(text)).toMatch(fault);
  });

  it.each(["A & B", "3 < 4", "plain", "<", "x <b>y</b>"])("is not what plain text is taken for: %s", (text) => {
    expect(looksLikeHtml(text)).toBe(false);
  });
});
