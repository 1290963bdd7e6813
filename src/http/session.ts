import { decodeBase64Url, encodeBase64Url, hmac, randomText, sameBytes } from "../hmac.ts";
import { cookieOf, withCookie } from "./cookie.ts";

/** For how long somebody who signed in is known, in seconds: a working day. */
export const sessionSeconds = 8 * 3600;

/** Tells what is signed for sessions from whatever else may be signed with the same secret. */
const purpose = "tessera administration";

/**
 * Returns a token that says until when its bearer is signed in, signed with the secret, which is not in it. `now` is in
 * milliseconds since 1970. Another secret makes all tokens worthless. Source: RFC 2104, HMAC.
 */
export async function openSession(secret: string, now: number): Promise<string> {
  const nonce = randomText(12);
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
export function sessionOf(request: Request): string | undefined {
  return cookieOf(request, "tessera-admin");
}

/** Says whether a request shows something of its own to be let in by. */
export function hasCredentials({ headers }: Request): boolean {
  return headers.get("Authorization") !== null;
}

/** Returns an answer that has the browser keep a token for this host and its own pages alone; an empty one ends the session. */
export function withSession(response: Response, request: Request, token: string): Response {
  return withCookie(response, request, {
    name: "tessera-admin",
    value: token,
    seconds: sessionSeconds,
    sameSite: "Strict",
  });
}
