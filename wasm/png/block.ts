// One block of a deflate stream, in whichever of its three kinds takes the fewest bits. Source: RFC 1951 section 3.2.
import { alignWritten, storeWritten, writeBits, writtenBits, writtenCount, writtenCursor } from "./bits";
import { buildCodes, buildLengths, weighLengths } from "./huffman";
import { sequenceBytes } from "./matches";

/** Symbols of literals and match lengths, two of them only in the fixed code; of distances; and of code lengths. */
const literalSymbols: usize = 288;
const distanceSymbols: usize = 30;
const lengthSymbols: usize = 19;
const endOfBlock: usize = 256;
/** Four literals of 14 bits each and 7 bits that wait fit into 64. */
const literalLimit: i32 = 14;
const distanceLimit: i32 = 15;
const lengthLimit: i32 = 7;
/** The most bytes of a stored block. */
const storedMaximum: usize = 65535;

const literalCounts = memory.data(288 * 4, 16);
/** A second set of counts: two equal literals in a row need not wait for each other. */
const otherCounts = memory.data(256 * 4, 16);
const distanceCounts = memory.data(32 * 4, 16);
const lengthCounts = memory.data(20 * 4, 16);
/** Code lengths of literals, behind them those of distances: the two are sent as one list. */
const lengths = memory.data(320, 16);
const distanceLengths = memory.data(32, 16);
const lengthLengths = memory.data(32, 16);
const literalCodes = memory.data(288 * 4, 16);
const distanceCodes = memory.data(32 * 4, 16);
const lengthCodes = memory.data(20 * 4, 16);
/** For each match length its code with the extra bits behind it, `bits << 5 | count`. */
const matchCodes = memory.data(259 * 4, 16);
/** The list of code lengths with its runs packed, `symbol << 8 | extra` each. */
const packedLengths = memory.data(320 * 2, 16);
/** The order in which the lengths of the code of code lengths are sent. Source: RFC 1951 section 3.2.7. */
const lengthOrder = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);

/** Returns the symbol of a match length, 3 to 258. Source: RFC 1951 section 3.2.5. */
// @ts-ignore: decorator
@inline
function lengthSymbolOf(length: u32): u32 {
  const value = length - 3;
  if (value < 8) return 257 + value;
  if (length == 258) return 285;
  const extra = 29 - clz(value);
  return 257 + (extra << 2) + (value >>> extra);
}

/** Returns how many extra bits follow the symbol of a match length. */
// @ts-ignore: decorator
@inline
function lengthExtraOf(length: u32): u32 {
  return length < 11 || length == 258 ? 0 : 29 - clz(length - 3);
}

/** Returns how many extra bits follow the symbol of a distance. */
// @ts-ignore: decorator
@inline
function distanceExtraOf(distance: u32): u32 {
  return distance < 5 ? 0 : 30 - clz(distance - 1);
}

/** Returns the symbol of a distance, 1 to 32768. Source: RFC 1951 section 3.2.5. */
// @ts-ignore: decorator
@inline
function distanceSymbolOf(distance: u32, extra: u32): u32 {
  return (extra << 1) + ((distance - 1) >>> extra);
}

/** What a block's extra bits take, and in sixteenths of a bit what one of its literals took. */
let extraBits: u32 = 0;
export let literalCost: u32 = 0;

/** Writes the bytes from `start` to `end` as one block of the sequences up to `sequencesEnd`. */
export function writeBlock(start: usize, end: usize, sequences: usize, sequencesEnd: usize, isLast: bool): void {
  countSymbols(start, sequences, sequencesEnd);
  buildLengths(literalCounts, literalSymbols, literalLimit, lengths);
  buildLengths(distanceCounts, distanceSymbols, distanceLimit, distanceLengths);
  weighLiterals();
  const literalCount = usedSymbols(lengths, literalSymbols, 257);
  const distanceCount = usedSymbols(distanceLengths, distanceSymbols, 1);
  memory.copy(lengths + literalCount, distanceLengths, distanceCount);
  const packedEnd = packLengths(literalCount + distanceCount);
  buildLengths(lengthCounts, lengthSymbols, lengthLimit, lengthLengths);
  let lengthCount = lengthSymbols;
  while (load<u8>(lengthLengths + load<u8>(lengthOrder + lengthCount - 1)) == 0) lengthCount--;

  const dynamicBits: u32 =
    14 +
    3 * <u32>lengthCount +
    weighLengths(lengthCounts, lengthLengths, lengthSymbols) +
    packedBits +
    weighLengths(literalCounts, lengths, literalCount) +
    weighLengths(distanceCounts, distanceLengths, distanceSymbols) +
    extraBits;
  const storedBits: u32 = <u32>((end - start) << 3) + 40 * <u32>((end - start) / storedMaximum + 1);
  if (storedBits < dynamicBits && storedBits < weighFixed()) {
    writeStored(start, end, isLast);
    return;
  }
  if (weighFixed() <= dynamicBits) {
    writeBits(isLast ? 3 : 2, 3);
    fixLengths();
  } else {
    writeBits(isLast ? 5 : 4, 3);
    writeHeader(literalCount, distanceCount, lengthCount, packedEnd);
    memory.fill(lengths + literalCount, 0, literalSymbols - literalCount);
  }
  buildCodes(lengths, literalSymbols, literalCodes);
  buildCodes(distanceLengths, distanceSymbols, distanceCodes);
  buildMatchCodes();
  writeSequences(start, sequences, sequencesEnd);
}

