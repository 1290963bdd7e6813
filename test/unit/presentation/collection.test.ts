import { describe, expect, it } from "vitest";
import { formatPart } from "../../../src/presentation/collection.ts";
import { partsOf } from "../../../src/presentation/collection-parts.ts";
import { formatPartV2 } from "../../../src/presentation/v2/collection.ts";
import {
  allOf,
  collectionOf,
  collectionV2Of,
  type Document,
  manifestOf,
  valid,
} from "../../support/presentation-documents.ts";
import { addresses, makeCollection, makeFullWork, makeImage, makeMember } from "../../support/works.ts";

const at = "https://iiif.example.org/presentation";
const full = makeFullWork();

/** A collection that has all there is. */
const everything = makeCollection({
  key: "maps/world",
  summary: { en: ["<p>Maps</p>", "<maps>"] },
  metadata: full.metadata,
  ...{ requiredStatement: full.requiredStatement!, rights: full.rights!, provider: full.provider! },
  ...{ homepage: full.homepage!, seeAlso: full.seeAlso!, rendering: full.rendering!, navDate: full.navDate! },
  thumbnail: makeImage(),
  collections: [{ key: "maps", label: { en: ["Maps"] } }],
  isMultiPart: true,
  members: [
    makeMember("atlas/volume 1", { thumbnail: makeImage(), navDate: "1850-01-01T00:00:00Z" }),
    makeMember("plans", { kind: "collection" }),
  ],
});

const large = makeCollection({
  members: [
    ...Array.from({ length: 1001 }, (_, index) => makeMember(`Plan ${index}`)),
    makeMember("Éire", { thumbnail: makeImage({ identifier: "eire" }) }),
    makeMember("1850"),
    makeMember("…"),
  ],
});

describe("a collection", () => {
  it("has its context first, once, and is published at its id with slashes encoded", () => {
    const collection = collectionOf(everything);
    expect(Object.keys(collection)[0]).toBe("@context");
    expect(JSON.stringify(collection).match(/"@\w+":/g)).toEqual(['"@context":']);
    expect([collection.id, collection.type]).toEqual([`${at}/3/maps%2Fworld/collection`, "Collection"]);
  });

  it("tells of itself all that a manifest does, as a manifest does", () => {
    const [collection, manifest] = [collectionOf(everything), manifestOf(full)];
    for (const name of ["metadata", "requiredStatement", "rights", "navDate", "provider", "homepage", "seeAlso"]) {
      expect(collection[name], name).toEqual(manifest[name]);
      expect(collection[name], name).toBeDefined();
    }
    expect(collection.summary.en).toEqual(["<p>Maps</p>", "<maps> "]);
    expect(collection.thumbnail[0].service[0].sizes).toHaveLength(3);
  });

  it("refers to its members by id, type and label, with what lists show, and embeds none", () => {
    const [object, collection] = collectionOf(everything).items;
    expect(object).toMatchObject({
      id: `${at}/3/atlas%2Fvolume%201/manifest`,
      type: "Manifest",
      label: { en: ["atlas/volume 1"] },
      navDate: "1850-01-01T00:00:00Z",
      thumbnail: [{ type: "Image", service: [{ type: "ImageService3", sizes: [{}, {}, {}] }] }],
    });
    expect(collection).toEqual({ id: `${at}/3/plans/collection`, type: "Collection", label: { en: ["plans"] } });
    expect(allOf(collectionOf(everything), "items")).toHaveLength(1);
  });

  it("is of the volumes of one work by its behaviour, and by that of the reference to it", () => {
    expect(collectionOf(everything).behavior).toEqual(["multi-part"]);
    expect(collectionOf()).not.toHaveProperty("behavior");
    const volumes = makeMember("volumes", { kind: "collection", isMultiPart: true });
    expect(collectionOf(makeCollection({ members: [volumes] })).items[0].behavior).toEqual(["multi-part"]);
  });

  it("names the collections it is in by their ids, with labels", () => {
    expect(collectionOf(everything).partOf).toEqual([
      { id: `${at}/3/maps/collection`, type: "Collection", label: { en: ["Maps"] } },
    ]);
    expect(collectionV2Of(everything).within).toEqual([`${at}/2/maps/collection`]);
  });

  it("may be empty, and lists that then", () => {
    const empty = makeCollection({ members: [] });
    expect(collectionOf(empty).items).toEqual([]);
    expect(collectionV2Of(empty).manifests).toEqual([]);
  });

  it("of more than a thousand members lists parts by first letter, each with an address and a picture of its own", () => {
    const { items } = collectionOf(large);
    expect(items.map(({ id, type }: Document) => [type, id.slice(at.length)])).toEqual([
      ["Collection", "/3/maps/collection/part/%23"],
      ["Collection", "/3/maps/collection/part/E"],
      ["Collection", "/3/maps/collection/part/P-1"],
      ["Collection", "/3/maps/collection/part/P-2"],
      ["Collection", "/3/maps/collection/part/~"],
    ]);
    expect(items[1].thumbnail[0].id).toContain("/iiif/3/eire/");
    expect(collectionV2Of(large).collections[1].thumbnail["@id"]).toContain("/iiif/2/eire/");
  });

  it("has every member in one part, at most a thousand in each, in their order", () => {
    const parts = partsOf(large).map((part) => valid(formatPart(addresses, large, part)));
    const listed = parts.flatMap(({ items }) => items.map(({ label }: Document) => label.en[0]));
    expect(listed.toSorted()).toEqual(large.members.map(({ key }) => key).toSorted());
    expect(Math.max(...parts.map(({ items }) => items.length))).toBe(1000);
    for (const { partOf } of parts) expect(partOf[0].id).toBe(`${at}/3/maps/collection`);
    const partsV2 = partsOf(large).map((part) => formatPartV2(addresses, large, part) as Document);
    expect(partsV2.map(({ manifests }) => manifests.length)).toEqual(parts.map(({ items }) => items.length));
  });

  it("is not divided at a thousand members", () => {
    const members = Array.from({ length: 1000 }, (_, index) => makeMember(`plan ${index}`));
    expect(collectionOf(makeCollection({ members })).items).toHaveLength(1000);
  });
});

