// Where the encoder of VP8 has what: its words, tables and buffers, and what it keeps of the macroblocks above and beside.
import { BoolState } from "./bits";
import { paddedModes } from "./block-modes";
import { countsBytes, probabilityCount } from "./levels";
import { SourcePlane } from "./macroblock";
import { stepsBytes } from "./quantise";

/** One encoder; the caller fills the first words and the definitions, the rest is the kernel's. */
@unmanaged
export class Encoder {
  /** Macroblocks in a row. */
  across: i32;
  /** 1 for gray, 3 for YCbCr with halved chroma. */
  componentCount: i32;
  /** The steps of DC and AC: of luma, of the DC coefficients of whole luma, of chroma. */
  lumaDc: i32;
  lumaAc: i32;
  wholeDc: i32;
  wholeAc: i32;
  chromaDc: i32;
  chromaAc: i32;
  /** 256ths of a bit that the modes of a macroblock may take on average. */
  modeBits: i32;
  /** How likely a macroblock has levels, in 256. */
  filled: i32;
  /** The next macroblock of the row, and how many rows are done. */
  column: i32;
  row: i32;
  /** Macroblocks without levels. */
  emptyCount: i32;
  /** Where levels and modes are, and where bits are written. */
  levels: usize;
  modes: usize;
  output: usize;
  /** Bytes that a call left there, or is to take from there; how many of these it has taken. */
  levelBytes: i32;
  modeBytes: i32;
  takenBytes: i32;
  outputBytes: i32;
  /** 256ths of a bit that modes may still take, up to the next macroblock. */
  modeBitsLeft: i32;

  // @ts-ignore: decorator
  @inline
  plane(index: i32): SourcePlane {
    return changetype<SourcePlane>(changetype<usize>(this) + offsetof<Encoder>() + <usize>index * offsetof<SourcePlane>());
  }

  // @ts-ignore: decorator
  @inline
  get state(): BoolState {
    return changetype<BoolState>(changetype<usize>(this) + stateOffset);
  }
}

const planesMaximum: usize = 3;
const stateOffset: usize = offsetof<Encoder>() + planesMaximum * offsetof<SourcePlane>();

/** What the caller fills in: probabilities of the modes of blocks, what each takes in 256ths of a bit, those of tokens. */
export const definitionsOffset: usize = (stateOffset + offsetof<BoolState>() + 15) & ~15;
export const modeBitsOffset: usize = definitionsOffset + 900;
export const probabilitiesOffset: usize = modeBitsOffset + 2000;
/** How often the bits of tokens were 0 and 1. */
export const countsOffset: usize = (probabilitiesOffset + probabilityCount + 15) & ~15;
export const blockCostsOffset: usize = countsOffset + countsBytes;
export const wholeCostsOffset: usize = blockCostsOffset + 100 * 4 * paddedModes;
export const chromaCostsOffset: usize = wholeCostsOffset + 16;
export const lumaStepsOffset: usize = chromaCostsOffset + 16;
export const wholeStepsOffset: usize = lumaStepsOffset + stepsBytes;
export const chromaStepsOffset: usize = wholeStepsOffset + stepsBytes;
/** Which blocks beside a macroblock have levels, and by what modes they are predicted. */
export const leftLevelsOffset: usize = chromaStepsOffset + stepsBytes;
export const leftModesOffset: usize = leftLevelsOffset + 16;
export const levelsOffset: usize = leftModesOffset + 16;
/** A call returns before the levels of another macroblock might not fit, 400 of three bytes and a word, or its bits. */
export const levelsLimit: usize = 32768;
const levelsBytes: usize = levelsLimit + 1216;
export const modesOffset: usize = levelsOffset + levelsBytes;
/** As many macroblocks as a row has at most. */
const modesBytes: usize = 1024 * 9;
export const outputOffset: usize = modesOffset + modesBytes;
export const outputLimit: usize = 32768;
/** 400 levels of up to 23 bits, each written as 8 at most. */
const outputBytes: usize = outputLimit + 10240;
export const rowsOffset: usize = outputOffset + outputBytes;

/** Of each macroblock above, what is shown in its last row, and which blocks have levels, by what modes. */
export const lumaBytes: usize = 16;
export const chromaBytes: usize = 16;
export const levelsAboveBytes: usize = 9;
export const modesAboveBytes: usize = 4;

/** Where the definitions are in an encoder, and the counts of its tokens. */
export const vp8Definitions: i32 = <i32>definitionsOffset;
export const vp8Counts: i32 = <i32>countsOffset;

/** Returns the size of an encoder: it holds a row of pixels, whatever the height of the picture. */
export function vp8EncoderBytes(across: i32): usize {
  return rowsOffset + <usize>across * (lumaBytes + chromaBytes + levelsAboveBytes + modesAboveBytes) + 32;
}

/** Sets an encoder back to the first macroblock, for what it keeps of modes and levels around it. */
export function rewind(encoder: Encoder, pointer: usize): void {
  encoder.column = 0;
  encoder.row = 0;
  const across = <usize>encoder.across;
  memory.fill(levelsAbove(encoder, pointer), 0, across * (levelsAboveBytes + modesAboveBytes));
}

// @ts-ignore: decorator
@inline
export function lumaAbove(pointer: usize): usize {
  return pointer + rowsOffset;
}

/** Behind the pixels of luma, of which four more are read than there are. */
// @ts-ignore: decorator
@inline
export function chromaAbove(encoder: Encoder, pointer: usize): usize {
  return pointer + rowsOffset + <usize>encoder.across * lumaBytes + 16;
}

// @ts-ignore: decorator
@inline
export function levelsAbove(encoder: Encoder, pointer: usize): usize {
  return chromaAbove(encoder, pointer) + <usize>encoder.across * chromaBytes + 16;
}

// @ts-ignore: decorator
@inline
export function modesAbove(encoder: Encoder, pointer: usize): usize {
  return levelsAbove(encoder, pointer) + <usize>encoder.across * levelsAboveBytes;
}

/** Forgets what is to the left: a row begins. */
export function forgetLeft(pointer: usize): void {
  v128.store(pointer + leftLevelsOffset, i8x16.splat(0));
  store<u32>(pointer + leftModesOffset, 0);
}
