import { describe, expect, it } from "vitest";
import { planCollections } from "../../../src/catalogue/collection-plan.ts";
import { readCollectionTable } from "../../../src/catalogue/collection-table.ts";
import { readInstitution } from "../../../src/catalogue/institution.ts";
import { formatSheetFault, type SheetFault } from "../../../src/catalogue/sheet-place.ts";

const reading = { language: "none", separator: "|", rights: { others: [] }, name: "c.csv" };

function read(text: string) {
  const found: SheetFault[] = [];
  const rows = readCollectionTable(text, { reading, faults: found });
  return { rows, faults: found.map(formatSheetFault) };
}

describe("the table of collections", () => {
  it("tells all that is wrong with it at once", () => {
    const text =
      "collection,rights,behavior,summary\na,free,,\na,,,\n.b,,,\nc,,paged,<p>x\nd,,,<script>x</script>\n,,,y\n";
    expect(read(text).faults).toEqual([
      expect.stringMatching(/^c\.csv: row 2, column B: rights is "free"/),
      "c.csv: row 3, column A: a is in row 2 already",
      expect.stringMatching(/^c\.csv: row 4, column A: \.b: a part of it starts with a dot/),
      'c.csv: row 5, column C: behavior is "paged", not multi-part',
      expect.stringMatching(/^c\.csv: row 6, column D: HTML of summary: <script> is not allowed/),
      "c.csv: row 7, column A: the collection is empty",
    ]);
    expect(read("label\nA\n").faults).toEqual(["there is no column collection"]);
  });
});

describe("planned collections", () => {
  it("are in those that their rows name, else in the front of their keys, and the innermost stand first", () => {
    const faults: string[] = [];
    const { rows } = read("collection,parent\nb,all > new\n");
    const plans = planCollections(["maps/old", "b"], rows, faults);
    expect(faults).toEqual([]);
    expect(plans.map(({ key, parents }) => [key, parents])).toEqual([
      ["b", ["all/new"]],
      ["maps/old", ["maps"]],
      ["all/new", ["all"]],
      ["maps", []],
      ["all", []],
      ["top", []],
    ]);
  });

  it("are in no circle", () => {
    const faults: string[] = [];
    planCollections([], read("collection,parent\na,b\nb,a\n").rows, faults);
    expect(faults).toEqual([
      "c.csv: row 2, column B: the collection a would be in itself",
      "c.csv: row 3, column B: the collection b would be in itself",
    ]);
  });
});

describe("what an institution says", () => {
  it("has texts alone or by language, and links", () => {
    const faults: string[] = [];
    const providers = { l: { uri: "https://l.example/", label: { en: "L" }, homepage: "Home <https://l.example/h>" } };
    const said = readInstitution({ providers, attributionLabel: "From" }, faults);
    expect(faults).toEqual([]);
    expect(said.attributionLabel).toEqual({ none: ["From"] });
    expect(said.providers.get("l")).toMatchObject({ label: { en: ["L"] }, homepage: [{ label: { none: ["Home"] } }] });
  });

  it("is refused with what is wrong, and where", () => {
    const faults: string[] = [];
    readInstitution({ providers: { l: { uri: "l", label: "L", hompage: "" } }, otherRights: ["free"] }, faults);
    expect(faults.map((fault) => fault.split(" ")[0]).sort()).toEqual([
      "otherRights.0",
      "providers.l.hompage",
      "providers.l.uri",
    ]);
  });
});
