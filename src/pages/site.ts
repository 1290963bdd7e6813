import { formatSegment } from "../identity/identifier.ts";
import type { Addresses } from "../presentation/addresses.ts";

/** What all pages of a service have in common. */
export interface Site {
  /** The name of the institution, or of the service. */
  readonly name: string;
  /** Where documents are, for those who take an address away. */
  readonly addresses: Addresses;
  /** Whether style sheets and scripts are deployed with it: without them pages are plain, and whole. */
  readonly hasAssets: boolean;
  /** Whether there is an index to search in. */
  readonly isSearched: boolean;
  /** Where errors are explained: a URL or a path. */
  readonly helpUrl: string | undefined;
}

/** Returns where pictures are for the pages themselves: on the host that was asked, whatever it is called. */
export function localAddresses({ addresses }: Site): Addresses {
  return { ...addresses, base: "" };
}

/** A part of a collection that is too long for one page, and from which of its members on. */
export interface CollectionPlace {
  readonly part?: string | undefined;
  readonly from?: number;
}

/** Returns the path of the page of a collection; the top one is the front page. */
export function collectionPath(key: string, { part, from = 0 }: CollectionPlace = {}): string {
  const path = key === "top" ? "/" : `/collections/${formatSegment(key)}`;
  return withQuery(path, { part, from: from === 0 ? undefined : String(from) });
}

/** What of an object is shown: a page, one of its images where there are several, and what was searched for. */
export interface ObjectPlace {
  readonly page?: string | undefined;
  /** The number of the image, from 1. */
  readonly image?: number | undefined;
  readonly q?: string | undefined;
  readonly from?: number | undefined;
}

/** Returns the path of the page of an object. */
export function objectPath(key: string, { page, image = 1, q, from = 0 }: ObjectPlace = {}): string {
  const numbers = { image: image === 1 ? undefined : String(image), from: from === 0 ? undefined : String(from) };
  return withQuery(`/objects/${formatSegment(key)}`, { page, ...numbers, q });
}

/** The path of the page that searches in the catalogue. */
export const searchRoot = "/search";

/** Returns the path of an answer to a search in the catalogue. */
export function searchPath(q: string, from = 0): string {
  return withQuery(searchRoot, { q, from: from === 0 ? undefined : String(from) });
}

/** Returns the path of the page that shows one picture by itself. */
export function picturePath(identifier: string): string {
  return `/view/${formatSegment(identifier)}`;
}

function withQuery(path: string, values: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return given.length === 0 ? path : `${path}?${given.join("&")}`;
}
