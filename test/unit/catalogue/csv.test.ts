import { describe, expect, it } from "vitest";
import { parseCsv } from "../../../src/catalogue/csv.ts";
import { columnLetters, formatSheetFault } from "../../../src/catalogue/sheet-place.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** UTF-16 with its byte order mark in front, unless `mark` leaves it out. */
function utf16(text: string, order: "little" | "big", mark = "\ufeff"): Uint8Array {
  const units = (mark + text).split("");
  const bytes = new Uint8Array(units.length * 2);
  const view = new DataView(bytes.buffer);
  for (const [index, unit] of units.entries()) view.setUint16(index * 2, unit.charCodeAt(0), order === "little");
  return bytes;
}

function rowsOf(content: string | Uint8Array, columns: readonly string[] = []): readonly (readonly string[])[] {
  const { rows, faults } = parseCsv(content, columns);
  expect(faults).toEqual([]);
  return rows.map(({ cells }) => cells);
}

const faultsOf = (content: string | Uint8Array) => parseCsv(content).faults.map(formatSheetFault);

describe("CSV", () => {
  it("is read with quotes, delimiters and line ends inside cells", () => {
    const rows = [
      ["a", "b"],
      ["x, y; z\tw", 'say "so"'],
      ["two\nlines", "and\r\nmore"],
    ];
    for (const delimiter of [",", ";", "\t", "|"]) {
      const text = rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(delimiter)).join("\r\n");
      expect(rowsOf(text)).toEqual(rows);
    }
  });

  it("is read with any line ends, with and without the last", () => {
    const rows = [
      ["a", "b"],
      ["1", "2"],
    ];
    for (const text of ["a,b\n1,2", "a,b\r\n1,2\r\n", "a,b\r1,2\r", "\ufeffa,b\n1,2\n", "\n\na,b\n\n1,2\n\n"]) {
      expect(rowsOf(text)).toEqual(rows);
      expect(rowsOf(bytesOf(text))).toEqual(rows);
    }
  });

  it("is read as UTF-8 and as UTF-16 of either byte order, with and without a byte order mark", () => {
    const text = "file\tlabel\r\nblatt.tif\tÜbersicht 𝄞 地図\r\n";
    const rows = [
      ["file", "label"],
      ["blatt.tif", "Übersicht 𝄞 地図"],
    ];
    for (const bytes of [
      bytesOf(text),
      bytesOf(`\ufeff${text}`),
      utf16(text, "little"),
      utf16(text, "big"),
      utf16(text, "little", ""),
      utf16(text, "big", ""),
      // As files are read.
      Buffer.from(utf16(text, "big")),
    ]) {
      expect(rowsOf(bytes)).toEqual(rows);
      // What Node reads of a file.
      expect(rowsOf(Buffer.from(bytes))).toEqual(rows);
    }
  });

  it("keeps empty cells at the end of the last row", () => {
    expect(rowsOf("a,b,c\n1,,")).toEqual([
      ["a", "b", "c"],
      ["1", "", ""],
    ]);
  });

  it("leaves out rows without a value, wherever they are, and counts them", () => {
    const { rows, faults } = parseCsv("a;b;c\n;;\n1;2;3\n \t;;\n4;5;6\n;;\n;;\n\n");
    expect(faults).toEqual([]);
    expect(rows.map(({ row }) => row)).toEqual([1, 3, 5]);
  });

  it("counts rows as a spreadsheet does and lines as an editor does", () => {
    const { rows } = parseCsv('a\n"1\r\n2\n3"\n4');
    expect(rows.map(({ row, line }) => [row, line])).toEqual([
      [1, 1],
      [2, 2],
      [3, 5],
    ]);
    expect(parseCsv("sep=;\r\na;b\r\n1;2").rows.map(({ row, line }) => [row, line])).toEqual([
      [1, 2],
      [2, 3],
    ]);
  });

  it("has the delimiter that its first line says", () => {
    for (const first of ["sep=;", "SEP=;", '"sep=;"']) {
      expect(rowsOf(`${first}\r\na,b;c,d\r\n1;2\r\n`)).toEqual([
        ["a,b", "c,d"],
        ["1", "2"],
      ]);
    }
    expect(rowsOf("sep=\t\na;b\tc")).toEqual([["a;b", "c"]]);
    expect(rowsOf("\ufeffsep=^\na^b")).toEqual([["a", "b"]]);
    expect(rowsOf("sep=]\na]b")).toEqual([["a", "b"]]);
    expect(rowsOf("separate,b\n1,2")[0]).toEqual(["separate", "b"]);
  });

  it("has the delimiter by which its rows are even where the first row has several", () => {
    expect(rowsOf("file;label (de, en);notes, other\na.tif;A;B\nb.tif;A, B;C\n")[0]).toHaveLength(3);
    expect(rowsOf("file,label; title\na.tif,A; B; C\nb.tif,A\n")[0]).toEqual(["file", "label; title"]);
    expect(rowsOf("file\n1,5;2,5\n")).toEqual([["file"], ["1", "5;2", "5"]]);
  });

  it("has the delimiter that makes expected names of the first row", () => {
    const text = "File;Title, short\na.tif;A, B\nb.tif;C, D\n";
    expect(rowsOf(text, ["file", "label"])[1]).toEqual(["a.tif", "A, B"]);
  });

  it("keeps quotes inside cells that tabs divide, as spreadsheets write them", () => {
    expect(rowsOf('file\tlabel\na.tif\t5" disc\n')[1]).toEqual(["a.tif", '5" disc']);
  });

  it("tells all that is wrong with it at once, with row and column", () => {
    expect(faultsOf('a,b,c\n1,"2"x,3\n"4\n5",6"7,"8"y\n\n9,"10')).toEqual([
      "row 2, column B: there is text after a closing quote",
      "row 3, column B: there is a quote in a cell that is not in quotes",
      "row 3, column C: there is text after a closing quote",
      "row 5 (line 6), column B: a quote is opened and not closed",
    ]);
  });

  it("names the cells that are in another encoding than it can be", () => {
    const latin = Uint8Array.from([...bytesOf("file,label\na,caf"), 0xe9, ...bytesOf("\nb,c\nd"), 0xe9, 0x2c, 0x65]);
    expect(faultsOf(latin)).toEqual([
      'characters are not UTF-8 (row 2, column B; row 4, column A): save it as "CSV UTF-8"',
    ]);
    const many = Uint8Array.from([...bytesOf("a\n"), ...Array.from({ length: 9 }, () => [0xe9, 0x0a]).flat()]);
    expect(faultsOf(many)).toEqual([expect.stringContaining("row 6, column A and 4 more cells")]);
    const odd = utf16("a;b\n1;2", "little");
    expect(faultsOf(odd.subarray(0, -1))).toEqual([expect.stringContaining("characters are not UTF-16")]);
  });

  it("is told from a workbook", () => {
    const workbook = (...start: readonly number[]) => faultsOf(Uint8Array.from([...start, ...bytesOf("a,b\n\x80")]));
    expect(workbook(0x50, 0x4b, 3, 4)).toEqual([
      'it is a workbook (.xlsx, .ods or .numbers), not a table of text: save the sheet as "CSV UTF-8"',
    ]);
    expect(workbook(0xd0, 0xcf, 0x11, 0xe0)).toEqual([expect.stringContaining("it is a workbook (.xls)")]);
  });

  it("has no rows where there is nothing", () => {
    for (const content of [
      "",
      "\n\n",
      ";;\n",
      new Uint8Array(0),
      Uint8Array.of(0xff, 0xfe),
      Uint8Array.of(0xef, 0xbb, 0xbf),
    ]) {
      expect(rowsOf(content)).toEqual([]);
    }
  });
});

describe("the columns of a table", () => {
  it("have the letters of a spreadsheet", () => {
    expect([0, 25, 26, 27, 51, 52, 701, 702].map(columnLetters)).toEqual([
      ...["A", "Z", "AA", "AB", "AZ", "BA", "ZZ", "AAA"],
    ]);
  });
});
