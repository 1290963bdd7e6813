import type { Size } from "../geometry.ts";
import { chunkHeadBytes, damagedWebp, fileHeadBytes, isWebp, readChunkHead } from "./chunks.ts";

/** The content of the first chunks of a WebP. */
export interface WebpHeader extends Size {
  readonly hasAlpha: boolean;
  readonly isAnimated: boolean;
  /** Whether chunks of profile, EXIF or XMP may follow, as only in the extended format. */
  readonly isExtended: boolean;
}

/** Flags of VP8X. Source: RFC 9649 §2.7.1. */
export const extendedFlags = { icc: 0x20, alpha: 0x10, exif: 0x08, xmp: 0x04, animation: 0x02 } as const;

/** Number of bytes at the start of a file that `readWebpHeader` needs. */
export const webpHeaderBytes = 30;

/** Where the data of the first chunk begins. */
const dataAt = fileHeadBytes + chunkHeadBytes;

/** Reads the header of a WebP from its first bytes, decoding nothing. Throws `source-malformed`. Source: RFC 9649 §2.5 to §2.7; RFC 6386 §9.1. */
export function readWebpHeader(bytes: Uint8Array): WebpHeader {
  if (!isWebp(bytes)) throw damagedWebp("no RIFF header");
  if (bytes.byteLength < webpHeaderBytes) throw damagedWebp("the header is cut off");
  const { type } = readChunkHead(bytes, fileHeadBytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset + dataAt, bytes.byteLength - dataAt);
  if (type === "VP8X") {
    const flags = view.getUint8(0);
    return {
      width: 1 + (view.getUint32(4, true) & 0xffffff),
      height: 1 + (view.getUint32(6, true) >>> 8),
      hasAlpha: (flags & extendedFlags.alpha) !== 0,
      isAnimated: (flags & extendedFlags.animation) !== 0,
      isExtended: true,
    };
  }
  const simple = { isAnimated: false, isExtended: false };
  if (type === "VP8L") {
    if (view.getUint8(0) !== 0x2f) throw damagedWebp("no lossless signature");
    const bits = view.getUint32(1, true);
    const height = 1 + ((bits >>> 14) & 0x3fff);
    return { ...simple, width: 1 + (bits & 0x3fff), height, hasAlpha: (bits & (1 << 28)) !== 0 };
  }
  if (type !== "VP8 ") throw damagedWebp("no image at the start");
  const isKeyFrame = (view.getUint8(0) & 1) === 0 && view.getUint16(3) === 0x9d01 && view.getUint8(5) === 0x2a;
  if (!isKeyFrame) throw damagedWebp("not a key frame");
  const [width, height] = [view.getUint16(6, true) & 0x3fff, view.getUint16(8, true) & 0x3fff];
  if (width === 0 || height === 0) throw damagedWebp(`${width} by ${height} pixels`);
  return { ...simple, width, height, hasAlpha: false };
}
