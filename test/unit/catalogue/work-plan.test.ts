import { describe, expect, it } from "vitest";
import { readObjectTable } from "../../../src/catalogue/object-table.ts";
import { readPageTable } from "../../../src/catalogue/page-table.ts";
import { formatSheetFault, type SheetFault } from "../../../src/catalogue/sheet-place.ts";
import { planWorks, type WorkSettings, type WorkSources } from "../../../src/catalogue/work-plan.ts";

const reading = { language: "none", separator: "|", rights: { others: [] } };
const settings: WorkSettings = {
  pageLabels: "number",
  providers: new Map([["library", { uri: "https://library.example/", label: { en: ["The Library"] } }]]),
  attributionLabel: { en: ["Attribution"] },
};

/** Plans objects of images by their paths, and of tables as text. */
function plan(paths: readonly string[], tables: { pages?: string; objects?: string } = {}, change = {}) {
  const sheetFaults: SheetFault[] = [];
  const images = paths.map((path) => ({ path, identifier: path.replace(/\.\w+$/, "") }));
  const sources: WorkSources = {
    images,
    ...(tables.pages && { pages: readPageTable(tables.pages, { reading, faults: sheetFaults }) }),
    ...(tables.objects && { objects: readObjectTable(tables.objects, { reading, faults: sheetFaults }) }),
  };
  const { plans, faults } = planWorks(sources, { ...settings, ...change });
  return { plans, faults: [...sheetFaults.map(formatSheetFault), ...faults] };
}

/** Pages as `key=label`, or `key` alone. */
const pagesOf = ({ plans }: ReturnType<typeof plan>, index = 0): readonly string[] =>
  (plans[index]?.pages ?? []).map(({ key, label }) => [key, ...Object.values(label ?? {}).flat()].join("="));

describe("objects of folders", () => {
  it("have the images of a folder as pages, in natural order", () => {
    const planned = plan(["atlas/10.tif", "atlas/2.tif", "atlas/1.tif", "maps/north_sea/a.tif"]);
    expect(planned.faults).toEqual([]);
    expect(planned.plans.map(({ key, name }) => [key, name])).toEqual([
      ["atlas", "atlas"],
      ["maps/north_sea", "north sea"],
    ]);
    expect(pagesOf(planned)).toEqual(["1=1", "2=2", "10=3"]);
  });

  it("are single images where these lie in the folder that was named", () => {
    const planned = plan(["one.tif", "two.tif"]);
    expect(planned.plans.map(({ key, pages }) => [key, pages.length])).toEqual([
      ["one", 1],
      ["two", 1],
    ]);
  });

  it("are one book if all of it is said to be one", () => {
    const planned = plan(["p2.tif", "p10.tif", "p1.tif"], {}, { asBook: "book" });
    expect(planned.plans.map(({ key }) => key)).toEqual(["book"]);
    expect(pagesOf(planned)).toEqual(["p1=1", "p2=2", "p10=3"]);
  });

  it("are not guessed where images lie next to folders of images", () => {
    expect(plan(["atlas/cover.tif", "atlas/plates/1.tif"]).faults).toEqual([
      expect.stringMatching(
        /^the folder atlas has images \(atlas\/cover\.tif\) and folders of images \(atlas\/plates\)/,
      ),
    ]);
  });

  it("have their pages labelled by number, folio or file name", () => {
    const paths = ["b/x.tif", "b/y.tif", "b/z.tif"];
    expect(pagesOf(plan(paths, {}, { pageLabels: "folio" }))).toEqual(["x=1r", "y=1v", "z=2r"]);
    expect(pagesOf(plan(paths, {}, { pageLabels: "filename" }))).toEqual(["x=x", "y=y", "z=z"]);
  });
});

