import { concatenate } from "../bytes.ts";
import { ImageError } from "../error.ts";
import { isSameSize, type Size } from "../geometry.ts";
import { formatChunk, formatFile, readChunks } from "../webp/chunks.ts";
import { readWebpHeader } from "../webp/header.ts";

/**
 * Returns the picture of a stored WebP as a file of its own, without decoding it and without anything that it says about
 * itself: a profile of its own would give it other colours than its neighbours. Undefined for one with alpha or an animation,
 * which would not be shown as its pixels are drawn. Throws `source-malformed` for what is no whole WebP of `size`.
 * Source: RFC 9649 §2.
 */
export function spliceWebp(stored: Uint8Array, size: Size): Uint8Array | undefined {
  const header = readWebpHeader(stored);
  if (!isSameSize(header, size)) {
    throw damaged(`${header.width} by ${header.height} pixels instead of ${size.width} by ${size.height}`);
  }
  if (header.hasAlpha || header.isAnimated) return undefined;
  for (const { type, data } of readChunks(stored)) {
    if (type === "VP8 " || type === "VP8L") return concatenate(formatFile(formatChunk(type, [data])));
  }
  throw damaged("no picture");
}

function damaged(detail: string): ImageError {
  return new ImageError("source-malformed", "The stored image is damaged: a WebP tile does not match its directory.", {
    detail: `WebP tile: ${detail}`,
  });
}
