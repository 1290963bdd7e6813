import { bitBuffer, bitCount, bitCursor, dropBits, refill, storeBits } from "./bits";
import { statusCorrupt, statusTruncated } from "./status";

/** Bits that one look-up decodes. */
export const lookupBits: i32 = 10;
const limitsOffset: usize = 1 << (lookupBits + 2);
const basesOffset: usize = limitsOffset + 17 * 4;
const symbolsOffset: usize = basesOffset + 17 * 4;
/** Where the table is that `skipBlock` uses to skip several symbols at once. */
export const skipsOffset: usize = symbolsOffset + 256;

/**
 * The size of a decoding table: `1 << lookupBits` entries, then for codes longer than that the end of each length's
 * codes left-aligned to 16 bits, what makes a code an index into the symbols, the symbols, and room for `skipBlock`.
 *
 * An entry is `value << 16 | advance << 8 | length`: the coefficient, its distance from the previous one, and the bits
 * of code and value together. Advances from 64 on end a block. When the value does not fit the look-up, the entry is
 * `symbol << 16 | unresolved | code length`; when the code does not, it is `unresolved` alone.
 */
export const huffmanTableBytes: usize = (skipsOffset + 4 + (1 << (lookupBits + 1)) + 15) & ~15;

export const unresolved: i32 = 0x80;
/** An advance past any block: end of block. */
export const advanceEnd: i32 = 128;
/** An advance past the end of a block, but never as far as `advanceEnd`: not a code. */
const advanceInvalid: i32 = 64;
/**
 * The largest supported magnitude category; 8-bit samples need 11 for DC, 10 for AC. Two symbols then fit one refill.
 */
const categoryMaximum: i32 = 12;

/**
 * Builds a decoding table from the 16 counts and the symbols at `counts`. Returns their length in bytes, or
 * `statusCorrupt`. Source: ITU-T T.81 C.2, F.2.2.3.
 */
