// Levels as they are kept until the picture is complete, and then coded. Of each macroblock a word says which of its 25
// blocks have levels: 16 of luma, 4 of U, 4 of V, and that of the DC coefficients of luma, which is in front of them. Then
// come the levels of these blocks, each with the zeros before it: a byte, and two more for the size of a large one.
import { putBit } from "./bits";

/** Bits of the word of a macroblock. */
export const dcBlock: i32 = 24;
export const isInBlocks: i32 = 1 << 31;
/** All blocks. */
export const anyBlock: i32 = (1 << 25) - 1;

/** The bytes of a level: zeros before it, whether it is the last of its block, whether it is negative, and its size. */
const lastFlag: i32 = 8;
const signFlag: i32 = 4;
const sizeMask: i32 = 3;

/** Writes the levels of a block of which `present` has bits, from coefficient `first` on. Returns where the next may go. */
// @ts-ignore: decorator
@inline
export function writeLevels(levels: usize, present: i32, first: i32, to: usize): usize {
  let next = first;
  while (present != 0) {
    const place = ctz(present);
    present &= present - 1;
    const level = <i32>load<i16>(levels + (<usize>place << 1));
    const size = abs(level);
    const head = ((place - next) << 4) | (present == 0 ? lastFlag : 0) | (level < 0 ? signFlag : 0);
    next = place + 1;
    if (size <= sizeMask) {
      store<u8>(to++, head | size);
    } else {
      store<u8>(to, head);
      store<u16>(to, size, 1);
      to += 3;
    }
  }
  return to;
}

/** The 8 bands of coefficients with 3 contexts of 11 probabilities each. */
const contextBytes: usize = 11;
const bandBytes: usize = 3 * contextBytes;
const typeBytes: usize = 8 * bandBytes;
/** Number of probabilities of tokens, and the size of what counts their bits. */
export const probabilityCount: usize = 4 * typeBytes;
export const countsBytes: usize = probabilityCount * 8;

/** Where the band of each coefficient is among those of its type; the one after the last is never read. */
const bands: StaticArray<u16> = [
  0, 33, 66, 99, 198, 132, 165, 198, 198, 198, 198, 198, 198, 198, 198, 231, 0,
];

/** Most a level may have, and the probabilities of the bits above that. Source: RFC 6386 section 13.2. */
const categories = memory.data<u8>([
  159, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  165, 145, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  173, 148, 140, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  176, 155, 140, 135, 0, 0, 0, 0, 0, 0, 0, 0,
  180, 157, 141, 134, 130, 0, 0, 0, 0, 0, 0, 0,
  254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129, 0,
]);

/** Either counts a bit, or writes it with its probability. */
// @ts-ignore: decorator
@inline
function note(isCounting: bool, table: usize, index: usize, bit: i32): void {
  if (isCounting) {
    const at = table + (index << 3) + (<usize>bit << 2);
    store<u32>(at, load<u32>(at) + 1);
  } else {
    putBit(bit, <i32>load<u8>(table + index));
  }
}

/**
 * Counts or writes the tokens of a block that has levels, which are at `from`. `table` has counts or probabilities.
 * Returns where the levels of the next block are. Source: RFC 6386 section 13.
 */
// @ts-ignore: decorator
@inline
function walkBlock(isCounting: bool, table: usize, from: usize, type: usize, first: usize, context: usize): usize {
  const kind = type * typeBytes;
  let place = first;
  let p = kind + unchecked(bands[<i32>place]) + context * contextBytes;
  note(isCounting, table, p, 1);
  while (true) {
    const head = <i32>load<u8>(from++);
    for (let zeros = head >> 4; zeros > 0; zeros--) {
      note(isCounting, table, p + 1, 0);
      p = kind + unchecked(bands[<i32>++place]);
    }
    note(isCounting, table, p + 1, 1);
    let size = head & sizeMask;
    if (size == 0) {
      size = <i32>load<u16>(from);
      from += 2;
    }
    const isMore = size > 1;
    note(isCounting, table, p + 2, <i32>isMore);
    if (isMore) walkSize(isCounting, table, p, size);
    p = kind + unchecked(bands[<i32>++place]) + (isMore ? 2 * contextBytes : contextBytes);
    if (!isCounting) putBit((head & signFlag) >> 2, 128);
    if (place == 16) return from;
    const isLast = (head & lastFlag) >> 3;
    note(isCounting, table, p, 1 - isLast);
    if (isLast) return from;
  }
}

