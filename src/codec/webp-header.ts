import { ImageError } from "../error.ts";
import type { Size } from "../geometry.ts";

/** The content of the first chunks of a WebP. */
export interface WebpHeader extends Size {
  readonly hasAlpha: boolean;
  readonly isAnimated: boolean;
  /** Whether chunks of profile, EXIF or XMP may follow, as only in the extended format. */
  readonly isExtended: boolean;
}

/** Number of bytes at the start of a file that `readWebpHeader` needs. */
export const webpHeaderBytes = 30;

/** Returns whether bytes begin like a WebP. Source: RFC 9649, 2.4. */
export function isWebp(bytes: Uint8Array): boolean {
  return hasText(bytes, 0, "RIFF") && hasText(bytes, 8, "WEBP");
}

/** Reads the header of a WebP from its first bytes, decoding nothing. Throws `source-malformed`. Source: RFC 9649, 2.5 to 2.7. */
export function readWebpHeader(bytes: Uint8Array): WebpHeader {
  if (!isWebp(bytes)) throw damaged("no RIFF header");
  if (bytes.byteLength < webpHeaderBytes) throw damaged("the header is cut off");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (hasText(bytes, 12, "VP8X")) {
    const flags = view.getUint8(20);
    return {
      width: 1 + (view.getUint32(24, true) & 0xffffff),
      height: 1 + (view.getUint32(26, true) >>> 8),
      hasAlpha: (flags & 0x10) !== 0,
      isAnimated: (flags & 0x02) !== 0,
      isExtended: true,
    };
  }
  const simple = { isAnimated: false, isExtended: false };
  if (hasText(bytes, 12, "VP8L")) {
    if (view.getUint8(20) !== 0x2f) throw damaged("no lossless signature");
    const bits = view.getUint32(21, true);
    const height = 1 + ((bits >>> 14) & 0x3fff);
    return { ...simple, width: 1 + (bits & 0x3fff), height, hasAlpha: (bits & (1 << 28)) !== 0 };
  }
  if (!hasText(bytes, 12, "VP8 ")) throw damaged("no image at the start");
  const isKeyFrame = (view.getUint8(20) & 1) === 0 && view.getUint16(23) === 0x9d01 && view.getUint8(25) === 0x2a;
  if (!isKeyFrame) throw damaged("not a key frame");
  const [width, height] = [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff];
  if (width === 0 || height === 0) throw damaged(`${width} by ${height} pixels`);
  return { ...simple, width, height, hasAlpha: false };
}

function hasText(bytes: Uint8Array, offset: number, text: string): boolean {
  return [...text].every((letter, index) => bytes[offset + index] === letter.charCodeAt(0));
}

function damaged(detail: string): ImageError {
  return new ImageError("source-malformed", "The WebP data is damaged.", { detail: `WebP: ${detail}` });
}
