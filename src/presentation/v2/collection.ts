import type { Collection, Member } from "../../catalogue/collection.ts";
import { type Addresses, collectionUri, manifestUri } from "../addresses.ts";
import { hasThumbnail } from "../collection.ts";
import { type CollectionPart, partsOf } from "../collection-parts.ts";
import { given, type Json } from "../json.ts";
import { formatDescriptionV2 } from "./description.ts";
import { formatThumbnailV2 } from "./image-resource.ts";
import { presentationContextV2 } from "./manifest.ts";
import { formatValueV2 } from "./text-value.ts";

/** Returns a collection in 2.1. Source: Presentation API 2.1 §5.8. */
export function formatCollectionV2(addresses: Addresses, collection: Collection): Json {
  const { key, thumbnail, collections, isMultiPart, members } = collection;
  const parts = partsOf(collection);
  return {
    "@context": presentationContextV2,
    "@id": collectionUri(addresses, 2, { key }),
    "@type": "sc:Collection",
    ...formatDescriptionV2(addresses, { described: collection, thumbnail }),
    ...given("viewingHint", isMultiPart ? "multi-part" : undefined),
    ...given(
      "within",
      collections.map((outer) => collectionUri(addresses, 2, outer)),
    ),
    ...(parts.length > 0
      ? { collections: parts.map((part) => reference(addresses, key, part)) }
      : formatMembers(addresses, members)),
  };
}

/** Returns a part of a collection in 2.1, with the members in it. */
export function formatPartV2(addresses: Addresses, collection: Collection, part: CollectionPart): Json {
  return {
    "@context": presentationContextV2,
    ...reference(addresses, collection.key, part),
    within: collectionUri(addresses, 2, collection),
    ...formatMembers(addresses, part.members),
  };
}

function reference(addresses: Addresses, key: string, part: CollectionPart): Json {
  const uri = collectionUri(addresses, 2, { key, part: part.key });
  const thumbnail = part.members.find(hasThumbnail)?.thumbnail;
  return {
    "@id": uri,
    "@type": "sc:Collection",
    label: formatValueV2(part.label),
    ...given("thumbnail", thumbnail && formatThumbnailV2(addresses, thumbnail)),
  };
}

/** `members` alone keeps an order in which objects and collections are mixed, and not every viewer knows it. */
function formatMembers(addresses: Addresses, members: readonly Member[]): Json {
  const firstObject = members.findIndex(({ kind }) => kind === "object");
  const isMixed = firstObject >= 0 && members.slice(firstObject).some(({ kind }) => kind === "collection");
  const formatAll = (listed: readonly Member[]): readonly Json[] =>
    listed.map((member) => formatMember(addresses, member));
  if (isMixed) return { members: formatAll(members) };
  const [objects, collections] = [members.filter(isObject), members.filter((member) => !isObject(member))];
  if (members.length === 0) return { manifests: [] };
  return { ...given("collections", formatAll(collections)), ...given("manifests", formatAll(objects)) };
}

function isObject({ kind }: Member): boolean {
  return kind === "object";
}

function formatMember(addresses: Addresses, member: Member): Json {
  const { key, label, thumbnail, navDate, isMultiPart } = member;
  const hint = isMultiPart ? "multi-part" : "individuals";
  return {
    "@id": isObject(member) ? manifestUri(addresses, 2, key) : collectionUri(addresses, 2, { key }),
    "@type": isObject(member) ? "sc:Manifest" : "sc:Collection",
    label: formatValueV2(label),
    ...given("navDate", navDate),
    ...given("viewingHint", isObject(member) ? undefined : hint),
    ...given("thumbnail", thumbnail && formatThumbnailV2(addresses, thumbnail)),
  };
}
