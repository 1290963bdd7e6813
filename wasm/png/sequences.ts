// Sequences passed from the search for matches to a block: a run of literals, then a match.
import { storeWritten, writtenBits, writtenCount, writtenCursor } from "./bits";
import { distanceExtraOf, distanceSymbolOf, lengthExtraOf, lengthSymbolOf } from "./symbols";

/**
 * A sequence: bytes of its run of literals (u32), then the match's length (u16, 0 after the last run) and distance
 * (u16).
 */
export const sequenceBytes: usize = 8;

/** For each match length, its code with the extra bits after it, `bits << 5 | count`. */
const matchCodes = memory.data(259 * 4, 16);

/** Combines the code of every match length with its extra bits. */
function buildMatchCodes(literalCodes: usize): void {
  for (let length: u32 = 3; length <= 258; length++) {
    const code = load<u32>(literalCodes + (lengthSymbolOf(length) << 2));
    const extra = lengthExtraOf(length);
    const value = (length - 3) & ((1 << extra) - 1);
    store<u32>(matchCodes + (length << 2), (((value << (code & 31)) | (code >>> 5)) << 5) | ((code & 31) + extra));
  }
}

/**
 * Writes the symbols of sequences; the codes of literals have at most 14 bits, so that four of them and 7 bits fit into
 * 64.
 */
export function writeSequences(
  start: usize,
  sequences: usize,
  sequencesEnd: usize,
  literalCodes: usize,
  distanceCodes: usize,
): void {
  buildMatchCodes(literalCodes);
  let bits = writtenBits;
  let written = writtenCount;
  let cursor = writtenCursor;
  let at = start;
  for (let sequence = sequences; sequence < sequencesEnd; sequence += sequenceBytes) {
    const runEnd = at + load<u32>(sequence);
    for (; at + 4 <= runEnd; at += 4) {
      const four = load<u32>(at);
      const first = load<u32>(literalCodes + ((four & 255) << 2));
      const second = load<u32>(literalCodes + (((four >>> 8) & 255) << 2));
      const third = load<u32>(literalCodes + (((four >>> 16) & 255) << 2));
      const fourth = load<u32>(literalCodes + ((four >>> 24) << 2));
      bits |= <u64>(first >>> 5) << written;
      written += first & 31;
      bits |= <u64>(second >>> 5) << written;
      written += second & 31;
      bits |= <u64>(third >>> 5) << written;
      written += third & 31;
      bits |= <u64>(fourth >>> 5) << written;
      written += fourth & 31;
      store<u64>(cursor, bits);
      cursor += <usize>(written >> 3);
      bits >>= written & 0x38;
      written &= 7;
    }
    for (; at < runEnd; at++) {
      const code = load<u32>(literalCodes + (<usize>load<u8>(at) << 2));
      bits |= <u64>(code >>> 5) << written;
      written += code & 31;
      store<u64>(cursor, bits);
      cursor += <usize>(written >> 3);
      bits >>= written & 0x38;
      written &= 7;
    }
    const length = <u32>load<u16>(sequence, 4);
    if (length == 0) break;
    const distance = <u32>load<u16>(sequence, 6);
    const extra = distanceExtraOf(distance);
    const match = load<u32>(matchCodes + (length << 2));
    const code = load<u32>(distanceCodes + (distanceSymbolOf(distance, extra) << 2));
    bits |= <u64>(match >>> 5) << written;
    written += match & 31;
    bits |= <u64>(code >>> 5) << written;
    written += code & 31;
    bits |= <u64>((distance - 1) & ((1 << extra) - 1)) << written;
    written += extra;
    store<u64>(cursor, bits);
    cursor += <usize>(written >> 3);
    bits >>= written & 0x38;
    written &= 7;
    at += length;
  }
  storeWritten(bits, written, cursor);
}
