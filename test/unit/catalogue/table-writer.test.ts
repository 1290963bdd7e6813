import { describe, expect, it } from "vitest";
import { readObjectTable } from "../../../src/catalogue/object-table.ts";
import { readPageTable } from "../../../src/catalogue/page-table.ts";
import { formatSheetFault, type SheetFault } from "../../../src/catalogue/sheet-place.ts";
import { writeTables } from "../../../src/catalogue/table-writer.ts";
import type { Work } from "../../../src/catalogue/work.ts";
import { completeWork } from "../../../src/catalogue/work-completion.ts";
import { planWorks } from "../../../src/catalogue/work-plan.ts";
import { formatWork } from "../../../src/catalogue/work-record.ts";

const provider = { uri: "https://library.example/", label: { en: ["The Library"] } };
const settings = {
  pageLabels: "number" as const,
  providers: new Map([["library", provider]]),
  attributionLabel: { en: ["Attribution"] },
};
const reading = { language: "none", separator: "|", rights: { others: [] } };

/** Makes records of tables, with what the records said before. */
function makeWorks(tables: { pages: string; objects: string }, former: ReadonlyMap<string, Work>): readonly Work[] {
  const faults: SheetFault[] = [];
  const pages = readPageTable(tables.pages, { reading, faults });
  const objects = readObjectTable(tables.objects, { reading, faults });
  const images = pages.rows.flatMap(({ image }) => (image === undefined ? [] : [{ path: image, identifier: image }]));
  const planned = planWorks({ images, pages, objects }, settings);
  expect([...faults.map(formatSheetFault), ...planned.faults]).toEqual([]);
  const known = new Map(images.map(({ identifier }) => [identifier, { width: 40, height: 30, sizes: [] }]));
  return planned.plans.map((plan) => {
    const made = completeWork(plan, { images: known, former: former.get(plan.key), canvases: "kept", labels: "kept" });
    if ("faults" in made) throw new Error(made.faults.join());
    return made.work;
  });
}

const pages = `identifier;object;order;label;label@la;canvas;behavior;toc;rights;Hand
a/1;book/one;;Cover;;;non-paged;;;
a/2;book/one;;1r;folium;;;Part I > First \\| chapter | Part I > Second \\> chapter;;"A ""scribe"", one"
a/3;book/one;;visible;;leaf;;;;
a/4;book/one;;infrared;;leaf;;;;
;book/one;5;lost;;;;Part II;;
b/1;other;;x;;;;;https://creativecommons.org/licenses/by/4.0/;
`;
const objects = `object,label@en,label@de,label,summary,rights,attribution,provider,homepage,see_also,nav_date,direction,layout,thumbnail,start,collection,Shelfmark,Place@en,Place@de
book/one,"A ""book"", one",Ein Buch,alt|älter \\| alt,"<p>Two
lines; <b>bold</b></p>",https://creativecommons.org/publicdomain/zero/1.0/,By us,library,The page <https://l.example/a>|https://l.example/b.pdf,https://l.example/x.json,1850-07,rtl,paged,2,leaf,Maps > North|Books,K 7|K 8,Sea,See
other,Other,,,,,,,,,,,,,,,,,
`;

describe("tables that are written from records", () => {
  it("make the same records again, byte for byte", () => {
    const works = makeWorks({ pages, objects }, new Map());
    expect(works.map(({ key, pages }) => [key, pages.length])).toEqual([
      ["book/one", 4],
      ["other", 1],
    ]);
    const former = new Map(works.map((work) => [work.key, work]));
    const providerKeys = new Map([[provider.uri, "library"]]);
    const written = writeTables(works, { ...reading, providerKeys });
    const again = makeWorks(written, former);
    const textOf = (work: Work) => new TextDecoder().decode(formatWork(work));
    expect(again.map(textOf)).toEqual(works.map(textOf));
    expect(writeTables(again, { ...reading, providerKeys })).toEqual(written);
  });

  it("have the columns that something is said in, and no others", () => {
    const [, other] = makeWorks({ pages, objects }, new Map());
    if (other === undefined) throw new Error("there are two objects");
    const written = writeTables([other], { ...reading, providerKeys: new Map() });
    expect(written.objects).toBe("object,label,label@en,summary,attribution\r\nother,,Other,,\r\n");
  });
});
