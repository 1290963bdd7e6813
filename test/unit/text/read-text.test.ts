import { describe, expect, it } from "vitest";
import { readText, textFormatOf } from "../../../src/text/read-text.ts";

const canvas = { width: 3000, height: 4000 };
const bytesOf = (text: string) => new TextEncoder().encode(text);
const read = (name: string, text: string | Uint8Array) =>
  readText({ name, bytes: typeof text === "string" ? bytesOf(text) : text }, canvas);

/** Returns ALTO of one page with these lines in one block. */
function alto(lines: string, { page = 'WIDTH="3000" HEIGHT="4000"', unit = "pixel", prefix = "" } = {}): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<${prefix}alto xmlns${prefix === "" ? "" : ":a"}="http://www.loc.gov/standards/alto/ns-v3#">
<Description><MeasurementUnit>${unit}</MeasurementUnit></Description>
<Layout><Page ID="P1" ${page}><PrintSpace><ComposedBlock><TextBlock LANG="deu">${lines}</TextBlock></ComposedBlock></PrintSpace></Page></Layout></${prefix}alto>`;
}

const line = (content: string, place = 'HPOS="300" VPOS="400" WIDTH="600" HEIGHT="40"') =>
  `<TextLine ${place}>${content}</TextLine>`;
const twoWords = '<String CONTENT="Zwei"/><SP/><String CONTENT="Wörter"/>';

describe("ALTO", () => {
  it("is read as lines with their places on the canvas, and its language", () => {
    expect(read("0001.xml", alto(line(twoWords)))).toEqual({
      kind: "read",
      format: "alto",
      language: "de",
      lines: [{ text: "Zwei Wörter", area: { x: 300, y: 400, width: 600, height: 40 } }],
    });
  });

  it.each([
    ["pixels of a smaller copy", "pixel", 'WIDTH="1500" HEIGHT="2000"'],
    ["tenths of millimetres", "mm10", 'WIDTH="1500" HEIGHT="2000"'],
    ["1,200ths of an inch", "inch1200", 'WIDTH="1500.0" HEIGHT="2000.0"'],
  ])("is scaled from its page to the canvas: %s", (_, unit, page) => {
    const reading = read("1.xml", alto(line(twoWords), { unit, page }));
    expect(reading).toMatchObject({ lines: [{ area: { x: 600, y: 800, width: 1200, height: 80 } }] });
  });

  it("without the size of its page is in pixels of the canvas, and in another unit has no places", () => {
    expect(read("1.xml", alto(line(twoWords), { page: "" }))).toMatchObject({ lines: [{ area: { x: 300 } }] });
    expect(read("1.xml", alto(line(twoWords), { page: "", unit: "mm10" }))).toMatchObject({
      kind: "read",
      lines: [{ text: "Zwei Wörter" }],
    });
    const reading = read("1.xml", alto(line(twoWords), { page: "", unit: "mm10" }));
    expect(reading.kind === "read" && reading.lines[0]).not.toHaveProperty("area");
  });

  it("may have fractions, prefixes, CDATA and entities", () => {
    const text = alto(line('<String CONTENT="&lt;A&amp;&#x42;&gt;"/>', 'HPOS="1.5" VPOS="2.5" WIDTH="2" HEIGHT="2"'), {
      prefix: "a:",
    });
    expect(read("1.xml", text)).toMatchObject({
      lines: [{ text: "<A&B>", area: { x: 1, y: 2, width: 3, height: 3 } }],
    });
  });

  it("has hyphens where it states them, and spaces between words also where it states none", () => {
    const spaced = '<String CONTENT="to"/><String CONTENT="mor"/><HYP CONTENT="-"/>';
    expect(read("1.xml", alto(line(spaced)))).toMatchObject({ lines: [{ text: "to mor-" }] });
    const unspaced = '<String CONTENT="東"/><String CONTENT="京"/><String CONTENT="𠮷"/><String CONTENT="野"/>';
    expect(read("1.xml", alto(line(unspaced)))).toMatchObject({ lines: [{ text: "東京𠮷野" }] });
  });

  it("takes the place of a line without one from its words, and gives none where those have none", () => {
    const words =
      '<String CONTENT="a" HPOS="10" VPOS="20" WIDTH="5" HEIGHT="9"/><String CONTENT="b" HPOS="30" VPOS="18" WIDTH="7" HEIGHT="9"/>';
    expect(read("1.xml", alto(line(words, "")))).toMatchObject({
      lines: [{ text: "a b", area: { x: 10, y: 18, width: 27, height: 11 } }],
    });
    const reading = read("1.xml", alto(line(twoWords, 'HPOS="x" VPOS="NaN" WIDTH="-4" HEIGHT="1e999"')));
    expect(reading).toEqual(expect.objectContaining({ lines: [{ text: "Zwei Wörter" }] }));
  });

  it("keeps places within the canvas", () => {
    const places = [
      'HPOS="2900" VPOS="-10" WIDTH="600" HEIGHT="40"',
      'HPOS="9000" VPOS="0" WIDTH="600" HEIGHT="40"',
      'HPOS="0" VPOS="0" WIDTH="1e300" HEIGHT="1e300"',
    ];
    const reading = read("1.xml", alto(places.map((place) => line(twoWords, place)).join("")));
    expect(reading.kind === "read" && reading.lines.map(({ area }) => area)).toEqual([
      { x: 2900, y: 0, width: 100, height: 30 },
      undefined,
      undefined,
    ]);
  });

  it("is read in the encoding that it states, and in UTF-16", () => {
    const latin = alto(line('<String CONTENT="caf\u00e9"/>')).replace("UTF-8", "ISO-8859-1");
    const bytes = Uint8Array.from(latin, (character) => character.charCodeAt(0));
    expect(read("1.xml", bytes)).toMatchObject({ lines: [{ text: "café" }] });
    const wide = new Uint8Array(new Uint16Array([...`\ufeff${latin}`].map((c) => c.charCodeAt(0))).buffer);
    expect(read("1.xml", wide)).toMatchObject({ lines: [{ text: "café" }] });
  });
});

describe("a file of ALTO is refused", () => {
  const deep = `<alto>${"<b>".repeat(100_000)}`;
  const bomb = `<?xml version="1.0"?><!DOCTYPE alto [<!ENTITY a "aaaaaaaaaa">${Array.from(
    { length: 20 },
    (_, at) => `<!ENTITY a${at} "${`&a${at - 1};`.repeat(10)}">`,
  ).join("")}]>${alto(line('<String CONTENT="&a19;"/>')).slice(39)}`;

  it.each([
    ["that is cut off", alto(line(twoWords)).slice(0, -40), /cut off|not closed/],
    ["that is another XML", "<mets><Page/></mets>", /another kind than ALTO: <mets>/],
    ["that is no XML", "Zwei Wörter", /not XML/],
    ["that is empty", "", /not XML/],
    ["that nests without end", deep, /nests more than 64/],
    ["of two pages", alto("").replace("</Page>", "</Page><Page></Page>"), /2 pages/],
    ["of no page", "<alto></alto>", /0 pages/],
    ["of too many lines", alto(line(twoWords).repeat(20_001)), /20001 lines, and a page may have 20000/],
    ["of too many characters", alto(line(`<String CONTENT="${"a".repeat((1 << 20) + 1)}"/>`)), /1048577 characters/],
    [
      "in an unknown encoding",
      alto("").replace("UTF-8", "EBCDIC-X"),
      /says that it is in EBCDIC-X, which is not known/,
    ],
  ])("%s", (_, text, fault) => {
    const reading = read("0001.xml", text);
    expect(reading).toEqual({ kind: "fault", fault: expect.stringMatching(fault) });
  });

  it("whose bytes are not of its encoding", () => {
    const bytes = bytesOf(alto(line('<String CONTENT="caf_"/>')));
    bytes[bytes.indexOf("_".charCodeAt(0))] = 0xe9;
    expect(read("1.xml", bytes)).toEqual({ kind: "fault", fault: "It is not UTF-8 throughout. Save it as UTF-8" });
  });

  it("that is too large, before it is decoded", () => {
    const reading = read("1.xml", new Uint8Array((8 << 20) + 1));
    expect(reading).toEqual({ kind: "fault", fault: expect.stringMatching(/8388609 bytes, and may have 8388608/) });
  });

  it("and an entity that it declares itself stands for nothing", () => {
    const reading = read("1.xml", bomb);
    const length = reading.kind === "read" ? reading.lines.reduce((sum, { text }) => sum + text.length, 0) : 0;
    expect(length).toBeLessThan(100);
  });
});

describe("hOCR", () => {
  const hocr = (lines: string, page = "bbox 0 0 1500 2000") =>
    `<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"><html lang="en"><head><meta charset="utf-8"><title></title></head><body>
