import { concatenate } from "../bytes.ts";
import { formatResources } from "./image-resources.ts";

/** Blocks to write into a derivative. */
export interface WrittenBlocks {
  readonly exif?: Uint8Array | undefined;
  readonly xmp?: Uint8Array | undefined;
  readonly iptc?: Uint8Array | undefined;
  /** A colour profile. */
  readonly icc?: Uint8Array | undefined;
}

/** Most bytes after the two of the length. Source: ITU-T T.81 B.1.1.4. */
const maxSegmentBytes = 65_533;

const app1 = 0xe1;
const app2 = 0xe2;
const app13 = 0xed;

const exifSignature = new TextEncoder().encode("Exif\0\0");
const xmpSignature = new TextEncoder().encode("http://ns.adobe.com/xap/1.0/\0");
const iccSignature = new TextEncoder().encode("ICC_PROFILE\0");

/** A segment of a profile has its number and the number of segments after the signature, one byte each. */
const iccPartBytes = maxSegmentBytes - iccSignature.length - 2;
const maxIccParts = 255;

/**
 * Formats whole marker segments, to follow the JFIF segment in this order: EXIF, XMP, IPTC, and the profile in as many
 * as it needs. A block that is too long for its segment is left out. Source: Exif 3.0 §4.7.2; XMP part 3 §1.1.3;
 * ICC.1:2022 B.4.
 */
export function jpegSegments({ exif, xmp, iptc, icc }: WrittenBlocks): Uint8Array[] {
  const segments = [
    ...(exif ? [formatSegment(app1, [exifSignature, exif])] : []),
    ...(xmp ? [formatSegment(app1, [xmpSignature, xmp])] : []),
    ...(iptc ? [formatSegment(app13, [formatResources(iptc)])] : []),
  ];
  return [...segments.filter((segment) => segment !== undefined), ...(icc ? iccSegments(icc) : [])];
}

function iccSegments(icc: Uint8Array): Uint8Array[] {
  const count = Math.ceil(icc.byteLength / iccPartBytes);
  if (count > maxIccParts) return [];
  const parts = Array.from({ length: count }, (_, index) => {
    const part = icc.subarray(index * iccPartBytes, (index + 1) * iccPartBytes);
    return formatSegment(app2, [iccSignature, Uint8Array.of(index + 1, count), part]);
  });
  return parts.filter((segment) => segment !== undefined);
}

function formatSegment(marker: number, parts: readonly Uint8Array[]): Uint8Array | undefined {
  const head = Uint8Array.of(0xff, marker, 0, 0);
  const segment = concatenate([head, ...parts]);
  if (segment.byteLength - head.length > maxSegmentBytes) return undefined;
  new DataView(segment.buffer).setUint16(2, segment.byteLength - 2);
  return segment;
}
