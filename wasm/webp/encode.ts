// The first step of a picture as VP8: macroblocks are predicted and quantised as they come, and what they become is kept.
// `code.ts` has the second. Source: RFC 6386.
import { paddedModes } from "./block-modes";
import { chooseChromaMode, chromaPresent, encodeChroma } from "./chroma";
import {
  blockCostsOffset,
  chromaAbove,
  chromaBytes,
  chromaCostsOffset,
  chromaStepsOffset,
  countsOffset,
  Encoder,
  forgetLeft,
  leftLevelsOffset,
  leftModesOffset,
  levelsAbove,
  levelsAboveBytes,
  levelsLimit,
  levelsOffset,
  lumaAbove,
  lumaBytes,
  lumaStepsOffset,
  modeBitsOffset,
  modesAbove,
  modesAboveBytes,
  modesOffset,
  outputOffset,
  rewind,
  rowsOffset,
  wholeCostsOffset,
  wholeStepsOffset,
} from "./encoder";
import { anyBlock, countLevels, countsBytes, isInBlocks } from "./levels";
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
} from "./macroblock";
import { rememberModes, wholeModes, writeBlockModes } from "./modes";
import { makeSteps } from "./quantise";

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

/** What it takes to say that luma is predicted by blocks, whether there are levels, and both with modes of chroma. */
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
