/**
 * Returns what the hash of an address names: the identifier of a picture, empty when there is none, and the region of
 * it in pixels when there is one. Source: Media Fragments URI 1.0, the xywh dimension.
 */
export function parseHash(hash) {
  const [encodedIdentifier, ...rest] = hash.slice(1).split("&");
  const numbers = /^xywh=(\d+),(\d+),(\d+),(\d+)$/.exec(rest.join("&"))?.slice(1).map(Number);
  const region = numbers && { x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3] };
  return { identifier: decode(encodedIdentifier), region };
}

/** Identifiers may stand in the address as they are; what only looks like an escape is one of their characters. */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Returns the hash that leads back to a region of a picture. */
export function formatHash(identifier, { x, y, width, height }) {
  return `#${encodeURIComponent(identifier)}&xywh=${x},${y},${width},${height}`;
}
