import { hasPicture, type ShownPage } from "../../catalogue/shown-work.ts";
import type { Work } from "../../catalogue/work.ts";
import { type Addresses, pieceUri, textFileUri, textUri } from "../addresses.ts";
import { labelledImages } from "../canvas.ts";
import { filled, type Json } from "../json.ts";
import { textKinds } from "../text-kinds.ts";
import { formatImageV2, formatThumbnailV2 } from "./image-resource.ts";
import { formatLinkV2 } from "./linked.ts";
import { formatPairV2, formatValueV2 } from "./text-value.ts";

/** A page of an object with its place in it, from 1: a canvas of 2.1 has to have a label. */
export interface PlacedPage {
  readonly page: ShownPage;
  readonly number: number;
}

/** Returns the canvas of a page, under the same id as in 3.0. Source: Presentation API 2.1 §5.3. */
export function formatCanvasV2(
  addresses: Addresses,
  { key: object }: Pick<Work, "key">,
  { page, number }: PlacedPage,
): Json {
  const name = { object, key: page.key };
  const pictured = page.images.find(hasPicture);
  const behavior = page.behaviors?.[0];
  return {
    "@id": pieceUri(addresses, "canvas", name),
    "@type": "sc:Canvas",
    label: page.label === undefined ? `Page ${number}` : formatValueV2(page.label),
    width: page.width,
    height: page.height,
    metadata: filled(page.metadata?.map(formatPairV2)),
    license: page.rights,
    viewingHint: behavior,
    thumbnail: pictured && formatThumbnailV2(addresses, pictured),
    seeAlso: filled([...(page.seeAlso ?? []).map(formatLinkV2), ...textFile(addresses, object, page)]),
    rendering: filled([...(page.rendering ?? []).map(formatLinkV2), ...readableText(addresses, object, page)]),
    images: page.images.length === 0 ? [] : [formatPaintingV2(addresses, object, page)],
    otherContent: filled(textList(addresses, object, page)),
  };
}

/** Returns the annotation that paints a page on its canvas. Source: Presentation API 2.1 §5.4, §6.2. */
function formatPaintingV2(addresses: Addresses, object: string, page: ShownPage): Json {
  const [first, ...others] = labelledImages(page).map((image) => formatImageV2(addresses, image));
  const name = { object, key: page.key };
  return {
    "@id": pieceUri(addresses, "annotation", name),
    "@type": "oa:Annotation",
    motivation: "sc:painting",
    resource: others.length === 0 ? first : { "@type": "oa:Choice", default: first, item: others },
    on: pieceUri(addresses, "canvas", name),
  };
}

function textList(addresses: Addresses, object: string, { key, text }: ShownPage): readonly Json[] {
  if (text === undefined) return [];
  return [{ "@id": textUri(addresses, 2, { object, key }), "@type": "sc:AnnotationList", label: "Text" }];
}

function textFile(addresses: Addresses, object: string, { key, text }: ShownPage): readonly Json[] {
  if (text === undefined) return [];
  const { label, mediaType, profile } = textKinds[text.format];
  return [{ "@id": textFileUri(addresses, { object, key }), label, format: mediaType, profile }];
}

function readableText(addresses: Addresses, object: string, page: ShownPage): readonly Json[] {
  return page.text?.format === "plain" ? textFile(addresses, object, page) : [];
}
