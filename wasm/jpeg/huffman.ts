import { bitBuffer, dropBits, refill } from "./bits";
import { statusCorrupt, statusTruncated } from "./status";

/** Bits that one look-up of a symbol takes. */
const lookupBits: i32 = 10;
const limitsOffset: usize = 1 << (lookupBits + 1);
const basesOffset: usize = limitsOffset + 17 * 4;
const symbolsOffset: usize = basesOffset + 17 * 4;

/**
 * The size of a decoding table: the symbol of the next `lookupBits` bits as `symbol << 8 | code length`, 0 where its code
 * is longer; then for all codes the end of each length's codes left-aligned to 16 bits, what makes a code an index into
 * the symbols, and the symbols.
 */
export const huffmanTableBytes: usize = (symbolsOffset + 256 + 15) & ~15;

/**
 * The greatest supported magnitude category; 8-bit samples need 11 for DC, 10 for AC. Two symbols then fit one refill.
 */
const categoryMaximum: i32 = 12;

/** What stands for a symbol that can't be read: no code, or a value of too many bits. */
export const symbolInvalid: i32 = -1;

/**
 * Builds a decoding table from the 16 counts and the symbols at `counts`. Returns their length in bytes, or
 * `statusCorrupt`. Source: ITU-T T.81 C.2, F.2.2.3.
 */
export function buildHuffmanTable(table: usize, counts: usize, end: usize): i32 {
  if (counts + 16 > end) return statusTruncated;
  let total: i32 = 0;
  for (let length: usize = 0; length < 16; length++) total += load<u8>(counts + length);
  if (total > 256 || counts + 16 + total > end) return statusCorrupt;
  const symbols = counts + 16;
  memory.copy(table + symbolsOffset, symbols, total);
  memory.fill(table, 0, limitsOffset);
  let code: i32 = 0;
  let index: i32 = 0;
  for (let length: i32 = 1; length <= 16; length++) {
    const count = <i32>load<u8>(counts + length - 1);
    if (code + count > 1 << length) return statusCorrupt;
    store<i32>(table + basesOffset + (length << 2), index - code);
    if (length <= lookupBits) {
      for (let step: i32 = 0; step < count; step++) {
        fillLookup(table, code + step, length, load<u8>(symbols + index + step));
      }
    }
    index += count;
    code += count;
    store<u32>(table + limitsOffset + (length << 2), code << (16 - length));
    code <<= 1;
  }
  return 16 + total;
}

/** Fills the entries that begin with `code`. */
function fillLookup(table: usize, code: i32, length: i32, symbol: i32): void {
  const spare = lookupBits - length;
  let entry = table + (<usize>(code << spare) << 1);
  for (let rest: i32 = 1 << spare; rest > 0; rest--) {
    store<u16>(entry, (symbol << 8) | length);
    entry += 2;
  }
}

/** Returns `symbol << 8 | code length` of what is on top of `bits`, or `symbolInvalid`. */
// @ts-ignore: decorator
@inline
export function findSymbol(table: usize, bits: u64): i32 {
  const entry = <i32>load<u16>(table + (<usize>(bits >>> (64 - lookupBits)) << 1));
  return entry != 0 ? entry : findLongSymbol(table, bits);
}

/** Does so for a code that is longer than `lookupBits`. */
function findLongSymbol(table: usize, bits: u64): i32 {
  // It is found by comparing with the end of each length's codes.
  const prefix = <u32>(bits >>> 48);
  for (let length = lookupBits + 1; length <= 16; length++) {
    if (prefix < load<u32>(table + limitsOffset + (length << 2))) {
      const index = <i32>(prefix >>> (16 - length)) + load<i32>(table + basesOffset + (length << 2));
      return (<i32>load<u8>(table + symbolsOffset + (index & 255)) << 8) | length;
    }
  }
  return symbolInvalid;
}

/** Returns the value whose `category` bits, 0 to 12, are on top of `bits`. Source: ITU-T T.81 F.2.2.1. */
// @ts-ignore: decorator
@inline
export function extendSign(bits: u64, category: i32): i32 {
  // A value below zero is sent as the opposite of its bits.
  const opposite = ~(<i64>bits >> 63);
  const magnitude = ((bits ^ opposite) >>> 1) >>> (63 - category);
  return <i32>((magnitude ^ opposite) - opposite);
}

/** Returns whether a value of this many bits may be read. */
// @ts-ignore: decorator
@inline
export function isCategory(category: i32): bool {
  return category <= categoryMaximum;
}

/** Takes the next symbol of a decoding table; `symbolInvalid` if there is no code. Needs 16 bits. */
// @ts-ignore: decorator
@inline
export function takeSymbol(table: usize): i32 {
  const found = findSymbol(table, bitBuffer);
  if (found == symbolInvalid) return symbolInvalid;
  dropBits(found & 255);
  return found >> 8;
}

/** Takes the next DC difference, or `differenceInvalid`. */
export function takeDifference(table: usize): i32 {
  refill();
  const category = takeSymbol(table);
  if (category == symbolInvalid || !isCategory(category)) return differenceInvalid;
  const difference = extendSign(bitBuffer, category);
  dropBits(category);
  return difference;
}

/** A value that is not a difference. */
export const differenceInvalid: i32 = i32.MAX_VALUE;
