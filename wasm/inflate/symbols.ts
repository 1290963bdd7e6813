// The bytes of a block: literals, and runs of what came before. Source: RFC 1951 section 3.2.3.

import { bitBuffer, bitCount, inputEnd, inputNext, storeBits } from "./bits";
import { distanceTable, findLongEntry, kindEnd, kindInvalid, kindLiteral, lengthTable, lookupMask } from "./codes";
import { statusBroken, statusCutOff, statusEnded, statusFed, statusFull } from "./status";

/** The most bytes that a symbol takes, and what a refill reads past them. */
const symbolBytes: usize = 16;
/** The most bytes that a symbol gives, and what a copy writes past them. */
export const outputSlackBytes: usize = 258 + 16;

/** Where the next byte goes. */
export let outputNext: usize = 0;

/** Says where the next byte goes. */
export function openOutput(next: usize): void {
  outputNext = next;
}

/**
 * Writes the bytes of a block from `outputNext` on until it ends (`statusEnded`), the output reaches `stop`, or the
 * input may not hold another symbol and more of it may follow. What came before begins at `history`.
 */
export function inflateSymbols(history: usize, stop: usize, isLast: bool): i32 {
  let buffer = bitBuffer;
  let count = bitCount;
  let next = inputNext;
  let output = outputNext;
  const end = inputEnd;
  let status: i32 = statusFed;
  while (true) {
    if (output >= stop) {
      status = statusFull;
      break;
    }
    if (next + symbolBytes > end && !isLast) break;
    // 15 bits of a length and 5 behind it, 15 of a distance and 13 behind it: 48, and 56 are there.
    buffer |= load<u64>(next) << count;
    next += <usize>((63 - count) >> 3);
    count |= 56;
    let entry = load<u32>(lengthTable + (<usize>(buffer & lookupMask) << 2));
    if (entry == 0) entry = findLongEntry(lengthTable, buffer);
    buffer >>= <u64>(entry & 15);
    count -= <u64>(entry & 15);
    if (entry & kindLiteral) {
      if (next > end && <u64>(next - end) << 3 > count) {
        status = statusCutOff;
        break;
      }
      store<u8>(output++, entry >> 16);
      continue;
    }
    if (entry & (kindEnd | kindInvalid)) {
      const isOverdrawn = next > end && <u64>(next - end) << 3 > count;
      status = isOverdrawn ? statusCutOff : entry & kindEnd ? statusEnded : statusBroken;
      break;
    }
    const lengthExtra = <u64>((entry >> 8) & 15);
    const length = (entry >> 16) + <u32>(buffer & ((<u64>1 << lengthExtra) - 1));
    buffer >>= lengthExtra;
    count -= lengthExtra;
    entry = load<u32>(distanceTable + (<usize>(buffer & lookupMask) << 2));
    if (entry == 0) entry = findLongEntry(distanceTable, buffer);
    buffer >>= <u64>(entry & 15);
    count -= <u64>(entry & 15);
    const distanceExtra = <u64>((entry >> 8) & 15);
    const distance = <usize>(entry >> 16) + <usize>(buffer & ((<u64>1 << distanceExtra) - 1));
    buffer >>= distanceExtra;
    count -= distanceExtra;
    if (next > end && <u64>(next - end) << 3 > count) {
      status = statusCutOff;
      break;
    }
    if (entry & kindInvalid || distance > output - history) {
      status = statusBroken;
      break;
    }
    copyRun(output, distance, length);
    output += length;
  }
  storeBits(buffer, count, next);
  outputNext = output;
  return status;
}

/** Copies `length` bytes from `distance` before `output`, first to last: they may overlap. Writes up to 15 bytes more. */
// @ts-ignore: decorator
@inline
function copyRun(output: usize, distance: usize, length: u32): void {
  let source = output - distance;
  const end = output + length;
  if (distance >= 16) {
    do {
      v128.store(output, v128.load(source));
      output += 16;
      source += 16;
    } while (output < end);
  } else if (distance == 1) {
    const bytes = i8x16.splat(load<u8>(source));
    do {
      v128.store(output, bytes);
      output += 16;
    } while (output < end);
  } else {
    do {
      store<u8>(output++, load<u8>(source++));
    } while (output < end);
  }
}
