// Huffman codes of a deflate stream, as tables that one look-up reads. Source: RFC 1951 section 3.2.

// Each table: entries for the next `lookupBits` bits, then for each length how many codes have it, then the symbols in
// the order of their codes, for those that are longer.
const lookupBits: i32 = 10;
const countsOffset: usize = 4 << lookupBits;
const symbolsOffset: usize = countsOffset + 16 * 4;
const tableBytes: usize = symbolsOffset + 288 * 4;

/** For the next bits of a code, its entry; 0 for one that is longer, or none. */
export const lookupMask: u64 = (1 << lookupBits) - 1;

// An entry: `value << 16 | kind | extra bits << 8 | code length`.
/** The value is a byte. */
export const kindLiteral: u32 = 0x8000;
/** The block ends. */
export const kindEnd: u32 = 0x4000;
/** Not a code. */
export const kindInvalid: u32 = 0x2000;

/** The tables of literals and lengths, and of distances. */
export const lengthTable: usize = memory.data(<i32>tableBytes, 16);
export const distanceTable: usize = memory.data(<i32>tableBytes, 16);
/** The table of the lengths of codes; its values are its symbols. */
export const codeLengthTable: usize = memory.data(<i32>tableBytes, 16);

const longestCode: i32 = 15;
/** Where the symbols of each length of code begin. */
const offsets: usize = memory.data(16 * 4, 16);

/**
 * Builds a table from the lengths of `count` codes, one byte each. Returns false if they are too many, or too few: only
 * a table of distances may have one code or none. Source: RFC 1951 section 3.2.2.
 */
export function buildTable(table: usize, lengths: usize, count: i32): bool {
  memory.fill(table, 0, symbolsOffset);
  for (let symbol: i32 = 0; symbol < count; symbol++) {
    const place = table + countsOffset + (<usize>load<u8>(lengths + symbol) << 2);
    store<i32>(place, load<i32>(place) + 1);
  }
  store<i32>(table + countsOffset, 0);
  let left: i32 = 1;
  let used: i32 = 0;
  for (let length: i32 = 1; length <= longestCode; length++) {
    const codes = load<i32>(table + countsOffset + (length << 2));
    store<i32>(offsets + (length << 2), used);
    used += codes;
    left = (left << 1) - codes;
    if (left < 0) return false;
  }
  const isAlone = used == load<i32>(table + countsOffset + 4);
  if (left > 0 && (table == codeLengthTable || !isAlone)) return false;
  for (let symbol: i32 = 0; symbol < count; symbol++) {
    const place = offsets + (<usize>load<u8>(lengths + symbol) << 2);
    if (load<u8>(lengths + symbol) == 0) continue;
    const index = load<i32>(place);
    store<i32>(table + symbolsOffset + (index << 2), symbol);
    store<i32>(place, index + 1);
  }
  fillLookup(table);
  return true;
}

function fillLookup(table: usize): void {
  let code: u32 = 0;
  let index: i32 = 0;
  for (let length: i32 = 1; length <= lookupBits; length++) {
    const codes = load<i32>(table + countsOffset + (length << 2));
    for (let step: i32 = 0; step < codes; step++) {
      const entry = entryOf(table, load<i32>(table + symbolsOffset + (index << 2)), length);
      for (let at = reverse(code, length); at < 1 << lookupBits; at += 1 << length) {
        store<u32>(table + (<usize>at << 2), entry);
      }
      code++;
      index++;
    }
    code <<= 1;
  }
}

/** Codes are stored from their highest bit on. */
function reverse(code: u32, length: i32): u32 {
  let reversed: u32 = 0;
  for (let bit: i32 = 0; bit < length; bit++) reversed |= ((code >> bit) & 1) << (length - 1 - bit);
  return reversed;
}

/** Returns the entry of the code at the start of `bits`, for which the look-up has none. */
export function findLongEntry(table: usize, bits: u64): u32 {
  let code: i32 = 0;
  let first: i32 = 0;
  let index: i32 = 0;
  for (let length: i32 = 1; length <= longestCode; length++) {
    code |= <i32>(bits >> (length - 1)) & 1;
    const codes = load<i32>(table + countsOffset + (length << 2));
    if (code - first < codes) {
      return entryOf(table, load<i32>(table + symbolsOffset + ((index + code - first) << 2)), length);
    }
    index += codes;
    first = (first + codes) << 1;
    code <<= 1;
  }
  return kindInvalid;
}

/** The entry of a symbol without the length of its code. Source: RFC 1951 section 3.2.5. */
function entryOf(table: usize, symbol: i32, length: i32): u32 {
  if (table == codeLengthTable) return (symbol << 16) | length;
  if (table == distanceTable) {
    if (symbol > 29) return kindInvalid | length;
    const extra = symbol < 2 ? 0 : (symbol >> 1) - 1;
    const base = symbol < 2 ? symbol + 1 : ((2 | (symbol & 1)) << extra) + 1;
    return (base << 16) | (extra << 8) | length;
  }
  if (symbol < 256) return (symbol << 16) | kindLiteral | length;
  if (symbol == 256) return kindEnd | length;
  if (symbol > 285) return kindInvalid | length;
  if (symbol == 285) return (258 << 16) | length;
  const step = symbol - 257;
  const extra = step < 4 ? 0 : (step >> 2) - 1;
  const base = step < 4 ? step + 3 : ((4 | (step & 3)) << extra) + 3;
  return (base << 16) | (extra << 8) | length;
}
