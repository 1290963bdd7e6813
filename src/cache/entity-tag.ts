import { digest } from "../digest.ts";
import { type PictureFacts, renderVersion } from "./derivatives.ts";
import type { IsolateCache } from "./isolate.ts";

/** Digests of texts that come again with every request: a digest goes through the platform, and takes longer than all else. */
export type HeldDigests = IsolateCache<string>;

/** Bytes of an entry besides its text. */
const entryBytes = 200;

/** Returns the digest of a text, as it is held or made now. */
export function heldDigest(held: HeldDigests, text: string): string | Promise<string> {
  return held.get(text) ?? makeDigest(held, text);
}

async function makeDigest(held: HeldDigests, text: string): Promise<string> {
  const made = await digest(text);
  held.set(text, made, entryBytes + 2 * text.length);
  return made;
}

/** What makes a picture what it is, and how all pictures of its image are made. */
export interface TaggedFacts extends PictureFacts {
  /** What stands in the settings of all of them. */
  readonly style: string;
}

/** How many digits of a tag are those of the master and how it is drawn: no two of these are ever alike. */
const commonDigits = 24;

/** The entity tag of a picture, without quotes, and its first part, which all pictures of an image have. */
export interface PictureTag {
  readonly etag: string;
  readonly common: string;
}

/**
 * Returns the entity tag of a picture: 32 hexadecimal digits. The first 24 are a digest of the master's version
 * and of the style, which all pictures of an image share, so that none is made for a request. The last 8 are a sum of what is
 * asked for: an entity tag tells versions of one address apart, and is no key. Source: RFC 9110 §8.8.3.
 */
export async function entityTag(held: HeldDigests, facts: TaggedFacts): Promise<PictureTag> {
  const { master, masterVersion, style, canonical, settings } = facts;
  const shared = `${renderVersion}\n${master.key}\n${master.page}\n${masterVersion}\n${style}`;
  const common = (await heldDigest(held, shared)).slice(0, commonDigits);
  return { common, etag: common + checkSum(`${canonical} ${settings}`).toString(16).padStart(8, "0") };
}

/** FNV-1a of the characters of a text, 32 bits. Source: Fowler, Noll and Vo, draft-eastlake-fnv. */
function checkSum(text: string): number {
  let sum = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193);
  return sum >>> 0;
}
