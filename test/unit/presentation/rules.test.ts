import { describe, expect, it } from "vitest";
import { parseWork } from "../../../src/catalogue/work-record.ts";
import { codeOf } from "../../support/code-of.ts";
import { allOf, canvasIds, type Document, manifestOf, manifestV2Of } from "../../support/presentation-documents.ts";
import { makeFullWork, makeImage, makePage, makeWork } from "../../support/works.ts";

const full = manifestOf(makeFullWork());
const fullV2 = manifestV2Of(makeFullWork());
const at = "https://iiif.example.org/presentation";
const work = makeFullWork();

describe("values of a manifest", () => {
  it("are language maps of arrays of texts, wherever they are read by people", () => {
    const maps = ["label", "value", "summary"].flatMap((key) => allOf(full, key));
    // A required statement is itself a label and a value.
    expect(maps.length).toBeGreaterThan(20);
    for (const map of maps) {
      for (const [language, texts] of Object.entries(map)) {
        expect(language).toMatch(/^(?:none|[a-z]{2,3}(?:-[A-Za-z0-9]+)*)$/);
        expect(texts).toEqual([expect.any(String), ...(texts as string[]).slice(1)]);
      }
    }
  });

  it("are plain in labels, and marked as plain in all places where HTML may stand", () => {
    const odd = { en: ["<1850>"] };
    const pair = { label: odd, value: odd };
    const manifest = manifestOf(
      makeWork({
        label: odd,
        summary: odd,
        metadata: [pair],
        requiredStatement: pair,
        pages: [makePage("1", { label: odd, metadata: [pair] })],
      }),
    );
    const [canvas] = manifest.items;
    for (const map of [manifest.label, manifest.metadata[0].label, canvas.label]) expect(map).toEqual(odd);
    for (const { value } of [manifest.metadata[0], manifest.requiredStatement, canvas.metadata[0]]) {
      expect(value).toEqual({ en: ["<1850> "] });
    }
  });

  it("are arrays where a property has several values, and never where it has one, at every depth", () => {
    const several = [
      "metadata",
      "provider",
      "thumbnail",
      "behavior",
      "homepage",
      "seeAlso",
      "rendering",
      "partOf",
      "items",
      "structures",
      "annotations",
      "logo",
      "service",
      "language",
    ];
    for (const name of several) for (const value of allOf(full, name)) expect(Array.isArray(value), name).toBe(true);
    const single = [
      "id",
      "type",
      "requiredStatement",
      "rights",
      "navDate",
      "viewingDirection",
      "start",
      "motivation",
      "target",
      "body",
      "format",
      "width",
      "height",
      "profile",
    ];
    for (const name of single) for (const value of allOf(full, name)) expect(Array.isArray(value), name).toBe(false);
  });

  it("are whole pixels from 1 on, width and height together", () => {
    for (const name of ["width", "height"]) {
      for (const pixels of allOf(full, name)) expect(Number.isInteger(pixels) && pixels > 0).toBe(true);
    }
    expect(allOf(full, "width")).toHaveLength(allOf(full, "height").length);
  });

  it("name media types, and languages as arrays", () => {
    const homepage = { uri: "https://a.example/", label: { en: ["A"] }, format: "text/html", language: ["en", "de"] };
    expect(manifestOf(makeWork({ homepage: [homepage] })).homepage).toEqual([
      { id: "https://a.example/", type: "Text", label: { en: ["A"] }, format: "text/html", language: ["en", "de"] },
    ]);
  });

  it("have a date of navigation on manifests and canvases, which ends in Z, and on nothing else", () => {
    const date = "1850-01-01T00:00:00Z";
    const manifest = manifestOf(makeWork({ navDate: date, pages: [makePage("1", { navDate: date })] }));
    expect([manifest.navDate, manifest.items[0].navDate]).toEqual([date, date]);
    expect(allOf(manifest, "navDate")).toHaveLength(2);
  });
});

