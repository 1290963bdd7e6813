import { hasPicture, type ShownImage, type ShownPage } from "../catalogue/shown-work.ts";
import type { Page, Work } from "../catalogue/work.ts";
import { type Addresses, pieceUri, textFileUri, textUri } from "./addresses.ts";
import { formatImage, formatThumbnail } from "./image-resource.ts";
import { filled, type Json } from "./json.ts";
import { formatDataLink, formatLink } from "./linked.ts";
import { textKinds } from "./text-kinds.ts";
import { formatPair } from "./text-value.ts";

/**
 * Returns the canvas of a page. One that is missing, or closed, has no annotation page on it. Source: IIIF Presentation API 3.0 §5.3,
 * Cookbook 0283.
 */
export function formatCanvas(addresses: Addresses, work: Pick<Work, "key">, page: ShownPage): Json {
  const name = { object: work.key, key: page.key };
  const pictured = page.images.find(hasPicture);
  return {
    id: pieceUri(addresses, "canvas", name),
    type: "Canvas",
    label: page.label,
    width: page.width,
    height: page.height,
    metadata: filled(page.metadata?.map(formatPair)),
    rights: page.rights,
    navDate: page.navDate,
    behavior: filled(page.behaviors),
    thumbnail: pictured && [formatThumbnail(addresses, pictured)],
    seeAlso: filled([...(page.seeAlso ?? []).map(formatDataLink), ...textFile(addresses, work.key, page)]),
    rendering: filled([...(page.rendering ?? []).map(formatLink), ...readableText(addresses, work.key, page)]),
    items: page.images.length === 0 ? [] : [formatPaintingPage(addresses, work, page)],
    annotations: filled(textPage(addresses, work.key, page)),
  };
}

/** Returns the page of the one annotation that paints a page of an object, or a choice of images, on its canvas. */
export function formatPaintingPage(addresses: Addresses, work: Pick<Work, "key">, page: ShownPage): Json {
  const id = pieceUri(addresses, "page", { object: work.key, key: page.key });
  return { id, type: "AnnotationPage", items: [formatPainting(addresses, work, page)] };
}

/** Returns the annotation that paints a page of an object on its canvas. */
export function formatPainting(addresses: Addresses, { key: object }: Pick<Work, "key">, page: ShownPage): Json {
  const images = labelledImages(page).map((image) => formatImage(addresses, image));
  const name = { object, key: page.key };
  return {
    id: pieceUri(addresses, "annotation", name),
    type: "Annotation",
    motivation: "painting",
    body: images.length === 1 ? images[0] : { type: "Choice", items: images },
    // A text, not an object: viewers take it apart. Source: Mirador 4.2.
    target: pieceUri(addresses, "canvas", name),
  };
}

/** Returns the images of a page; each of several has a label, for people to choose by: without one it is its name. */
export function labelledImages({ images }: Pick<ShownPage, "images">): readonly ShownImage[] {
  if (images.length < 2) return images;
  return images.map((image) => ({ label: { none: [image.identifier] }, ...image }));
}

/** The lines of text are a document of their own: embedded, they would make the manifest of a book tens of megabytes. */
function textPage(addresses: Addresses, object: string, { key, text }: Page): readonly Json[] {
  if (text === undefined) return [];
  const label = { en: ["Text"] };
  return [{ id: textUri(addresses, 3, { object, key }), type: "AnnotationPage", label }];
}

function textFile(addresses: Addresses, object: string, { key, text }: Page): readonly Json[] {
  if (text === undefined) return [];
  const { label, mediaType, profile } = textKinds[text.format];
  const uri = textFileUri(addresses, { object, key });
  return [{ id: uri, type: "Dataset", label: { en: [label] }, format: mediaType, profile }];
}

/** What people read without a program of its own: they are led to it too. */
function readableText(addresses: Addresses, object: string, page: Page): readonly Json[] {
  if (page.text?.format !== "plain") return [];
  return textFile(addresses, object, page).map((file) => ({ ...file, type: "Text" }));
}
