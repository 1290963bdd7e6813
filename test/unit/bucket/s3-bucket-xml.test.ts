import { describe, expect, it } from "vitest";
import { escapeXml, readElement, readElements } from "../../../src/bucket/s3-bucket-xml.ts";

/** Longer than any answer is read; a reader that goes over it once for each tag would take hours. */
const longText = 4 << 20;

describe("the reader of S3's answers", () => {
  it("finds elements of a name and no other, with attributes, empty, and with entities", () => {
    const xml = '<A><Key x="1">a&amp;b&#65;&#x42;&lt;</Key><Keys>no</Keys><Key/><Key>c</Key ><Key>d</Key></A>';
    expect(readElements(xml, "Key")).toEqual(["a&bAB<", "", "c</Key ><Key>d"]);
    expect(readElement(xml, "Keys")).toBe("no");
    expect(readElement(xml, "None")).toBeUndefined();
    expect(readElement(`<K>${escapeXml(`<&>"'`)}</K>`, "K")).toBe(`<&>"'`);
  });

  it("has nothing where an element does not end", () => {
    expect(readElements("<Key>a<Key>b", "Key")).toEqual([]);
    expect(readElements("<Key", "Key")).toEqual([]);
    expect(readElements("<Key ", "Key")).toEqual([]);
  });

  it("reads a long document whole", () => {
    const one = "<Part><PartNumber>7</PartNumber></Part>";
    const count = Math.ceil(longText / one.length);
    const parts = readElements(`<List>${one.repeat(count)}</List>`, "Part");
    expect(parts).toHaveLength(count);
    expect(readElement(parts.at(-1) ?? "", "PartNumber")).toBe("7");
  });

  it.each(["<Key>", "<Key", "<Key ", "<Key/><Keys>", "</Key>", "&amp", "<"])(
    "goes over 4 MiB of %s once, which never ends",
    (piece) => {
      const xml = piece.repeat(Math.ceil(longText / piece.length));
      const empty = piece.split("<Key/>").length - 1;
      expect(readElements(xml, "Key")).toHaveLength(empty * Math.ceil(longText / piece.length));
      expect(readElements(`<Key>${xml}</Key>`, "Key").length).toBeGreaterThan(0);
    },
  );
});
