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
