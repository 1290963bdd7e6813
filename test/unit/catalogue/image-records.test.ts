import { describe, expect, it } from "vitest";
import {
  formatImageRecord,
  isRecordOf,
  parseImageRecord,
  recordKey,
  recordsOf,
} from "../../../src/catalogue/image-records.ts";
import { readPageTable } from "../../../src/catalogue/page-table.ts";
import { formatSheetFault, type SheetFault } from "../../../src/catalogue/sheet-place.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

const reading = { language: "none", separator: "|", rights: { others: ["http://r.example/1"] } };
const parseRecords = (content: string | Uint8Array, faults: SheetFault[]) =>
  recordsOf(readPageTable(content, { reading, faults }));
const textsOf = (text: string) => ({ none: [text] });

function faultsOf(content: string | Uint8Array): readonly string[] {
  const faults: SheetFault[] = [];
  parseRecords(content, faults);
  return faults.map(formatSheetFault);
}

describe("records", () => {
  it("have label, rights and the other columns in their order, without the empty ones", () => {
    const faults: SheetFault[] = [];
    const { column, rows } = parseRecords(
      bytesOf(
        "file,label,Artist,rights,Date,Archive\nmaps/a.tif,A map,,https://creativecommons.org/publicdomain/zero/1.0/,1850,K 7\n",
      ),
      faults,
    );
    expect(faults).toEqual([]);
    expect(column).toBe("file");
    expect(rows.get("maps/a.tif")?.record).toEqual({
      label: textsOf("A map"),
      rights: "http://creativecommons.org/publicdomain/zero/1.0/",
      metadata: [
        { label: textsOf("Date"), value: textsOf("1850") },
        { label: textsOf("Archive"), value: textsOf("K 7") },
      ],
    });
  });

  it("have as many columns as a line holds, each looked up once", () => {
    const names = Array.from({ length: 2000 }, (_, index) => `column ${index}`);
    const lines = Array.from({ length: 500 }, (_, row) => [`${row}.tif`, ...names.map((_, column) => row + column)]);
    const faults: SheetFault[] = [];
    const { rows } = parseRecords(bytesOf([["file", ...names], ...lines].join("\n")), faults);
    expect(faults).toEqual([]);
    expect(rows.get("499.tif")?.record.metadata.at(-1)).toEqual({
      label: textsOf("column 1999"),
      value: textsOf("2498"),
    });
  });

  it("tell all that is wrong at once, with row and column", () => {
    const faults = faultsOf(
      ["identifier,label,rights", "a,A,free", "a,B,", ",C,", "d", 'e,"E"x,', "f,F,http://r.example/1,more"].join("\n"),
    );
    expect(faults).toEqual([
      "row 6, column B: there is text after a closing quote",
      expect.stringMatching(/^row 7, column D: there is a value behind the last of 3 columns/),
      'row 2, column C: rights is "free", not a URI of creativecommons.org or rightsstatements.org',
      "row 3, column A: a is in row 2 already",
      "row 4, column A: the identifier is empty; a page that is missing needs its object",
    ]);
  });

  it("are kept where only some are wrong, and none where the form of the table is", () => {
    expect([...parseRecords("file,rights\na.tif,free\nb.tif,,more\nc.tif", []).rows.keys()]).toEqual([
      "a.tif",
      "c.tif",
    ]);
    expect(parseRecords('file,label\na.tif,A\nb.tif,"B', []).rows.size).toBe(0);
  });

  it("may have fewer cells than there are columns, as spreadsheets leave the last ones out", () => {
    const faults: SheetFault[] = [];
    const { rows } = parseRecords("identifier,label,rights,Date\nd\ne,E\n", faults);
    expect(faults).toEqual([]);
    expect(rows.get("d")?.record).toEqual({ metadata: [] });
    expect(rows.get("e")?.record.label).toEqual(textsOf("E"));
  });

  it("have known columns whatever their case, and others as they are spelt", () => {
    const faults: SheetFault[] = [];
    const { column, rows } = parseRecords("FILE;Label; RIGHTS ;Date Made\na.tif;A;http://r.example/1;1850\n", faults);
    expect(faults).toEqual([]);
    expect(column).toBe("file");
    expect(rows.get("a.tif")).toEqual({
      record: {
        label: textsOf("A"),
        rights: "http://r.example/1",
        metadata: [{ label: textsOf("Date Made"), value: textsOf("1850") }],
      },
      place: { row: 2, line: 2, column: 0 },
    });
  });

  it("may have empty columns at the end, and empty rows", () => {
    expect(faultsOf("file;label;;\na.tif;A;;\n;;;\n;;;\n")).toEqual([]);
  });

  it("are refused with a column that is a slip for a known one, which is named", () => {
    const slip = (name: string, meant: string) =>
      `the column ${name} is not known: did you mean ${meant}? If not, add an empty column ${meant}`;
    expect(faultsOf("file,lable,Rigths\na.tif,A,\n")).toEqual([
      `row 1, column B: ${slip("lable", "label")}`,
      `row 1, column C: ${slip("Rigths", "rights")}`,
    ]);
    expect(faultsOf("Identifer;label\na;A\n")).toEqual([`row 1, column A: ${slip("Identifer", "identifier")}`]);
  });

  it("may have columns that resemble known ones which are there too, or only begin like them", () => {
    expect(faultsOf("file,label,Labels,Film,Rights holder,Label text\na.tif,A,B,C,D,E\n")).toEqual([]);
    expect(faultsOf("file,lable,label\na.tif,A,\n")).toEqual([]);
  });

  it("need one column that names the images", () => {
    expect(faultsOf("label\nA")).toEqual(["row 1: there is no column identifier or file"]);
    expect(faultsOf("identifier,file\na,b")).toEqual([expect.stringContaining("only one can name the images")]);
    expect(faultsOf("")).toEqual(["there is no column identifier or file"]);
    // A title above the names, a workbook and another encoding bring no second fault that is not one.
    expect(faultsOf("Inventory\nfile,label\na,A\n")).toEqual(["row 1: there is no column identifier or file"]);
    expect(faultsOf(Uint8Array.from([0x50, 0x4b, 3, 4, 0x0a, 0x2c, 0xff]))).toEqual([
      expect.stringContaining("it is a workbook"),
    ]);
    expect(faultsOf(Uint8Array.from([0xe9, 0x0a, 0x41]))).toEqual([expect.stringContaining("are not UTF-8")]);
  });

  it("need columns that have different names, and a name where they have values", () => {
    expect(faultsOf("file,Date,,date\na,1,2,3")).toEqual([
      "row 1, column C: the column has values and no name",
      "row 1, column D: the column date is there twice",
    ]);
  });

  it("are known by the identifier in their JSON", () => {
    expect(isRecordOf("a", bytesOf('{"identifier":"a","metadata":[],"width":1,"height":1}'))).toBe(true);
    for (const text of ['{"identifier":"b"}', "{}", "null", '"a"', "[]", "II*", '{"identifier":"a"']) {
      expect(isRecordOf("a", bytesOf(text))).toBe(false);
    }
    expect(isRecordOf("\ufffd", Uint8Array.of(...bytesOf('{"identifier":"'), 0xff, ...bytesOf('"}')))).toBe(false);
  });

  it("have a key of their own for each image, and the geometry", () => {
    expect(recordKey("maps/a")).toBe("records/maps/a.json");
    const bytes = formatImageRecord(
      { label: textsOf("A"), metadata: [] },
      { identifier: "maps/a", width: 3, height: 2, object: undefined, former: undefined },
    );
    const stored = { identifier: "maps/a", label: textsOf("A"), metadata: [], width: 3, height: 2 };
    expect(parseImageRecord(bytes, "maps/a")).toEqual(stored);
    expect(parseImageRecord(bytes, "maps/b")).toBeUndefined();
  });

  it("keep what a table of another run has said, and their object", () => {
    const former = { identifier: "a", object: "book", label: textsOf("A"), metadata: [], width: 3, height: 2 };
    const image = { identifier: "a", width: 6, height: 4, object: undefined, former };
    const { label: _, ...rest } = former;
    expect(parseImageRecord(formatImageRecord(undefined, image), "a")).toEqual({ ...rest, width: 6, height: 4 });
    const told = formatImageRecord({ metadata: [] }, { ...image, object: "other" });
    expect(parseImageRecord(told, "a")).toEqual({
      identifier: "a",
      object: "other",
      metadata: [],
      width: 6,
      height: 4,
    });
  });

  it("have a label where the image is no page: that of a page stands in the record of its object", () => {
    const told = { label: textsOf("A"), metadata: [] };
    const image = { identifier: "a", width: 6, height: 4, object: undefined, former: undefined };
    const alone = parseImageRecord(formatImageRecord(told, image), "a");
    expect(alone).toEqual({ identifier: "a", ...told, width: 6, height: 4 });
    const again = { ...image, former: alone };
    expect(parseImageRecord(formatImageRecord(undefined, again), "a")).toEqual(alone);
    expect(parseImageRecord(formatImageRecord(told, { ...image, object: "book" }), "a")).not.toHaveProperty("label");
  });

  it("are read as earlier versions wrote them, without languages", () => {
    const old = '{"identifier":"a","label":"A","metadata":[{"label":"Date","value":"1850"}],"width":3,"height":2}';
    expect(parseImageRecord(bytesOf(old), "a")).toMatchObject({
      label: textsOf("A"),
      metadata: [{ label: textsOf("Date"), value: textsOf("1850") }],
    });
    expect(parseImageRecord(bytesOf("{"), "a")).toBeUndefined();
  });
});
