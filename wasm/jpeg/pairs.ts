// Look-ups that read two AC coefficients at once, with their values and places.

import { extendSign, findSymbol, huffmanTableBytes, isCategory, symbolInvalid } from "./huffman";

/** Bits that one look-up takes. */
export const pairBits: u32 = 11;
/** Where the look-up is in a table for AC coefficients. */
export const pairsOffset: usize = huffmanTableBytes;
/** Where it ends. */
export const pairsEnd: usize = pairsOffset + (8 << pairBits);

/** An advance past any block: end of block. */
export const advanceEnd: u32 = 128;
/** An advance past the end of a block, but never as far as `advanceEnd`: not a code. */
export const advanceInvalid: u32 = 64;

/** Empties the look-up: an entry is made when its bits are first met, for a small picture meets few of them. */
export function openPairs(table: usize): void {
  memory.fill(table + pairsOffset, 0, 8 << pairBits);
}

/**
 * Makes the entry for what is on top of `bits`, of which 56 are valid, and keeps it unless it takes more bits than the
 * look-up. Of an entry's bits those from 48 on are the value of the second coefficient, from 32 on that of the first, from
 * 24 on how many bits the first takes, code and value together, from 16 on how far the second is from the first, from 8 on
 * how far the first is from the one before it, and the lowest how many bits both take. Where there is no second it is the
 * first once more.
 */
export function makePair(table: usize, bits: u64): u64 {
  const first = readCoefficient(table, bits);
  const length = first & 63;
  let pair = (<u64>(first >>> 16) * 0x1_0001_0000_0000) | <u64>((length << 24) | (first & 0xffff));
  if (length > pairBits) return pair;
  if (advanceOf(first) < advanceInvalid) {
    const second = readCoefficient(table, bits << length);
    const both = length + (second & 63);
    if (both <= pairBits && advanceOf(second) != advanceInvalid) {
      const ahead = (<u64>(second >>> 16) << 48) | (<u64>(first >>> 16) << 32);
      pair = ahead | <u64>((length << 24) | (advanceOf(second) << 16) | (first & 0xff00) | both);
    }
  }
  store<u64>(table + pairsOffset + (<usize>(bits >>> (64 - pairBits)) << 3), pair);
  return pair;
}

// @ts-ignore: decorator
@inline
export function advanceOf(coefficient: u32): u32 {
  return (coefficient >>> 8) & 0xff;
}

/** Returns the coefficient on top of `bits`: its value from bit 16 on, its advance from 8 on, and its bits. */
export function readCoefficient(table: usize, bits: u64): u32 {
  const found = findSymbol(table, bits);
  if (found == symbolInvalid) return advanceInvalid << 8;
  const length = found & 255;
  const symbol = found >> 8;
  const category = symbol & 15;
  if (!isCategory(category)) return (advanceInvalid << 8) | length;
  // Sixteen zeros, or no more than zeros.
  if (category == 0) return ((symbol == 0xf0 ? 16 : advanceEnd) << 8) | length;
  const value = extendSign(bits << length, category);
  return (value << 16) | (((symbol >> 4) + 1) << 8) | (length + category);
}
