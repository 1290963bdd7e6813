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
import { clearMarks, coarsenAll, isMarked } from "./marks";
import { placeKept } from "./progression";
import { openRecoding, recodingStatus } from "./recode";
import { DecodeRequest } from "./request";
import { decodeScan } from "./scan";
import {
  continueSegments,
  isFrameMarker,
  nextSegment,
  openSegments,
  readTableSegment,
  restartInterval,
  segment,
  segmentEnd,
} from "./segment";
import { statusCorrupt, statusDamaged, statusOk, statusScans, statusTruncated } from "./status";
import { openTables, placeStandardTables, tablesBytes } from "./tables";

/** The size of a block for `loadJpegTables`, in bytes. */
export const jpegTablesBytes: i32 = <i32>tablesBytes;
/** The workspace of `decodeJpeg` besides a block of tables and room for its bytes. */
export const jpegPaddingBytes: i32 = <i32>bitPaddingBytes + 64;

/**
 * Reads an abbreviated stream of tables into the `jpegTablesBytes` at `tables`, for any number of `decodeJpeg` calls.
 * Returns a status. Source: ITU-T T.81 B.5, TIFF Technical Note 2.
 */
export function loadJpegTables(tables: usize, bytes: usize, byteLength: usize): i32 {
  const end = bytes + byteLength;
  openTables(tables, 0);
  if (!openSegments(bytes, end)) return statusCorrupt;
  while (true) {
    const marker = nextSegment(end);
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
  if (request.recoder != 0) openRecoding(request.recoder);
  let status = decodeSegments(request);
  if (request.recoder != 0 && status == statusOk) status = recodingStatus();
  if (componentCount != 0 && isProgressive) placeKept(request.reduction);
  return status == statusOk && isMarked ? statusDamaged : status;
}

function decodeSegments(request: DecodeRequest): i32 {
  const end = request.bytes + request.byteLength;
  const tables = request.workspace;
  const bitsTop = request.workspace + jpegTablesBytes + jpegPaddingBytes + request.byteLength;
  openTables(tables, request.tables);
  placeStandardTables(request.standardTables, request.standardTables + request.standardTableBytes);
  if (!openSegments(request.bytes, end)) return statusCorrupt;
  while (!frameIsComplete()) {
    const marker = nextSegment(end);
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
      if (status > 0) continueSegments(<usize>status);
    } else {
      status = readTableSegment(marker, tables);
    }
    if (status < 0) return status;
  }
  return statusOk;
}
