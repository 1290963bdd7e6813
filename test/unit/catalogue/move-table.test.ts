import { describe, expect, it } from "vitest";
import { type MoveKnowledge, readMoveTable, settleMoves } from "../../../src/catalogue/move-table.ts";
import { formatSheetFault, type SheetFault } from "../../../src/catalogue/sheet-place.ts";
import { identifierFault } from "../../../src/settings/naming.ts";

const naming = { keyTemplate: "{identifier}", pageSuffix: ";page=" };

function read(text: string) {
  const faults: SheetFault[] = [];
  const reading = { language: "none", separator: "|" };
  const faultOf = (identifier: string) => identifierFault(identifier, naming);
  const rows = readMoveTable(text, { reading, faults, faultOf });
  return { rows, moves: rows.map(({ identifier, to }) => [identifier, to]), faults: faults.map(formatSheetFault) };
}

function settle(text: string, known: Partial<MoveKnowledge> = {}) {
  const faults: SheetFault[] = [];
  const settled = settleMoves(read(text).rows, { moves: new Map(), stored: new Set(), ...known }, faults);
  return { ...settled, faults: faults.map(formatSheetFault) };
}

describe("a table of images that have moved", () => {
  it("says where each has gone, in any form that spreadsheets save", () => {
    expect(read("\ufeffNew;OLD;note\r\nmaps/1;scan 1;x\r\n gone ;scan2;\r\n")).toMatchObject({
      moves: [
        ["scan 1", "maps/1"],
        ["scan2", undefined],
      ],
      faults: [],
    });
  });

  it("is told all that is wrong with it at once, by row and column", () => {
    const { faults } = read(
      ["old,new", "a,", ",b", "c,c", "d,x", "d,y", "e;page=2,x", "f,.hidden/x", `g,${"x".repeat(1020)}`, "h,i,j"].join(
        "\n",
      ),
    );
    expect(faults).toEqual([
      "row 10, column C: there is a value behind the last of 2 columns; values with a delimiter inside need quotes around them",
      "row 2, column B: new is empty: it is an identifier, or gone",
      "row 3, column A: old is empty",
      "row 4, column B: c would lead to itself",
      "row 6, column A: d is in row 5 already",
      "row 7, column A: old: it is page 2 of e: name the image",
      "row 8, column B: new: a part of it starts with a dot, under which no image is served",
      "row 9, column B: new: it is too long for the key of an object",
    ]);
    expect(read("from,to\na,b").faults).toEqual(["row 1: there is no column old", "row 1: there is no column new"]);
    expect(read("old,nwe\na,b").faults[0]).toContain("did you mean new?");
    expect(read("").faults).toHaveLength(2);
  });
});

describe("where the rows of a table lead", () => {
  it("is found over other rows and the catalogue, in one step", () => {
    const { moves, notes, faults } = settle("old,new\na,b\nb,c\nd,e\nf,g\nh,i\nj,h", {
      moves: new Map([
        ["c", { identifier: "c", to: "z" }],
        ["e", { identifier: "e" }],
        ["g", { identifier: "g", to: "elsewhere" }],
      ]),
      // Who asks for g gets it, whatever the catalogue said before it was stored again.
      stored: new Set(["g", "z"]),
    });
    expect(faults).toEqual([]);
    expect(moves).toEqual([
      { identifier: "a", to: "z" },
      { identifier: "b", to: "z" },
      { identifier: "d" },
      { identifier: "f", to: "g" },
      { identifier: "h", to: "i" },
      { identifier: "j", to: "i" },
    ]);
    expect(notes).toContain("a leads to b leads to c leads to z: a leads there at once");
    expect(notes).toContain("d leads to e, which is gone: d is gone too");
  });

  it("is refused where it leads back, over rows or the catalogue", () => {
    const { moves, faults } = settle("old,new\na,b\nb,a\nc,d\ne,f", {
      moves: new Map([["d", { identifier: "d", to: "c" }]]),
    });
    expect(moves).toEqual([{ identifier: "e", to: "f" }]);
    expect(faults).toEqual([
      "row 2, column B: a leads to b leads to a: a circle",
      "row 3, column B: b leads to a leads to b: a circle",
      "row 4, column B: c leads to d leads to c: a circle",
    ]);
  });
});
