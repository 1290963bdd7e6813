import { concatenate } from "../bytes.ts";
import { ImageError } from "../error.ts";
import { isSameSize, type Size } from "../geometry.ts";
import { readWebpHeader } from "./webp-header.ts";

/** What stands in front of the chunks of a file, and in front of each, in bytes. Source: RFC 9649 §2.3, §2.4. */
const fileHeadBytes = 12;
const chunkHeadBytes = 8;

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
  const { start, end } = pictureChunk(stored);
  const file = stored.subarray(0, end);
  return start === fileHeadBytes && statedBytes(file) === end ? file : fileOf(stored.subarray(start, end));
}

/** Finds the chunk that holds the pixels, its padding included. */
function pictureChunk(stored: Uint8Array): { readonly start: number; readonly end: number } {
  const view = new DataView(stored.buffer, stored.byteOffset, stored.byteLength);
  for (let start = fileHeadBytes; start + chunkHeadBytes <= stored.byteLength; ) {
    const length = view.getUint32(start + 4, true);
    const end = start + chunkHeadBytes + length + (length % 2);
    if (end > stored.byteLength) throw damaged("a chunk is cut off");
    const type = String.fromCharCode(...stored.subarray(start, start + 4));
    if (type === "VP8 " || type === "VP8L") return { start, end };
    start = end;
  }
  throw damaged("no picture");
}

/** How long a file says that it is. */
function statedBytes(file: Uint8Array): number {
  return 8 + new DataView(file.buffer, file.byteOffset, file.byteLength).getUint32(4, true);
}

function fileOf(chunk: Uint8Array): Uint8Array {
  const file = concatenate([new TextEncoder().encode("RIFF\0\0\0\0WEBP"), chunk]);
  new DataView(file.buffer).setUint32(4, file.byteLength - 8, true);
  return file;
}

function damaged(detail: string): ImageError {
  return new ImageError("source-malformed", "The stored image is damaged: a WebP tile does not match its directory.", {
    detail: `WebP tile: ${detail}`,
  });
}