/** Counts the symbols of a block and its extra bits. */
function countSymbols(start: usize, sequences: usize, sequencesEnd: usize): void {
  memory.fill(literalCounts, 0, 288 * 4);
  memory.fill(otherCounts, 0, 256 * 4);
  memory.fill(distanceCounts, 0, 32 * 4);
  let extra: u32 = 0;
  let at = start;
  for (let sequence = sequences; sequence < sequencesEnd; sequence += sequenceBytes) {
    const runEnd = at + load<u32>(sequence);
    for (; at + 2 <= runEnd; at += 2) {
      count(literalCounts, load<u8>(at));
      count(otherCounts, load<u8>(at, 1));
    }
    if (at < runEnd) count(literalCounts, load<u8>(at++));
    const length = <u32>load<u16>(sequence, 4);
    if (length == 0) break;
    const distance = <u32>load<u16>(sequence, 6);
    const distanceExtra = distanceExtraOf(distance);
    count(literalCounts, lengthSymbolOf(length));
    count(distanceCounts, distanceSymbolOf(distance, distanceExtra));
    extra += lengthExtraOf(length) + distanceExtra;
    at += length;
  }
  for (let offset: usize = 0; offset < 256 * 4; offset += 16) {
    v128.store(literalCounts + offset, i32x4.add(v128.load(literalCounts + offset), v128.load(otherCounts + offset)));
  }
  store<u32>(literalCounts + (endOfBlock << 2), 1);
  extraBits = extra;
}

// @ts-ignore: decorator
@inline
function count(counts: usize, symbol: u32): void {
  const counted = counts + (<usize>symbol << 2);
  store<u32>(counted, load<u32>(counted) + 1);
}

/** Finds what a literal takes on average. */
function weighLiterals(): void {
  let literals: u32 = 0;
  for (let symbol: usize = 0; symbol < 256; symbol++) literals += load<u32>(literalCounts + (symbol << 2));
  if (literals != 0) literalCost = (weighLengths(literalCounts, lengths, 256) << 4) / literals;
}

/** Returns how many symbols are left without the unused ones at the end, `least` at least. */
function usedSymbols(symbolLengths: usize, symbolCount: usize, least: usize): usize {
  let used = symbolCount;
  while (used > least && load<u8>(symbolLengths + used - 1) == 0) used--;
  return used;
}

let packedBits: u32 = 0;

/** Packs the runs in the list of code lengths and counts its symbols; returns the end. Source: RFC 1951 section 3.2.7. */
function packLengths(listed: usize): usize {
  memory.fill(lengthCounts, 0, 20 * 4);
  packedBits = 0;
  let to = packedLengths;
  for (let at: usize = 0; at < listed; ) {
    const length = <u32>load<u8>(lengths + at);
    let run: usize = 1;
    while (at + run < listed && load<u8>(lengths + at + run) == length) run++;
    at += run;
    if (length != 0) {
      to = packLength(to, length, 0, 0);
      for (run--; run >= 3; ) {
        const repeated = min<usize>(run, 6);
        to = packLength(to, 16, <u32>repeated - 3, 2);
        run -= repeated;
      }
    } else {
      while (run >= 3) {
        const repeated = min<usize>(run, 138);
        to = repeated < 11 ? packLength(to, 17, <u32>repeated - 3, 3) : packLength(to, 18, <u32>repeated - 11, 7);
        run -= repeated;
      }
    }
    for (; run > 0; run--) to = packLength(to, length, 0, 0);
  }
  return to;
}

function packLength(to: usize, symbol: u32, extra: u32, bits: u32): usize {
  store<u16>(to, (symbol << 8) | extra);
  count(lengthCounts, symbol);
  packedBits += bits;
  return to + 2;
}

/** Writes the codes of a dynamic block. Source: RFC 1951 section 3.2.7. */
function writeHeader(literalCount: usize, distanceCount: usize, lengthCount: usize, packedEnd: usize): void {
  writeBits(literalCount - 257, 5);
  writeBits(distanceCount - 1, 5);
  writeBits(lengthCount - 4, 4);
  for (let index: usize = 0; index < lengthCount; index++) {
    writeBits(load<u8>(lengthLengths + load<u8>(lengthOrder + index)), 3);
  }
  buildCodes(lengthLengths, lengthSymbols, lengthCodes);
  for (let at = packedLengths; at < packedEnd; at += 2) {
    const packed = <u32>load<u16>(at);
    const symbol = packed >>> 8;
    writeCode(lengthCodes, symbol);
    if (symbol >= 16) writeBits(packed & 255, symbol == 16 ? 2 : symbol == 17 ? 3 : 7);
  }
}

