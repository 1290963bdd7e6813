import type { Config } from "../config.ts";
import { digest } from "../digest.ts";
import { noSuchImage } from "./identifier.ts";

/** Longest key of an R2 object, in bytes. Source: Cloudflare R2 limits. */
export const maxKeyBytes = 1024;

/** The stored object an identifier names, and which of the images in it, counted from 1. */
export interface MasterIdentity {
  readonly key: string;
  readonly page: number;
}

/**
 * Returns what an identifier names: the suffix, followed by a number, chooses a page of a file that holds several. An
 * empty suffix chooses none. Throws `not-found` where no object can have such a key.
 */
export function masterIdentity(
  identifier: string,
  { keyTemplate, pageSuffix }: Pick<Config, "keyTemplate" | "pageSuffix">,
): MasterIdentity {
  const at = pageSuffix === "" ? -1 : identifier.lastIndexOf(pageSuffix);
  const number = at < 0 ? "" : identifier.slice(at + pageSuffix.length);
  // A number with nothing in front is a name: no object has an empty key.
  const isPage = at > 0 && /^[1-9]\d{0,4}$/.test(number);
  const name = isPage ? identifier.slice(0, at) : identifier;
  return { key: masterKey(name, keyTemplate), page: isPage ? Number(number) : 1 };
}

function masterKey(identifier: string, keyTemplate: string): string {
  const key = keyTemplate.replaceAll("{identifier}", () => identifier);
  if (new TextEncoder().encode(key).byteLength > maxKeyBytes) throw noSuchImage();
  return key;
}

/** Returns the Cache-Tag under which all answers about an image are purged. */
export async function imageTag(identifier: string): Promise<string> {
  return `img-${await digest(identifier)}`;
}
