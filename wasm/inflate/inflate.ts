// Inflates a zlib stream that is fed in pieces, and gives its bytes in pieces. One at a time: its state is here.
// Whatever comes after the last block is ignored: bytes behind the stream, and a checksum that differs, as in readers
// that stop when they have enough. Source: RFC 1950, RFC 1951.

import { alignToByte, inputEnd, inputNext, inputSlackBytes, isOverdrawn, openInput, returnBytes, storeBits, takeBits } from "./bits";
import { blockHeadBytes, openFixedCodes, readCodes } from "./block";
import { statusBroken, statusCutOff, statusEnded, statusFed, statusFull, statusOn } from "./status";
import { inflateSymbols, openOutput, outputNext, outputSlackBytes } from "./symbols";

/** The most bytes that are fed at once. */
export const inflatePieceBytes: i32 = 16384;
/** How far back a run may lie. */
const windowBytes: usize = 32768;
/** The most bytes that are given at once. */
const freshBytes: usize = 32768;

// The workspace: input with what is left of the piece before, then output with what came before.
const inputBytes: usize = (<usize>inflatePieceBytes + blockHeadBytes + inputSlackBytes + 15) & ~15;
const outputBytes: usize = windowBytes + freshBytes + outputSlackBytes;
/** The size of the workspace. */
export const inflateWorkBytes: i32 = <i32>((inputBytes + outputBytes + 15) & ~15);

const partHead: i32 = 0;
const partBlock: i32 = 1;
const partStored: i32 = 2;
const partSymbols: i32 = 3;
const partEnd: i32 = 4;

let part: i32 = partHead;
let isLastPiece: bool = false;
let isLastBlock: bool = false;
let storedLeft: usize = 0;
let work: usize = 0;
/** Where the bytes are that the last call of `inflate` gave. */
export let inflatedFrom: usize = 0;
/** Where they end. */
export let inflatedEnd: usize = 0;

/** Begins a stream in `inflateWorkBytes` bytes at `workspace`. */
export function openInflate(workspace: usize): void {
  work = workspace;
  part = partHead;
  isLastPiece = false;
  isLastBlock = false;
  storeBits(0, 0, work);
  openInput(work, work);
  openOutput(work + inputBytes);
}

/** Returns where the next piece goes, after what is left of the one before. */
export function inflateRoom(): usize {
  // A stored block counts its bytes from where the buffer has not got to yet.
  returnBytes();
  const left = inputEnd > inputNext ? inputEnd - inputNext : 0;
  memory.copy(work, inputNext, left);
  openInput(work, work + left);
  return inputEnd;
}

/** Feeds the `byteLength` bytes that are where the piece goes. */
export function feedInflate(byteLength: i32, isLast: bool): void {
  openInput(inputNext, inputEnd + byteLength);
  memory.fill(inputEnd, 0, inputSlackBytes);
  isLastPiece = isLast;
}

/** Gives more bytes, between `inflatedFrom` and `inflatedEnd` until the next call, and returns a status. */
export function inflate(): i32 {
  const history = work + inputBytes;
  const stop = history + windowBytes + freshBytes;
  if (outputNext >= stop) {
    memory.copy(history, outputNext - windowBytes, windowBytes);
    openOutput(history + windowBytes);
  }
  inflatedFrom = outputNext;
  let status: i32;
  do {
    status = inflatePart(history, stop);
  } while (status == statusOn);
  inflatedEnd = outputNext;
  return status;
}

function inflatePart(history: usize, stop: usize): i32 {
  if (part == partEnd) return statusEnded;
  if (outputNext >= stop) return statusFull;
  if (part == partStored) return inflateStored(stop);
  if (part == partSymbols) {
    const status = inflateSymbols(history, stop, isLastPiece);
    if (status != statusEnded) return status;
    endBlock();
    return statusOn;
  }
  if (!isLastPiece && inputNext + blockHeadBytes > inputEnd) return statusFed;
  const isRead = part == partHead ? openStream() : openBlock();
  return isOverdrawn() ? statusCutOff : isRead ? statusOn : statusBroken;
}

/** Reads the head of the stream: Deflate, a window of at most 32 KB, no dictionary. Source: RFC 1950 section 2.2. */
function openStream(): bool {
  const method = takeBits(8);
  const flags = takeBits(8);
  part = partBlock;
  return (method & 15) == 8 && method >> 4 <= 7 && ((method << 8) | flags) % 31 == 0 && (flags & 0x20) == 0;
}

function openBlock(): bool {
  isLastBlock = takeBits(1) == 1;
  const kind = takeBits(2);
  if (kind == 0) {
    alignToByte();
    const length = takeBits(16);
    const complement = takeBits(16);
    alignToByte();
    storedLeft = length;
    part = partStored;
    return (length ^ complement) == 0xffff;
  }
  part = partSymbols;
  if (kind == 1) openFixedCodes();
  return kind == 1 || (kind == 2 && readCodes());
}

function inflateStored(stop: usize): i32 {
  const byteLength = min(storedLeft, min(inputEnd - inputNext, stop - outputNext));
  memory.copy(outputNext, inputNext, byteLength);
  openInput(inputNext + byteLength, inputEnd);
  openOutput(outputNext + byteLength);
  storedLeft -= byteLength;
  if (storedLeft == 0) {
    endBlock();
    return statusOn;
  }
  if (inputNext < inputEnd) return statusOn;
  return isLastPiece ? statusCutOff : statusFed;
}

function endBlock(): void {
  part = isLastBlock ? partEnd : partBlock;
}
