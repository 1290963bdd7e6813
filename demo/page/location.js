/**
 * Returns what the hash of an address names: the painting, and the region of it in pixels when there is one.
 * Source: Media Fragments URI 1.0, the xywh dimension.
 */
export function parseHash(hash) {
  const [encodedIdentifier, ...rest] = hash.slice(1).split("&");
  const numbers = /^xywh=(\d+),(\d+),(\d+),(\d+)$/.exec(rest.join("&"))?.slice(1).map(Number);
  const region = numbers && { x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3] };
  return { encodedIdentifier, region };
}

/** Returns the hash that leads back to a region of a painting. */
export function formatHash(identifier, { x, y, width, height }) {
  return `#${encodeURIComponent(identifier)}&xywh=${x},${y},${width},${height}`;
}