function writeCode(codes: usize, symbol: u32): void {
  const code = load<u32>(codes + (<usize>symbol << 2));
  writeBits(code >>> 5, code & 31);
}

/** Sets the lengths of the fixed codes. Source: RFC 1951 section 3.2.6. */
function fixLengths(): void {
  memory.fill(lengths, 8, 144);
  memory.fill(lengths + 144, 9, 112);
  memory.fill(lengths + 256, 7, 24);
  memory.fill(lengths + 280, 8, 8);
  memory.fill(distanceLengths, 5, distanceSymbols);
}

/** Returns the bits of a block with the fixed codes. */
function weighFixed(): u32 {
  let bits = extraBits;
  for (let symbol: usize = 0; symbol < literalSymbols; symbol++) {
    const length: u32 = symbol < 144 || symbol >= 280 ? 8 : symbol < 256 ? 9 : 7;
    bits += load<u32>(literalCounts + (symbol << 2)) * length;
  }
  for (let symbol: usize = 0; symbol < distanceSymbols; symbol++) bits += load<u32>(distanceCounts + (symbol << 2)) * 5;
  return bits;
}

/** Puts the code of every match length together with the extra bits behind it. */
function buildMatchCodes(): void {
  for (let length: u32 = 3; length <= 258; length++) {
    const code = load<u32>(literalCodes + (lengthSymbolOf(length) << 2));
    const extra = lengthExtraOf(length);
    const value = (length - 3) & ((1 << extra) - 1);
    store<u32>(matchCodes + (length << 2), (((value << (code & 31)) | (code >>> 5)) << 5) | ((code & 31) + extra));
  }
}

/** Writes all symbols of a block and its end. */
function writeSequences(start: usize, sequences: usize, sequencesEnd: usize): void {
  let bits = writtenBits;
  let written = writtenCount;
  let cursor = writtenCursor;
  let at = start;
  for (let sequence = sequences; sequence < sequencesEnd; sequence += sequenceBytes) {
    const runEnd = at + load<u32>(sequence);
    for (; at + 4 <= runEnd; at += 4) {
      const four = load<u32>(at);
      const first = load<u32>(literalCodes + ((four & 255) << 2));
      const second = load<u32>(literalCodes + (((four >>> 8) & 255) << 2));
      const third = load<u32>(literalCodes + (((four >>> 16) & 255) << 2));
      const fourth = load<u32>(literalCodes + ((four >>> 24) << 2));
      bits |= <u64>(first >>> 5) << written;
      written += first & 31;
      bits |= <u64>(second >>> 5) << written;
      written += second & 31;
      bits |= <u64>(third >>> 5) << written;
      written += third & 31;
      bits |= <u64>(fourth >>> 5) << written;
      written += fourth & 31;
      store<u64>(cursor, bits);
      cursor += <usize>(written >> 3);
      bits >>= written & 0x38;
      written &= 7;
    }
    for (; at < runEnd; at++) {
      const code = load<u32>(literalCodes + (<usize>load<u8>(at) << 2));
      bits |= <u64>(code >>> 5) << written;
      written += code & 31;
      store<u64>(cursor, bits);
      cursor += <usize>(written >> 3);
      bits >>= written & 0x38;
      written &= 7;
    }
    const length = <u32>load<u16>(sequence, 4);
    if (length == 0) break;
    const distance = <u32>load<u16>(sequence, 6);
    const extra = distanceExtraOf(distance);
    const match = load<u32>(matchCodes + (length << 2));
    const code = load<u32>(distanceCodes + (distanceSymbolOf(distance, extra) << 2));
    bits |= <u64>(match >>> 5) << written;
    written += match & 31;
    bits |= <u64>(code >>> 5) << written;
    written += code & 31;
    bits |= <u64>((distance - 1) & ((1 << extra) - 1)) << written;
    written += extra;
    store<u64>(cursor, bits);
    cursor += <usize>(written >> 3);
    bits >>= written & 0x38;
    written &= 7;
    at += length;
  }
  storeWritten(bits, written, cursor);
  writeCode(literalCodes, <u32>endOfBlock);
}

/** Writes bytes as they are. Source: RFC 1951 section 3.2.4. */
function writeStored(start: usize, end: usize, isLast: bool): void {
  for (let at = start; at < end; ) {
    const length = min(end - at, storedMaximum);
    writeBits(isLast && at + length == end ? 1 : 0, 3);
    alignWritten();
    writeBits(length | ((length ^ 0xffff) << 16), 32);
    memory.copy(writtenCursor, at, length);
    storeWritten(0, 0, writtenCursor + length);
    at += length;
  }
}
