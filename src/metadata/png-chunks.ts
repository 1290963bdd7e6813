import { concatenate } from "../bytes.ts";
import type { WrittenBlocks } from "./jpeg-segments.ts";

/** A chunk without its length and CRC. */
export interface PngChunkContent {
  readonly type: "iCCP" | "eXIf" | "iTXt";
  readonly data: Uint8Array;
}

/**
 * Returns the contents of the chunks that hold these blocks, to be placed between IHDR and the palette or image data.
 * PNG has no place for IPTC. Source: W3C PNG specification, third edition, 11.3.2.3, 11.3.3.4 and 11.3.4.5; XMP part 3
 * §1.1.5.
 */
export function pngChunks({ exif, xmp, icc }: Omit<WrittenBlocks, "iptc">): PngChunkContent[] {
  return [
    ...(icc ? [{ type: "iCCP" as const, data: concatenate([profileHead, deflateStored(icc)]) }] : []),
    ...(exif ? [{ type: "eXIf" as const, data: exif }] : []),
    ...(xmp ? [{ type: "iTXt" as const, data: concatenate([xmpHead, xmp]) }] : []),
  ];
}

/** A name, its NUL, and compression method 0. */
const profileHead = new TextEncoder().encode("ICC profile\0\0");

/** The keyword, then: not compressed, method 0, no language, no translated keyword. */
const xmpHead = new TextEncoder().encode("XML:com.adobe.xmp\0\0\0\0\0");

/** Most bytes of one stored block. */
const maxStoredBytes = 65_535;

/**
 * Wraps bytes as a zlib stream of stored blocks: profiles hardly shrink and are small compared with the image. Source:
 * RFC 1950, RFC 1951 3.2.4.
 */
function deflateStored(bytes: Uint8Array): Uint8Array {
  const count = Math.max(1, Math.ceil(bytes.byteLength / maxStoredBytes));
  const stream = new Uint8Array(2 + count * 5 + bytes.byteLength + 4);
  const view = new DataView(stream.buffer);
  stream.set([0x78, 0x01]);
  let at = 2;
  for (let index = 0; index < count; index++) {
    const part = bytes.subarray(index * maxStoredBytes, (index + 1) * maxStoredBytes);
    view.setUint8(at, index === count - 1 ? 1 : 0);
    view.setUint16(at + 1, part.byteLength, true);
    view.setUint16(at + 3, ~part.byteLength & 0xffff, true);
    stream.set(part, at + 5);
    at += 5 + part.byteLength;
  }
  view.setUint32(at, adlerOf(bytes));
  return stream;
}

function adlerOf(bytes: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (const byte of bytes) {
    low = (low + byte) % 65_521;
    high = (high + low) % 65_521;
  }
  return ((high << 16) | low) >>> 0;
}
