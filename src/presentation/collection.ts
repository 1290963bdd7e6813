import type { Collection, Member } from "../catalogue/collection.ts";
import type { StoredImage } from "../catalogue/stored-image.ts";
import { type Addresses, collectionUri, manifestUri } from "./addresses.ts";
import { type CollectionPart, partsOf } from "./collection-parts.ts";
import { formatDescription } from "./description.ts";
import { formatThumbnail } from "./image-resource.ts";
import { given, type Json } from "./json.ts";
import { formatPartOf, presentationContext } from "./manifest.ts";

/**
 * Returns a collection: its members, or where one document would be too long its parts, each a collection. Source: IIIF
 * Presentation API 3.0 §5.1.
 */
export function formatCollection(addresses: Addresses, collection: Collection): Json {
  const { key, thumbnail, collections, isMultiPart, members } = collection;
  const parts = partsOf(collection);
  const listed = parts.length > 0 ? parts.map((part) => reference(addresses, key, part)) : undefined;
  return {
    "@context": presentationContext,
    id: collectionUri(addresses, 3, { key }),
    type: "Collection",
    ...formatDescription(addresses, { described: collection, thumbnail }),
    ...given("behavior", isMultiPart ? ["multi-part"] : []),
    ...given("partOf", formatPartOf(addresses, collections)),
    items: listed ?? members.map((member) => formatMember(addresses, member)),
  };
}

/** Returns a part of a collection, with the members in it. */
export function formatPart(addresses: Addresses, collection: Collection, part: CollectionPart): Json {
  return {
    "@context": presentationContext,
    ...reference(addresses, collection.key, part),
    partOf: formatPartOf(addresses, [collection]),
    items: part.members.map((member) => formatMember(addresses, member)),
  };
}

function reference(addresses: Addresses, key: string, { key: part, label, members }: CollectionPart): Json {
  const id = collectionUri(addresses, 3, { key, part });
  return { id, type: "Collection", label, ...formatPicture(addresses, members.find(hasThumbnail)?.thumbnail) };
}

/** Says whether a list can show a member by a picture: Universal Viewer draws nothing of those without. */
export function hasThumbnail({ thumbnail }: Member): boolean {
  return thumbnail !== undefined;
}

function formatPicture(addresses: Addresses, thumbnail: StoredImage | undefined): Json {
  return given("thumbnail", thumbnail && [formatThumbnail(addresses, thumbnail)]);
}

/** Returns an object or a collection as a reference, with what a list of members shows of it. */
export function formatMember(
  addresses: Addresses,
  { kind, key, label, thumbnail, navDate, isMultiPart }: Member,
): Json {
  const isObject = kind === "object";
  return {
    id: isObject ? manifestUri(addresses, 3, key) : collectionUri(addresses, 3, { key }),
    type: isObject ? "Manifest" : "Collection",
    label,
    ...given("navDate", navDate),
    ...given("behavior", isMultiPart ? ["multi-part"] : []),
    ...formatPicture(addresses, thumbnail),
  };
}
