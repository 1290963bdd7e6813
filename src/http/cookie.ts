/** A cookie that the service has a browser keep for this host alone. */
export interface Cookie {
  readonly name: CookieName;
  /** Letters, digits and `-_.`; empty to have it forgotten. */
  readonly value: string;
  readonly seconds: number;
  /** `None` is sent along to pages of other sites too. */
  readonly sameSite: "Strict" | "Lax" | "None";
}

/** The names of the cookies of this service, as they are where there is no https. */
export type CookieName = "tessera" | "tessera-admin" | "tessera-form" | "tessera-login";

/** Returns the value of a cookie that a request brings along; undefined without one. */
export function cookieOf({ headers, url }: Request, name: CookieName): string | undefined {
  const sent = headers.get("Cookie");
  if (sent === null) return undefined;
  const pairs = sent.split(/; */);
  const start = `${spelt(name, url)}=`;
  return pairs.find((pair) => pair.startsWith(start))?.slice(start.length);
}

/**
 * Returns an answer that has the browser keep a cookie. Other sites' pages are sent none where there is no https: browsers
 * take none for them. Source: RFC 6265bis §4.1.2, §5.7.
 */
export function withCookie(response: Response, { url }: Request, cookie: Cookie): Response {
  const { name, value, sameSite } = cookie;
  const isSecure = isOverHttps(url);
  const attributes = [
    `${spelt(name, url)}=${value}`,
    "Path=/",
    `Max-Age=${value === "" ? 0 : cookie.seconds}`,
    "HttpOnly",
    `SameSite=${sameSite === "None" && !isSecure ? "Lax" : sameSite}`,
    ...(isSecure ? ["Secure"] : []),
  ];
  const headers = new Headers(response.headers);
  headers.append("Set-Cookie", attributes.join("; "));
  return new Response(response.body, { status: response.status, headers });
}

/**
 * Browsers take a name that starts so over https alone, for the whole host and from nobody else. Where a service runs on
 * one's own machine there is no https. Source: RFC 6265bis §4.1.3.2.
 */
function spelt(name: CookieName, url: string): string {
  return isOverHttps(url) ? `__Host-${name}` : name;
}

function isOverHttps(url: string): boolean {
  return url.startsWith("https:");
}
