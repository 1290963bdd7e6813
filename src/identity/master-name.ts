import { isLongerThan } from "../bytes.ts";
import type { Config } from "../config.ts";
import { digest } from "../digest.ts";
import { ImageError } from "../error.ts";
import { type Identifier, identifierOf, noSuchImage } from "./identifier.ts";
import { type OriginObject, objectAt } from "./origin-object.ts";

/** Longest key of an R2 object, in bytes. Source: Cloudflare R2 limits. */
export const maxKeyBytes = 1024;

declare const brand: unique symbol;

/**
 * The key of a master in its bucket, or where it is elsewhere, which no key in the bucket is. `nameMaster` makes it, and
 * nothing else does.
 */
export type MasterKey = string & { readonly [brand]: "MasterKey" };

/** The stored object an identifier means, and which of the images in it, counted from 1. */
export interface MasterName {
  readonly key: MasterKey;
  readonly page: number;
  /** Where the object is that is not in the bucket. */
  readonly origin?: OriginObject;
}

/** The rules by which an identifier means a master. */
export type MasterNaming = Pick<Config, "keyTemplate" | "pageSuffix"> & Partial<Pick<Config, "origins">>;

/** Keys of masters that are elsewhere start with it. No identifier has a segment that starts with a dot. */
const originRoot = ".origin/";

/**
 * Returns what an identifier means: the suffix, followed by a number, chooses a page of a file that holds several. An
 * empty suffix chooses none. The first of the origins whose prefix it has is where its master is, else the bucket. Throws
 * `not-found` if no object can have such a key.
 */
export function nameMaster(
  identifier: Identifier,
  { keyTemplate, pageSuffix, origins = [] }: MasterNaming,
): MasterName {
  const { name, page } = dividePage(identifier, pageSuffix);
  const origin = origins.find(({ prefix }) => name.startsWith(prefix));
  if (origin === undefined) {
    return { key: checkKey(keyTemplate.replaceAll(placeholder, () => name)) as MasterKey, page };
  }
  const object = objectAt(origin, name);
  checkKey(object.key);
  // Rules that lead to the same place mean the same master.
  const place = `${originRoot}${new URL(origin.base).host}${origin.folder}/${object.key}`;
  return { key: place as MasterKey, page, origin: object };
}

/** An identifier as it chooses a page: the name of the master, the number from 1 on, and how that was written. */
export interface DividedIdentifier {
  readonly name: Identifier;
  readonly page: number;
  /** The suffix and the number; empty where no page is chosen. */
  readonly ending: string;
}

/** Divides an identifier into the name of its master and the page that it chooses, as `nameMaster` reads them. */
export function dividePage(identifier: Identifier, pageSuffix: string): DividedIdentifier {
  const at = pageSuffix === "" ? -1 : identifier.lastIndexOf(pageSuffix);
  // A number with nothing in front is a name: no object has an empty key.
  if (at <= 0) return { name: identifier, page: 1, ending: "" };
  const number = identifier.slice(at + pageSuffix.length);
  const isPage = /^[1-9]\d{0,4}$/.test(number);
  if (!isPage) return { name: identifier, page: 1, ending: "" };
  // What stands in front of a suffix keeps to the rules of the whole.
  return { name: identifier.slice(0, at) as Identifier, page: Number(number), ending: identifier.slice(at) };
}

function checkKey(key: string): string {
  if (isLongerThan(key, maxKeyBytes)) throw noSuchImage();
  return key;
}

/** Stands in a key template for the identifier. */
const placeholder = "{identifier}";

/** Keys that no identifier means start with it. */
const phantomRoot = ".phantom/";

/** Longest part of a key that the key of a phantom takes over, in characters: of four bytes at most. */
const phantomCharacters = 128;

/** Returns the name of a master that is not there, in the place where another one is: looking for it takes as long. */
export function phantomOf({ key, page, origin }: MasterName): MasterName {
  const of = (text: string): string => `${phantomRoot}${text.slice(-phantomCharacters)}`;
  const place = { key: of(key) as MasterKey, page };
  return origin === undefined ? place : { ...place, origin: { ...origin, key: of(origin.key) } };
}

/** Tells whether a key, as it is written on what is kept of a master, is that of one on another server. */
export function isOnOtherServer(written: string): boolean {
  return written.startsWith(originRoot);
}

/** Returns the key of a master as it is written on what is kept of it. */
export function masterKeyOf(written: string): MasterKey {
  return written as MasterKey;
}

/** Returns what the keys of masters start with whose identifiers start with `prefix`. */
export function keyPrefixOf(prefix: string, { keyTemplate }: Pick<Config, "keyTemplate">): string {
  return keyTemplate.slice(0, keyTemplate.indexOf(placeholder)) + prefix;
}

/** Returns the identifier that means a stored object, and no page of it; undefined for an object that none means. */
export function identifierOfKey(
  key: string,
  naming: Pick<Config, "keyTemplate" | "pageSuffix">,
): { readonly identifier: Identifier; readonly key: MasterKey } | undefined {
  const parts = naming.keyTemplate.split(placeholder);
  const [head = ""] = parts;
  const length = (key.length - parts.join("").length) / (parts.length - 1);
  if (!Number.isInteger(length) || length < 1) return undefined;
  const name = nameOfText(key.slice(head.length, head.length + length), naming);
  return name?.key === key ? name : undefined;
}

/** Returns what a text means if it is an identifier; undefined for one that can be none. */
export function nameOfText(
  text: string,
  naming: Pick<Config, "keyTemplate" | "pageSuffix">,
): (MasterName & { readonly identifier: Identifier }) | undefined {
  try {
    const identifier = identifierOf(text);
    return { identifier, ...nameMaster(identifier, naming) };
  } catch (error) {
    if (error instanceof ImageError) return undefined;
    throw error;
  }
}

/** The names that all of one master share, whichever page or identifier means it. */
export interface MasterPlaces {
  /** The Cache-Tag by which all answers about it are purged. */
  readonly cacheTag: string;
  /** Keys of its stored pictures start with it. */
  readonly derivativePrefix: string;
  /** Keys of what is kept of it start with it, whether it is one page or another. */
  readonly indexPrefix: string;
}

/** What the keys of pictures, and of indexes, start with, whatever they are of. */
export const derivativeRoot = "derivatives/";
export const indexRoot = "masters/";

/** Returns the shared names of a master. They are of one length, however long the key is: R2 takes 1,024 bytes. */
export async function placesOf(key: MasterKey): Promise<MasterPlaces> {
  const name = await digest(key);
  return {
    cacheTag: `img-${name}`,
    derivativePrefix: `${derivativeRoot}${name}/`,
    indexPrefix: `${indexRoot}${name}/`,
  };
}
