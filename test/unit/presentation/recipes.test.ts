import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Traverse } from "@iiif/parser";
import { convertPresentation2 } from "@iiif/parser/presentation-2";
import { type Collection as CollectionRead, type Manifest as ManifestRead, parseManifest } from "manifesto.js";
import { describe, expect, it } from "vitest";
import { formatCollection, parseCollection } from "../../../src/catalogue/collection.ts";
import { formatWork, parseWork } from "../../../src/catalogue/work-record.ts";
import {
  canvasIds,
  canvasIdsV2,
  collectionOf,
  collectionV2Of,
  type Document,
  manifestOf,
  manifestV2Of,
} from "../../support/presentation-documents.ts";
import { presentationCorpus } from "../../support/presentation-schema.ts";
import { normalised, withDifferences, withoutMoreThumbnails } from "../../support/recipe-comparison.ts";
import { recipeDifferences } from "../../support/recipe-differences.ts";
import { type RecipeRecord, recipeRecords } from "../../support/recipe-records.ts";
import { addresses } from "../../support/works.ts";

/** The cookbook paints its images whole, however large. */
const unlimited = { ...addresses, limits: { maxWidth: 20_000, maxHeight: 20_000, maxArea: 400_000_000 } };

/** Recipes of other things than this service makes, or that other tests compare. */
const leftOut: Readonly<Record<string, string>> = {
  "0232-image-thumbnail-canvas_manifest-av": "it is of videos",
  "0057-publishing-v2-and-v3_manifest-v2": "it is compared by itself, below",
  "0068-newspaper_newspaper_issue_1-anno_p1": "it is the text of a page, not a manifest",
  "0068-newspaper_newspaper_issue_1-anno_p2": "it is the text of a page, not a manifest",
  "0068-newspaper_newspaper_issue_2-anno_p1": "it is the text of a page, not a manifest",
  "0068-newspaper_newspaper_issue_2-anno_p2": "it is the text of a page, not a manifest",
};

/** Writes a record, reads it as the service does, and returns its document. */
const documentOf = ({ kind, record }: RecipeRecord): Document =>
  kind === "object"
    ? manifestOf(parseWork(formatWork(record), record.key), unlimited)
    : collectionOf(parseCollection(formatCollection(record), record.key), unlimited);

const objects = Object.entries(recipeRecords).flatMap(([name, { kind, record }]) =>
  kind === "object" ? [[name, record] as const] : [],
);
const collections = Object.entries(recipeRecords).flatMap(([name, { kind, record }]) =>
  kind === "collection" ? [[name, record] as const] : [],
);

if (presentationCorpus === undefined) {
  describe("the recipes of the cookbook", () => {
    it.skip("are left out: TESSERA_CORPUS names no folder", () => undefined);
  });
} else {
  const folder = join(presentationCorpus, "recipes");
  const recipe = (name: string): Document => JSON.parse(readFileSync(join(folder, `${name}.json`), "utf8"));

  describe("the recipes of the cookbook", () => {
    it("are all compared, or left out for a reason", () => {
      const names = readdirSync(folder).map((file) => file.replace(/\.json$/, ""));
      expect(names.sort()).toEqual([...Object.keys(recipeRecords), ...Object.keys(leftOut)].sort());
    });

    it.each(Object.entries(recipeRecords))("come from a record: %s", (name, record) => {
      const shown = recipe(name);
      const expected = withDifferences(shown, recipeDifferences[name] ?? []);
      const written = withoutMoreThumbnails(documentOf(record), expected);
      expect(normalised(written)).toEqual(expected);
    });

    it("come from one record in both versions: 0057", () => {
      const name = "0057-publishing-v2-and-v3_manifest";
      const { record } = recipeRecords[`${name}-v3`] as Extract<RecipeRecord, { kind: "object" }>;
      const written = manifestV2Of(record, unlimited);
      expect(canvasIdsV2(written)).toEqual(canvasIds(manifestOf(record, unlimited)));
      const expected = withDifferences(recipe(`${name}-v2`), [
        {
          rule: "G: a text with a language has it in 2.1 too",
          change: (manifest) => {
            manifest.label = { "@value": manifest.label, "@language": "en" };
          },
        },
        {
          rule: "G: the only sequence has no label",
          change: ({ sequences }) => {
            delete sequences[0].label;
          },
        },
        {
          rule: "G, E5: a body is a picture of the service, and names the service",
          change: ({ sequences }) => {
            const [{ resource }] = sequences[0].canvases[0].images;
            const context = "http://iiif.io/api/image/2/context.json";
            const profile = "http://iiif.io/api/image/2/level2.json";
            resource["@id"] = "image:page1/full/full/0/default.jpg";
            resource.format = "image/jpeg";
            resource.service = { "@context": context, "@id": "image:page1", profile };
          },
        },
      ]);
      const { thumbnail, ...rest } = written;
      for (const canvas of rest.sequences[0].canvases) delete canvas.thumbnail;
      expect(normalised(rest)).toEqual(expected);
    });
  });
}

