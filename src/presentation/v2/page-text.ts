import type { PageLines } from "../../catalogue/page-text.ts";
import { type Addresses, manifestUri, type PieceName, textUri } from "../addresses.ts";
import { given, type Json } from "../json.ts";
import { areaUri, lineUri, type NumberedLine } from "../page-text.ts";

/** Returns the text of a page the way Presentation 2.1 has it. Source: Presentation API 2.1 §5.6. */
export function formatPageTextV2(addresses: Addresses, name: PieceName, { lines, language }: PageLines): Json {
  return {
    "@context": "http://iiif.io/api/presentation/2/context.json",
    "@id": textUri(addresses, 2, name),
    "@type": "sc:AnnotationList",
    within: manifestUri(addresses, 2, name.object),
    resources: lines.map((line, index) => formatLineV2(addresses, name, { ...line, index, language })),
  };
}

/** Returns the annotation of a line of text, under the same id as in 3.0. */
export function formatLineV2(
  addresses: Addresses,
  name: PieceName,
  { text, area, index, language }: NumberedLine,
): Json {
  return {
    "@id": lineUri(addresses, name, index),
    "@type": "oa:Annotation",
    motivation: "sc:painting",
    resource: { "@type": "cnt:ContentAsText", format: "text/plain", chars: text, ...given("language", language) },
    on: areaUri(addresses, name, area),
  };
}
