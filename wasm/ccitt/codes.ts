// The codes of T.4 and T.6, and the tables that decode each with one look-up.
// Source: ITU-T T.4 tables 2/T.4, 3a/T.4, 3b/T.4 and 4/T.4.

/** The longest code of a run, in bits: the width of an index into a run table. */
const runBits: u32 = 13;
/** The longest code of a mode, in bits: the width of an index into the mode table. */
const modeBits: u32 = 7;
/** Runs from here on are make-up codes: more of the same run follows. */
export const makeUp: u32 = 64;

// Each code has a 1 before it, which marks where it begins.

/** White runs of 0 to 63. */
const whiteTerminating: usize = memory.data<u16>([
  0b1_00110101, 0b1_000111, 0b1_0111, 0b1_1000, 0b1_1011, 0b1_1100, 0b1_1110, 0b1_1111,
  0b1_10011, 0b1_10100, 0b1_00111, 0b1_01000, 0b1_001000, 0b1_000011, 0b1_110100, 0b1_110101,
  0b1_101010, 0b1_101011, 0b1_0100111, 0b1_0001100, 0b1_0001000, 0b1_0010111, 0b1_0000011, 0b1_0000100,
  0b1_0101000, 0b1_0101011, 0b1_0010011, 0b1_0100100, 0b1_0011000, 0b1_00000010, 0b1_00000011, 0b1_00011010,
  0b1_00011011, 0b1_00010010, 0b1_00010011, 0b1_00010100, 0b1_00010101, 0b1_00010110, 0b1_00010111, 0b1_00101000,
  0b1_00101001, 0b1_00101010, 0b1_00101011, 0b1_00101100, 0b1_00101101, 0b1_00000100, 0b1_00000101, 0b1_00001010,
  0b1_00001011, 0b1_01010010, 0b1_01010011, 0b1_01010100, 0b1_01010101, 0b1_00100100, 0b1_00100101, 0b1_01011000,
  0b1_01011001, 0b1_01011010, 0b1_01011011, 0b1_01001010, 0b1_01001011, 0b1_00110010, 0b1_00110011, 0b1_00110100,
]);

/** White runs of 64, 128 and so on to 1728. */
const whiteMakeUp: usize = memory.data<u16>([
  0b1_11011, 0b1_10010, 0b1_010111, 0b1_0110111, 0b1_00110110, 0b1_00110111, 0b1_01100100,
  0b1_01100101, 0b1_01101000, 0b1_01100111, 0b1_011001100, 0b1_011001101, 0b1_011010010, 0b1_011010011,
  0b1_011010100, 0b1_011010101, 0b1_011010110, 0b1_011010111, 0b1_011011000, 0b1_011011001, 0b1_011011010,
  0b1_011011011, 0b1_010011000, 0b1_010011001, 0b1_010011010, 0b1_011000, 0b1_010011011,
]);

/** Black runs of 0 to 63. */
const blackTerminating: usize = memory.data<u16>([
  0b1_0000110111, 0b1_010, 0b1_11, 0b1_10, 0b1_011, 0b1_0011, 0b1_0010,
  0b1_00011, 0b1_000101, 0b1_000100, 0b1_0000100, 0b1_0000101, 0b1_0000111, 0b1_00000100,
  0b1_00000111, 0b1_000011000, 0b1_0000010111, 0b1_0000011000, 0b1_0000001000, 0b1_00001100111, 0b1_00001101000,
  0b1_00001101100, 0b1_00000110111, 0b1_00000101000, 0b1_00000010111, 0b1_00000011000, 0b1_000011001010, 0b1_000011001011,
  0b1_000011001100, 0b1_000011001101, 0b1_000001101000, 0b1_000001101001, 0b1_000001101010, 0b1_000001101011, 0b1_000011010010,
  0b1_000011010011, 0b1_000011010100, 0b1_000011010101, 0b1_000011010110, 0b1_000011010111, 0b1_000001101100, 0b1_000001101101,
  0b1_000011011010, 0b1_000011011011, 0b1_000001010100, 0b1_000001010101, 0b1_000001010110, 0b1_000001010111, 0b1_000001100100,
  0b1_000001100101, 0b1_000001010010, 0b1_000001010011, 0b1_000000100100, 0b1_000000110111, 0b1_000000111000, 0b1_000000100111,
  0b1_000000101000, 0b1_000001011000, 0b1_000001011001, 0b1_000000101011, 0b1_000000101100, 0b1_000001011010, 0b1_000001100110,
  0b1_000001100111,
]);

