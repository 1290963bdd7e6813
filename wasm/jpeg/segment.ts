// The segments of a stream, up to the data of a scan.

import { statusCorrupt, statusOk, statusTruncated } from "./status";
import { readHuffmanSegment, readQuantisationSegment } from "./tables";

/** MCUs between restart markers, 0 for none, as far as segments were read. */
export let restartInterval: i32 = 0;
/** Where the segment that `nextSegment` found begins, after its length. */
export let segment: usize = 0;
/** Where it ends, and where the next is looked for. */
export let segmentEnd: usize = 0;

/** Begins with the first segment of an image; returns whether it is one. */
export function openSegments(bytes: usize, end: usize): bool {
  restartInterval = 0;
  segmentEnd = bytes + 2;
  return bytes + 2 <= end && load<u8>(bytes) == 0xff && load<u8>(bytes, 1) == 0xd8;
}

/** Has the next segment looked for from here. */
export function continueSegments(position: usize): void {
  segmentEnd = position;
}

/**
 * Finds the next marker and its segment, if it has one. Returns the marker's second byte or `statusTruncated`.
 * Source: ITU-T T.81 B.1.1.
 */
export function nextSegment(end: usize): i32 {
  let position = segmentEnd;
  let marker: i32 = 0;
  while (marker == 0) {
    while (position < end && load<u8>(position) != 0xff) position++;
    while (position < end && load<u8>(position) == 0xff) position++;
    if (position >= end) return statusTruncated;
    marker = load<u8>(position++);
  }
  segment = position;
  segmentEnd = position;
  if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd9)) return marker;
  if (position + 2 > end) return statusTruncated;
  let length = (<usize>load<u8>(position) << 8) | load<u8>(position, 1);
  // What is not looked into may state a length that has no room for itself.
  if (length < 2 && isSkipped(marker)) length = 2;
  if (length < 2) return statusCorrupt;
  segment = position + 2;
  segmentEnd = position + length;
  return segmentEnd > end ? statusTruncated : marker;
}

/** Returns whether a marker is that of a comment or of an application. */
function isSkipped(marker: i32): bool {
  return marker == 0xfe || (marker & 0xf0) == 0xe0;
}

/** Returns whether a marker begins a frame, of any process. */
// @ts-ignore: decorator
@inline
export function isFrameMarker(marker: i32): bool {
  return (marker & 0xf0) == 0xc0 && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/** Reads a segment that may come before a frame or a scan. */
export function readTableSegment(marker: i32, tables: usize): i32 {
  if (marker == 0xdb) return readQuantisationSegment(tables, segment, segmentEnd);
  if (marker == 0xc4) return readHuffmanSegment(tables, segment, segmentEnd);
  if (marker == 0xdd) {
    if (segment + 2 > segmentEnd) return statusTruncated;
    restartInterval = (<i32>load<u8>(segment) << 8) | load<u8>(segment, 1);
  }
  return statusOk;
}
