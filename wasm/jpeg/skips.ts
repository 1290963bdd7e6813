// Look-ups that pass over several AC coefficients at once, without their values, in blocks of which nothing is needed.

import { advanceEnd, advanceInvalid, advanceOf, pairsEnd, readCoefficient } from "./pairs";

/** Bits that one look-up takes. */
export const skipBits: u32 = 12;
/** Where the look-up is in a table for AC coefficients. */
export const skipsOffset: usize = pairsEnd;
/** The size of a decoding table for AC coefficients. */
export const acTableBytes: usize = skipsOffset + (2 << skipBits);
/** Where the advance is in an entry; below it is how many bits it takes. */
export const skipAdvance: u32 = 6;

/** More than these could advance as far as the end of a block does, where codes are of one bit. */
const mostCoefficients: i32 = 4;

/** Empties the look-up: entries are made as those of pairs are. */
export function openSkips(table: usize): void {
  memory.fill(table + skipsOffset, 0, 2 << skipBits);
}

/**
 * Makes the entry for what is on top of `bits`, of which 56 are valid, and keeps it at `entry` unless it takes more bits than
 * the look-up: how far the last of its coefficients is from the one before the first, and how many bits they take. It ends
 * with the end of the block, and before what is not a code.
 */
export function makeSkip(table: usize, entry: usize, bits: u64): u32 {
  let advance: u32 = 0;
  let length: u32 = 0;
  for (let read: i32 = 0; read < mostCoefficients && advance < advanceEnd; read++) {
    const next = readCoefficient(table, bits << length);
    const more = next & 63;
    if (read > 0 && (length + more > skipBits || advanceOf(next) == advanceInvalid)) break;
    advance += advanceOf(next);
    length += more;
  }
  const skip = (advance << skipAdvance) | length;
  if (length <= skipBits) store<u16>(entry, skip);
  return skip;
}

/**
 * Returns how many bits the rest of a block takes, of which the coefficient at `index` was read last, where the entry for what
 * is on top of `bits` goes beyond its end; 0 where it does not end as a block does.
 */
export function endOfBlock(table: usize, index: u32, bits: u64): u64 {
  let reached = index;
  let length: u32 = 0;
  while (reached < 63) {
    const next = readCoefficient(table, bits << length);
    reached += advanceOf(next);
    length += next & 63;
  }
  return reached == 63 || reached >= advanceEnd ? length : 0;
}
