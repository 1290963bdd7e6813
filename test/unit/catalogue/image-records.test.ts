import { describe, expect, it } from "vitest";
import { isRecordOf, parseRecords, recordKey, storedRecord } from "../../../src/catalogue/image-records.ts";
import { formatSheetFault, type SheetFault } from "../../../src/catalogue/sheet-place.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

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
      label: "A map",
      rights: "https://creativecommons.org/publicdomain/zero/1.0/",
      metadata: [
        { label: "Date", value: "1850" },
        { label: "Archive", value: "K 7" },
      ],
    });
  });

  it("have as many columns as a line holds, each looked up once", () => {
    const names = Array.from({ length: 2000 }, (_, index) => `column ${index}`);
    const lines = Array.from({ length: 500 }, (_, row) => [`${row}.tif`, ...names.map((_, column) => row + column)]);
    const faults: SheetFault[] = [];
    const { rows } = parseRecords(bytesOf([["file", ...names], ...lines].join("\n")), faults);
    expect(faults).toEqual([]);
    expect(rows.get("499.tif")?.record.metadata.at(-1)).toEqual({ label: "column 1999", value: "2498" });
  });

  it("tell all that is wrong at once, with row and column", () => {
    const faults = faultsOf(
      ["identifier,label,rights", "a,A,free", "a,B,", ",C,", "d", 'e,"E"x,', "f,F,http://rights.example/1,more"].join(
        "\n",
      ),
    );
    expect(faults).toEqual([
      "row 6, column B: there is text after a closing quote",
      'row 2, column C: rights is "free", not an http or https URI',
      "row 3, column A: a is in row 2 already",
      "row 4, column A: the identifier is empty",
      expect.stringMatching(/^row 7, column D: there is a value behind the last of 3 columns/),
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
    expect(rows.get("d")?.record).toEqual({ label: undefined, rights: undefined, metadata: [] });
    expect(rows.get("e")?.record.label).toBe("E");
  });

  it("have known columns whatever their case, and others as they are spelt", () => {
    const faults: SheetFault[] = [];
    const { column, rows } = parseRecords("FILE;Label; RIGHTS ;Date Made\na.tif;A;http://r.example/1;1850\n", faults);
    expect(faults).toEqual([]);
    expect(column).toBe("file");
    expect(rows.get("a.tif")).toEqual({
      record: { label: "A", rights: "http://r.example/1", metadata: [{ label: "Date Made", value: "1850" }] },
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
    const record = { label: "A", rights: undefined, metadata: [] };
    expect(storedRecord(record, { identifier: "maps/a", width: 3, height: 2 })).toEqual({
      identifier: "maps/a",
      label: "A",
      metadata: [],
      width: 3,
      height: 2,
    });
  });
});
