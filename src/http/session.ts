import { decodeBase64Url, encodeBase64Url, hmac, sameBytes } from "../hmac.ts";

/** For how long somebody who signed in is known, in seconds: a working day. */
export const sessionSeconds = 8 * 3600;

/** Tells what is signed for sessions from whatever else may be signed with the same secret. */
const purpose = "tessera administration";

/**
 * Returns a token that says until when its bearer is signed in, signed with the secret, which is not in it. `now` is in
 * milliseconds since 1970. Another secret makes all tokens worthless. Source: RFC 2104, HMAC.
 */
export async function openSession(secret: string, now: number): Promise<string> {
  const nonce = encodeBase64Url(crypto.getRandomValues(new Uint8Array(12)));
  const stated = `${Math.floor(now / 1000) + sessionSeconds}.${nonce}`;
  return `${stated}.${encodeBase64Url(await hmac(secret, signedText(stated)))}`;
}

/** Says whether a token was made with the secret and has not lapsed. Its signature is compared in constant time. Never throws. */
export async function isSessionOpen(token: string, secret: string, now: number): Promise<boolean> {
  const [, stated = "", until = "", signature = ""] = /^((\d{1,12})\.[\w-]{16})\.([\w-]{43})$/.exec(token) ?? [];
  if (stated === "") return false;
  const given = decodeBase64Url(signature);
  const isSigned = given !== undefined && sameBytes(await hmac(secret, signedText(stated)), given);
  // One that lasts for longer than a session was made while the clock was wrong.
  const left = Number(until) - now / 1000;
  return isSigned && left > 0 && left <= sessionSeconds;
}

function signedText(stated: string): string {
  return `${purpose}\n${stated}`;
}

/** Returns the token of the session that a request brings along; undefined without one. */
export function sessionOf({ headers, url }: Request): string | undefined {
  const pairs = (headers.get("Cookie") ?? "").split(/; */);
  const start = `${cookieName(url)}=`;
  return pairs.find((pair) => pair.startsWith(start))?.slice(start.length);
}

/** Says whether a request shows something of its own to be let in by. */
export function hasCredentials({ headers }: Request): boolean {
  return headers.get("Authorization") !== null;
}

/** Returns an answer that has the browser keep a token for this host and its own pages alone; an empty one ends the session. */
export function withSession(response: Response, { url }: Request, token: string): Response {
  const headers = new Headers(response.headers);
  const age = token === "" ? 0 : sessionSeconds;
  const secure = isSecure(url) ? "; Secure" : "";
  headers.set("Set-Cookie", `${cookieName(url)}=${token}; Path=/; Max-Age=${age}; HttpOnly; SameSite=Strict${secure}`);
  return new Response(response.body, { status: response.status, headers });
}

/**
 * Browsers take a name that starts so over https alone, for the whole host and from nobody else. Where a service runs on
 * one's own machine there is no https. Source: RFC 6265bis §4.1.3.2.
 */
function cookieName(url: string): string {
  return isSecure(url) ? "__Host-tessera-admin" : "tessera-admin";
}

function isSecure(url: string): boolean {
  return url.startsWith("https:");
}
