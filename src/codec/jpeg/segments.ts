import { ImageError } from "../../error.ts";
import { type JpegFrame, readAdobeTransform, readJpegFrame } from "./header.ts";
import { isFrameCode, segmentLength } from "./segment-list.ts";

/** Where in the file a block of metadata is, in bytes; it may end after the prefix that was read. */
export interface BlockRange {
  readonly offset: number;
  readonly length: number;
}

/** The content of the segments before a JPEG file's frame, as far as a prefix of the file shows. */
export interface JpegSegments {
  /** Whether the prefix extends to the frame header, so that nothing is missing here. */
  readonly isComplete: boolean;
  readonly frame: JpegFrame | undefined;
  /** The header of JFIF, behind its signature. */
  readonly jfif: BlockRange | undefined;
  /** The transform of the Adobe segment: 0 none, 1 YCbCr, 2 YCCK. */
  readonly adobeTransform: number | undefined;
  /** The TIFF stream of EXIF. */
  readonly exif: BlockRange | undefined;
  /** The XMP packet; anything that does not fit in one segment is left out. */
  readonly xmp: BlockRange | undefined;
  /** The parts of the colour profile in order; empty if one is missing. */
  readonly icc: readonly BlockRange[];
  /** The parts, to be joined, of Photoshop's image resources, which include IPTC. */
  readonly imageResources: readonly BlockRange[];
}

const jfifSignature = "JFIF\0";
const exifSignature = "Exif\0\0";
const xmpSignature = "http://ns.adobe.com/xap/1.0/\0";
const iccSignature = "ICC_PROFILE\0";
const photoshopSignature = "Photoshop 3.0\0";

/** One part of a profile: its signature is followed by its number, from 1, and the number of parts. */
interface ProfilePart extends BlockRange {
  readonly number: number;
  readonly count: number;
}

/**
 * Finds frame and metadata in `bytes`, the beginning of a JPEG file, in one pass that ends at the frame header. Throws
 * `source-malformed`. Source: ITU-T T.81 B.1, B.2; Exif 3.0 §4.7.2; XMP part 3 §1.1.3; ICC.1:2022 B.4.
 */
export function readJpegSegments(bytes: Uint8Array): JpegSegments {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) throw damaged("no SOI");
  let frame: JpegFrame | undefined;
  let jfif: BlockRange | undefined;
  let adobeTransform: number | undefined;
  let exif: BlockRange | undefined;
  let xmp: BlockRange | undefined;
  const profile: ProfilePart[] = [];
  const imageResources: BlockRange[] = [];
  for (let position = 2; frame === undefined; ) {
    // What follows a segment that states too short a length is passed over, as in libjpeg.
    while (position < bytes.length && bytes[position] !== 0xff) position++;
    while (bytes[position] === 0xff && bytes[position + 1] === 0xff) position++;
    if (position + 4 > bytes.length) break;
    const code = bytes[position + 1]!;
    // TEM has no parameters.
    if (code === 0 || code === 0x01) {
      position += 2;
      continue;
    }
    const start = position + 4;
    position += 2 + segmentLength(code, (bytes[position + 2]! << 8) | bytes[position + 3]!);
    if (position < start) throw damaged("a segment's length is wrong");
    if (code === 0xda || (code >= 0xd0 && code <= 0xd9)) throw damaged("no frame before the first scan");
    const parameters = bytes.subarray(start, position);
    const rangeBehind = (signature: string, more = 0): BlockRange | undefined => {
      const offset = start + signature.length + more;
      const isIt = offset <= position && beginsWith(parameters, signature);
      return isIt ? { offset, length: position - offset } : undefined;
    };
    if (code === 0xe0) jfif ??= rangeBehind(jfifSignature);
    else if (code === 0xe1) {
      exif ??= rangeBehind(exifSignature);
      xmp ??= rangeBehind(xmpSignature);
    } else if (code === 0xe2) {
      const range = rangeBehind(iccSignature, 2);
      const [number = 0, count = 0] = parameters.subarray(iccSignature.length);
      if (range !== undefined) profile.push({ ...range, number, count });
    } else if (code === 0xed) {
      const range = rangeBehind(photoshopSignature);
      if (range !== undefined) imageResources.push(range);
    } else if (code === 0xee) adobeTransform = readAdobeTransform(parameters) ?? adobeTransform;
    else if (isFrameCode(code) && position <= bytes.length) frame = readJpegFrame(code, parameters);
  }
  const isComplete = frame !== undefined;
  return { isComplete, frame, jfif, adobeTransform, exif, xmp, icc: orderParts(profile), imageResources };
}

function beginsWith(parameters: Uint8Array, signature: string): boolean {
  return [...signature].every((letter, index) => parameters[index] === letter.charCodeAt(0));
}

/** Returns the parts in the order of their numbers, or none if these are not exactly 1 to their count. */
function orderParts(parts: readonly ProfilePart[]): BlockRange[] {
  const ordered = parts.toSorted((a, b) => a.number - b.number);
  const isWhole = ordered.every(({ number, count }, index) => number === index + 1 && count === parts.length);
  return isWhole ? ordered.map(({ offset, length }) => ({ offset, length })) : [];
}

function damaged(detail: string): ImageError {
  return new ImageError("source-malformed", "The JPEG data is damaged.", { detail: `JPEG: ${detail}` });
}
