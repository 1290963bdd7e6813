import { alignWritten, storeWritten, writeBits, writtenBits, writtenCount, writtenCursor } from "./bits";
import { storedMaximum, writeBlock } from "./block";
import { adler32, buildCrcTable, crc32, crcTableBytes } from "./checksum";
import { chooseFilter, filterRow, none, rowLead, sub } from "./filter";
import { findSequences, hashTableBytes, Prices, shortestMatch, windowBytes } from "./matches";
import { layOutRow } from "./row";
import { sequenceBytes } from "./sequences";

/** One encoder; the caller fills the first words, the rest is the kernel's. */
@unmanaged
class Encoder {
  /** Pixels per row and bits per sample, 8 or 1. */
  width: i32;
  bitDepth: i32;
  /** Samples per pixel: gray or RGB, and alpha. */
  samples: i32;
  /** 0 for PNG's filters, each row after the byte that names its own; else the value of TIFF's Predictor: 1 none, 2 horizontal. */
  predictor: i32;
  /** Rows that have not been taken yet. */
  rows: i32;
  /** The next row of gray or red, of green, blue and alpha, 0 if there is none, and their strides. */
  red: usize;
  green: usize;
  blue: usize;
  alpha: usize;
  redStride: usize;
  greenStride: usize;
  blueStride: usize;
  alphaStride: usize;
  /** Where the data of a chunk is written; room for its length and type is before it. */
  data: usize;

  /** Bytes per row, and per pixel as filters see it. */
  rowBytes: usize;
  pixelBytes: usize;
  /**
   * The last row and the next one unfiltered, and the next one filtered, with the part that is not yet in the window.
   */
  previous: usize;
  current: usize;
  filtered: usize;
  filteredAt: usize;
  filteredEnd: usize;
  /**
   * Converts a pointer into the window to a position in the stream; where the next block begins, and its end so far.
   */
  drift: usize;
  blockStart: usize;
  windowEnd: usize;
  adler: u32;
  /** Where the next byte of the stream goes, and the pending bits. */
  cursor: usize;
  bits: u64;
  bitCount: u64;
  /** Whether the last call returned the data. */
  isGiven: bool;
}

/** Bytes that are deflated as one block: each block has its own codes. */
const blockBytes: usize = storedMaximum;
/** Data is returned from this many bytes on. */
const dataMinimum: usize = 65536;
/** A block takes at most 5 bytes more than its content, when it is stored. */
const dataBytes: usize = dataMinimum + blockBytes + 64;
/** Space after blocks of memory that vectors may read and write past. */
const slack: usize = 64;

const crcTableOffset: usize = (offsetof<Encoder>() + 15) & ~15;
const pricesOffset: usize = crcTableOffset + crcTableBytes;
const hashTableOffset: usize = (pricesOffset + offsetof<Prices>() + 15) & ~15;
const sequencesOffset: usize = hashTableOffset + hashTableBytes;
const windowOffset: usize = sequencesOffset + (blockBytes / shortestMatch + 1) * sequenceBytes;
const windowCapacity: usize = windowBytes + blockBytes;
const dataOffset: usize = windowOffset + windowCapacity + slack;
const rowsOffset: usize = dataOffset + dataBytes + slack;

// @ts-ignore: decorator
@inline
function rowSpace(rowBytes: usize): usize {
  return (rowLead + rowBytes + slack + 15) & ~15;
}

function rowBytesOf(width: i32, samples: i32, bitDepth: i32): usize {
  return <usize>((<u64>width * samples * bitDepth + 7) >> 3);
}

/** Returns the size of an encoder: it holds three rows, whatever the height of the picture. */
export function pngEncoderBytes(width: i32, samples: i32, bitDepth: i32): usize {
  return rowsOffset + 3 * rowSpace(rowBytesOf(width, samples, bitDepth));
}

/** Resets an encoder whose width, depth, samples and predictor are set. Source: PNG third edition, section 10; RFC 1950. */
export function openPngEncoder(pointer: usize): void {
  const encoder = changetype<Encoder>(pointer);
  const rowBytes = rowBytesOf(encoder.width, encoder.samples, encoder.bitDepth);
  const space = rowSpace(rowBytes);
  const rows = pointer + rowsOffset;
  memory.fill(rows, 0, 3 * space);
  memory.fill(pointer + hashTableOffset, 0, hashTableBytes);
  buildCrcTable(pointer + crcTableOffset);
  encoder.rows = 0;
  encoder.rowBytes = rowBytes;
  encoder.pixelBytes = encoder.bitDepth == 1 ? 1 : encoder.samples;
  encoder.previous = rows + rowLead;
  encoder.current = encoder.previous + space;
  encoder.filtered = encoder.current + space;
  encoder.filteredAt = encoder.filtered;
  encoder.filteredEnd = encoder.filtered;
  // What a match may refer to is before a block; the first block has nothing there.
  encoder.blockStart = pointer + windowOffset + windowBytes;
  encoder.windowEnd = encoder.blockStart;
  encoder.drift = 0 - encoder.blockStart;
  const prices = changetype<Prices>(pointer + pricesOffset);
  prices.literal = 5 << 4;
  prices.match = 11 << 4;
  encoder.adler = 1;
  encoder.data = pointer + dataOffset;
  encoder.isGiven = false;
  // Deflate with a window of 32 KiB, fastest algorithm: 0x7801 is a multiple of 31.
  store<u16>(encoder.data, 0x0178);
  encoder.cursor = encoder.data + 2;
  encoder.bits = 0;
  encoder.bitCount = 0;
}

