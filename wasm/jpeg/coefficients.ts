// The coefficients of one block of a sequential scan. Source: ITU-T T.81 F.2.2.

import { bitBuffer, bitCount, bitCursor, bitsAgain, storeBits } from "./bits";
import { extendSign, findSymbol, isCategory } from "./huffman";
import { advanceEnd, makePair, pairBits, pairsOffset } from "./pairs";
import { dequantisationOf, dequantise } from "./quantisation";
import { endOfBlock, makeSkip, skipAdvance, skipBits, skipsOffset } from "./skips";
import { statusCorrupt } from "./status";

/** The difference that was read for the DC coefficient. */
export let dcDifference: i32 = 0;

/**
 * Decodes one block: the DC difference into `dcDifference`, the AC coefficients, dequantised, into `block`, which must
 * be clear. `steps` is a dequantisation table. Returns the zigzag index of the last coefficient, 0 if there is none
 * but DC, or `statusCorrupt`.
 */
export function decodeBlock(block: usize, dc: usize, ac: usize, steps: usize): i32 {
  let buffer = bitBuffer;
  // Shifts only use the last six bits of this count and of an entry used as a count: leaving out the masks shortens the
  // path from one look-up to the next.
  let count = <u64>bitCount;
  let cursor = bitCursor;

  buffer |= load<u64>(cursor - 7) >>> count;
  cursor -= <usize>((count ^ 63) >>> 3) & 7;
  count |= 56;
  const found = findSymbol(dc, buffer);
  const category = found >> 8;
  if (found < 0 || !isCategory(category)) return statusCorrupt;
  buffer <<= <u64>found;
  dcDifference = extendSign(buffer, category);
  buffer <<= <u64>category;
  count -= <u64>((found & 63) + category);

  let first: u32 = 0;
  let second: u32 = 0;
  let pair: u64 = 0;
  while (true) {
    // At least 28 bits are valid here: the look-up need not wait for more.
    pair = load<u64>(ac + pairsOffset + (<usize>(buffer >>> (64 - pairBits)) << 3));
    buffer |= load<u64>(cursor - 7) >>> count;
    cursor -= <usize>((count ^ 63) >>> 3) & 7;
    count |= 56;
    if (pair == 0) pair = makePair(ac, buffer);
    first = second + (<u32>(pair >>> 8) & 0xff);
    second = first + (<u32>(pair >>> 16) & 0xff);
    buffer <<= pair;
    count -= pair;
    if (second > 62) break;
    keepValue(block, steps, first, <i32>(pair >>> 32));
    keepValue(block, steps, second, <i32>(pair >>> 48));
  }
  const reached = first > 63 ? first : second;
  if (reached > 63 && reached < advanceEnd && first != 63) return statusCorrupt;
  let last = first - (<u32>(pair >>> 8) & 0xff);
  if (first <= 63) {
    last = first;
    keepValue(block, steps, first, <i32>(pair >>> 32));
  }
  if (second <= 63) {
    last = second;
    keepValue(block, steps, second, <i32>(pair >>> 48));
  }
  if (first == 63) {
    // The block was full with the first: the second is the next block's.
    count += pair - (pair >>> 24);
    buffer = bitsAgain(<i32>(count & 63), cursor);
  }
  storeBits(buffer, <i32>(count & 63), cursor);
  return last;
}

/**
 * Reads one block of which only the DC difference is needed, because others depend on it. Returns `statusCorrupt`, or 0.
 */
export function skipBlock(dc: usize, ac: usize): i32 {
  let buffer = bitBuffer;
  let count = <u64>bitCount;
  let cursor = bitCursor;

  buffer |= load<u64>(cursor - 7) >>> count;
  cursor -= <usize>((count ^ 63) >>> 3) & 7;
  count |= 56;
  const found = findSymbol(dc, buffer);
  const category = found >> 8;
  if (found < 0 || !isCategory(category)) return statusCorrupt;
  buffer <<= <u64>found;
  dcDifference = extendSign(buffer, category);
  buffer <<= <u64>category;
  count -= <u64>((found & 63) + category);

  let index: u32 = 0;
  while (true) {
    // As above; here only places count.
    const entry = ac + skipsOffset + (<usize>(buffer >>> (64 - skipBits)) << 1);
    let skip = <u64>load<u16>(entry);
    buffer |= load<u64>(cursor - 7) >>> count;
    cursor -= <usize>((count ^ 63) >>> 3) & 7;
    count |= 56;
    if (skip == 0) skip = makeSkip(ac, entry, buffer);
    const next = index + <u32>(skip >>> skipAdvance);
    if (next > 62) {
      const isEnded = next - advanceEnd <= 62;
      if (!isEnded) skip = endOfBlock(ac, index, buffer);
      if (skip == 0) return statusCorrupt;
      buffer <<= skip;
      count -= skip;
      break;
    }
    index = next;
    buffer <<= skip;
    count -= skip;
  }
  storeBits(buffer, <i32>(count & 63), cursor);
  return 0;
}

/** Dequantises the value of a zigzag index into its block. */
// @ts-ignore: decorator
@inline
function keepValue(block: usize, steps: usize, index: u32, value: i32): void {
  const entry = dequantisationOf(steps, index);
  store<i16>(block + (entry & 0xff), dequantise(value, entry));
}
