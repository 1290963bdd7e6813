// Skips blocks of which only the DC coefficient is needed, because others depend on it.

import { bitBuffer, bitCount, bitCursor, storeBits } from "./bits";
import { advanceEnd, lookupBits, resolveEntry, skipsOffset, storeDifference, unresolved } from "./huffman";
import { statusCorrupt, statusOk } from "./status";

/** Bit of an entry that marks the end of the block. */
const endFlag: u32 = 0x80;

/**
 * Builds, once per AC table, the whole symbols with their values in every `lookupBits` bits: `advance << 8 | endFlag |
 * bits`, 0 if there is not even one.
 */
function buildEntries(table: usize): void {
  store<u32>(table + skipsOffset, 1);
  const mask: u32 = (1 << lookupBits) - 1;
  for (let index: u32 = 0; index <= mask; index++) {
    let known: u32 = 0;
    let advance: u32 = 0;
    let end: u32 = 0;
    while (end == 0) {
      // Unknown bits are zero here: an entry that needs them does not count.
      const entry = load<u32>(table + (<usize>((index << known) & mask) << 2));
      const length = entry & 63;
      if ((entry & unresolved) != 0 || known + length > <u32>lookupBits) break;
      const step = (entry >>> 8) & 0xff;
      if (step == advanceEnd) end = endFlag;
      else if (advance + step > 62) break;
      else advance += step;
      known += length;
    }
    store<u16>(table + skipsOffset + 4 + (<usize>index << 1), (advance << 8) | end | known);
  }
}

/**
 * Skips one block, reading it as `decodeBlock` does, without its AC coefficients. Returns `statusOk` or
 * `statusCorrupt`. Source: ITU-T T.81 F.2.2.
 */
export function skipBlock(dc: usize, ac: usize): i32 {
  if (load<u32>(ac + skipsOffset) == 0) buildEntries(ac);
  const entries = ac + skipsOffset + 4;
  let buffer = bitBuffer;
  let count = bitCount;
  let cursor = bitCursor;

  buffer |= load<u64>(cursor - 7) >>> count;
  cursor -= (63 - count) >>> 3;
  count |= 56;
  let entry = load<i32>(dc + (<usize>(buffer >>> (64 - lookupBits)) << 2));
  if (entry & unresolved) entry = resolveEntry(dc, buffer, entry, false);
  if (((entry >> 8) & 0xff) > 1) return statusCorrupt;
  storeDifference(entry >> 16);
  buffer <<= entry & 63;
  count -= entry & 63;

  let index: i32 = 0;
  while (index < 63) {
    buffer |= load<u64>(cursor - 7) >>> count;
    cursor -= (63 - count) >>> 3;
    count |= 56;
    const skip = <i32>load<u16>(entries + (<usize>(buffer >>> (64 - lookupBits)) << 1));
    const after = index + (skip >> 8);
    // Symbols after the last coefficient would belong to the next block.
    if (skip != 0 && after < 63) {
      index = after;
      buffer <<= skip & 63;
      count -= skip & 63;
      if (skip & endFlag) break;
      continue;
    }
    entry = load<i32>(ac + (<usize>(buffer >>> (64 - lookupBits)) << 2));
    if (entry & unresolved) entry = resolveEntry(ac, buffer, entry, true);
    index += (entry >> 8) & 0xff;
    buffer <<= entry & 63;
    count -= entry & 63;
  }

  storeBits(buffer, count, cursor);
  return index > 63 && index < advanceEnd ? statusCorrupt : statusOk;
}
