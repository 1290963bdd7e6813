/** For how long an answer is waited for, in milliseconds. */
const patienceMilliseconds = 20_000;

/** Formats that every service of level 2 has. Source: Image API 3.0 compliance §3.6. */
const levelFormats = ["jpg", "png"];

/** Why a picture can't be opened, in a sentence; `detail` is what the service said. */
export class OpeningFault extends Error {
  constructor(message, { detail = "", isFinal = false } = {}) {
    super(message);
    this.detail = detail;
    /** Whether asking again is of no use. */
    this.isFinal = isFinal;
  }
}

/** Returns the URL of an identifier in the service, without a trailing slash. */
export function imageService(identifier) {
  return new URL(`/iiif/3/${encodeURIComponent(identifier)}`, document.baseURI).href;
}

/** Fetches info.json. Throws an OpeningFault that says why it can't be had; an AbortError when `signal` is aborted. */
export async function fetchInfo(service, signal) {
  const deadline = AbortSignal.timeout(patienceMilliseconds);
  try {
    const response = await fetch(`${service}/info.json`, { signal: AbortSignal.any([signal, deadline]) });
    if (response.ok) return await response.json();
    throw await faultOf(response);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof OpeningFault) throw error;
    if (deadline.aborted) throw new OpeningFault("The service does not answer. It may be busy.");
    if (error instanceof SyntaxError) throw new OpeningFault("What the service says of this picture can't be read.");
    throw new OpeningFault("The service can't be reached. Are you online?");
  }
}

async function faultOf(response) {
  if (response.status === 404) return new OpeningFault("There is no picture under this name.", { isFinal: true });
  const isText = response.headers.get("Content-Type")?.startsWith("text/plain");
  const detail = isText ? (await response.text()).split("\n")[0].slice(0, 300) : `Status ${response.status}`;
  return new OpeningFault("This picture can't be shown at the moment.", { detail });
}

/** Returns the formats that a picture can be asked for in. */
export function formatsOf(info) {
  return [...new Set([...levelFormats, ...(info.extraFormats ?? [])])];
}

/** Returns the largest size that the service draws a picture in. Source: Image API 3.0 §5.3. */
export function largestSize({ width, height, maxWidth = Infinity, maxHeight = maxWidth, maxArea = Infinity }) {
  const scale = Math.min(1, maxWidth / width, maxHeight / height, Math.sqrt(maxArea / (width * height)));
  return { width: Math.max(1, Math.floor(width * scale)), height: Math.max(1, Math.floor(height * scale)) };
}

/** Returns a few sizes to have a picture in, from small to the largest, none close to another. */
export function offeredSizes(info) {
  const largest = largestSize(info);
  const stored = (info.sizes ?? []).filter(({ width, height }) => Math.max(width, height) >= 400);
  const smaller = stored.filter(({ width }) => width < 0.75 * largest.width);
  return [...smaller.toSorted((a, b) => a.width - b.width).slice(-3), largest];
}

/** Returns the URL of a whole picture in a size and a format. */
export function pictureUrl(service, info, { size, format = "jpg" }) {
  const largest = largestSize(info);
  const isMax = size.width === largest.width && size.height === largest.height;
  return `${service}/full/${isMax ? "max" : `${size.width},${size.height}`}/0/default.${format}`;
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

/** Says whether a view is of the whole image. */
export function isWhole(image, { region }) {
  return region.width === image.width && region.height === image.height;
}

/** Returns the URL of a view, `rotation` as in image requests: `full` and `max` where the parameters mean just that. */
export function viewUrl(service, image, { region, size, rotation = "0", format = "jpg" }) {
  const isFull = isWhole(image, { region });
  const regionText = isFull ? "full" : `${region.x},${region.y},${region.width},${region.height}`;
  const isMax = size.width === region.width && size.height === region.height;
  const sizeText = isMax ? "max" : `${size.width},${size.height}`;
  return `${service}/${regionText}/${sizeText}/${rotation}/default.${format}`;
}
