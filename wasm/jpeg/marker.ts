import { bitPaddingBytes, findMarker } from "./bits";
import { clearCoefficients } from "./block";
import {
  closeFrame,
  componentCount,
  frameIsComplete,
  frameMayEnd,
  isProgressive,
  processStatus,
  readFrame,
} from "./frame";
import { clearMarks, coarsenAll, isMarked } from "./missing";
import { placeKept } from "./progression";
import { DecodeRequest } from "./request";
import { decodeScan } from "./scan";
import { statusCorrupt, statusDamaged, statusOk, statusScans, statusTruncated } from "./status";
import { openTables, placeStandardTables, readHuffmanSegment, readQuantisationSegment, tablesBytes } from "./tables";

/** The size of a block for `loadJpegTables`, in bytes. */
export const jpegTablesBytes: i32 = <i32>tablesBytes;
/** The workspace of `decodeJpeg` besides a block of tables and room for its bytes. */
export const jpegPaddingBytes: i32 = <i32>bitPaddingBytes + 64;

let restartInterval: i32 = 0;
/** Where the segment that `nextSegment` found begins, after its length. */
let segment: usize = 0;
/** Where it ends. */
let segmentEnd: usize = 0;

/**
 * Finds the next marker from `position` on and its segment, if it has one. Returns the marker's second byte or
 * `statusTruncated`. Source: ITU-T T.81 B.1.1.
 */
function nextSegment(position: usize, end: usize): i32 {
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

// @ts-ignore: decorator
@inline
function isFrameMarker(marker: i32): bool {
  return (marker & 0xf0) == 0xc0 && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/** Reads a segment that may come before a frame or a scan. */
function readTableSegment(marker: i32, tables: usize): i32 {
  if (marker == 0xdb) return readQuantisationSegment(tables, segment, segmentEnd);
  if (marker == 0xc4) return readHuffmanSegment(tables, segment, segmentEnd);
  if (marker == 0xdd) {
    if (segment + 2 > segmentEnd) return statusTruncated;
    restartInterval = (<i32>load<u8>(segment) << 8) | load<u8>(segment, 1);
  }
  return statusOk;
}

// @ts-ignore: decorator
@inline
function beginsImage(bytes: usize, end: usize): bool {
  return bytes + 2 <= end && load<u8>(bytes) == 0xff && load<u8>(bytes, 1) == 0xd8;
}

/**
 * Reads an abbreviated stream of tables into the `jpegTablesBytes` at `tables`, for any number of `decodeJpeg` calls.
 * Returns a status. Source: ITU-T T.81 B.5, TIFF Technical Note 2.
 */
export function loadJpegTables(tables: usize, bytes: usize, byteLength: usize): i32 {
  const end = bytes + byteLength;
  openTables(tables, 0);
  if (!beginsImage(bytes, end)) return statusCorrupt;
  segmentEnd = bytes + 2;
  while (true) {
    const marker = nextSegment(segmentEnd, end);
    if (marker < 0) return marker;
    if (marker == 0xd9) return statusOk;
    if (isFrameMarker(marker) || marker == 0xda) return statusCorrupt;
    const status = readTableSegment(marker, tables);
    if (status < 0) return status;
  }
}

/** A progressive frame has about ten scans; each goes through all blocks, so hundreds are treated as an attack. */
const scansMaximum: i32 = 100;

/** Returns whether more scans begin between `position` and `end` than are decoded. */
function hasTooManyScans(position: usize, end: usize): bool {
  let count: i32 = 0;
  while (position + 1 < end) {
    position = findMarker(position, end);
    if (position + 1 < end && load<u8>(position, 1) == 0xda && ++count > scansMaximum) return true;
    position += load<u8>(position, 1) == 0xff ? 1 : 2;
  }
  return false;
}

/** Decodes one image into the planes of the request. Returns a status. Source: ITU-T T.81 B.2. */
export function decodeJpeg(requestPointer: usize): i32 {
  const request = changetype<DecodeRequest>(requestPointer);
  closeFrame();
  clearCoefficients();
  clearMarks();
  const status = decodeSegments(request);
  if (componentCount != 0 && isProgressive) placeKept(request.reduction);
  return status == statusOk && isMarked ? statusDamaged : status;
}

function decodeSegments(request: DecodeRequest): i32 {
  const end = request.bytes + request.byteLength;
  const tables = request.workspace;
  const bitsTop = request.workspace + jpegTablesBytes + jpegPaddingBytes + request.byteLength;
  openTables(tables, request.tables);
  placeStandardTables(request.standardTables, request.standardTables + request.standardTableBytes);
  restartInterval = 0;
  if (!beginsImage(request.bytes, end)) return statusCorrupt;
  segmentEnd = request.bytes + 2;
  while (!frameIsComplete()) {
    const marker = nextSegment(segmentEnd, end);
    if (marker == statusTruncated && frameMayEnd()) {
      coarsenAll();
      return statusOk;
    }
    if (marker < 0) return marker;
    if (marker == 0xd8) return statusCorrupt;
    if (marker == 0xd9) return frameMayEnd() ? statusOk : statusTruncated;
    let status: i32;
    if (isFrameMarker(marker)) {
      status = processStatus(marker);
      if (status == statusOk && marker == 0xc2 && hasTooManyScans(segmentEnd, end)) status = statusScans;
      if (status == statusOk) status = readFrame(marker, segment, segmentEnd, request);
    } else if (marker == 0xda) {
      if (componentCount == 0) return statusCorrupt;
      status = decodeScan(segment, segmentEnd, end, tables, restartInterval, request.reduction, bitsTop);
      if (status > 0) segmentEnd = <usize>status;
    } else {
      status = readTableSegment(marker, tables);
    }
    if (status < 0) return status;
  }
  return statusOk;
}
