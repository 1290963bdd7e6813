import { coefficientOffsets } from "./quantisation";
import { storeWritten, write, writtenBits, writtenCount, writtenCursor } from "./writer";

// What luma is encoded with, and then chroma: for every category of a DC difference and every symbol of AC coefficients
// `bits << 5 | length`, where the code is already shifted by the bits of the value after it and the length counts both;
// and for every run of 0 to 15 and every value of -32 to 31 the same with the value in it.

const acOffset: usize = 16 * 4;
const valuesOffset: usize = acOffset + 256 * 4;
const smallValues: i32 = 32;
const codesBytes: i32 = 16 * 4 + 256 * 4 + 16 * 64 * 4;
const codes = memory.data(2 * codesBytes, 16);
let areCodesMade = false;

/** Returns what a plane is encoded with: 0 is luma, 1 chroma. */
// @ts-ignore: decorator
@inline
export function codesOf(tables: i32): usize {
  return codes + tables * codesBytes;
}

/**
 * Makes all codes from the parameters of a DHT segment with tables of DC and AC for luma, then for chroma: once, for they are
 * the standard ones for all encoders. Source: ITU-T T.81 C.2.
 */
export function makeCodes(definitions: usize): void {
  if (areCodesMade) return;
  areCodesMade = true;
  for (let tables: i32 = 0; tables < 2; tables++) {
    const made = codesOf(tables);
    definitions = makeSymbols(made, definitions + 1);
    definitions = makeSymbols(made + acOffset, definitions + 1);
    for (let run: i32 = 0; run < 16; run++) {
      for (let value = -smallValues; value < smallValues; value++) {
        store<u32>(made + valuesOffset + (((run << 6) + value + smallValues) << 2), codeOf(made, run, value));
      }
    }
  }
}

/** Makes codes from the 16 counts and the symbols at `counts`; returns where they end. */
function makeSymbols(made: usize, counts: usize): usize {
  let symbol = counts + 16;
  let code: u32 = 0;
  for (let length: u32 = 1; length <= 16; length++) {
    for (let rest: i32 = load<u8>(counts + length - 1); rest > 0; rest--) {
      const category = <u32>load<u8>(symbol) & 15;
      store<u32>(made + (<usize>load<u8>(symbol) << 2), (code << (category + 5)) | (length + category));
      code++;
      symbol++;
    }
    code <<= 1;
  }
  return symbol;
}

/** Returns the code of a run of zeros and of the value after it, and the length of both, as in the table. */
// @ts-ignore: decorator
@inline
function codeOf(made: usize, run: i32, value: i32): u32 {
  const sign = value >> 31;
  const category = 32 - clz((value ^ sign) - sign);
  const entry = load<u32>(made + (((run << 4) | category) << 2), acOffset);
  return entry + ((<u32>(value + sign) & ((1 << category) - 1)) << 5);
}

/** Like `codeOf`: most values are found with their codes. */
// @ts-ignore: decorator
@inline
function findCode(made: usize, run: i32, value: i32): u32 {
  if (<u32>(value + smallValues) >= 2 * <u32>smallValues) return codeOf(made, run, value);
  return load<u32>(made + (((run << 6) + value) << 2), valuesOffset + (<usize>smallValues << 2));
}

/**
 * Encodes the coefficients at `block` with the codes at `made`; those in the zigzag mask `present` are not zero. Returns the DC
 * coefficient. Source: ITU-T T.81 F.1.2.
 */
// @ts-ignore: decorator
@inline
export function encodeBlock(block: usize, present: u64, prediction: i32, made: usize): i32 {
  const dc = <i32>load<i16>(block);
  if (hasLongRun(present)) encodeLongRuns(block, present, dc - prediction, made);
  else encodeShortRuns(block, present, dc - prediction, made);
  return dc;
}

/** Returns whether more than 15 zeros come between two coefficients: other blocks need no look at each run. */
// @ts-ignore: decorator
@inline
function hasLongRun(present: u64): bool {
  // Each coefficient and the 15 places after it: one row of ones, unless a run is longer.
  let covered = present | 1;
  covered |= covered << 1;
  covered |= covered << 2;
  covered |= covered << 4;
  covered |= covered << 8;
  return (covered & (covered + 1)) != 0;
}

/**
 * Encodes a block without long runs. `room` is how many bits there is room for below those in `bits`. They are stored after
 * every other coefficient: 7 are left then, and two of up to 26 bits fit, as do DC, of up to 22, and one.
 */
// @ts-ignore: decorator
@inline
function encodeShortRuns(block: usize, present: u64, difference: i32, made: usize): void {
  let bits = writtenBits;
  let room: u64 = 64 - <u64>writtenCount;
  let cursor = writtenCursor;
  let code: u64 = codeOfDifference(made, difference);
  room -= code & 31;
  bits |= (code >>> 5) << room;
  let rest = present & ~1;
  let previous: i32 = 0;
  while (rest != 0) {
    let index = <i32>ctz(rest);
    rest &= rest - 1;
    code = findCode(made, index - previous - 1, valueAt(block, index));
    room -= code & 31;
    bits |= (code >>> 5) << room;
    previous = index;

    store<u64>(cursor - 7, bits);
    cursor -= <usize>((64 - room) >>> 3);
    bits <<= (64 - room) & 0x78;
    room += (64 - room) & 0x78;
    if (rest == 0) break;

    index = <i32>ctz(rest);
    rest &= rest - 1;
    code = findCode(made, index - previous - 1, valueAt(block, index));
    room -= code & 31;
    bits |= (code >>> 5) << room;
    previous = index;
  }
  if (previous != 63) {
    code = load<u32>(made, acOffset);
    room -= code & 31;
    bits |= (code >>> 5) << room;
  }
  store<u64>(cursor - 7, bits);
  cursor -= <usize>((64 - room) >>> 3);
  bits <<= (64 - room) & 0x78;
  storeWritten(bits, <i32>((64 - room) & 7), cursor);
}

/** Encodes a block with long runs, which few have. */
function encodeLongRuns(block: usize, present: u64, difference: i32, made: usize): void {
  write(codeOfDifference(made, difference));
  let previous: i32 = 0;
  for (let rest = present & ~1; rest != 0; rest &= rest - 1) {
    const index = <i32>ctz(rest);
    const run = index - previous - 1;
    for (let left = run; left > 15; left -= 16) write(load<u32>(made + (0xf0 << 2), acOffset));
    write(findCode(made, run & 15, valueAt(block, index)));
    previous = index;
  }
  if (previous != 63) write(load<u32>(made, acOffset));
}

/** Returns the coefficient of a zigzag index. */
// @ts-ignore: decorator
@inline
function valueAt(block: usize, index: i32): i32 {
  return <i32>load<i16>(block + load<u8>(coefficientOffsets + index));
}

// @ts-ignore: decorator
@inline
function codeOfDifference(made: usize, difference: i32): u32 {
  const sign = difference >> 31;
  const category = 32 - clz((difference ^ sign) - sign);
  return load<u32>(made + (category << 2)) + ((<u32>(difference + sign) & ((1 << category) - 1)) << 5);
}
