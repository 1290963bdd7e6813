import type { Config } from "../config.ts";
import { digest } from "../digest.ts";
import type { ApiVersion } from "../iiif/version.ts";
import { formatIdentifier, noSuchImage } from "./identifier.ts";

/** Longest key of an R2 object, in bytes. Source: Cloudflare R2 limits. */
const maxKeyBytes = 1024;

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

/** What the URIs of one image are made of. */
export interface UriParts {
  readonly config: Pick<Config, "baseUrl" | "prefix">;
  readonly request: Request;
  readonly version: ApiVersion;
  readonly identifier: string;
}

/**
 * Says whether all who ask for a URL are told the same scheme and host: those that are configured, or those of a machine
 * that serves itself. Else an answer that names its host is for the one who asked, since the host was taken from the
 * request and a shared cache may not tell hosts apart.
 */
export function isHostShared({ baseUrl }: Pick<Config, "baseUrl">, url: string): boolean {
  return baseUrl !== undefined || isLocal(url);
}

/** Hosts that lead to the machine itself. Source: RFC 6761 §6.3, RFC 1122 §3.2.1.3, RFC 4291 §2.5.3. */
function isLocal(url: string): boolean {
  return /^[a-z]+:\/\/(?:(?:[^/?#:@]+\.)?localhost\.?|127(?:\.\d+){3}|\[::1\])(?=[:/?#]|$)/i.test(url);
}

/**
 * Returns the base URI of an image, as `id` in info.json: from the configured base URL, else from the request. Of a host
 * that is taken from the request https is assumed: whether it came so through what stands in front is not known here.
 */
export function baseUri(parts: UriParts): string {
  const { config, request } = parts;
  if (config.baseUrl !== undefined) return `${config.baseUrl}${basePath(parts)}`;
  const { origin, host } = new URL(request.url);
  return `${isLocal(request.url) ? origin : `https://${host}`}${basePath(parts)}`;
}

/**
 * Returns the base URI of an image for an answer that shared caches keep: the absolute one where all are told the same
 * host, else its path alone, which is right for whoever asks. Source: RFC 8288 §3.2.
 */
export function sharedBaseUri(parts: UriParts): string {
  return isHostShared(parts.config, parts.request.url) ? baseUri(parts) : basePath(parts);
}

function basePath({ config: { prefix }, version, identifier }: UriParts): string {
  return `${prefix}/${version}/${formatIdentifier(identifier)}`;
}

/** Returns the Cache-Tag under which all answers about an image are purged. Never throws. */
export async function imageTag(identifier: string): Promise<string> {
  return `img-${await digest(identifier)}`;
}
