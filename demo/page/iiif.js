/** Returns the URL of an identifier in the service, without a trailing slash. */
export function imageService(identifier) {
  return new URL(`iiif/3/${encodeURIComponent(identifier)}`, document.baseURI).href;
}

/** Returns the URL of a picture that fits into a square of `side` pixels. */
export function thumbnailUrl(service, side) {
  return `${service}/full/!${side},${side}/0/default.jpg`;
}

/** Fetches info.json. Throws when it is not answered with one. */
export async function fetchInfo(service) {
  const response = await fetch(`${service}/info.json`);
  if (!response.ok) throw new Error(`${service}/info.json was answered with ${response.status}.`);
  return response.json();
}

/**
 * Returns the region of an image that `bounds` (in its pixels) covers, cut off at the edges, and the size at which
 * `scale` shows it; never larger than stored. Undefined when nothing is in view.
 */
export function viewOf(image, bounds, scale) {
  const x = Math.max(0, Math.round(bounds.x));
  const y = Math.max(0, Math.round(bounds.y));
  const width = Math.min(image.width, Math.round(bounds.x + bounds.width)) - x;
  const height = Math.min(image.height, Math.round(bounds.y + bounds.height)) - y;
  if (width < 1 || height < 1) return undefined;
  const shrink = Math.min(1, scale);
  const size = { width: Math.max(1, Math.round(width * shrink)), height: Math.max(1, Math.round(height * shrink)) };
  return { region: { x, y, width, height }, size };
}

/** Returns the canonical URL of a view: `full` and `max` where the parameters mean just that. */
export function viewUrl(service, image, { region, size }) {
  const isFull = region.width === image.width && region.height === image.height;
  const regionText = isFull ? "full" : `${region.x},${region.y},${region.width},${region.height}`;
  const isMax = size.width === region.width && size.height === region.height;
  const sizeText = isMax ? "max" : `${size.width},${size.height}`;
  return `${service}/${regionText}/${sizeText}/0/default.jpg`;
}
