import { ImageError } from "../../error.ts";

/** A marker, and the parameters behind it: none for one that stands alone. */
export interface JpegSegment {
  /** The second byte of the marker. */
  readonly code: number;
  /** Where the parameters start and end, in bytes of the stream. */
  readonly start: number;
  readonly end: number;
}

/**
 * Lists the segments of a JPEG stream up to the header of its first scan, which is the last of the list; or up to its
 * end, if it has no scan. Throws `source-malformed`. Source: ITU-T T.81 B.1.1, B.2.
 */
export function listJpegSegments(bytes: Uint8Array): JpegSegment[] {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) throw damaged("no SOI");
  const segments: JpegSegment[] = [];
  for (let position = 2; ; ) {
    const segment = nextSegment(bytes, position);
    if (segment.code === 0xd9) return segments;
    segments.push(segment);
    if (segment.code === 0xda) return segments;
    position = segment.end;
  }
}

function nextSegment(bytes: Uint8Array, from: number): JpegSegment {
  let position = from;
  let code = 0;
  while (code === 0) {
    while (position < bytes.length && bytes[position] !== 0xff) position++;
    while (position < bytes.length && bytes[position] === 0xff) position++;
    if (position >= bytes.length) throw damaged("ends before its first scan");
    code = bytes[position++]!;
  }
  return segmentAt(bytes, position, code);
}

/**
 * Returns the segment whose marker has `code` as its second byte and ends at `position`. Throws `source-malformed` if it
 * does not end within the stream.
 */
export function segmentAt(bytes: Uint8Array, position: number, code: number): JpegSegment {
  if (code === 0x01 || (code >= 0xd0 && code <= 0xd9)) return { code, start: position, end: position };
  const length = segmentLength(code, ((bytes[position] ?? 0) << 8) | (bytes[position + 1] ?? 0));
  if (length < 2 || position + length > bytes.length) throw damaged("a segment's length is wrong");
  return { code, start: position + 2, end: position + length };
}

/**
 * Returns the length of a segment in bytes, its own two included, as stated or, for comments and applications, as it must
 * be: some writers leave their own length out.
 */
export function segmentLength(code: number, stated: number): number {
  const isSkipped = code === 0xfe || (code & 0xf0) === 0xe0;
  return isSkipped ? Math.max(2, stated) : stated;
}

/** Returns whether the second byte of a marker is that of a frame header, of any process. */
export function isFrameCode(code: number): boolean {
  return code >= 0xc0 && code <= 0xcf && code !== 0xc4 && code !== 0xc8 && code !== 0xcc;
}

function damaged(detail: string): ImageError {
  return new ImageError("source-malformed", "The JPEG data is damaged.", { detail: `JPEG: ${detail}` });
}
