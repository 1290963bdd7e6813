import type { Config } from "../config.ts";
import { formatIdentifier, type Identifier } from "../identity/identifier.ts";
import type { ApiVersion } from "../iiif/version.ts";

/** What the URIs of one image are made of. */
export interface UriParts {
  readonly config: Pick<Config, "baseUrl" | "prefix">;
  readonly request: Request;
  readonly version: ApiVersion;
  readonly identifier: Identifier;
  /** The identifier encoded as it is to be read, if that is not the shortest form. */
  readonly spelling?: string;
}

/**
 * Says whether all who ask for a URL are told the same scheme and host: the configured ones, or those of a machine
 * that serves itself. Else an answer that names its host is for its client alone, since the host was taken from the
 * request and a shared cache may not tell hosts apart.
 */
export function isHostShared({ baseUrl }: Pick<Config, "baseUrl">, url: string): boolean {
  return baseUrl !== undefined || isLocal(url);
}

/** Says whether a service was asked for by a name of the machine itself. Source: RFC 6761 §6.3, RFC 1122 §3.2.1.3, RFC 4291 §2.5.3. */
export function isLocal(url: string): boolean {
  return /^[a-z]+:\/\/(?:(?:[^/?#:@]+\.)?localhost\.?|127(?:\.\d+){3}|\[::1\])(?=[:/?#]|$)/i.test(url);
}

/** Of a URL as the platform has written it: in lower case, without a port where it is the usual one, with a path. */
function originOf(url: string): string {
  return url.slice(0, url.indexOf("/", url.indexOf("//") + 2));
}

/** Returns the base URI of an image, as `id` in info.json. */
export function baseUri(parts: UriParts): string {
  return `${baseOf(parts)}${basePath(parts)}`;
}

/**
 * Returns what stands in front of the paths of this service: the configured base URL, else scheme and host of the request.
 * Of a host that is taken from the request https is assumed: whether it came so through what stands in front is not known
 * here.
 */
export function baseOf({ config, request }: Pick<UriParts, "config" | "request">): string {
  if (config.baseUrl !== undefined) return config.baseUrl;
  const origin = originOf(request.url);
  return isLocal(request.url) ? origin : origin.replace(/^http:/, "https:");
}

/**
 * Returns the base URI of an image for an answer that shared caches keep: the absolute one if all are told the same
 * host, else its path alone, which is right for whoever asks. Source: RFC 8288 §3.2.
 */
export function sharedBaseUri(parts: UriParts): string {
  const { baseUrl } = parts.config;
  const { url } = parts.request;
  if (baseUrl !== undefined) return baseUrl + basePath(parts);
  return isLocal(url) ? originOf(url) + basePath(parts) : basePath(parts);
}

function basePath({ config: { prefix }, version, identifier, spelling }: UriParts): string {
  return `${prefix}/${version}/${spelling ?? formatIdentifier(identifier)}`;
}
