// A sequential frame of one scan, decoded some rows of MCUs at a time from a window of its bytes. Where it stopped is told
// by a few numbers; what a window holds beyond the last MCU that it surely has whole is for the next one.

import { bitPaddingBytes, bitsLeft, dropBits, findMarker, passBytes, refill, unstuff } from "./bits";
import { clearCoefficients } from "./block";
import { closeFrame, componentCount, mcusAcross, mcusDown, processStatus, readFrame } from "./frame";
import { clearMarks } from "./marks";
import { loseMcus } from "./missing";
import { DecodeRequest } from "./request";
import {
  expectedRestart,
  nextRestart,
  restartNone,
  restartNumbers,
  restartPosition,
  restartUncounted,
  resumeRestarts,
} from "./restart";
import { decodeAlone, decodeInterleaved } from "./scan";
import { member, memberCount, readScanHeader } from "./scan-header";
import { isFrameMarker, nextSegment, openSegments, readTableSegment, restartInterval, segment, segmentEnd } from "./segment";
import { statusCorrupt, statusOk, statusScanSeparate, statusTruncated } from "./status";
import { openTables, placeStandardTables } from "./tables";

/** What `decodeJpegRows` returns when it has come to the end of its window. */
const rowsMore: i32 = 2;
/** And when the restart markers have to be counted, from the one at `position` to the end of the scan. */
const rowsCount: i32 = 3;

/** Bytes that are prepared at a time: enough for an MCU of 64 blocks, all of them stuffed. */
const pieceBytes: i32 = 1 << 15;
/** Room that `decodeJpegRows` prepares them in. */
export const jpegRowsBytes: i32 = pieceBytes + <i32>bitPaddingBytes + 64;
/** The most bits of a block: 64 symbols of 16 bits, each with a value of 12. */
const blockBits: i32 = 64 * 28;

/** The window, and where in a scan decoding has come to. */
@unmanaged
export class RowsState {
  /** The next byte to be looked at, and where the window ends; 15 bytes more may be read. */
  position: usize;
  windowEnd: usize;
  /** 1 if nothing follows the window. */
  isLast: i32;
  /** The MCU to stop before. */
  goal: i32;
  /** The next MCU. */
  mcu: i32;
  /** Damage took the MCUs before this one, where it is beyond the next. */
  lostEnd: i32;
  /** Where the restart interval that `position` is in ends. */
  intervalEnd: i32;
  /** How many bits of the next byte are taken, 0 to 7. */
  bit: i32;
  /** The number of the next restart marker, and what is known of the numbers. */
  expected: i32;
  numbers: i32;
  /** The DC coefficients of the previous blocks. */
  prediction0: i32;
  prediction1: i32;
  prediction2: i32;
  prediction3: i32;
}

let across: i32 = 0;
let total: i32 = 0;
let mcuBits: i32 = 0;

/**
 * Reads the header of a frame, which ends with that of its scan, into the request's tables, for any number of
 * `decodeJpegRows`, and sets the state to the beginning of the scan. Returns a status.
 */
export function openJpegRows(requestPointer: usize, statePointer: usize): i32 {
  const request = changetype<DecodeRequest>(requestPointer);
  const state = changetype<RowsState>(statePointer);
  openTables(request.tables, 0);
  const status = readHeader(request, true);
  if (status < 0) return status;
  state.mcu = 0;
  state.lostEnd = 0;
  state.intervalEnd = restartInterval == 0 ? total : min(restartInterval, total);
  state.bit = 0;
  state.expected = 0;
  state.numbers = 0;
  for (let index: i32 = 0; index < 4; index++) storePrediction(state, index, 0);
  return statusOk;
}

/** Reads the segments in front of a scan; those of tables only if they are to be built. */
function readHeader(request: DecodeRequest, buildsTables: bool): i32 {
  const end = request.bytes + request.byteLength;
  closeFrame();
  placeStandardTables(request.standardTables, request.standardTables + request.standardTableBytes);
  if (!openSegments(request.bytes, end)) return statusCorrupt;
  while (true) {
    const marker = nextSegment(end);
    if (marker < 0) return marker;
    if (marker == 0xd8) return statusCorrupt;
    if (marker == 0xd9) return statusTruncated;
    if (marker == 0xda) break;
    let status: i32 = statusOk;
    if (isFrameMarker(marker)) {
      status = processStatus(marker);
      if (status == statusOk && marker == 0xc2) status = statusScanSeparate;
      if (status == statusOk) status = readFrame(marker, segment, segmentEnd, request);
    } else if (buildsTables || marker == 0xdd) status = readTableSegment(marker, request.tables);
    if (status < 0) return status;
  }
  if (componentCount == 0) return statusCorrupt;
  const status = readScanHeader(segment, segmentEnd, request.tables);
  if (status < 0) return status;
  if (memberCount != componentCount) return statusScanSeparate;
  measureScan();
  return statusOk;
}

