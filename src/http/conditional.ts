/**
 * Says whether an If-None-Match header names `etag`: a list, weak tags or `*`.
 * Source: RFC 9110 §13.1.2, weak comparison.
 */
export function isNoneMatch(header: string | null, etag: string): boolean {
  return header?.trim() === "*" || isNamed(header, etag);
}

/** Returns whether an `If-None-Match` names this entity tag: `*` names none. */
export function isNamed(header: string | null, etag: string): boolean {
  if (header === null) return false;
  const tags = header.match(/(?:W\/)?"[^"]*"/g) ?? [];
  return tags.some((tag) => tag.replace(/^W\//, "") === etag);
}
