import type { AccessRules } from "../access/rules.ts";
import type { Logins } from "../access/services.ts";
import { formatSegment } from "../identity/identifier.ts";
import type { SizeLimits } from "../iiif/size.ts";
import type { ApiVersion } from "../iiif/version.ts";

/** Where documents and images are, for those that write URIs. */
export interface Addresses {
  /** Scheme, host and path in front of both, without a trailing slash. */
  readonly base: string;
  /** The path of images, with a leading slash or empty. */
  readonly imagePrefix: string;
  /** What an image is given out in at most: `max` of a larger one is smaller. */
  readonly limits: SizeLimits;
  /** There is an index to search in: manifests of objects that have text say so. */
  readonly isSearched?: true;
  /** How people are let in who do not see all that a document names; nothing is said of it where it is left out. */
  readonly letsIn?: LetsIn;
  /** Documents and images are files: names are their paths, and the images are of level 0. */
  readonly isFiles?: true;
}

/** By what somebody is let in, and what the places are called where he is. */
export interface LetsIn {
  readonly rules: Pick<AccessRules, "clicks" | "roles">;
  readonly logins: Logins;
}

/** Hosts of files decode what is escaped, some of them twice: slashes stay plain. */
function formatName({ isFiles }: Addresses, name: string): string {
  return isFiles ? name.split("/").map(formatSegment).join("/") : formatSegment(name);
}

/** Returns the URI at which a manifest is published. */
export function manifestUri(addresses: Addresses, version: ApiVersion, object: string): string {
  // Hosts tell the type of a file by its extension.
  const file = addresses.isFiles ? "manifest.json" : "manifest";
  return `${addresses.base}/presentation/${version}/${formatName(addresses, object)}/${file}`;
}

/** Returns the URI at which a collection is published; `part` is one of those that a large collection is divided into. */
export function collectionUri({ base }: Addresses, version: ApiVersion, name: CollectionAddress): string {
  const part = name.part === undefined ? "" : `/part/${formatSegment(name.part)}`;
  return `${base}/presentation/${version}/${formatSegment(name.key)}/collection${part}`;
}

/** A collection, or a part of one. */
export interface CollectionAddress {
  readonly key: string;
  readonly part?: string | undefined;
}

/** What is named in an object, whatever the version: annotations made in one hold in the other. */
export type Piece = "canvas" | "page" | "annotation" | "range";

/** Returns the URI of a piece of an object: it has no version, and nothing of the place or the label of a page. */
export function pieceUri({ base }: Addresses, piece: Piece, { object, key }: PieceName): string {
  return `${base}/presentation/${formatSegment(object)}/${piece}/${formatSegment(key)}`;
}

/** Names a page, or an entry of the contents, in its object. */
export interface PieceName {
  readonly object: string;
  readonly key: string;
}

/** Returns the URI of the text of a page as annotations. */
export function textUri({ base }: Addresses, version: ApiVersion, { object, key }: PieceName): string {
  return `${base}/presentation/${version}/${formatSegment(object)}/text/${formatSegment(key)}`;
}

/** Returns the URI of the file that the text of a page comes from. */
export function textFileUri({ base }: Addresses, { object, key }: PieceName): string {
  return `${base}/presentation/${formatSegment(object)}/file/${formatSegment(key)}`;
}

/** Returns the URI of a file that lies beside the images of an object. */
export function attachmentUri({ base }: Addresses, { object, key }: PieceName): string {
  return `${base}/presentation/${formatSegment(object)}/attachment/${formatSegment(key)}`;
}

/** Returns the URI of the search in an object, by the version of the Content Search API. */
export function searchUri({ base }: Addresses, version: 1 | 2, object: string): string {
  return `${base}/presentation/${formatSegment(object)}/search/${version}`;
}

/** Returns the base URI of an image. */
export function imageUri(addresses: Addresses, version: ApiVersion, identifier: string): string {
  const { base, imagePrefix } = addresses;
  return `${base}${imagePrefix}/${version}/${formatName(addresses, identifier)}`;
}