function measureScan(): void {
  const isInterleaved = memberCount > 1;
  across = isInterleaved ? mcusAcross : member(0).blocksAcross;
  total = across * (isInterleaved ? mcusDown : member(0).blocksDown);
  let blocks: i32 = isInterleaved ? 0 : 1;
  for (let index: i32 = 0; index < memberCount && isInterleaved; index++) {
    blocks += member(index).horizontal * member(index).vertical;
  }
  mcuBits = blocks * blockBits;
}

/**
 * Decodes MCUs up to the goal into what the request needs of them, as far as the window surely holds them, and marks
 * the rows that damage took. Returns `statusOk` at the goal, `rowsMore`, `rowsCount` or a status below 0; the state says
 * where to go on.
 */
export function decodeJpegRows(requestPointer: usize, statePointer: usize): i32 {
  const request = changetype<DecodeRequest>(requestPointer);
  const state = changetype<RowsState>(statePointer);
  clearCoefficients();
  clearMarks();
  const status = readHeader(request, false);
  if (status < 0) return status;
  for (let index: i32 = 0; index < memberCount; index++) member(index).prediction = loadPrediction(state, index);
  const outcome = goOn(state, request);
  for (let index: i32 = 0; index < memberCount; index++) storePrediction(state, index, member(index).prediction);
  return outcome;
}

function goOn(state: RowsState, request: DecodeRequest): i32 {
  const goal = min(state.goal, total);
  while (state.mcu < goal) {
    if (state.mcu < state.lostEnd) {
      const last = min(state.lostEnd, goal);
      loseMcus(state.mcu, last, across, request.reduction, false);
      state.mcu = last;
    } else {
      const outcome = state.mcu == state.intervalEnd ? nextInterval(state) : decodePiece(state, request);
      if (outcome != statusOk) return outcome;
    }
  }
  return statusOk;
}

/** Decodes some MCUs of an interval: from a piece of its data, as far as the piece has them whole or nothing follows it. */
function decodePiece(state: RowsState, request: DecodeRequest): i32 {
  const from = state.position;
  const end = min(from + pieceBytes, state.windowEnd);
  const stop = unstuff(from, end, request.workspace + jpegRowsBytes);
  const isWhole = stop + 1 < end || (end == state.windowEnd && state.isLast != 0);
  const bits = bitsLeft();
  if (state.bit > 0) {
    refill();
    dropBits(state.bit);
  }
  const first = state.mcu;
  const last = min(state.intervalEnd, state.goal);
  let isDamaged = false;
  while (state.mcu < last && !isDamaged) {
    const held = isWhole ? last - state.mcu : bitsLeft() / mcuBits;
    if (held <= 0) break;
    const until = min(last, state.mcu + held);
    state.mcu = memberCount > 1
      ? decodeInterleaved(state.mcu, until, across, request.reduction)
      : decodeAlone(state.mcu, until, across, request.reduction);
    isDamaged = state.mcu < until;
  }
  if (isDamaged) {
    clearCoefficients();
    state.lostEnd = state.intervalEnd;
  }
  if (isDamaged || (isWhole && state.mcu == state.intervalEnd)) {
    state.position = stop;
    state.bit = 0;
  } else {
    const taken = bits - bitsLeft();
    state.position = passBytes(from, taken >>> 3);
    state.bit = taken & 7;
  }
  const isStuck = !isDamaged && state.mcu == first;
  return isStuck ? rowsMore : statusOk;
}

/** Goes to the next restart interval, passing over what is left of the last one. */
function nextInterval(state: RowsState): i32 {
  if (restartInterval == 0) return statusCorrupt;
  const end = state.windowEnd;
  const isLast = state.isLast != 0;
  const left = (total - state.mcu + restartInterval - 1) / restartInterval;
  resumeRestarts(state.expected, state.numbers, isLast);
  const lost = nextRestart(findMarker(state.position, end), end, left);
  state.position = restartPosition;
  state.bit = 0;
  if (lost == restartUncounted) return rowsCount;
  if (lost == restartNone && restartPosition + 1 >= end && !isLast) return rowsMore;
  state.expected = expectedRestart;
  state.numbers = restartNumbers();
  state.lostEnd = lost < 0 ? total : min(state.mcu + lost * restartInterval, total);
  state.intervalEnd = min(state.lostEnd + restartInterval, total);
  for (let index: i32 = 0; index < memberCount; index++) member(index).prediction = 0;
  return statusOk;
}

// @ts-ignore: decorator
@inline
function loadPrediction(state: RowsState, index: i32): i32 {
  return load<i32>(changetype<usize>(state) + (index << 2), offsetof<RowsState>("prediction0"));
}

// @ts-ignore: decorator
@inline
function storePrediction(state: RowsState, index: i32, prediction: i32): void {
  store<i32>(changetype<usize>(state) + (index << 2), prediction, offsetof<RowsState>("prediction0"));
}