/** Black runs of 64, 128 and so on to 1728. */
const blackMakeUp: usize = memory.data<u16>([
  0b1_0000001111, 0b1_000011001000, 0b1_000011001001, 0b1_000001011011, 0b1_000000110011, 0b1_000000110100,
  0b1_000000110101, 0b1_0000001101100, 0b1_0000001101101, 0b1_0000001001010, 0b1_0000001001011, 0b1_0000001001100,
  0b1_0000001001101, 0b1_0000001110010, 0b1_0000001110011, 0b1_0000001110100, 0b1_0000001110101, 0b1_0000001110110,
  0b1_0000001110111, 0b1_0000001010010, 0b1_0000001010011, 0b1_0000001010100, 0b1_0000001010101, 0b1_0000001011010,
  0b1_0000001011011, 0b1_0000001100100, 0b1_0000001100101,
]);

/** Runs of either color of 1792, 1856 and so on to 2560. */
const longMakeUp: usize = memory.data<u16>([
  0b1_00000001000, 0b1_00000001100, 0b1_00000001101, 0b1_000000010010, 0b1_000000010011, 0b1_000000010100,
  0b1_000000010101, 0b1_000000010110, 0b1_000000010111, 0b1_000000011100, 0b1_000000011101, 0b1_000000011110,
  0b1_000000011111,
]);

/** The mode codes that read no run: vertical from 3 to the left to 3 to the right, then pass and horizontal. */
const modeCodes: usize = memory.data<u16>([
  0b1_0000010, 0b1_000010, 0b1_010, 0b1_1, 0b1_011, 0b1_000011, 0b1_0000011, 0b1_0001, 0b1_001,
]);

/** The mode with a1 directly below b1; 3 less to 3 more are the other vertical modes. */
export const modeVertical: u32 = 4;
export const modePass: u32 = 8;
export const modeHorizontal: u32 = 9;

/**
 * What the next 13 bits begin with, for white and then for black: `run << 4 | bits of the code`, or 0 if no code of
 * that color matches.
 */
export const runTable: usize = memory.data(2 << (runBits + 1), 16);
/** What the next 7 bits begin with: `mode << 3 | bits of the code`, or 0 if no mode matches. */
export const modeTable: usize = memory.data(1 << modeBits, 16);

let isBuilt: bool = false;

/** Fills the tables, once. */
export function buildCodes(): void {
  if (isBuilt) return;
  isBuilt = true;
  const black = runTable + (1 << (runBits + 1));
  addRuns(runTable, whiteTerminating, 64, 0, 1);
  addRuns(runTable, whiteMakeUp, 27, makeUp, 64);
  addRuns(runTable, longMakeUp, 13, 1792, 64);
  addRuns(black, blackTerminating, 64, 0, 1);
  addRuns(black, blackMakeUp, 27, makeUp, 64);
  addRuns(black, longMakeUp, 13, 1792, 64);
  for (let mode: u32 = 1; mode <= modeHorizontal; mode++) {
    const code = <u32>load<u16>(modeCodes + ((mode - 1) << 1));
    const bits = 31 - clz(code);
    const first = (code ^ (1 << bits)) << (modeBits - bits);
    memory.fill(modeTable + first, <u8>((mode << 3) | bits), 1 << (modeBits - bits));
  }
}

/** Adds `count` codes to a run table, of runs that begin with `run` and differ by `step`. */
function addRuns(table: usize, codes: usize, count: u32, run: u32, step: u32): void {
  for (let index: u32 = 0; index < count; index++) {
    const code = <u32>load<u16>(codes + (index << 1));
    const bits = 31 - clz(code);
    const first = (code ^ (1 << bits)) << (runBits - bits);
    const end = first + (1 << (runBits - bits));
    for (let at = first; at < end; at++) store<u16>(table + (at << 1), ((run + index * step) << 4) | bits);
  }
}
