// One block of a deflate stream, in whichever of its three kinds takes the fewest bits. Source: RFC 1951 section 3.2.
import { alignWritten, storeWritten, writeBits, writtenCursor } from "./bits";
import { packLengths, writePackedLengths } from "./code-lengths";
import { buildCodes, buildLengths, countSymbol, weighLengths, writeSymbol } from "./huffman";
import { Prices } from "./matches";
import { sequenceBytes, writeSequences } from "./sequences";
import { distanceExtraOf, distanceSymbolOf, lengthExtraOf, lengthSymbolOf } from "./symbols";

/** Symbols of literals and match lengths, two of them only in the fixed code, and of distances. */
const literalSymbols: usize = 288;
const distanceSymbols: usize = 30;
const endOfBlock: usize = 256;
/** Four literals of 14 bits each and 7 pending bits fit into 64. */
const literalLimit: i32 = 14;
const distanceLimit: i32 = 15;
/** The most bytes of a stored block, and so of any here. */
export const storedMaximum: usize = 65535;
/** The assumed maximum cost of a match besides its extra bits, in sixteenths of a bit: a rare match is expensive. */
const highestPrice: u32 = 12 << 4;

const literalCounts = memory.data(288 * 4, 16);
/** A second set of counts: two equal literals in a row need not wait for each other. */
const otherCounts = memory.data(256 * 4, 16);
const distanceCounts = memory.data(32 * 4, 16);
/** Code lengths of literals, followed by those of distances: the two are sent as one list. */
const lengths = memory.data(320, 16);
const distanceLengths = memory.data(32, 16);
const literalCodes = memory.data(288 * 4, 16);
const distanceCodes = memory.data(32 * 4, 16);
/** The number of a block's extra bits. */
let extraBits: u32 = 0;

/**
 * Writes the bytes from `start` to `end`, `storedMaximum` at most, as one block of the sequences up to `sequencesEnd`,
 * and sets the prices for the next.
 */
export function writeBlock(
  start: usize,
  end: usize,
  sequences: usize,
  sequencesEnd: usize,
  isLast: bool,
  prices: Prices,
): void {
  countSymbols(start, sequences, sequencesEnd);
  buildLengths(literalCounts, literalSymbols, literalLimit, lengths);
  buildLengths(distanceCounts, distanceSymbols, distanceLimit, distanceLengths);
  updatePrices(prices);
  const literalCount = usedSymbols(lengths, literalSymbols, 257);
  const distanceCount = usedSymbols(distanceLengths, distanceSymbols, 1);
  memory.copy(lengths + literalCount, distanceLengths, distanceCount);
  const dynamicBits: u32 =
    packLengths(lengths, literalCount + distanceCount) +
    weighLengths(literalCounts, lengths, literalCount) +
    weighLengths(distanceCounts, distanceLengths, distanceSymbols) +
    extraBits;
  const fixedBits = weighFixed();
  if (storedBitsOf(end - start) < min(dynamicBits, fixedBits)) {
    writeStored(start, end, isLast);
    return;
  }
  if (fixedBits <= dynamicBits) {
    writeBits(isLast ? 3 : 2, 3);
    fixLengths();
  } else {
    writeBits(isLast ? 5 : 4, 3);
    writePackedLengths(literalCount, distanceCount);
    memory.fill(lengths + literalCount, 0, literalSymbols - literalCount);
  }
  buildCodes(lengths, literalSymbols, literalCodes);
  buildCodes(distanceLengths, distanceSymbols, distanceCodes);
  writeSequences(start, sequences, sequencesEnd, literalCodes, distanceCodes);
  writeSymbol(literalCodes, <u32>endOfBlock);
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
      countSymbol(literalCounts, load<u8>(at));
      countSymbol(otherCounts, load<u8>(at, 1));
    }
    if (at < runEnd) countSymbol(literalCounts, load<u8>(at++));
    const length = <u32>load<u16>(sequence, 4);
    if (length == 0) break;
    const distance = <u32>load<u16>(sequence, 6);
    const distanceExtra = distanceExtraOf(distance);
    countSymbol(literalCounts, lengthSymbolOf(length));
    countSymbol(distanceCounts, distanceSymbolOf(distance, distanceExtra));
    extra += lengthExtraOf(length) + distanceExtra;
    at += length;
  }
  for (let offset: usize = 0; offset < 256 * 4; offset += 16) {
    v128.store(literalCounts + offset, i32x4.add(v128.load(literalCounts + offset), v128.load(otherCounts + offset)));
  }
  store<u32>(literalCounts + (endOfBlock << 2), 1);
  extraBits = extra;
}

/** Computes what literals and matches cost on average. */
function updatePrices(prices: Prices): void {
  let literals: u32 = 0;
  for (let symbol: usize = 0; symbol < 256; symbol++) literals += load<u32>(literalCounts + (symbol << 2));
  let matches: u32 = 0;
  for (let symbol: usize = 0; symbol < distanceSymbols; symbol++) matches += load<u32>(distanceCounts + (symbol << 2));
  const matchBits =
    weighLengths(distanceCounts, distanceLengths, distanceSymbols) +
    weighLengths(literalCounts + 257 * 4, lengths + 257, 29);
  if (literals != 0) prices.literal = (weighLengths(literalCounts, lengths, 256) << 4) / literals;
  if (matches != 0) prices.match = min((matchBits << 4) / matches, highestPrice);
}

/** Returns how many symbols are left without the unused ones at the end, at least `least`. */
function usedSymbols(symbolLengths: usize, symbolCount: usize, least: usize): usize {
  let used = symbolCount;
  while (used > least && load<u8>(symbolLengths + used - 1) == 0) used--;
  return used;
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

/** Returns the most bits that a stored block takes. Source: RFC 1951 section 3.2.4. */
function storedBitsOf(byteLength: usize): u32 {
  return <u32>(byteLength << 3) + 3 + 7 + 32;
}

/** Writes bytes unchanged. Source: RFC 1951 section 3.2.4. */
function writeStored(start: usize, end: usize, isLast: bool): void {
  const byteLength = end - start;
  writeBits(isLast ? 1 : 0, 3);
  alignWritten();
  writeBits(byteLength | ((byteLength ^ 0xffff) << 16), 32);
  memory.copy(writtenCursor, start, byteLength);
  storeWritten(0, 0, writtenCursor + byteLength);
}
