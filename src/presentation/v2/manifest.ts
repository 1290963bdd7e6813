import type { ShownWork } from "../../catalogue/shown-work.ts";
import type { Work } from "../../catalogue/work.ts";
import { type Addresses, collectionUri, manifestUri, pieceUri, searchUri } from "../addresses.ts";
import { withAttachments } from "../attachments.ts";
import { deferred, given, type Json } from "../json.ts";
import { thumbnailOf } from "../manifest.ts";
import { formatCanvasV2 } from "./canvas.ts";
import { formatRangesV2 } from "./contents.ts";
import { formatDescriptionV2 } from "./description.ts";

export const presentationContextV2 = "http://iiif.io/api/presentation/2/context.json";
const searchContext = "http://iiif.io/api/search/1/context.json";

/**
 * Returns the manifest of an object in 2.1, from the same record and with the same canvases as in 3.0. The layout stands on
 * the sequence too: viewers look there. Source: Presentation API 2.1 §5.1, §5.2; manifesto 4.3.
 */
export function formatManifestV2(addresses: Addresses, work: ShownWork): Json {
  const { key, pages } = work;
  const isSearched = addresses.isSearched === true && pages.some(({ text }) => text !== undefined);
  const reading = readingOf(work);
  return {
    "@context": presentationContextV2,
    "@id": manifestUri(addresses, 2, key),
    "@type": "sc:Manifest",
    ...formatDescriptionV2(addresses, { described: withAttachments(addresses, work), thumbnail: thumbnailOf(work) }),
    ...reading,
    ...given(
      "within",
      work.collections.map((collection) => collectionUri(addresses, 2, collection)),
    ),
    ...given("service", isSearched ? searchService(addresses, key) : undefined),
    sequences: [
      {
        "@id": `${manifestUri(addresses, 2, key).replace(/manifest$/, "sequence/normal")}`,
        "@type": "sc:Sequence",
        ...reading,
        ...given("startCanvas", work.start && pieceUri(addresses, "canvas", { object: key, key: work.start })),
        canvases: deferred(pages, (page, index) => formatCanvasV2(addresses, work, { page, number: index + 1 })),
      },
    ],
    ...given("structures", formatRangesV2(addresses, work)),
  };
}

/** 2.1 has no `unordered`, and wants a direction where pages are continuous. */
function readingOf({ layout, viewingDirection }: Work): Json {
  return {
    ...given("viewingDirection", viewingDirection ?? (layout === "continuous" ? "left-to-right" : undefined)),
    ...given("viewingHint", layout === "unordered" ? undefined : layout),
  };
}

function searchService(addresses: Addresses, object: string): Json {
  return {
    "@context": searchContext,
    "@id": searchUri(addresses, 1, object),
    profile: "http://iiif.io/api/search/1/search",
  };
}