describe("a collection of 2.1", () => {
  it("lists objects and collections apart where that keeps their order", () => {
    const [objects, inner] = [makeMember("atlas"), makeMember("plans", { kind: "collection" })];
    const { collections, manifests, members } = collectionV2Of(makeCollection({ members: [inner, objects] }));
    expect(members).toBeUndefined();
    expect(collections).toEqual([
      {
        "@id": `${at}/2/plans/collection`,
        "@type": "sc:Collection",
        label: { "@value": "plans", "@language": "en" },
        viewingHint: "individuals",
      },
    ]);
    expect(manifests).toEqual([
      {
        "@id": `${at}/2/atlas/manifest`,
        "@type": "sc:Manifest",
        label: { "@value": "atlas", "@language": "en" },
      },
    ]);
  });

  it("lists them together where their order mixes both, each with a label and collections with a hint", () => {
    const { members, collections, manifests } = collectionV2Of(everything);
    expect([collections, manifests]).toEqual([undefined, undefined]);
    expect(members.map((member: Document) => [member["@type"], member.viewingHint])).toEqual([
      ["sc:Manifest", undefined],
      ["sc:Collection", "individuals"],
    ]);
    for (const { label } of members) expect(label["@value"]).not.toBe("");
  });

  it("spells what it tells of itself the way of 2.1", () => {
    const collection = collectionV2Of(everything);
    expect(collection).toMatchObject({
      "@context": "http://iiif.io/api/presentation/2/context.json",
      "@id": `${at}/2/maps%2Fworld/collection`,
      "@type": "sc:Collection",
      attribution: { "@value": "Given by the library", "@language": "en" },
      license: full.rights,
      navDate: "1850-01-01T00:00:00Z",
      viewingHint: "multi-part",
      logo: { service: { "@context": "http://iiif.io/api/image/2/context.json" } },
    });
    for (const name of ["id", "type", "summary", "requiredStatement", "rights", "provider", "homepage", "items"]) {
      expect(collection).not.toHaveProperty(name);
    }
  });
});
