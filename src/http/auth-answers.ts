import { keptByNobody, openHeaders } from "./headers.ts";

/** Headers of all pages by which people are let in: nothing keeps them, and no other page reads or frames them. */
const pageHeaders = {
  "Content-Type": "text/html; charset=utf-8",
  "Cache-Control": keptByNobody,
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
} as const;

/** A page by which people are let in. */
export interface AuthPage {
  readonly html: string;
  readonly status: number;
  /** In base64url, of the one script that is written in the page; undefined where there is none. */
  readonly scriptNonce?: string | undefined;
}

/** Returns a page by which people are let in. Source: Content Security Policy Level 3. */
export function respondAuthPage({ html, status, scriptNonce }: AuthPage): Response {
  const policy = [
    ...["default-src 'none'", "style-src 'self'", "img-src 'self'", "font-src 'self'", "form-action 'self'"],
    ...(scriptNonce === undefined ? [] : [`script-src 'nonce-${scriptNonce}'`]),
    ...["base-uri 'none'", "frame-ancestors 'none'"],
  ].join("; ");
  return new Response(html, { status, headers: { ...pageHeaders, "Content-Security-Policy": policy } });
}

/**
 * Returns the page that tells a viewer its token, which alone is put into a frame by anybody; under 200 whatever it says.
 * Source: Authorization Flow 2.0 §4.3.
 */
export function respondTokenPage(html: string, scriptNonce: string): Response {
  const policy = `default-src 'none'; script-src 'nonce-${scriptNonce}'; base-uri 'none'; frame-ancestors *`;
  return new Response(html, { headers: { ...pageHeaders, "Content-Security-Policy": policy } });
}

/** Returns JSON to whoever asks himself: pages of other origins can't read it. */
export function respondOwnJson(value: object, status: number): Response {
  const headers = {
    "Content-Type": "application/json",
    "Cache-Control": keptByNobody,
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  };
  return new Response(JSON.stringify(value), { status, headers });
}

/** Returns the answer to a probe, which viewers of any origin read; under 200 whatever it says. Source: Authorization Flow 2.0 §5.2. */
export function respondProbe(value: object): Response {
  const headers = {
    ...openHeaders,
    "Content-Type": "application/json",
    "Cache-Control": keptByNobody,
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
  };
  return new Response(JSON.stringify(value), { headers });
}

/** Returns the way to another server, or to a page of this one, that nobody keeps. */
export function respondOnward(uri: string): Response {
  const headers = { Location: uri, "Cache-Control": keptByNobody, "Referrer-Policy": "no-referrer" };
  return new Response(null, { status: 303, headers });
}