describe("the comparison with a recipe", () => {
  const [[, first] = ["", undefined]] = objects;
  const manifest = manifestOf(first);

  it.each<[string, (changed: Document) => void]>([
    ["a target that is another canvas", ({ items }) => Object.assign(items[0].items[0].items[0], { target: "else" })],
    ["a size", ({ items }) => Object.assign(items[0], { width: 1 })],
    ["a key that is not in the recipe", (changed) => Object.assign(changed, { viewingDirection: "right-to-left" })],
    ["a profile", ({ items }) => Object.assign(items[0].items[0].items[0].body.service[0], { profile: "level" })],
  ])("sees %s", (_, change) => {
    const changed = structuredClone(manifest);
    change(changed);
    expect(normalised(changed)).not.toEqual(normalised(manifest));
  });

  it("refuses a difference that makes none", () => {
    expect(() => withDifferences(manifest, [{ rule: "E4: nothing", change: () => undefined }])).toThrow(/E4: nothing/);
  });
});

describe("the objects of the recipes", () => {
  it.each(objects)("are read by manifesto and @iiif/parser in both versions: %s", (_, work) => {
    const [three, two] = [manifestOf(work), manifestV2Of(work)];
    for (const document of [three, two]) {
      const [sequence] = (parseManifest(JSON.stringify(document)) as ManifestRead).getSequences();
      expect(sequence?.getCanvases().map(({ id }) => id)).toEqual(canvasIds(three));
    }
    expect(canvasIds(convertPresentation2(two) as Document)).toEqual(canvasIds(three));
    expect(canvasesSeen(three)).toEqual(canvasIds(three));
  });
});

describe("the collections of the recipes", () => {
  it.each(collections)("are read by manifesto and @iiif/parser in both versions: %s", (_, collection) => {
    const [three, two] = [collectionOf(collection), collectionV2Of(collection)];
    const keys = collection.members.map(({ key }) => encodeURIComponent(key));
    for (const [version, document] of [
      [3, three],
      [2, two],
    ] as const) {
      const read = parseManifest(JSON.stringify(document)) as CollectionRead;
      const ids = read.getManifests().map(({ id }) => id);
      expect(ids).toEqual(keys.map((key) => `https://iiif.example.org/presentation/${version}/${key}/manifest`));
    }
    const upgraded = convertPresentation2(two) as Document;
    expect(upgraded.items.map(({ type }: Document) => type)).toEqual(three.items.map(({ type }: Document) => type));
  });
});

/** The ids of the canvases that @iiif/parser finds, each once: it meets one that is the start twice. */
function canvasesSeen(manifest: Document): string[] {
  const seen = new Set<string>();
  new Traverse({ canvas: [({ id }: Document) => void seen.add(id)] }).traverseManifest(manifest);
  return [...seen];
}