/** Counts or writes a size above 1. */
// @ts-ignore: decorator
@inline
function walkSize(isCounting: bool, table: usize, p: usize, size: i32): void {
  if (size <= 4) {
    note(isCounting, table, p + 3, 0);
    note(isCounting, table, p + 4, <i32>(size != 2));
    if (size != 2) note(isCounting, table, p + 5, size - 3);
    return;
  }
  note(isCounting, table, p + 3, 1);
  // The six categories have 1, 2, 3, 4, 5 and 11 bits above 5, 7, 11, 19, 35 and 67.
  const category = size < 7 ? 0 : size < 11 ? 1 : size < 19 ? 2 : size < 35 ? 3 : size < 67 ? 4 : 5;
  note(isCounting, table, p + 6, <i32>(category > 1));
  if (category < 2) {
    note(isCounting, table, p + 7, category);
  } else {
    note(isCounting, table, p + 8, (category - 2) >> 1);
    note(isCounting, table, p + 9 + <usize>((category - 2) >> 1), category & 1);
  }
  if (!isCounting) putAbove(category, size);
}

function putAbove(category: i32, size: i32): void {
  const above = size - 3 - (2 << category);
  let bits = category == 5 ? 11 : category + 1;
  let at = categories + <usize>category * 12;
  while (bits-- > 0) putBit((above >> bits) & 1, <i32>load<u8>(at++));
}

/**
 * Walks through the macroblock whose levels are at `from`. `above` and `left` tell which blocks had levels: 4 of luma, 2 of
 * U, 2 of V, and the one of DC. Returns where the next macroblock is.
 */
// @ts-ignore: decorator
@inline
function walkMacroblock(isCounting: bool, table: usize, from: usize, above: usize, left: usize): usize {
  const present = <i32>load<u32>(from);
  let at = from + 4;
  if ((present & anyBlock) == 0) {
    store<u64>(above, 0);
    store<u64>(left, 0);
    if ((present & isInBlocks) == 0) {
      store<u8>(above, 0, 8);
      store<u8>(left, 0, 8);
    }
    return at;
  }
  let type: usize = 3;
  let first: usize = 0;
  if ((present & isInBlocks) == 0) {
    at = walkPlace(isCounting, table, at, 1, 0, above + 8, left + 8, (present >> dcBlock) & 1);
    type = 0;
    first = 1;
  }
  for (let block: usize = 0; block < 16; block++) {
    at = walkPlace(isCounting, table, at, type, first, above + (block & 3), left + (block >> 2), (present >> <i32>block) & 1);
  }
  for (let block: usize = 16; block < 24; block++) {
    const plane: usize = 4 + ((block >> 1) & 2);
    at = walkPlace(
      isCounting, table, at, 2, 0, above + plane + (block & 1), left + plane + ((block >> 1) & 1), (present >> <i32>block) & 1,
    );
  }
  return at;
}

/** Walks through one block, if it has levels, and remembers whether it has. */
// @ts-ignore: decorator
@inline
function walkPlace(
  isCounting: bool, table: usize, from: usize, type: usize, first: usize, above: usize, left: usize, isPresent: i32,
): usize {
  const context = <usize>load<u8>(above) + <usize>load<u8>(left);
  store<u8>(above, isPresent);
  store<u8>(left, isPresent);
  if (isPresent != 0) {
    return isCounting
      ? countBlock(table, from, type, first, context)
      : codeBlock(table, from, type, first, context);
  }
  note(isCounting, table, type * typeBytes + (first == 0 ? 0 : bandBytes) + context * contextBytes, 0);
  return from;
}

function countBlock(table: usize, from: usize, type: usize, first: usize, context: usize): usize {
  return walkBlock(true, table, from, type, first, context);
}

function codeBlock(table: usize, from: usize, type: usize, first: usize, context: usize): usize {
  return walkBlock(false, table, from, type, first, context);
}

/** Counts the bits that the tokens of a macroblock take. */
export function countLevels(counts: usize, from: usize, above: usize, left: usize): usize {
  return walkMacroblock(true, counts, from, above, left);
}

/** Writes the tokens of a macroblock. */
export function codeLevels(probabilities: usize, from: usize, above: usize, left: usize): usize {
  return walkMacroblock(false, probabilities, from, above, left);
}
