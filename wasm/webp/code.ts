// The second step of a picture as VP8: once all macroblocks have come, their bits are written with probabilities that suit
// the picture. Source: RFC 6386.
import { coded, flushBits, layAsideBits, putBit, resetBits, takeUpBits } from "./bits";
import {
  definitionsOffset,
  Encoder,
  forgetLeft,
  leftLevelsOffset,
  leftModesOffset,
  levelsAbove,
  levelsAboveBytes,
  modesAbove,
  modesAboveBytes,
  outputLimit,
  probabilitiesOffset,
  rewind,
} from "./encoder";
import { codeLevels } from "./levels";
import { codeModes } from "./modes";

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