describe("a manifest by the rules of 3.0", () => {
  it("has one canvas at least: a record without pages is damaged", () => {
    const bytes = new TextEncoder().encode(JSON.stringify(makeWork({ pages: [] })));
    expect(codeOf(() => parseWork(bytes, "book"))).toBe("record-malformed");
  });

  it.each(["individuals", "paged", "continuous", "unordered"] as const)(
    "has its layout alone as its behaviour, which canvases don't repeat: %s",
    (layout) => {
      const manifest = manifestOf(makeWork({ layout }));
      expect(manifest.behavior).toEqual([layout]);
      expect(allOf(manifest.items, "behavior")).toEqual([]);
    },
  );

  it("has a viewing direction where it is known, on itself alone", () => {
    expect(allOf(full, "viewingDirection")).toEqual(["right-to-left"]);
    expect(manifestOf()).not.toHaveProperty("viewingDirection");
  });

  it("starts at a canvas of its own", () => {
    expect(full.start).toEqual({ id: canvasIds(full)[2], type: "Canvas" });
  });

  it("has providers as agents, whose logo is an image with its service", () => {
    const [provider] = full.provider;
    expect(provider).toMatchObject({
      id: "https://library.example.org/",
      type: "Agent",
      label: { en: ["The Library"] },
    });
    expect(provider.homepage[0]).toMatchObject({ type: "Text", format: "text/html" });
    expect(provider.seeAlso[0]).toMatchObject({ type: "Dataset", format: "application/xml" });
    expect(provider.logo[0]).toMatchObject({
      type: "Image",
      width: 300,
      height: 100,
      service: [{ type: "ImageService3" }],
    });
  });

  it("links to things for people with id, type, label and format, and to things for machines as data", () => {
    const { homepage, rendering, seeAlso } = full;
    for (const link of [...homepage, ...rendering, ...seeAlso]) {
      expect(link).toEqual({
        id: expect.any(String),
        type: expect.any(String),
        label: { en: [expect.any(String)] },
        format: expect.any(String),
      });
    }
    expect([homepage[0].type, rendering[0].type, seeAlso[0].type]).toEqual(["Text", "Text", "Dataset"]);
  });

  it("is in collections by their ids, types and labels", () => {
    expect(full.partOf).toEqual([{ id: `${at}/3/maps/collection`, type: "Collection", label: { en: ["Maps"] } }]);
  });

  it("keeps the thumbnail that was named, and takes another page's where that page is missing", () => {
    expect(full.thumbnail[0].id).toContain("atlas%2F0002/");
    const missing = { ...work, thumbnail: "after-0003" };
    expect(manifestOf(missing).thumbnail[0].id).toContain("book%2F0001/");
  });

  it("has types and profiles in its services, and @ only in those of older versions", () => {
    for (const services of allOf(full, "service")) {
      for (const { id, type, "@id": oldId, "@type": oldType } of services) {
        expect([id ?? oldId, type ?? oldType]).toEqual([expect.any(String), expect.stringMatching(/Service[123]$/)]);
      }
    }
    const keys = JSON.stringify(full).match(/"@\w+":/g);
    expect(keys).toEqual(['"@context":', '"@id":', '"@type":']);
  });

  it("has ranges with labels and at least one thing in each, canvases of its own among them", () => {
    const ranges = (range: Document): Document[] => [
      range,
      ...range.items.filter(({ type }: Document) => type === "Range").flatMap(ranges),
    ];
    const all = full.structures.flatMap(ranges);
    expect(all).toHaveLength(3);
    for (const { id, label, items } of all) {
      expect([id.startsWith(`${at}/atlas%2Fvolume%201/range/`), items.length > 0]).toEqual([true, true]);
      expect(label.en).toHaveLength(1);
      for (const item of items) if (item.type === "Canvas") expect(canvasIds(full)).toContain(item.id);
    }
    expect(allOf(full.structures, "behavior")).toEqual([]);
  });

  it("has no entry of the contents that is empty: the record is damaged", () => {
    const entry = { key: "1", label: { en: ["Nothing"] }, pages: [], entries: [] };
    const bytes = new TextEncoder().encode(JSON.stringify(makeWork({ contents: [entry] })));
    expect(codeOf(() => parseWork(bytes, "book"))).toBe("record-malformed");
  });
});