export function buildHuffmanTable(table: usize, counts: usize, end: usize, isAc: bool): i32 {
  if (counts + 16 > end) return statusTruncated;
  let total: i32 = 0;
  for (let length: usize = 0; length < 16; length++) total += load<u8>(counts + length);
  if (total > 256 || counts + 16 + total > end) return statusCorrupt;
  const symbols = counts + 16;
  memory.copy(table + symbolsOffset, symbols, total);
  for (let index: usize = 0; index < 1 << lookupBits; index++) store<i32>(table + (index << 2), unresolved);
  store<u32>(table + skipsOffset, 0);
  let code: i32 = 0;
  let index: i32 = 0;
  for (let length: i32 = 1; length <= 16; length++) {
    const count = <i32>load<u8>(counts + length - 1);
    if (code + count > 1 << length) return statusCorrupt;
    store<i32>(table + basesOffset + (length << 2), index - code);
    if (length <= lookupBits) {
      for (let step: i32 = 0; step < count; step++) {
        fillLookup(table, code + step, length, load<u8>(symbols + index + step), isAc);
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
function fillLookup(table: usize, code: i32, length: i32, symbol: i32, isAc: bool): void {
  const spare = lookupBits - length;
  const first = code << spare;
  for (let rest: i32 = 0; rest < 1 << spare; rest++) {
    const bits = <u64>(first | rest) << (64 - lookupBits);
    const entry = makeEntry(bits, length, symbol, isAc);
    const isResolved = (entry & 0x7f) <= lookupBits;
    store<i32>(table + (<usize>(first | rest) << 2), isResolved ? entry : (symbol << 16) | unresolved | length);
  }
}

/** Returns the entry of `symbol`, whose code of `length` bits is at the start of `bits`, left-aligned. */
// @ts-ignore: decorator
@inline
function makeEntry(bits: u64, length: i32, symbol: i32, isAc: bool): i32 {
  const category = isAc ? symbol & 15 : symbol;
  if (category > categoryMaximum) return (advanceInvalid << 8) | length;
  if (category == 0) {
    const advance = !isAc || symbol == 0xf0 ? (symbol >> 4) + 1 : advanceEnd;
    return (advance << 8) | length;
  }
  const magnitude = <i32>((bits << length) >>> (64 - category));
  const value = magnitude >= 1 << (category - 1) ? magnitude : magnitude - (1 << category) + 1;
  return (value << 16) | (((isAc ? symbol >> 4 : 0) + 1) << 8) | (length + category);
}

/** Returns the entry for the next symbol of `bits`, for which the look-up returned the unresolved `found`. */
export function resolveEntry(table: usize, bits: u64, found: i32, isAc: bool): i32 {
  const known = found & 0x7f;
  if (known != 0) return makeEntry(bits, known, found >>> 16, isAc);
  // A longer code is found by comparing with the end of each length's codes.
  const prefix = <u32>(bits >>> 48);
  for (let length = lookupBits + 1; length <= 16; length++) {
    if (prefix < load<u32>(table + limitsOffset + (length << 2))) {
      const index = <i32>(prefix >>> (16 - length)) + load<i32>(table + basesOffset + (length << 2));
      return makeEntry(bits, length, load<u8>(table + symbolsOffset + (index & 255)), isAc);
    }
  }
  return advanceInvalid << 8;
}

/** The size of a look-up of symbols. */
export const symbolLookupBytes: i32 = 1 << (lookupBits + 1);

/**
 * Builds at `lookup` the symbol of a decoding table for the next `lookupBits` bits: `symbol << 8 | code length`, 0 if
 * its code is longer.
 */
export function buildSymbolLookup(table: usize, lookup: usize): void {
  let index: i32 = 0;
  for (let length: i32 = 1; length <= lookupBits; length++) {
    const base = load<i32>(table + basesOffset + (length << 2));
    const end = load<i32>(table + limitsOffset + (length << 2)) >> (16 - lookupBits);
    for (; index < end; index++) {
      const symbol = <i32>load<u8>(table + symbolsOffset + (((index >> (lookupBits - length)) + base) & 255));
      store<u16>(lookup + (<usize>index << 1), (symbol << 8) | length);
    }
  }
  for (; index < 1 << lookupBits; index++) store<u16>(lookup + (<usize>index << 1), 0);
}

/** Takes the next symbol of a decoding table and its look-up; -1 if there is no code. Needs 16 bits. */
// @ts-ignore: decorator
@inline
export function takeSymbol(table: usize, lookup: usize): i32 {
  const entry = <i32>load<u16>(lookup + (<usize>(bitBuffer >>> (64 - lookupBits)) << 1));
  if (entry == 0) return takeLongSymbol(table);
  dropBits(entry & 255);
  return entry >> 8;
}

function takeLongSymbol(table: usize): i32 {
  const prefix = <u32>(bitBuffer >>> 48);
  for (let length = lookupBits + 1; length <= 16; length++) {
    if (prefix < load<u32>(table + limitsOffset + (length << 2))) {
      const index = <i32>(prefix >>> (16 - length)) + load<i32>(table + basesOffset + (length << 2));
      dropBits(length);
      return load<u8>(table + symbolsOffset + (index & 255));
    }
  }
  return -1;
}

/** Takes the next DC difference, or `differenceInvalid`. */
export function takeDifference(table: usize): i32 {
  refill();
  let entry = load<i32>(table + (<usize>(bitBuffer >>> (64 - lookupBits)) << 2));
  if (entry & unresolved) entry = resolveEntry(table, bitBuffer, entry, false);
  if (((entry >> 8) & 0xff) > 1) return differenceInvalid;
  dropBits(entry & 63);
  return entry >> 16;
}

/** A value that is not a difference. */
export const differenceInvalid: i32 = i32.MAX_VALUE;

/** The difference that `decodeBlock` read for the DC coefficient. */
export let dcDifference: i32 = 0;

/** Stores the difference where `decodeBlock` does. */
// @ts-ignore: decorator
@inline
export function storeDifference(difference: i32): void {
  dcDifference = difference;
}

/**
 * Decodes one block: the DC difference into `dcDifference`, the AC coefficients, dequantised, into `block`, which must
 * be clear. `dequantisation` holds for every zigzag index `byte offset in block << 16 | step`. Returns the offsets of
 * all AC coefficients, or-ed, 0 if there are none, or `statusCorrupt`. Source: ITU-T T.81 F.2.2.
 */
export function decodeBlock(block: usize, dc: usize, ac: usize, dequantisation: usize): i32 {
  let buffer = bitBuffer;
  // Shifts only use the last six bits of this count and of an entry used as a count: leaving out the masks shortens the
  // path from one look-up to the next.
  let count = <u64>bitCount;
  let cursor = bitCursor;

  buffer |= load<u64>(cursor - 7) >>> count;
  cursor -= <usize>((count ^ 63) >>> 3) & 7;
  count |= 56;
  let entry = load<u32>(dc + (<usize>(buffer >>> (64 - lookupBits)) << 2));
  if (entry & unresolved) entry = resolveEntry(dc, buffer, entry, false);
  if (((entry >>> 8) & 0xff) > 1) return statusCorrupt;
  dcDifference = <i32>entry >> 16;
  buffer <<= <u64>entry;
  count -= <u64>entry;

  let index: u32 = 0;
  let offsets: u32 = 0;
  do {
    buffer |= load<u64>(cursor - 7) >>> count;
    cursor -= <usize>((count ^ 63) >>> 3) & 7;
    count |= 56;
    entry = load<u32>(ac + (<usize>(buffer >>> (64 - lookupBits)) << 2));
    if (entry & unresolved) entry = resolveEntry(ac, buffer, entry, true);
    index += (entry >>> 8) & 0xff;
    buffer <<= <u64>entry;
    count -= <u64>entry;
    if (index > 63) {
      if (index < <u32>advanceEnd) return statusCorrupt;
      break;
    }
    const step = load<u32>(dequantisation + (index << 2));
    offsets |= step >>> 16;
    store<i16>(block + (step >>> 16), (<i32>entry >> 16) * <i32>(step & 0xffff));
  } while (index < 63);

  storeBits(buffer, <i32>(count & 63), cursor);
  return offsets;
}
