import type { AnnotationPage, Canvas, Collection, ImageService3, Manifest, Range } from "@iiif/presentation-3";
import { describe, expect, it } from "vitest";
import { collectionOf, type Document, manifestOf } from "../../support/presentation-documents.ts";
import { makeCollection, makeFullWork } from "../../support/works.ts";

/** Property names that the compiler holds to a type of `@iiif/presentation-3`: one that it does not have is an error. */
const namesOf =
  <Type>() =>
  <const Names extends readonly (keyof Type & string)[]>(...names: Names): ReadonlySet<string> =>
    new Set(names);

const properties: Readonly<Record<string, ReadonlySet<string>>> = {
  Manifest: namesOf<Manifest>()(
    "@context",
    "id",
    "type",
    "label",
    "summary",
    "metadata",
    "requiredStatement",
    "rights",
    "provider",
    "homepage",
    "seeAlso",
    "rendering",
    "navDate",
    "thumbnail",
    "viewingDirection",
    "behavior",
    "partOf",
    "start",
    "service",
    "items",
    "structures",
  ),
  Collection: namesOf<Collection>()("@context", "id", "type", "label", "items", "behavior", "thumbnail", "partOf"),
  Canvas: namesOf<Canvas>()(
    "id",
    "type",
    "label",
    "width",
    "height",
    "metadata",
    "rights",
    "navDate",
    "behavior",
    "thumbnail",
    "seeAlso",
    "rendering",
    "items",
    "annotations",
  ),
  AnnotationPage: namesOf<AnnotationPage>()("id", "type", "label", "items"),
  Range: namesOf<Range>()("id", "type", "label", "items"),
  ImageService3: namesOf<ImageService3>()("id", "type", "profile", "width", "height", "sizes"),
};

/** Each object of a document that has a type among those above, with the names that it has. */
function typedParts(document: Document): readonly { readonly type: string; readonly names: readonly string[] }[] {
  if (typeof document !== "object" || document === null) return [];
  const inner = Object.values(document).flatMap(typedParts);
  return Object.hasOwn(properties, document.type ?? "")
    ? [{ type: document.type, names: Object.keys(document) }, ...inner]
    : inner;
}

describe("the types of @iiif/presentation-3", () => {
  const parts = [manifestOf(makeFullWork()), collectionOf(makeCollection())].flatMap(typedParts);

  it("have every property that is written", () => {
    const others = parts.flatMap(({ type, names }) =>
      names.filter((name) => properties[type]?.has(name) !== true).map((name) => `${type}.${name}`),
    );
    expect([...new Set(others)]).toEqual([]);
  });

  it("are all met", () => {
    expect([...new Set(parts.map(({ type }) => type))].sort()).toEqual(Object.keys(properties).sort());
  });
});
