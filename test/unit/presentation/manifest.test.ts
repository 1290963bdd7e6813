import { convertPresentation2 } from "@iiif/parser/presentation-2";
import { type Manifest as ManifestoManifest, parseManifest, type Sequence } from "manifesto.js";
import { describe, expect, it } from "vitest";
import { formatManifest } from "../../../src/presentation/manifest.ts";
import { formatManifestV2 } from "../../../src/presentation/v2/manifest.ts";
import {
  allOf,
  canvasIds,
  canvasIdsV2,
  type Document,
  manifestOf,
  manifestV2Of,
} from "../../support/presentation-documents.ts";
import { addresses, makeFullWork, makeImage, makePage, makeWork } from "../../support/works.ts";

describe("a manifest", () => {
  it("has its context once, as the first key, and @ in no other key of its own", () => {
    const manifest = manifestOf();
    expect(Object.keys(manifest)[0]).toBe("@context");
    expect(manifest["@context"]).toBe("http://iiif.io/api/presentation/3/context.json");
    expect(allOf(manifest, "@context")).toHaveLength(1);
    expect(JSON.stringify(manifest).match(/"@\w+":/g)).toEqual(['"@context":']);
  });

  it("has the context of the search in front of its own", () => {
    const context = manifestOf(makeFullWork())["@context"];
    expect(context).toEqual([
      "http://iiif.io/api/search/2/context.json",
      "http://iiif.io/api/presentation/3/context.json",
    ]);
  });

  it("is published at its id, with slashes and spaces of the key encoded", () => {
    expect(manifestOf(makeFullWork()).id).toBe("https://iiif.example.org/presentation/3/atlas%2Fvolume%201/manifest");
  });

  it("gives each of its things an id of its own", () => {
    const manifest = manifestOf(makeFullWork());
    const paintings = manifest.items.flatMap(({ items }: Document) => items);
    const ids = [
      ...canvasIds(manifest),
      ...paintings.map(({ id }: Document) => id),
      ...paintings.flatMap(({ items }: Document) => items.map(({ id }: Document) => id)),
      ...allOf(manifest.structures, "id").filter((id) => id.includes("/range/")),
    ];
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBe(4 + 3 + 3 + 3);
  });

  it("makes canvas ids of pages, not of their places, labels or the version", () => {
    const work = makeWork();
    const [first, last] = work.pages;
    const inserted = makeWork({ pages: [first!, makePage("0001a"), { ...last!, label: { en: ["renamed"] } }] });
    expect(canvasIds(manifestOf(inserted))).toEqual(expect.arrayContaining(canvasIds(manifestOf(work))));
    expect(canvasIds(manifestOf(work))[0]).toBe("https://iiif.example.org/presentation/book/canvas/0001");
    expect(canvasIdsV2(manifestV2Of(work))).toEqual(canvasIds(manifestOf(work)));
    expect(canvasIdsV2(manifestV2Of(makeFullWork()))).toEqual(canvasIds(manifestOf(makeFullWork())));
  });

  it("targets its canvases by their id as a text", () => {
    const [canvas] = manifestOf().items;
    expect(canvas.items[0].items[0].target).toBe(canvas.id);
  });

  it("paints the largest picture that is given out, with its size", () => {
    const large = makeImage({ width: 30_000, height: 10_000 });
    const [canvas] = manifestOf(makeWork({ pages: [makePage("1", { images: [large] })] })).items;
    const { body } = canvas.items[0].items[0];
    expect(body.id).toBe("https://iiif.example.org/iiif/3/book%2F0001/full/max/0/default.jpg");
    expect(body.width * body.height).toBeLessThanOrEqual(25_000_000);
    expect(body.width / body.height).toBeCloseTo(3, 2);
    expect(body.service).toEqual([
      { id: "https://iiif.example.org/iiif/3/book%2F0001", type: "ImageService3", profile: "level2" },
    ]);
  });

  it("has the stored sizes in the services of thumbnails, and one of them as the thumbnail", () => {
    const manifest = manifestOf();
    for (const [thumbnail] of [manifest.thumbnail, ...manifest.items.map((canvas: Document) => canvas.thumbnail)]) {
      const [{ sizes, width, height, profile }] = thumbnail.service;
      expect(sizes).toEqual([
        { width: 187, height: 249 },
        { width: 375, height: 500 },
        { width: 750, height: 1000 },
      ]);
      expect({ width, height, profile }).toEqual({ width: 3000, height: 4000, profile: "level2" });
      expect(thumbnail.id).toMatch(/\/full\/375,500\/0\/default\.jpg$/);
    }
  });

  it("has a picture of an image without levels as its thumbnail, no larger than the image", () => {
    const plain = makeImage({ width: 300, height: 200, sizes: [] });
    const { thumbnail } = manifestOf(makeWork({ pages: [makePage("1", { images: [plain] })] }));
    expect(thumbnail[0].id).toMatch(/\/full\/300,200\/0\/default\.jpg$/);
    expect(thumbnail[0].service[0]).not.toHaveProperty("sizes");
  });

  it("offers a choice with the labels of its images, the first by default", () => {
    const { body } = manifestOf(makeFullWork()).items[1].items[0].items[0];
    expect(body.type).toBe("Choice");
    expect(body.items.map(({ label }: Document) => label)).toEqual([
      { en: ["Natural light"] },
      { en: ["Ultraviolet"] },
    ]);
    const { resource } = manifestV2Of(makeFullWork()).sequences[0].canvases[1].images[0];
    expect(resource["@type"]).toBe("oa:Choice");
    expect(resource.default["@id"]).toContain("0002/full");
    expect(resource.item).toHaveLength(1);
  });

  it("has a canvas without anything on it for a page that is missing", () => {
    expect(manifestOf(makeFullWork()).items[3]).toMatchObject({ items: [], label: { none: ["2r"] }, width: 3000 });
    expect(manifestV2Of(makeFullWork()).sequences[0].canvases[3].images).toEqual([]);
  });

  it("marks plain text that looks like HTML", () => {
    expect(manifestOf(makeFullWork()).summary.en).toEqual(["<p>Maps of the <b>world</b></p>", "<not HTML> "]);
  });

  it("makes its canvases while it is written: memory holds one at a time", () => {
    const { items } = formatManifest(addresses, makeWork()) as Document;
    expect(items.map(Object.keys)).toEqual([["toJSON"], ["toJSON"]]);
    expect(manifestOf().items[1].id).toMatch(/canvas\/0002$/);
  });

  it("leaves the lines of text to documents of their own, and names their file", () => {
    const [canvas] = manifestOf(makeFullWork()).items;
    expect(canvas.annotations).toEqual([
      {
        id: "https://iiif.example.org/presentation/3/atlas%2Fvolume%201/text/0001",
        type: "AnnotationPage",
        label: { en: ["Text"] },
      },
    ]);
    expect(canvas.seeAlso[0]).toMatchObject({ profile: "http://www.loc.gov/standards/alto/ns-v3#" });
    expect(canvas).not.toHaveProperty("rendering");
  });

  it("leads people to plain text, in both versions", () => {
    const page = makePage("1", { text: { format: "plain", file: "1.txt" } });
    const work = makeWork({ pages: [page] });
    const file = "https://iiif.example.org/presentation/book/file/1";
    const [canvas] = manifestOf(work).items;
    expect(canvas.rendering).toEqual([{ id: file, type: "Text", label: { en: ["Plain text"] }, format: "text/plain" }]);
    expect(canvas.seeAlso).toMatchObject([{ id: file, type: "Dataset" }]);
    const older = JSON.parse(JSON.stringify(formatManifestV2(addresses, work))).sequences[0].canvases[0];
    expect(older.rendering).toEqual([{ "@id": file, label: "Plain text", format: "text/plain" }]);
  });

  it("has the search of both versions where there is text, and none where there is not", () => {
    expect(manifestOf()).not.toHaveProperty("service");
    const services = manifestOf(makeFullWork()).service;
    expect(services.map((service: Document) => service.type ?? service["@type"])).toEqual([
      "SearchService2",
      "SearchService1",
    ]);
  });

  it("has single-valued properties as they are and the others as arrays", () => {
    const manifest = manifestOf(makeFullWork());
    for (const name of ["summary", "requiredStatement", "rights", "navDate", "viewingDirection", "start"]) {
      expect(Array.isArray(manifest[name]), name).toBe(false);
    }
    for (const name of [
      "metadata",
      "provider",
      "thumbnail",
      "behavior",
      "homepage",
      "seeAlso",
      "rendering",
      "partOf",
    ]) {
      expect(Array.isArray(manifest[name]), name).toBe(true);
    }
  });

  it("is one that manifesto reads, in both versions", () => {
    const read = (document: Document) => parseManifest(JSON.stringify(document)) as ManifestoManifest;
    const [three, two] = [read(manifestOf(makeFullWork())), read(manifestV2Of(makeFullWork()))];
    for (const manifest of [three, two]) {
      const sequence = manifest.getSequences()[0] as Sequence;
      expect(sequence.getTotalCanvases()).toBe(4);
      expect(sequence.isPagingEnabled() || manifest.isPagingEnabled()).toBe(true);
      expect(manifest.getLabel().getValue("en")).toBe("An atlas");
      expect(manifest.getViewingDirection() ?? sequence.getViewingDirection()).toBe("right-to-left");
    }
    expect(three.getLogo()).toContain("/iiif/3/logo/full/");
    expect((two.getSequences()[0] as Sequence).getStartCanvas()).toMatch(/canvas\/0003$/);
  });

  it("is in 2.1 one that @iiif/parser upgrades with the same canvases", () => {
    const upgraded = convertPresentation2(manifestV2Of(makeFullWork())) as Document;
    expect(canvasIds(upgraded)).toEqual(canvasIds(manifestOf(makeFullWork())));
  });
});

