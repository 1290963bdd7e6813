// The header of a dynamic block: the lengths of its two codes as one list, with its runs packed, in a code of its own.
// Source: RFC 1951 section 3.2.7.
import { writeBits } from "./bits";
import { buildCodes, buildLengths, countSymbol, weighLengths, writeSymbol } from "./huffman";

const lengthSymbols: usize = 19;
const lengthLimit: i32 = 7;

const lengthCounts = memory.data(20 * 4, 16);
const lengthLengths = memory.data(32, 16);
const lengthCodes = memory.data(20 * 4, 16);
/** Symbols with their extra bits, `symbol << 8 | extra` each. */
const packedLengths = memory.data(320 * 2, 16);
/** The order in which the lengths of the code of code lengths are sent. */
const lengthOrder = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);

let packedEnd: usize = 0;
let extraBits: u32 = 0;
/** How many lengths of the code of code lengths are sent. */
let lengthCount: usize = 0;

/** Packs a list of code lengths and returns how many bits the header takes. */
export function packLengths(lengths: usize, listed: usize): u32 {
  packRuns(lengths, listed);
  buildLengths(lengthCounts, lengthSymbols, lengthLimit, lengthLengths);
  lengthCount = lengthSymbols;
  while (load<u8>(lengthLengths + load<u8>(lengthOrder + lengthCount - 1)) == 0) lengthCount--;
  return 14 + 3 * <u32>lengthCount + weighLengths(lengthCounts, lengthLengths, lengthSymbols) + extraBits;
}

/** Packs the runs in a list of code lengths and counts its symbols and extra bits. */
function packRuns(lengths: usize, listed: usize): void {
  memory.fill(lengthCounts, 0, 20 * 4);
  extraBits = 0;
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
  packedEnd = to;
}

function packLength(to: usize, symbol: u32, extra: u32, bits: u32): usize {
  store<u16>(to, (symbol << 8) | extra);
  countSymbol(lengthCounts, symbol);
  extraBits += bits;
  return to + 2;
}

/** Writes the lists packed last. */
export function writePackedLengths(literalCount: usize, distanceCount: usize): void {
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
    writeSymbol(lengthCodes, symbol);
    if (symbol >= 16) writeBits(packed & 255, symbol == 16 ? 2 : symbol == 17 ? 3 : 7);
  }
}
