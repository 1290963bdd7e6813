// The head of a block: its kind, and the codes it uses. Source: RFC 1951 sections 3.2.3, 3.2.6, 3.2.7.

import { bitBuffer, bitCount, refill, storeBits, takeBits, inputNext } from "./bits";
import {
  buildTable,
  codeLengthTable,
  distanceTable,
  findLongEntry,
  kindInvalid,
  lengthTable,
  lookupMask,
} from "./codes";

/** The most bytes that the head of a block takes: 14 bits, 19 lengths of 3, and 316 of a code and 7 bits each. */
export const blockHeadBytes: usize = 640;

/** The order in which the lengths of the codes of lengths are stored. */
const order: usize = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);

/** Lengths of codes: those of literals and lengths, then those of distances. */
const lengths: usize = memory.data(288 + 32 + 138, 16);

/** Builds the codes that a block without codes of its own uses. */
export function openFixedCodes(): void {
  memory.fill(lengths, 8, 144);
  memory.fill(lengths + 144, 9, 112);
  memory.fill(lengths + 256, 7, 24);
  memory.fill(lengths + 280, 8, 8);
  buildTable(lengthTable, lengths, 288);
  memory.fill(lengths, 5, 32);
  buildTable(distanceTable, lengths, 32);
}

/** Reads the codes of a block; returns false if they are not what a block may have. */
export function readCodes(): bool {
  const lengthCount = takeBits(5) + 257;
  const distanceCount = takeBits(5) + 1;
  const orderCount = takeBits(4) + 4;
  if (lengthCount > 286 || distanceCount > 30) return false;
  memory.fill(lengths, 0, 19);
  for (let index: i32 = 0; index < orderCount; index++) store<u8>(lengths + load<u8>(order + index), takeBits(3));
  if (!buildTable(codeLengthTable, lengths, 19)) return false;
  const count = lengthCount + distanceCount;
  let index: i32 = 0;
  while (index < count) {
    const symbol = takeCodeLength();
    if (symbol < 0) return false;
    if (symbol < 16) {
      store<u8>(lengths + index++, symbol);
      continue;
    }
    if (symbol == 16 && index == 0) return false;
    const repeated = symbol == 16 ? load<u8>(lengths + index - 1) : 0;
    const times = symbol == 16 ? takeBits(2) + 3 : symbol == 17 ? takeBits(3) + 3 : takeBits(7) + 11;
    if (index + times > count) return false;
    memory.fill(lengths + index, repeated, times);
    index += times;
  }
  // Without the end of block, a block would never end.
  if (load<u8>(lengths + 256) == 0) return false;
  return buildTable(lengthTable, lengths, lengthCount) && buildTable(distanceTable, lengths + lengthCount, distanceCount);
}

/** Returns the next length of a code, or what stands for several; -1 if there is no code. */
function takeCodeLength(): i32 {
  if (bitCount < 16) refill();
  let entry = load<u32>(codeLengthTable + (<usize>(bitBuffer & lookupMask) << 2));
  if (entry == 0) entry = findLongEntry(codeLengthTable, bitBuffer);
  if (entry & kindInvalid) return -1;
  storeBits(bitBuffer >> (entry & 15), bitCount - (entry & 15), inputNext);
  return <i32>(entry >> 16);
}
