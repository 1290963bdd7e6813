/** Longest name of an origin: that of a host, a scheme and a port. Source: RFC 1035 §2.3.4. */
const mostCharacters = 253 + 14;

/**
 * Says whether a text is the origin of a page that may hold a viewer, spelt as browsers spell it: one of https, or of the
 * machine itself. Source: HTML standard, ASCII serialization of an origin.
 */
export function isViewerOrigin(text: string): boolean {
  // A host may have other characters for the standard, quotes among them, and has none.
  if (text.length > mostCharacters || !/^https?:\/\/(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d+)?$/.test(text)) return false;
  if (!URL.canParse(text)) return false;
  const { origin, protocol, hostname } = new URL(text);
  if (origin !== text) return false;
  const isHere = /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
  return protocol === "https:" || (protocol === "http:" && isHere);
}