describe("a table of images", () => {
  it("moves images into objects, gives them an order, labels and behaviours", () => {
    const pages = "file;object;order;label@la;behavior\na/1.tif;book;;prima;\na/2.tif;book;0,5;ante;non-paged\n";
    const planned = plan(["a/1.tif", "a/2.tif"], { pages });
    expect(planned.faults).toEqual([]);
    expect(planned.plans.map(({ key }) => key)).toEqual(["book"]);
    expect(pagesOf(planned)).toEqual(["2=ante", "1=prima"]);
    expect(planned.plans[0]?.pages[0]).toMatchObject({ behaviors: ["non-paged"], label: { la: ["ante"] } });
  });

  it("leaves images that it puts into an object in natural order, whatever the order of its rows", () => {
    const pages = "file,object,order\nb/10.tif,b,\nb/2.tif,b,\nb/1.tif,b,\n,b,1.5\n";
    const planned = plan(["b/1.tif", "b/10.tif", "b/2.tif", "b/3.tif"], { pages });
    expect(planned.faults).toEqual([]);
    expect(planned.plans.map(({ key }) => key)).toEqual(["b"]);
    expect(planned.plans[0]?.pages.map(({ key }) => key)).toEqual(["1", "missing-1.5", "2", "3", "10"]);
  });

  it("makes choices of images with one canvas, and pages of rows without an image", () => {
    const pages = [
      "file,object,order,canvas,label",
      ...["b/1.tif,,,1,Natural light", "b/1uv.tif,,,1,Ultraviolet", "b/3.tif,,3,,third", ",b,2,lost,missing"],
    ].join("\n");
    const planned = plan(["b/1.tif", "b/1uv.tif", "b/3.tif"], { pages });
    expect(planned.faults).toEqual([]);
    expect(pagesOf(planned)).toEqual(["1=1", "lost=missing", "3=third"]);
    expect(planned.plans[0]?.pages.map(({ images }) => images)).toEqual([
      [
        { identifier: "b/1", label: { none: ["Natural light"] } },
        { identifier: "b/1uv", label: { none: ["Ultraviolet"] } },
      ],
      [],
      [{ identifier: "b/3" }],
    ]);
  });

  it("takes no canvas whose address would lead elsewhere", () => {
    const { faults } = plan(["b/1.tif", "b/2.tif"], { pages: "file,canvas\nb/1.tif,..\nb/2.tif,.x\n" });
    expect(faults).toHaveLength(2);
    expect(faults[0]).toMatch(/^row 2, column B: canvas is "\.\.", not a name/);
  });

  it("takes no object all of whose pages are missing, and says which is meant by a key that is nearly one", () => {
    const pages = "file,object,order\n,lost,1\n,lost,2\n";
    expect(plan(["atlas/1.tif"], { pages, objects: "object,label\nAtlas,x\n" }).faults).toEqual([
      "row 2, column A: Atlas has no pages: no folder and no row of an image names it; did you mean atlas?",
      "row 2, column B: lost has no image: all its pages are missing",
    ]);
  });

  it("is in a collection once, whatever form its name is written in", () => {
    const objects = `object,collection\nb,${"Märchen > A|Märchen>A".normalize("NFD")}|${"Märchen > A".normalize("NFC")}\n`;
    expect(plan(["b/1.tif"], { objects }).plans[0]?.collections.map(({ key }) => key)).toEqual(["Märchen/A"]);
  });

  it("tells of a language that there is not, whatever its name", () => {
    expect(plan(["b/1.tif"], { objects: "object,label@__proto__,__proto__\nb,x,y\n" }).faults).toEqual([
      'row 1, column B: "__proto__" is not a language tag such as en or zh-Hant',
    ]);
  });

  it("makes choices in the order of their rows: the first is the default", () => {
    const pages = "file,canvas,label\nb/9.tif,x,Visible\nb/2.tif,,two\nb/1.tif,x,X-ray\nb/3.tif,y,\nb/0.tif,y,\n";
    const planned = plan(["b/0.tif", "b/1.tif", "b/2.tif", "b/3.tif", "b/9.tif"], { pages });
    expect(planned.faults).toEqual([]);
    expect(planned.plans[0]?.pages.map(({ key, images }) => [key, images.map(({ identifier }) => identifier)])).toEqual(
      [
        ["y", ["b/3", "b/0"]],
        ["x", ["b/9", "b/1"]],
        ["2", ["b/2"]],
      ],
    );
  });

  it("makes contents: an entry has the pages up to the next", () => {
    const pages = "file,toc\nb/1.tif,Part I\nb/2.tif,Part I > Chapter 1\nb/4.tif,Part I > Chapter 2|Maps\n";
    const { plans } = plan(["b/1.tif", "b/2.tif", "b/3.tif", "b/4.tif", "b/5.tif"], { pages });
    const outline = (entries: (typeof plans)[0]["contents"]): unknown =>
      entries.map(({ key, label, pages, entries: inner }) => [key, label.none?.[0], pages, outline(inner)]);
    expect(outline(plans[0]!.contents)).toEqual([
      [
        "1",
        "Part I",
        ["1"],
        [
          ["2", "Chapter 1", ["2", "3"], []],
          ["4", "Chapter 2", ["4"], []],
        ],
      ],
      ["4~2", "Maps", ["4", "5"], []],
    ]);
  });

  it("keeps the keys of pages when others are inserted, moved or labelled anew", () => {
    const before = plan(["b/1.tif", "b/2.tif"]);
    const after = plan(["b/1.tif", "b/1a.tif", "b/2.tif"], { pages: "file,label\nb/2.tif,renamed\n" });
    const keys = (planned: typeof before) => planned.plans[0]!.pages.map(({ key }) => key);
    expect(keys(after)).toEqual(expect.arrayContaining(keys(before)));
  });

  it("tells every fault with its row and column", () => {
    const pages = ["file,object,order,behavior,rights,canvas", "b/1.tif,,x,sideways,free,a/b", ",,,,,", "b/1.tif,,,,,"];
    const { faults } = plan(["b/1.tif"], { pages: pages.join("\n") });
    expect(faults).toEqual([
      'row 2, column C: order is "x", not a number',
      'row 2, column D: behavior is "sideways", not non-paged or facing-pages',
      'row 2, column E: rights is "free", not a URI of creativecommons.org or rightsstatements.org',
      'row 2, column F: canvas is "a/b", not a name without / and ~ that starts with no dot',
      "row 4, column A: b/1.tif is in row 2 already",
    ]);
  });
});

