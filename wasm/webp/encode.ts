// A picture as VP8, in two steps: macroblocks are predicted and quantised as they come, and what they become is kept; once
// all have come, their bits are written with probabilities that suit the picture. Source: RFC 6386.
import { BoolState, coded, flushBits, layAsideBits, putBit, resetBits, takeUpBits } from "./bits";
import { paddedModes } from "./block-modes";
import { chooseChromaMode, chromaPresent, encodeChroma } from "./chroma";
import { anyBlock, codeLevels, countLevels, countsBytes, isInBlocks, probabilityCount } from "./levels";
import { blockModes, chooseLumaMode, encodeBlocks, encodeWhole, modeBitsSpent, present } from "./luma";
import {
  chroma,
  chromaCorner,
  chromaLeft,
  loadChroma,
  loadLuma,
  shown,
  shownChroma,
  shownStride,
  SourcePlane,
} from "./macroblock";
import { codeModes, rememberModes, wholeModes, writeBlockModes } from "./modes";
import { makeSteps, stepsBytes } from "./quantise";

/** One encoder; the caller fills the first words and the definitions, the rest is the kernel's. */
@unmanaged
class Encoder {
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

/** What the caller fills in: probabilities of the modes of blocks, 256ths of a bit that each takes, and probabilities of tokens. */
const definitionsOffset: usize = (stateOffset + offsetof<BoolState>() + 15) & ~15;
const modeBitsOffset: usize = definitionsOffset + 900;
const probabilitiesOffset: usize = modeBitsOffset + 2000;
/** How often the bits of tokens were 0 and 1. */
const countsOffset: usize = (probabilitiesOffset + probabilityCount + 15) & ~15;
const blockCostsOffset: usize = countsOffset + countsBytes;
const wholeCostsOffset: usize = blockCostsOffset + 100 * 4 * paddedModes;
const chromaCostsOffset: usize = wholeCostsOffset + 16;
const lumaStepsOffset: usize = chromaCostsOffset + 16;
const wholeStepsOffset: usize = lumaStepsOffset + stepsBytes;
const chromaStepsOffset: usize = wholeStepsOffset + stepsBytes;
/** Which blocks beside a macroblock have levels, and by what modes they are predicted. */
const leftLevelsOffset: usize = chromaStepsOffset + stepsBytes;
const leftModesOffset: usize = leftLevelsOffset + 16;
const levelsOffset: usize = leftModesOffset + 16;
/** A call returns before the levels of another macroblock might not fit, 400 of three bytes and a word, or its bits. */
const levelsLimit: usize = 32768;
const levelsBytes: usize = levelsLimit + 1216;
const modesOffset: usize = levelsOffset + levelsBytes;
/** As many macroblocks as a row has at most. */
const modesBytes: usize = 1024 * 9;
const outputOffset: usize = modesOffset + modesBytes;
const outputLimit: usize = 32768;
/** 400 levels of up to 23 bits, each written as 8 at most. */
const outputBytes: usize = outputLimit + 10240;
const rowsOffset: usize = outputOffset + outputBytes;

/** Of each macroblock above, what is shown in its last row, and which blocks have levels, by what modes. */
const lumaBytes: usize = 16;
const chromaBytes: usize = 16;
const levelsAboveBytes: usize = 9;
const modesAboveBytes: usize = 4;

/** Where the definitions are in an encoder, and the counts of its tokens. */
export const vp8Definitions: i32 = <i32>definitionsOffset;
export const vp8Counts: i32 = <i32>countsOffset;

/** Returns the size of an encoder: it holds a row of pixels, whatever the height of the picture. */
export function vp8EncoderBytes(across: i32): usize {
  return rowsOffset + <usize>across * (lumaBytes + chromaBytes + levelsAboveBytes + modesAboveBytes) + 32;
}

/**
 * What a 256th of a bit costs against a 16th of the square of a difference, in 16ths: of modes of whole luma and of chroma;
 * of modes of blocks in 128ths of the square of a step. Found by trial, as all that rounds levels (`bench/webp.ts`).
 */
const wholeModeWeight: i32 = 106;
const chromaModeWeight: i32 = 120;
const blockModeWeight: i32 = 11;
/** What predicting by blocks costs on its own, in 256ths of the square of a step. */
const blocksPenalty: i64 = 500;

/** Resets an encoder whose first words and definitions of modes are set. */
export function openVp8Encoder(pointer: usize): void {
  const encoder = changetype<Encoder>(pointer);
  encoder.levels = pointer + levelsOffset;
  encoder.modes = pointer + modesOffset;
  encoder.output = pointer + outputOffset;
  encoder.emptyCount = 0;
  encoder.modeBitsLeft = 0;
  makeSteps(pointer + lumaStepsOffset, encoder.lumaDc, encoder.lumaAc, 110, 120, 10);
  makeSteps(pointer + wholeStepsOffset, encoder.wholeDc, encoder.wholeAc, 96, 108, 0);
  makeSteps(pointer + chromaStepsOffset, encoder.chromaDc, encoder.chromaAc, 110, 115, 0);
  memory.fill(pointer + countsOffset, 0, countsBytes);
  makeCosts(pointer, (blockModeWeight * encoder.lumaAc * encoder.lumaAc) >> 7);
  rewind(encoder, pointer);
  memory.fill(pointer + rowsOffset, 127, <usize>encoder.across * (lumaBytes + chromaBytes) + 32);
  memory.fill(chroma, 128, 128);
}

/** Sets an encoder back to the first macroblock, for what it keeps of modes and levels around it. */
function rewind(encoder: Encoder, pointer: usize): void {
  encoder.column = 0;
  encoder.row = 0;
  const across = <usize>encoder.across;
  memory.fill(levelsAbove(encoder, pointer), 0, across * (levelsAboveBytes + modesAboveBytes));
}

// @ts-ignore: decorator
@inline
function lumaAbove(pointer: usize): usize {
  return pointer + rowsOffset;
}

/** Behind the pixels of luma, of which four more are read than there are. */
// @ts-ignore: decorator
@inline
function chromaAbove(encoder: Encoder, pointer: usize): usize {
  return pointer + rowsOffset + <usize>encoder.across * lumaBytes + 16;
}

// @ts-ignore: decorator
@inline
function levelsAbove(encoder: Encoder, pointer: usize): usize {
  return chromaAbove(encoder, pointer) + <usize>encoder.across * chromaBytes + 16;
}

// @ts-ignore: decorator
@inline
function modesAbove(encoder: Encoder, pointer: usize): usize {
  return levelsAbove(encoder, pointer) + <usize>encoder.across * levelsAboveBytes;
}

/** Costs of the modes of whole luma and of chroma, in 256ths of a bit. */
const wholeBits = memory.data<u16>([663, 919, 872, 919]);
const chromaBits = memory.data<u16>([302, 984, 439, 642]);

/** Weighs what modes take, as words that have the mode in their lowest four bits. */
function makeCosts(pointer: usize, blockWeight: i32): void {
  for (let mode: usize = 0; mode < 4; mode++) {
    store<u32>(pointer + wholeCostsOffset + mode * 4, costOf(load<u16>(wholeBits + mode * 2), wholeModeWeight, mode));
    store<u32>(pointer + chromaCostsOffset + mode * 4, costOf(load<u16>(chromaBits + mode * 2), chromaModeWeight, mode));
  }
  for (let pair: usize = 0; pair < 100; pair++) {
    const bits = pointer + modeBitsOffset + pair * 20;
    const costs = pointer + blockCostsOffset + pair * 4 * <usize>paddedModes;
    for (let mode: usize = 0; mode < 10; mode++) {
      store<u32>(costs + mode * 4, costOf(load<u16>(bits + mode * 2), blockWeight, mode));
    }
    // The last two modes are scored twice.
    store<u64>(costs, load<u64>(costs, 32), 40);
  }
}

function costOf(bits: i32, weight: i32, mode: usize): u32 {
  return (((bits * weight) >> 4) << 4) | <u32>mode;
}

/**
 * Encodes macroblocks of the row that the planes have, until it is complete or the buffer is full; the caller takes
 * levels and modes, and calls again until `row` has grown.
 */
export function encodeVp8(pointer: usize): void {
  const encoder = changetype<Encoder>(pointer);
  const limit = encoder.levels + levelsLimit;
  let to = encoder.levels;
  let modes = encoder.modes;
  if (encoder.column == 0) openRow(encoder, pointer);
  while (encoder.column < encoder.across && to < limit) {
    const column = encoder.column;
    loadLuma(encoder.plane(0), column << 4, 0);
    if (encoder.componentCount == 3) loadChroma(encoder.plane(1), encoder.plane(2), column << 3, 0);
    const next = encodeMacroblock(encoder, pointer, to, modes);
    modes = modesEnd;
    to = next;
    encoder.column = column + 1;
  }
  encoder.levelBytes = <i32>(to - encoder.levels);
  encoder.modeBytes = <i32>(modes - encoder.modes);
  if (encoder.column == encoder.across) {
    encoder.column = 0;
    encoder.row++;
  }
}

/** What is beside a row: nothing. Source: RFC 6386 section 12.2. */
function openRow(encoder: Encoder, pointer: usize): void {
  const corner = encoder.row == 0 ? 127 : 129;
  store<u8>(shown - shownStride - 1, corner);
  for (let y: usize = 0; y < 16; y++) store<u8>(shown + y * shownStride - 1, 129);
  store<u16>(chromaCorner, corner * 0x0101);
  v128.store(chromaLeft, i8x16.splat(<i8>129));
  forgetLeft(pointer);
}

function forgetLeft(pointer: usize): void {
  v128.store(pointer + leftLevelsOffset, i8x16.splat(0));
  store<u32>(pointer + leftModesOffset, 0);
}

let modesEnd: usize = 0;

/** Encodes the macroblock that was loaded. Returns where the levels of the next may go; `modesEnd` is where its modes may. */
function encodeMacroblock(encoder: Encoder, pointer: usize, to: usize, modes: usize): usize {
  const column = encoder.column;
  const row = encoder.row;
  const top = lumaAbove(pointer) + <usize>column * lumaBytes;
  const topChroma = chromaAbove(encoder, pointer) + <usize>column * chromaBytes;
  const topModes = modesAbove(encoder, pointer) + <usize>column * modesAboveBytes;
  const leftModes = pointer + leftModesOffset;
  v128.store(shown - shownStride, v128.load(top));
  const isLast = column == encoder.across - 1 && row > 0;
  store<u32>(shown - shownStride + 16, isLast ? <u32>load<u8>(top, 15) * 0x01010101 : load<u32>(top, 16));

  encoder.modeBitsLeft += encoder.modeBits;
  const whole = <u32>chooseLumaMode(column, row, pointer + wholeCostsOffset);
  const lumaMode = <i32>(whole & 15);
  const step = <i64>encoder.lumaAc;
  let end = encodeBlocks(
    pointer + lumaStepsOffset, pointer + blockCostsOffset, pointer + modeBitsOffset, topModes, leftModes,
    (step * step * blocksPenalty) >> 4, <i64>(whole >> 4), encoder.modeBitsLeft - otherModeBits, to + 4,
  );
  const isByBlocks = end != 0;
  if (!isByBlocks) end = encodeWhole(lumaMode, pointer + lumaStepsOffset, pointer + wholeStepsOffset, to + 4);
  const chromaMode = chooseChromaMode(column, row, topChroma, pointer + chromaCostsOffset);
  end = encodeChroma(chromaMode, topChroma, pointer + chromaStepsOffset, end);
  const found = present | chromaPresent;
  store<u32>(to, found | (isByBlocks ? isInBlocks : 0));
  const isEmpty = (found & anyBlock) == 0;
  if (isEmpty) encoder.emptyCount++;
  countLevels(
    pointer + countsOffset, to, levelsAbove(encoder, pointer) + <usize>column * levelsAboveBytes, pointer + leftLevelsOffset,
  );
  if (isByBlocks) {
    modesEnd = writeBlockModes(blockModes, chromaMode, isEmpty, modes);
    store<u32>(topModes, load<u32>(blockModes, 12));
    for (let y: usize = 0; y < 4; y++) store<u8>(leftModes + y, load<u8>(blockModes + (y << 2), 3));
    encoder.modeBitsLeft -= modeBitsSpent + inBlocksBits;
  } else {
    store<u8>(modes, wholeModes(lumaMode, chromaMode, isEmpty));
    modesEnd = modes + 1;
    rememberModes(lumaMode, topModes, leftModes);
    encoder.modeBitsLeft -= <i32>load<u16>(wholeBits + (<usize>lumaMode << 1));
  }
  encoder.modeBitsLeft -= <i32>load<u16>(chromaBits + (<usize>chromaMode << 1)) + emptyBits;
  keepEdges(top, topChroma);
  return end;
}

/** What it takes to say that luma is predicted by blocks, whether there are levels, and all but the modes of blocks at most. */
const inBlocksBits: i32 = 210;
const emptyBits: i32 = 128;
const otherModeBits: i32 = inBlocksBits + emptyBits + 984;


/** Keeps what the macroblocks to the right and below are predicted from. */
function keepEdges(top: usize, topChroma: usize): void {
  v128.store(top, v128.load(shown + 15 * shownStride));
  let at = shown - shownStride;
  for (let y: usize = 0; y < 17; y++) {
    store<u8>(at - 1, load<u8>(at + 15));
    at += shownStride;
  }
  store<u8>(chromaCorner, load<u8>(topChroma, 7));
  store<u8>(chromaCorner, load<u8>(topChroma, 15), 1);
  v128.store(topChroma, v128.load(shownChroma + 112));
  for (let y: usize = 0; y < 8; y++) {
    store<u8>(chromaLeft + y, load<u8>(shownChroma + (y << 4), 7));
    store<u8>(chromaLeft + y, load<u8>(shownChroma + (y << 4), 15), 8);
  }
}

/** Begins a partition: the first has modes, the second has tokens. */
export function openVp8Partition(pointer: usize): void {
  const encoder = changetype<Encoder>(pointer);
  resetBits(encoder.state);
  encoder.outputBytes = 0;
  rewind(encoder, pointer);
  forgetLeft(pointer);
}

/** Writes a bit of the header. */
export function putVp8Bit(pointer: usize, bit: i32, probability: i32): void {
  const encoder = changetype<Encoder>(pointer);
  takeUpBits(encoder.state, encoder.output + encoder.outputBytes);
  putBit(bit, probability);
  layAside(encoder);
}

/** Ends a partition. */
export function closeVp8Partition(pointer: usize): void {
  const encoder = changetype<Encoder>(pointer);
  takeUpBits(encoder.state, encoder.output + encoder.outputBytes);
  flushBits();
  layAside(encoder);
}

function layAside(encoder: Encoder): void {
  layAsideBits(encoder.state);
  encoder.outputBytes = <i32>(coded - encoder.output);
}

/** Writes the bits of the modes that are in the encoder, until all are taken or the output is full. */
export function codeVp8Modes(pointer: usize): void {
  const encoder = changetype<Encoder>(pointer);
  const end = encoder.modes + encoder.modeBytes;
  const limit = encoder.output + outputLimit;
  let from = encoder.modes + encoder.takenBytes;
  takeUpBits(encoder.state, encoder.output + encoder.outputBytes);
  while (from < end && coded < limit) {
    const above = modesAbove(encoder, pointer) + <usize>encoder.column * modesAboveBytes;
    from = codeModes(pointer + definitionsOffset, encoder.filled, from, above, pointer + leftModesOffset);
    step(encoder, pointer);
  }
  encoder.takenBytes = <i32>(from - encoder.modes);
  layAside(encoder);
}

/** Writes the bits of the levels that are in the encoder, until all are taken or the output is full. */
export function codeVp8Levels(pointer: usize): void {
  const encoder = changetype<Encoder>(pointer);
  const end = encoder.levels + encoder.levelBytes;
  const limit = encoder.output + outputLimit;
  let from = encoder.levels + encoder.takenBytes;
  takeUpBits(encoder.state, encoder.output + encoder.outputBytes);
  while (from < end && coded < limit) {
    const above = levelsAbove(encoder, pointer) + <usize>encoder.column * levelsAboveBytes;
    from = codeLevels(pointer + probabilitiesOffset, from, above, pointer + leftLevelsOffset);
    step(encoder, pointer);
  }
  encoder.takenBytes = <i32>(from - encoder.levels);
  layAside(encoder);
}

/** Goes on to the next macroblock of what is kept. */
// @ts-ignore: decorator
@inline
function step(encoder: Encoder, pointer: usize): void {
  if (++encoder.column < encoder.across) return;
  encoder.column = 0;
  forgetLeft(pointer);
}