describe("a manifest of 2.1", () => {
  it("has its layout and direction on the manifest and on the sequence", () => {
    const manifest = manifestV2Of(makeFullWork());
    for (const part of [manifest, manifest.sequences[0]]) {
      expect(part).toMatchObject({ viewingHint: "paged", viewingDirection: "right-to-left" });
    }
  });

  it("writes out a direction where pages are continuous, and has no hint for what 2.1 does not know", () => {
    expect(manifestV2Of(makeWork({ layout: "continuous" })).viewingDirection).toBe("left-to-right");
    expect(manifestV2Of(makeWork({ layout: "unordered" }))).not.toHaveProperty("viewingHint");
  });

  it("labels canvases that have no label", () => {
    const labels = manifestV2Of().sequences[0].canvases.map(({ label }: Document) => label);
    expect(labels).toEqual(["Page 1", "Page 2"]);
  });

  it("lists its contents flat, with one range at the top", () => {
    const { structures } = manifestV2Of(makeFullWork());
    expect(structures.map(({ label, viewingHint }: Document) => [label["@value"] ?? label, viewingHint])).toEqual([
      ["Contents", "top"],
      ["Part I", undefined],
      ["Chapter 1", undefined],
      ["Maps", undefined],
    ]);
    expect(structures[0].ranges).toEqual([structures[1]["@id"], structures[3]["@id"]]);
    expect(structures[1].ranges).toEqual([structures[2]["@id"]]);
  });

  it("writes texts plain where they have no language and with it where they have", () => {
    const { metadata, label } = manifestV2Of(makeFullWork());
    expect(label).toEqual([
      { "@value": "An atlas", "@language": "en" },
      { "@value": "Ein Atlas", "@language": "de" },
    ]);
    expect(metadata[0].value).toEqual(["A. Cartographer", "B. Engraver"]);
  });
});