describe("a table of objects", () => {
  it("says what a cataloguer knows", () => {
    const objects = [
      "object,label@en,label@de,summary@en,rights,attribution@en,provider,homepage,nav_date,direction,layout,Maker,Date@en",
      'atlas,An atlas,Ein Atlas,<p>Maps</p>,https://creativecommons.org/publicdomain/mark/1.0/,Given,library,About <https://l.example/a>,1850,rtl,paged,A|B,"1850"',
    ].join("\n");
    const { plans, faults } = plan(["atlas/1.tif"], { objects });
    expect(faults).toEqual([]);
    expect(plans[0]).toMatchObject({
      label: { en: ["An atlas"], de: ["Ein Atlas"] },
      rights: "http://creativecommons.org/publicdomain/mark/1.0/",
      requiredStatement: { label: { en: ["Attribution"] }, value: { en: ["Given"] } },
      provider: [{ uri: "https://library.example/" }],
      homepage: [{ uri: "https://l.example/a", format: "text/html" }],
      navDate: "1850-01-01T00:00:00Z",
      viewingDirection: "right-to-left",
      layout: "paged",
      metadata: [
        { label: { none: ["Maker"] }, value: { none: ["A", "B"] } },
        { label: { none: ["Date"] }, value: { en: ["1850"] } },
      ],
    });
  });

  it("labels pages in runs, names pages by key or label, and nests collections", () => {
    const objects = "object;page_labels;thumbnail;start;collection\nb;Cover\\|x|1r-1v;1r;3;Maps > Sea|Books\n".replace(
      "\\|x",
      "",
    );
    const planned = plan(["b/1.tif", "b/2.tif", "b/3.tif"], { objects });
    expect(planned.faults).toEqual([]);
    expect(pagesOf(planned)).toEqual(["1=Cover", "2=1r", "3=1v"]);
    expect(planned.plans[0]).toMatchObject({ thumbnail: "2", start: "3" });
    expect(planned.plans[0]?.collections.map(({ key }) => key)).toEqual(["Maps/Sea", "Books"]);
  });

  it("tells every fault with its row and column", () => {
    const objects = [
      "object,lable,rights,homepage,nav_date,direction,layout,page_labels,thumbnail,provider,summary,attribution@english language",
      "b,,free,nowhere,soon,up,stapled,1-9,none,nobody,<div>x</div>,x",
      "c,,,,,,,,,,,",
      ",x,,,,,,,,,,",
      "b,x,,,,,,,,,,",
    ];
    const { faults } = plan(["b/1.tif"], { objects: objects.join("\n") });
    expect(faults.map((fault) => fault.replace(/: .*/s, "")).toSorted()).toEqual([
      ...["row 1, column B", "row 1, column L", "row 2, column C", "row 2, column D", "row 2, column E"],
      ...["row 2, column F", "row 2, column G", "row 2, column H", "row 2, column I", "row 2, column J"],
      ...["row 2, column K", "row 3, column A", "row 4, column A", "row 5, column A"],
    ]);
    expect(faults[0]).toContain("did you mean label?");
    expect(faults).toContainEqual(expect.stringContaining("c has no pages"));
  });
});
