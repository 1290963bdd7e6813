import type { PageLines, TextLine } from "../catalogue/page-text.ts";
import type { Area } from "../geometry.ts";
import { type Addresses, manifestUri, type PieceName, pieceUri, textUri } from "./addresses.ts";
import { given, type Json } from "./json.ts";
import { presentationContext } from "./manifest.ts";

/** A line of a page as it stands in its text: `index` is its place there, from 0, and part of its id. */
export interface NumberedLine extends TextLine {
  readonly index: number;
  readonly language?: string | undefined;
}

/**
 * Returns the text of a page: an annotation page with an annotation for each line. Source: IIIF Presentation API 3.0 §5.5,
 * Cookbook 0068.
 */
export function formatPageText(addresses: Addresses, name: PieceName, { lines, language }: PageLines): Json {
  return {
    "@context": presentationContext,
    id: textUri(addresses, 3, name),
    type: "AnnotationPage",
    partOf: [{ id: manifestUri(addresses, 3, name.object), type: "Manifest" }],
    items: lines.map((line, index) => formatLine(addresses, name, { ...line, index, language })),
  };
}

/** Returns the annotation of a line of text. */
export function formatLine(addresses: Addresses, name: PieceName, { text, area, index, language }: NumberedLine): Json {
  return {
    id: lineUri(addresses, name, index),
    type: "Annotation",
    motivation: "supplementing",
    body: { type: "TextualBody", value: text, format: "text/plain", ...given("language", language) },
    target: areaUri(addresses, name, area),
  };
}

/** Returns the id of the annotation of a line, the same in all versions: a part of the text of its page. */
export function lineUri(addresses: Addresses, name: PieceName, index: number): string {
  return `${textUri(addresses, 3, name)}#line-${index + 1}`;
}

/** Returns the URI of an area of a canvas; of all of it where none is given. Source: Media Fragments URI 1.0 §4.2.2. */
export function areaUri(addresses: Addresses, name: PieceName, area: Area | undefined): string {
  const canvas = pieceUri(addresses, "canvas", name);
  return area === undefined ? canvas : `${canvas}#xywh=${area.x},${area.y},${area.width},${area.height}`;
}
