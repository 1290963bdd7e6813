/**
 * Says whether an If-None-Match header names `etag`: a list, weak tags or `*`.
 * Source: RFC 9110 §13.1.2, weak comparison.
 */
export function isNoneMatch(header: string | null, etag: string): boolean {
  if (header === null) return false;
  if (header.trim() === "*") return true;
  const tags = header.match(/(?:W\/)?"[^"]*"/g) ?? [];
  return tags.some((tag) => tag.replace(/^W\//, "") === etag);
}
