// Modes of macroblocks as they are kept until the picture is complete, and then coded: a byte, and two to a byte those of
// 16 blocks if luma is predicted by blocks. Source: RFC 6386 section 11.
import { putBit } from "./bits";
import { byAbove, byLeft, byMean, byTrueMotion } from "./luma";

/** Modes of blocks alone, in the order of `chooseBlockMode`: between them are vertical-right and horizontal-up. */
const downRight: i32 = 4;
const downLeft: i32 = 6;
const verticalLeft: i32 = 7;
const horizontalDown: i32 = 8;

const blocksFlag: i32 = 128;
const emptyFlag: i32 = 64;

/** Returns the byte of a macroblock that is predicted whole. */
// @ts-ignore: decorator
@inline
export function wholeModes(lumaMode: i32, chromaMode: i32, isEmpty: bool): i32 {
  return (isEmpty ? emptyFlag : 0) | (lumaMode << 2) | chromaMode;
}

/** Writes the bytes of a macroblock that is predicted by blocks. Returns where the next may go. */
export function writeBlockModes(modes: usize, chromaMode: i32, isEmpty: bool, to: usize): usize {
  store<u8>(to, blocksFlag | (isEmpty ? emptyFlag : 0) | chromaMode);
  for (let pair: usize = 0; pair < 8; pair++) {
    const at = modes + (pair << 1);
    store<u8>(to + 1 + pair, load<u8>(at) | (load<u8>(at, 1) << 4));
  }
  return to + 9;
}

/**
 * Writes the bits of the macroblock whose modes are at `from`. `above` and `left` have the modes of four blocks around it,
 * `probabilities` those of the modes of blocks, `filled` that of a macroblock with levels. Returns where the next is.
 */
export function codeModes(probabilities: usize, filled: i32, from: usize, above: usize, left: usize): usize {
  const head = <i32>load<u8>(from++);
  putBit(<i32>((head & emptyFlag) != 0), filled);
  if ((head & blocksFlag) != 0) {
    putBit(0, 145);
    for (let block: usize = 0; block < 16; block++) {
      const x = above + (block & 3);
      const y = left + (block >> 2);
      const mode = (<i32>load<u8>(from + (block >> 1)) >> <i32>((block & 1) << 2)) & 15;
      putBlockMode(mode, probabilities + (<usize>load<u8>(x) * 10 + <usize>load<u8>(y)) * 9);
      store<u8>(x, mode);
      store<u8>(y, mode);
    }
    from += 8;
  } else {
    putBit(1, 145);
    const mode = (head >> 2) & 3;
    putWholeMode(mode);
    rememberModes(mode, above, left);
  }
  putChromaMode(head & 3);
  return from;
}

/** Blocks of a macroblock that is predicted whole count as predicted alike. */
// @ts-ignore: decorator
@inline
export function rememberModes(mode: i32, above: usize, left: usize): void {
  store<u32>(above, mode * 0x01010101);
  store<u32>(left, mode * 0x01010101);
}

function putWholeMode(mode: i32): void {
  const isThird = mode == byTrueMotion || mode == byLeft;
  putBit(<i32>isThird, 156);
  if (isThird) putBit(<i32>(mode == byTrueMotion), 128);
  else putBit(<i32>(mode == byAbove), 163);
}

function putChromaMode(mode: i32): void {
  putBit(<i32>(mode != byMean), 142);
  if (mode == byMean) return;
  putBit(<i32>(mode != byAbove), 114);
  if (mode == byAbove) return;
  putBit(<i32>(mode != byLeft), 183);
}

/** Source: RFC 6386 section 11.2, whose modes are in another order. */
function putBlockMode(mode: i32, p: usize): void {
  putBit(<i32>(mode != byMean), probability(p, 0));
  if (mode == byMean) return;
  putBit(<i32>(mode != byTrueMotion), probability(p, 1));
  if (mode == byTrueMotion) return;
  putBit(<i32>(mode != byAbove), probability(p, 2));
  if (mode == byAbove) return;
  putBit(<i32>(mode >= downLeft), probability(p, 3));
  if (mode < downLeft) {
    putBit(<i32>(mode != byLeft), probability(p, 4));
    if (mode != byLeft) putBit(<i32>(mode != downRight), probability(p, 5));
    return;
  }
  putBit(<i32>(mode != downLeft), probability(p, 6));
  if (mode == downLeft) return;
  putBit(<i32>(mode != verticalLeft), probability(p, 7));
  if (mode != verticalLeft) putBit(<i32>(mode != horizontalDown), probability(p, 8));
}

// @ts-ignore: decorator
@inline
function probability(p: usize, index: usize): i32 {
  return <i32>load<u8>(p + index);
}
