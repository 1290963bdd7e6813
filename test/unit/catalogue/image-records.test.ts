import { describe, expect, it } from "vitest";
import { parseCsv } from "../../../src/catalogue/csv.ts";
import { isRecordOf, parseRecords, recordKey, storedRecord } from "../../../src/catalogue/image-records.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

function rowsOf(text: string): readonly (readonly string[])[] {
  const faults: string[] = [];
  const rows = parseCsv(bytesOf(text), faults);
  expect(faults).toEqual([]);
  return rows.map(({ fields }) => fields);
}

function faultsOf(content: string | Uint8Array): readonly string[] {
  const faults: string[] = [];
  parseRecords(typeof content === "string" ? bytesOf(content) : content, faults);
  return faults;
}

describe("CSV", () => {
  it("is read with quotes, commas and line ends inside fields", () => {
    expect(rowsOf('a,b\r\n"x, y","say ""so"""\r\n"two\nlines",\r\n')).toEqual([
      ["a", "b"],
      ["x, y", 'say "so"'],
      ["two\nlines", ""],
    ]);
  });

  it("is read with any line ends, with and without the last, with and without a byte order mark", () => {
    const rows = [
      ["a", "b"],
      ["1", "2"],
    ];
    for (const text of ["a,b\n1,2", "a,b\r\n1,2\r\n", "a,b\r1,2\r", "\ufeffa,b\n1,2\n", "\n\na,b\n\n1,2\n\n"]) {
      expect(rowsOf(text)).toEqual(rows);
    }
  });

  it("keeps empty fields at the end of the last line", () => {
    expect(rowsOf("a,b,c\n1,,")).toEqual([
      ["a", "b", "c"],
      ["1", "", ""],
    ]);
  });

  it("counts lines through fields of several lines", () => {
    const rows = parseCsv(bytesOf('a\n"1\r\n2\n3"\n4'), []);
    expect(rows.map(({ line }) => line)).toEqual([1, 2, 5]);
  });
});

describe("records", () => {
  it("have label, rights and the other columns in their order, without the empty ones", () => {
    const faults: string[] = [];
    const { column, rows } = parseRecords(
      bytesOf(
        "file,label,Artist,rights,Date,Archive\nmaps/a.tif,A map,,https://creativecommons.org/publicdomain/zero/1.0/,1850,K 7\n",
      ),
      faults,
    );
    expect(faults).toEqual([]);
    expect(column).toBe("file");
    expect(rows.get("maps/a.tif")).toEqual({
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
    const faults: string[] = [];
    const { rows } = parseRecords(bytesOf([["file", ...names], ...lines].join("\n")), faults);
    expect(faults).toEqual([]);
    expect(rows.get("499.tif")?.metadata.at(-1)).toEqual({ label: "column 1999", value: "2498" });
  });

  it("tell all lines that are wrong at once", () => {
    const faults = faultsOf(
      ["identifier,label,rights", "a,A,free", "a,B,", ",C,", "d", 'e,"E"x,', "f,F,http://rights.example/1,more"].join(
        "\n",
      ),
    );
    expect(faults).toEqual([
      "line 6: there is text after a closing quote",
      'line 2: rights is "free", not an http or https URI',
      "line 3: a was on line 2 already",
      "line 4: the identifier is empty",
      "line 5: 1 fields, where there are 3 columns",
      "line 7: 4 fields, where there are 3 columns",
    ]);
  });

  it("need one column that names the images", () => {
    expect(faultsOf("label\nA")).toEqual(["line 1: there is no column identifier or file"]);
    expect(faultsOf("identifier,file\na,b")).toEqual([expect.stringContaining("only one can name the images")]);
    expect(faultsOf("")).toHaveLength(1);
  });

  it("need columns that have different names", () => {
    expect(faultsOf("file,Date,,Date\na,1,2,3")).toEqual([
      "line 1: column 3 has no name",
      "line 1: the column Date is there twice",
    ]);
  });

  it("are refused when a quote is left open or the encoding is another", () => {
    expect(faultsOf('file,label\na,"b')).toEqual(["line 2: a quote is opened and not closed"]);
    expect(faultsOf(Uint8Array.of(0xff, 0xfe, 0x66, 0))[0]).toContain("UTF-16");
    const latin = Uint8Array.from([...bytesOf("file,label\na,caf"), 0xe9, 0x0a]);
    expect(faultsOf(latin)[0]).toBe("line 2: a character is not UTF-8");
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