describe("a canvas", () => {
  const [canvas] = full.items;

  it("has an http id without a fragment, a label and a size, and its painting in its items alone", () => {
    for (const each of full.items) {
      expect(each).toMatchObject({
        id: expect.stringMatching(/^https:[^#?]+$/),
        label: { none: [expect.any(String)] },
      });
      expect([each.width, each.height].every(Number.isInteger)).toBe(true);
      expect(each.items.every(({ type }: Document) => type === "AnnotationPage")).toBe(true);
    }
    expect(allOf(full, "motivation")).toEqual(["painting", "painting", "painting"]);
    expect(allOf(canvas.annotations, "motivation")).toEqual([]);
  });

  it("keeps the size that it was published with when its image is another", () => {
    const page = makePage("1", { width: 1500, height: 2000 });
    const [smaller] = manifestOf(makeWork({ pages: [page] })).items;
    expect([smaller.width, smaller.height]).toEqual([1500, 2000]);
    expect(smaller.items[0].items[0].body).toMatchObject({ width: 3000, height: 4000 });
  });

  it("is painted by an annotation with an id, and a body that names picture, format, size and service without sizes", () => {
    const [painting] = canvas.items[0].items;
    expect(painting).toMatchObject({ id: `${at}/atlas%2Fvolume%201/annotation/0001`, type: "Annotation" });
    const { body } = painting;
    expect(body).toMatchObject({ type: "Image", format: "image/jpeg", width: 3000, height: 4000 });
    expect(body.id).not.toBe(body.service[0].id);
    expect(body.service[0]).not.toHaveProperty("sizes");
  });

  it("says what is folded out, in both versions", () => {
    expect(full.items[2].behavior).toEqual(["non-paged"]);
    expect(fullV2.sequences[0].canvases[2].viewingHint).toBe("non-paged");
  });

  it("labels the images of a choice by their names where they have no labels", () => {
    const images = ["day", "night"].map((identifier) => makeImage({ identifier }));
    const choice = makeWork({ pages: [makePage("1", { images })] });
    const { body } = manifestOf(choice).items[0].items[0].items[0];
    expect(body.items.map(({ label }: Document) => label)).toEqual([{ none: ["day"] }, { none: ["night"] }]);
    const { resource } = manifestV2Of(choice).sequences[0].canvases[0].images[0];
    expect([resource.default.label, resource.item[0].label]).toEqual(["day", "night"]);
  });

  it("has metadata, rights and links of its own", () => {
    const pair = { label: { en: ["Ink"] }, value: { en: ["Iron gall"] } };
    const link = { uri: "https://a.example/1.pdf", label: { en: ["PDF"] }, format: "application/pdf" };
    const page = makePage("1", { metadata: [pair], rights: work.rights!, rendering: [link], seeAlso: [link] });
    const [with3] = manifestOf(makeWork({ pages: [page] })).items;
    expect(with3).toMatchObject({
      metadata: [pair],
      rights: work.rights,
      rendering: [{ type: "Text" }],
      seeAlso: [{ type: "Dataset" }],
    });
    const [with2] = manifestV2Of(makeWork({ pages: [page] })).sequences[0].canvases;
    expect(with2).toMatchObject({ license: work.rights, rendering: [{ "@id": link.uri, format: link.format }] });
  });
});

describe("a manifest by the rules of 2.1", () => {
  it("has @id and @type everywhere, and no key of 3.0", () => {
    for (const name of [
      "id",
      "type",
      "items",
      "summary",
      "requiredStatement",
      "rights",
      "provider",
      "homepage",
      "partOf",
      "start",
      "behavior",
      "annotations",
      "body",
      "target",
    ]) {
      expect(allOf(fullV2, name), name).toEqual([]);
    }
    expect([fullV2["@type"], fullV2.sequences[0]["@type"]]).toEqual(["sc:Manifest", "sc:Sequence"]);
    expect(fullV2.sequences[0]).not.toHaveProperty("@context");
  });

  it("has description, attribution, license, logo, related and within for their like", () => {
    expect(fullV2).toMatchObject({
      description: [{ "@value": "<p>Maps of the <b>world</b></p>", "@language": "en" }, { "@language": "en" }],
      attribution: { "@value": "Given by the library", "@language": "en" },
      license: work.rights,
      logo: {
        "@id": expect.stringContaining("/iiif/2/logo/"),
        service: { profile: "http://iiif.io/api/image/2/level2.json" },
      },
      related: [{ "@id": "https://library.example.org/atlas", format: "text/html" }],
      within: [`${at}/2/maps/collection`],
      navDate: "1850-01-01T00:00:00Z",
    });
  });

  it("has no navigation date on canvases", () => {
    const page = makePage("1", { navDate: "1850-01-01T00:00:00Z" });
    expect(allOf(manifestV2Of(makeWork({ pages: [page] })), "navDate")).toEqual([]);
  });

  it("has one sequence, which starts at the canvas that is the start", () => {
    expect(fullV2.sequences).toHaveLength(1);
    expect(fullV2.sequences[0].startCanvas).toBe(full.start.id);
  });

  it("has canvases with labels and sizes, painted by annotations on them", () => {
    for (const canvas of fullV2.sequences[0].canvases) {
      expect(canvas).toMatchObject({
        "@type": "sc:Canvas",
        label: expect.anything(),
        width: expect.any(Number),
        height: expect.any(Number),
      });
      for (const image of canvas.images) {
        expect(image).toMatchObject({ "@type": "oa:Annotation", motivation: "sc:painting", on: canvas["@id"] });
      }
    }
    expect(fullV2.sequences[0].canvases[0].images[0].resource["@type"]).toBe("dctypes:Image");
  });

  it("keeps the size of a canvas that is small, so that annotations hold in both versions", () => {
    const small = makeWork({ pages: [makePage("1", { width: 300, height: 400 })] });
    const [canvas] = manifestV2Of(small).sequences[0].canvases;
    expect([canvas.width, canvas.height]).toEqual([300, 400]);
  });

  it("names its lists of lines, which are other documents than those of 3.0", () => {
    const [{ otherContent }] = fullV2.sequences[0].canvases;
    expect(otherContent).toEqual([
      { "@id": `${at}/2/atlas%2Fvolume%201/text/0001`, "@type": "sc:AnnotationList", label: "Text" },
    ]);
    expect(full.items[0].annotations[0].id).not.toBe(otherContent[0]["@id"]);
  });

  it("has the ids of canvases, annotations and ranges that 3.0 has", () => {
    const annotations = full.items.flatMap(({ items }: Document) =>
      allOf(items, "target").length ? [items[0].items[0].id] : [],
    );
    expect(
      fullV2.sequences[0].canvases.flatMap(({ images }: Document) => images.map((image: Document) => image["@id"])),
    ).toEqual(annotations);
    const ranges = allOf(full.structures, "id").filter((id: string) => id.includes("/range/"));
    expect(
      fullV2.structures
        .slice(1)
        .map((range: Document) => range["@id"])
        .toSorted(),
    ).toEqual(ranges.toSorted());
  });

  it("has label and format in its links, and a label in each range", () => {
    for (const link of [...fullV2.rendering, ...fullV2.seeAlso]) {
      expect(link).toEqual({ "@id": expect.any(String), label: expect.anything(), format: expect.any(String) });
    }
    for (const { label } of fullV2.structures) expect(label).toBeDefined();
  });

  it("names image services of version 2 with context and profile", () => {
    const services = allOf(fullV2, "service").filter(({ profile }) => profile.includes("/image/"));
    expect(services.length).toBeGreaterThan(6);
    for (const service of services) {
      expect(service).toMatchObject({
        "@context": "http://iiif.io/api/image/2/context.json",
        "@id": expect.stringContaining("/iiif/2/"),
        profile: "http://iiif.io/api/image/2/level2.json",
      });
    }
  });
});
