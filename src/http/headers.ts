import type { Keeping } from "../access/grant.ts";
import type { Timing } from "../account.ts";
import { profileUris } from "../iiif/features.ts";
import type { ApiVersion } from "../iiif/version.ts";

/** Headers of every answer, errors and redirects included: any page may show and embed what this service says. */
export const openHeaders: Readonly<Record<string, string>> = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Expose-Headers": "Link, ETag, Server-Timing, Cache-Tag, Retry-After, Content-Disposition",
  "Cross-Origin-Resource-Policy": "cross-origin",
  "Timing-Allow-Origin": "*",
  "X-Content-Type-Options": "nosniff",
};

/**
 * Headers of what is neither a picture nor info.json: nothing to be put into a frame. Pictures are: as the data of an
 * `object`, in frames, opened by themselves. Source: Content Security Policy Level 3 §6.4.2.
 */
export const unframedHeaders: Readonly<Record<string, string>> = {
  ...openHeaders,
  "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
};

/** Who may keep an answer: any cache, or only that of the client, since it names the host that was asked. */
export type CacheScope = "public" | "private";

/** The Cache-Control of an answer that depends on who asks. */
export const keptByNobody = "private, no-store";

/**
 * Returns the Cache-Control of an answer about an image that caches may keep for `seconds`, as far as it was granted. What
 * ends at some time is not shown for longer while it is asked for again.
 */
export function grantedCacheControl(seconds: number, keeping: Keeping, scope: CacheScope = "public"): string {
  if (keeping.kind === "nobody") return keptByNobody;
  const { mostSeconds } = keeping;
  if (mostSeconds === undefined) return cacheControl(seconds, scope);
  const kept = Math.min(seconds, mostSeconds);
  return kept === 0 ? cacheControl(0) : `${scope}, max-age=${kept}`;
}

/** Returns the Cache-Control of an answer that caches in `scope` may keep for `seconds`; 0 keeps nothing. */
export function cacheControl(seconds: number, scope: CacheScope = "public"): string {
  return seconds === 0 ? "no-store" : `${scope}, max-age=${seconds}, stale-while-revalidate=${seconds}`;
}

/** Returns the Cache-Control of an answer that caches in `scope` may keep, and have to ask about each time. */
export function askedEachTime(scope: CacheScope): string {
  return `${scope}, no-cache`;
}

/** Returns the Link header value that states the compliance level. Source: Image API 3.0 §6. */
export function profileLink(version: ApiVersion): string {
  return `<${profileUris[version]}>;rel="profile"`;
}

/** Returns the Link header value that names the canonical URI. Source: Image API 3.0 §4.8. */
export function canonicalLink(uri: string): string {
  return `<${uri}>;rel="canonical"`;
}

/** Returns an account as a Server-Timing header. Source: W3C Server Timing. */
export function formatServerTiming(account: Timing): string {
  const { strategy, cache, reads, bytes, heads, tiles } = account;
  const read = `reads;desc="${reads}", bytes;desc="${bytes}", heads;desc="${heads}"`;
  return `strategy;desc="${strategy}", cache;desc="${cache}", ${read}, tiles;desc="${tiles}"`;
}

/**
 * Returns the address that a request came from, as the platform states it; undefined where it states none. No other header
 * counts: anybody can send those. Source: Cloudflare, HTTP headers, CF-Connecting-IP.
 */
export function connectingAddress(request: Request): string | undefined {
  return request.headers.get("CF-Connecting-IP") ?? undefined;
}

/** Returns the token that Cloudflare Access sends along for whom it let in; whoever sends it, its signature has to be checked. */
export function accessToken(request: Request): string | undefined {
  return request.headers.get("Cf-Access-Jwt-Assertion") ?? undefined;
}
