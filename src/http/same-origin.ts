/**
 * Says whether a browser states that a request comes from a page of the same origin. What states nothing does not come
 * from a browser, or from one that is too old to tell. Source: Fetch Metadata Request Headers §2.4; Fetch standard, Origin.
 */
export function isSameOrigin({ headers, url }: Request): boolean {
  const site = headers.get("Sec-Fetch-Site");
  if (site !== null) return site === "same-origin";
  return headers.get("Origin") === new URL(url).origin;
}

/** Says whether a browser states that a request comes from a page of another origin. */
export function isOtherOrigin(request: Request): boolean {
  const { headers } = request;
  const isStated = headers.get("Sec-Fetch-Site") !== null || headers.get("Origin") !== null;
  return isStated && !isSameOrigin(request);
}

/**
 * Says whether a form was sent by a page of another origin. Browsers hide the origin of pages that have no referrer: what is
 * sent by one has to bring something that other sites don't know. Source: Fetch standard, request `Origin` header.
 */
export function isForeignForm({ headers, url }: Request): boolean {
  const site = headers.get("Sec-Fetch-Site");
  if (site !== null && site !== "same-origin") return true;
  const origin = headers.get("Origin");
  return origin !== null && origin !== "null" && origin !== new URL(url).origin;
}
