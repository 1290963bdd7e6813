import { authContext } from "../access/services.ts";
import { hasPicture, type ShownImage, type ShownWork } from "../catalogue/shown-work.ts";
import type { CollectionName } from "../catalogue/work.ts";
import { type Addresses, collectionUri, manifestUri, pieceUri, searchUri } from "./addresses.ts";
import { withAttachments } from "./attachments.ts";
import { formatCanvas } from "./canvas.ts";
import { formatRanges } from "./contents.ts";
import { formatDescription } from "./description.ts";
import { deferred, given, type Json } from "./json.ts";
import { hasLoginServices } from "./login-services.ts";

/** The context of Presentation 3.0, which stands last where there are others. */
export const presentationContext = "http://iiif.io/api/presentation/3/context.json";
/** The context of Content Search 2.0, which stands in front of it. */
export const searchContext = "http://iiif.io/api/search/2/context.json";

/** Returns the manifest of an object. Source: IIIF Presentation API 3.0 §5.2. */
export function formatManifest(addresses: Addresses, work: ShownWork): Json {
  const { key, pages } = work;
  const isSearched = addresses.isSearched === true && pages.some(({ text }) => text !== undefined);
  return {
    "@context": contextOf(addresses, pages, isSearched ? [searchContext] : []),
    id: manifestUri(addresses, 3, key),
    type: "Manifest",
    ...formatDescription(addresses, { described: withAttachments(addresses, work), thumbnail: thumbnailOf(work) }),
    ...given("viewingDirection", work.viewingDirection),
    // The layout alone: viewers read the first behaviour and no other. Source: manifesto 4.3.
    ...given("behavior", work.layout && [work.layout]),
    ...given("partOf", formatPartOf(addresses, work.collections)),
    ...given(
      "start",
      work.start && { id: pieceUri(addresses, "canvas", { object: key, key: work.start }), type: "Canvas" },
    ),
    ...given("service", isSearched ? searchServices(addresses, key) : []),
    items: deferred(pages, (page) => formatCanvas(addresses, work, page)),
    ...given("structures", formatRanges(addresses, work)),
  };
}

/** Returns the contexts of a document that shows pages, that of Presentation 3.0 last. Source: Presentation API 3.0 §4.6. */
export function contextOf(
  addresses: Addresses,
  pages: ShownWork["pages"],
  others: readonly string[] = [],
): string | readonly string[] {
  const contexts = [...(hasLoginServices(addresses, pages) ? [authContext] : []), ...others];
  return contexts.length === 0 ? presentationContext : [...contexts, presentationContext];
}

/** Returns the collections that something is in, as references. */
export function formatPartOf(addresses: Addresses, collections: readonly CollectionName[]): readonly Json[] {
  return collections.map(({ key, label }) => ({ id: collectionUri(addresses, 3, { key }), type: "Collection", label }));
}

/** Both versions: Mirador and Universal Viewer know the first alone. */
function searchServices(addresses: Addresses, object: string): readonly Json[] {
  return [
    { id: searchUri(addresses, 2, object), type: "SearchService2" },
    {
      "@id": searchUri(addresses, 1, object),
      "@type": "SearchService1",
      profile: "http://iiif.io/api/search/1/search",
    },
  ];
}

/** Returns the image that stands for an object: of the page that was named, if it has one, else of the first that has. */
export function thumbnailOf({ pages, thumbnail }: Pick<ShownWork, "pages" | "thumbnail">): ShownImage | undefined {
  const named = pages.find(({ key }) => key === thumbnail);
  return named?.images.find(hasPicture) ?? pages.find(({ images }) => images.some(hasPicture))?.images.find(hasPicture);
}