/** Takes rows until there is enough data for a chunk and returns its size, or until none are left and returns 0. */
export function encodePng(pointer: usize): usize {
  const encoder = changetype<Encoder>(pointer);
  takeBack(encoder);
  const windowLimit = pointer + windowOffset + windowCapacity;
  while (true) {
    while (encoder.filteredAt < encoder.filteredEnd) {
      if (encoder.windowEnd == windowLimit) {
        deflateBlock(pointer, encoder, false);
        if (encoder.cursor - encoder.data >= dataMinimum) return giveOut(encoder);
      }
      const byteLength = min(windowLimit - encoder.windowEnd, encoder.filteredEnd - encoder.filteredAt);
      memory.copy(encoder.windowEnd, encoder.filteredAt, byteLength);
      encoder.windowEnd += byteLength;
      encoder.filteredAt += byteLength;
    }
    if (encoder.rows == 0) return 0;
    takeRow(encoder);
  }
}

/** Ends the stream of at least one row; returns the size of the last data. */
export function finishPng(pointer: usize): usize {
  const encoder = changetype<Encoder>(pointer);
  takeBack(encoder);
  deflateBlock(pointer, encoder, true);
  storeWritten(encoder.bits, encoder.bitCount, encoder.cursor);
  alignWritten();
  writeBits(bswap(encoder.adler), 32);
  encoder.cursor = writtenCursor;
  return giveOut(encoder);
}

/** Completes a chunk whose type and data are at `data - 4`: its length before, its CRC after. */
export function sealPngChunk(pointer: usize, byteLength: usize): void {
  const data = changetype<Encoder>(pointer).data;
  store<u32>(data - 8, bswap(<u32>byteLength));
  store<u32>(data + byteLength, bswap(crc32(pointer + crcTableOffset, data - 4, byteLength + 4)));
}

function giveOut(encoder: Encoder): usize {
  encoder.isGiven = true;
  return encoder.cursor - encoder.data;
}

/** Clears the data after it was returned. */
function takeBack(encoder: Encoder): void {
  if (encoder.isGiven) encoder.cursor = encoder.data;
  encoder.isGiven = false;
}

/** Lays out and filters the next row. */
function takeRow(encoder: Encoder): void {
  const row = encoder.current;
  const rowBytes = encoder.rowBytes;
  layOutRow(encoder.red, encoder.green, encoder.blue, encoder.alpha, row, encoder.width, encoder.bitDepth);
  v128.store(row + rowBytes, i8x16.splat(0));
  filterRow(filterOf(encoder), row, encoder.previous, encoder.pixelBytes, rowBytes, encoder.filtered);
  encoder.filteredAt = encoder.filtered + (encoder.predictor == 0 ? 0 : 1);
  encoder.filteredEnd = encoder.filtered + rowBytes + 1;
  encoder.adler = adler32(encoder.adler, encoder.filteredAt, encoder.filteredEnd - encoder.filteredAt);
  encoder.current = encoder.previous;
  encoder.previous = row;
  encoder.red += encoder.redStride;
  encoder.green += encoder.greenStride;
  encoder.blue += encoder.blueStride;
  encoder.alpha += encoder.alphaStride;
  encoder.rows--;
}

/** TIFF's horizontal differencing of bytes is PNG's filter Sub. Source: TIFF 6.0 section 14. */
function filterOf(encoder: Encoder): i32 {
  if (encoder.predictor != 0) return encoder.predictor == 2 ? sub : none;
  // Bytes with eight pixels each say nothing about their neighbours.
  if (encoder.bitDepth == 1) return none;
  return chooseFilter(encoder.current, encoder.previous, encoder.pixelBytes, encoder.rowBytes);
}

/** Deflates what was added to the window since the last block, and moves the window on. */
function deflateBlock(pointer: usize, encoder: Encoder, isLast: bool): void {
  const start = encoder.blockStart;
  const end = encoder.windowEnd;
  const sequences = pointer + sequencesOffset;
  const hashes = pointer + hashTableOffset;
  const prices = changetype<Prices>(pointer + pricesOffset);
  const sequencesEnd = findSequences(start, end, encoder.drift, hashes, prices, sequences);
  storeWritten(encoder.bits, encoder.bitCount, encoder.cursor);
  writeBlock(start, end, sequences, sequencesEnd, isLast, prices);
  encoder.bits = writtenBits;
  encoder.bitCount = writtenCount;
  encoder.cursor = writtenCursor;
  const window = pointer + windowOffset;
  const left = end - windowBytes;
  memory.copy(window, left, windowBytes);
  encoder.drift += left - window;
  encoder.blockStart = window + windowBytes;
  encoder.windowEnd = encoder.blockStart;
}
