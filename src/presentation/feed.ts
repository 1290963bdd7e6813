import type { Activity, FeedEnd, FeedPage } from "../catalogue/feed.ts";
import { type Addresses, collectionUri, manifestUri } from "./addresses.ts";
import { given, type Json } from "./json.ts";

/** The context of the Change Discovery API, which is the profile of its documents too. */
const feedContext = "http://iiif.io/api/discovery/1/context.json";

/** The path of the feed below that of documents. */
const feedPath = "activity";

/** The feed itself, or one of its pages. */
export type FeedRoute = { readonly kind: "feed" } | { readonly kind: "feed-page"; readonly number: number };

/** Finds the route of what follows `/presentation/` in a raw path; undefined for a path that does not lead to the feed. */
export function findFeedRoute(rest: string): FeedRoute | undefined {
  if (rest === feedPath) return { kind: "feed" };
  const number = /^activity\/([1-9]\d{0,8})$/.exec(rest)?.[1];
  return number === undefined ? undefined : { kind: "feed-page", number: Number(number) };
}

/** Returns the feed of changes: where its pages begin and end. Source: IIIF Change Discovery API 1.0 §3.1. */
export function formatFeed(addresses: Addresses, { pages, activities }: FeedEnd): Json {
  return {
    "@context": feedContext,
    ...feedReference(addresses),
    totalItems: activities,
    first: pageReference(addresses, 1),
    last: pageReference(addresses, pages),
  };
}

/** Returns a page of the feed, the oldest activity first. Source: IIIF Change Discovery API 1.0 §3.2. */
export function formatFeedPage(addresses: Addresses, { number, startIndex, activities, isFull }: FeedPage): Json {
  return {
    "@context": feedContext,
    ...pageReference(addresses, number),
    partOf: feedReference(addresses),
    startIndex,
    ...given("prev", number > 1 ? pageReference(addresses, number - 1) : undefined),
    ...given("next", isFull ? pageReference(addresses, number + 1) : undefined),
    orderedItems: activities.map((activity) => formatActivity(addresses, activity)),
  };
}

/** Every resource is told at the address of its newest version: one that negotiates may not be. Source: the same, §4.3. */
function formatActivity(addresses: Addresses, { type, kind, key, endTime }: Activity): Json {
  const object =
    kind === "object"
      ? { id: manifestUri(addresses, 3, key), type: "Manifest" }
      : { id: collectionUri(addresses, 3, { key }), type: "Collection" };
  return { type, object, endTime };
}

function feedReference({ base }: Addresses): Json {
  return { id: `${base}/presentation/${feedPath}`, type: "OrderedCollection" };
}

function pageReference({ base }: Addresses, number: number): Json {
  return { id: `${base}/presentation/${feedPath}/${number}`, type: "OrderedCollectionPage" };
}