<div class="ocr_page" title='image "x.png"; ${page}; ppageno 0'><p class="ocr_par" lang="frk">${lines}</p></div></body></html>`;

  it("is read as lines with their places on the canvas, the box of its page being the whole", () => {
    const text = hocr(`<span class="ocr_line" title="bbox 150 200 450 220; baseline 0 0">
      <span class="ocrx_word" title="bbox 150 200 200 220">F&uuml;r</span> <em><span class="ocrx_word">immer</span></em></span>`);
    expect(read("0001.hocr", text)).toEqual({
      kind: "read",
      format: "hocr",
      language: "frk",
      lines: [{ text: "Für immer", area: { x: 300, y: 400, width: 600, height: 40 } }],
    });
  });

  it("may leave out what HTML may, and has scripts that are no text", () => {
    const text = hocr(
      `<span class=ocr_line title="bbox 0 0 10 10">one<br>two</span><script>alert(1)</script><span class="ocr_header" title="bbox 0 10 10 20">three`,
    );
    expect(read("1.html", text)).toMatchObject({ lines: [{ text: "one two" }, { text: "three" }] });
  });

  it("takes places of words where the line has none, and a place from the corner of its page", () => {
    const words = `<span class="ocr_line"><span class="ocrx_word" title="bbox 110 210 120 220">a</span> <span class="ocrx_word" title="bbox 130 210 140 220">b</span></span>`;
    expect(read("1.hocr", hocr(words, "bbox 100 200 1600 2200"))).toMatchObject({
      lines: [{ text: "a b", area: { x: 20, y: 20, width: 60, height: 20 } }],
    });
  });

  it.each([
    ["that is no hOCR", "<html><body><p>Text</p></body></html>", /not hOCR/],
    ["of two pages", `<div class="ocr_page"></div><div class="ocr_page"></div>`, /2 pages/],
    ["that nests without end", "<div>".repeat(100_000), /nests more than 64/],
  ])("is refused %s", (_, text, fault) => {
    expect(read("1.hocr", text)).toEqual({ kind: "fault", fault: expect.stringMatching(fault) });
  });
});

describe("plain text", () => {
  it("is read as lines without places, empty ones and control characters left out", () => {
    expect(read("1.txt", "\ufeffOne\u0000 \t two\r\n\r\nthree\u2028\fcafe\u0301\n")).toEqual({
      kind: "read",
      format: "plain",
      language: undefined,
      lines: [{ text: "One two" }, { text: "three" }, { text: "café" }],
    });
  });

  it("is refused in another encoding than UTF-8 and UTF-16", () => {
    expect(read("1.txt", new Uint8Array([0x63, 0xe9, 0x74, 0xe9]))).toMatchObject({ kind: "fault" });
  });
});

it("what a file is, the end of its name says", () => {
  expect(["a.XML", "a.alto.xml", "a.hocr", "a.html", "a.txt", "a.pdf", "a", "a.constructor"].map(textFormatOf)).toEqual(
    [...["alto", "alto", "hocr", "hocr", "plain", undefined, undefined, undefined]],
  );
});
