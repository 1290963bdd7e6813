import { digest } from "../digest.ts";

/** The Cache-Tag of all that is found in the whole catalogue. */
export const searchTag = "search";

/** The Cache-Tag of the feed of changes. */
export const feedTag = "feed";

/** Returns the Cache-Tag by which all answers about an object are purged: its documents, texts and what is found in it. */
export async function objectTag(key: string): Promise<string> {
  return `obj-${await digest(key)}`;
}

/** Returns the Cache-Tag by which all answers about a collection are purged. */
export async function collectionTag(key: string): Promise<string> {
  return `col-${await digest(key)}`;
}
