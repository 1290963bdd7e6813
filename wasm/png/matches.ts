// Finds what a block repeats from itself and from the bytes before it.
import { sequenceBytes } from "./sequences";

/** The most bytes that a match reaches back. Source: RFC 1951 section 2. */
export const windowBytes: usize = 32768;
/** Bytes that are hashed; shorter matches rarely take fewer bits than their literals. */
export const shortestMatch: usize = 4;
const longestMatch: usize = 258;
/** What a match must save, in sixteenths of a bit. */
const margin: u32 = 10 << 4;
/** A match of this length ends the search. */
const niceMatch: usize = 16;

const hashBits: u32 = 14;
/** The size of a hash table: the last position of each hash, counted from the start of the stream modulo 2^32. */
export const hashTableBytes: usize = <usize>4 << hashBits;

/**
 * After every this many literals in a row, as a power of two, steps over them get one byte longer: photographs repeat
 * little.
 */
const strideBits: u32 = 5;
const longestStride: usize = 32;

// @ts-ignore: decorator
@inline
function slotOf(table: usize, bytes: u32): usize {
  return table + ((bytes * 0x9e3779b1) >>> (32 - hashBits) << 2);
}

// @ts-ignore: decorator
@inline
function strideBehind(literals: usize): usize {
  return min<usize>(1 + (literals >> strideBits), longestStride);
}

/** Returns how many bytes at `at` are those `distance` earlier, `limit` at most. */
// @ts-ignore: decorator
@inline
function extendMatch(at: usize, distance: usize, known: usize, limit: usize): usize {
  let length = known;
  while (length < limit) {
    const differing = load<u64>(at + length) ^ load<u64>(at + length - distance);
    if (differing != 0) return min(limit, length + <usize>(ctz(differing) >>> 3));
    length += 8;
  }
  return limit;
}

/**
 * What literals and matches of the previous block cost, in sixteenths of a bit: the estimate used to choose matches.
 */
@unmanaged
export class Prices {
  literal: u32;
  /** Without extra bits. */
  match: u32;
}

/** Returns whether a match takes clearly fewer bits than its literals: repeated literals are cheaper than most. */
// @ts-ignore: decorator
@inline
function isWorth(length: usize, distance: usize, literalPrice: u32, matchPrice: u32): bool {
  return <u32>length * literalPrice > matchPrice + ((31 - clz(<u32>distance)) << 4);
}

/**
 * Writes the sequences of the bytes from `start` to `end` and returns their end. The `windowBytes` before them must
 * still be there, and 8 bytes after them may be read. `drift` turns a pointer into a position in the stream.
 */
export function findSequences(
  start: usize,
  end: usize,
  drift: usize,
  table: usize,
  prices: Prices,
  sequences: usize,
): usize {
  const literalPrice = prices.literal;
  const matchPrice = prices.match + margin;
  let at = start;
  let run = start;
  while (at + shortestMatch <= end) {
    const bytes = load<u32>(at);
    const slot = slotOf(table, bytes);
    const position = at + drift;
    let distance = position - load<u32>(slot);
    store<u32>(slot, <u32>position);
    // An empty slot means the stream's first byte: it may match like any other, but not itself.
    if (distance - 1 >= windowBytes || load<u32>(at - distance) != bytes) {
      at += strideBehind(at - run);
      continue;
    }
    let length = extendMatch(at, distance, 4, min(longestMatch, end - at));
    if (!isWorth(length, distance, literalPrice, matchPrice)) {
      at += strideBehind(at - run);
      continue;
    }
    // A longer match one byte later is worth a literal.
    if (length < niceMatch && at + 1 + shortestMatch <= end) {
      const nextBytes = load<u32>(at + 1);
      const nextSlot = slotOf(table, nextBytes);
      const nextDistance = position + 1 - load<u32>(nextSlot);
      if (nextDistance - 1 < windowBytes && load<u32>(at + 1 - nextDistance) == nextBytes) {
        const nextLength = extendMatch(at + 1, nextDistance, 4, min(longestMatch, end - at - 1));
        if (nextLength > length) {
          store<u32>(nextSlot, <u32>(position + 1));
          at++;
          length = nextLength;
          distance = nextDistance;
        }
      }
    }
    const matchEnd = at + length;
    // Steps may have skipped its beginning: extend it backwards, but not before the run or the stream.
    while (
      at > run &&
      length < longestMatch &&
      at - distance + drift != 0 &&
      load<u8>(at - 1) == load<u8>(at - 1 - distance)
    ) {
      at--;
      length++;
    }
    store<u32>(sequences, <u32>(at - run));
    store<u16>(sequences, <u16>length, 4);
    store<u16>(sequences, <u16>distance, 6);
    sequences += sequenceBytes;
    // Long matches are uniform inside: their ends are enough to find the next one.
    let insert = length > niceMatch ? matchEnd - 4 : at + 1;
    const insertEnd = min(matchEnd, end - shortestMatch + 1);
    for (; insert < insertEnd; insert++) store<u32>(slotOf(table, load<u32>(insert)), <u32>(insert + drift));
    at = matchEnd;
    run = at;
  }
  store<u32>(sequences, <u32>(end - run));
  store<u32>(sequences, 0, 4);
  return sequences + sequenceBytes;
}
