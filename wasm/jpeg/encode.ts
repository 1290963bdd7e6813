import { codesOf, encodeBlock, makeCodes } from "./code";
import { forwardTransform } from "./fdct";
import { makeReciprocals } from "./quantisation";
import { storeWritten, stuff, writtenBits, writtenCount, writtenCursor } from "./writer";

/** One component as the encoder reads it. */
@unmanaged
export class SourcePlane {
  pointer: usize;
  stride: usize;
  width: i32;
  /** Number of rows in this call. */
  height: i32;
  /** Blocks in an MCU on each axis. */
  horizontal: i32;
  vertical: i32;
  /** 0 for the tables of luma, 1 for those of chroma. */
  tables: i32;
  prediction: i32;
}

/** One encoder; the caller fills the first words, the rest is the kernel's. `jpegEncoderBytes` counts all of it. */
@unmanaged
export class Encoder {
  componentCount: i32;
  mcusAcross: i32;
  /** MCUs that the rows of this call make, and how many of them are encoded. */
  mcuCount: i32;
  mcusDone: i32;
  /** Where the bytes of a call are. */
  output: usize;
  bitCount: i32;
  bits: u64;

  // @ts-ignore: decorator
  @inline
  plane(index: i32): SourcePlane {
    return changetype<SourcePlane>(changetype<usize>(this) + offsetof<Encoder>() + index * offsetof<SourcePlane>());
  }

  /** Returns the reciprocals of the steps of luma, 0, or of chroma, 1. */
  // @ts-ignore: decorator
  @inline
  reciprocals(tables: i32): usize {
    return changetype<usize>(this) + reciprocalsOffset + <usize>tables * 128;
  }

  /** Goes on writing bits behind those that did not fill a byte. */
  // @ts-ignore: decorator
  @inline
  beginBits(): void {
    storeWritten(this.bits, this.bitCount, changetype<usize>(this) + outputOffset - 1);
  }

  /** Down to where bits may be written that are followed by no more than an MCU takes. */
  // @ts-ignore: decorator
  @inline
  limit(): usize {
    return changetype<usize>(this) + gatheredOffset + mcuMaximumBytes;
  }

  /** Puts the whole bytes that were written to `output`; returns how many they are there. */
  endBits(): i32 {
    this.bits = writtenBits;
    this.bitCount = writtenCount;
    const top = changetype<usize>(this) + outputOffset;
    return <i32>(stuff(top, writtenCursor + 1, this.output) - this.output);
  }
}

const planesMaximum: usize = 3;
/** After the planes: 64 steps of luma and of chroma in zigzag order, then the four tables of the DHT segment. */
const definitionsOffset: usize = offsetof<Encoder>() + planesMaximum * offsetof<SourcePlane>();
const definitionsBytes: usize = 2 * 64 + 2 * (16 + 12) + 2 * (16 + 162) + 4;
const reciprocalsOffset: usize = (definitionsOffset + definitionsBytes + 15) & ~15;
/** Bits are collected here; a call returns before another MCU might not fit. */
const gatheredOffset: usize = reciprocalsOffset + 2 * 128;
const gatheredBytes: usize = 32768;
/** Six blocks of 64 symbols of at most 26 bits, and a vector. */
export const mcuMaximumBytes: usize = 6 * 208 + 16;
const outputOffset: usize = gatheredOffset + gatheredBytes;

/** The size of an encoder: it collects up to 32 KiB at a time, which stuffing may double. */
export const jpegEncoderBytes: i32 = <i32>(outputOffset + 2 * gatheredBytes + 16);
/** The most bytes that an MCU takes, and what may be written behind it. */
export const jpegMcuBytes: i32 = <i32>mcuMaximumBytes;
/** Where an encoder reads its tables from. */
export const jpegEncoderDefinitions: i32 = <i32>definitionsOffset;

const levels = memory.data(128, 16);
const samples = memory.data(64, 16);

/** Builds an encoder's working tables from the definitions in it. Source: ITU-T T.81 C.2. */
export function openJpegEncoder(pointer: usize): void {
  const encoder = changetype<Encoder>(pointer);
  let definitions = pointer + definitionsOffset;
  for (let index: usize = 0; index < 2; index++) {
    makeReciprocals(pointer + reciprocalsOffset + index * 128, definitions);
    definitions += 64;
  }
  makeCodes(definitions);
  encoder.bits = 0;
  encoder.bitCount = 0;
  encoder.output = pointer + outputOffset;
  for (let index: i32 = 0; index < 3; index++) encoder.plane(index).prediction = 0;
}

/**
 * Encodes MCUs from `mcusDone` on until `mcuCount` is reached or the buffer is full; returns the bytes at `output`.
 * Source: ITU-T T.81 F.1.
 */
export function encodeJpeg(pointer: usize): i32 {
  const encoder = changetype<Encoder>(pointer);
  encoder.beginBits();
  const across = encoder.mcusAcross;
  let mcu = encoder.mcusDone;
  let row = mcu / across;
  let column = mcu % across;
  while (mcu < encoder.mcuCount && writtenCursor >= encoder.limit()) {
    for (let index: i32 = 0; index < encoder.componentCount; index++) {
      encodeComponent(encoder, encoder.plane(index), column, row);
    }
    if (++column == across) {
      column = 0;
      row++;
    }
    mcu++;
  }
  encoder.mcusDone = mcu;
  return encoder.endBits();
}

/** Encodes the blocks of one component in an MCU. */
// @ts-ignore: decorator
@inline
function encodeComponent(encoder: Encoder, plane: SourcePlane, column: i32, row: i32): void {
  const reciprocals = encoder.reciprocals(plane.tables);
  const codes = codesOf(plane.tables);
  for (let y: i32 = 0; y < plane.vertical; y++) {
    for (let x: i32 = 0; x < plane.horizontal; x++) {
      const left = (column * plane.horizontal + x) << 3;
      const upper = (row * plane.vertical + y) << 3;
      const present = transformAt(plane, left, upper, plane.prediction, reciprocals, levels);
      plane.prediction = encodeBlock(levels, present, plane.prediction, codes);
    }
  }
}

/**
 * Transforms and quantises the block at `left`, `upper` of a plane to `block`; returns the zigzag mask of the coefficients
 * that are not zero. `prediction` is the DC coefficient of the block before.
 */
// @ts-ignore: decorator
@inline
export function transformAt(
  plane: SourcePlane,
  left: i32,
  upper: i32,
  prediction: i32,
  reciprocals: usize,
  block: usize,
): u64 {
  if (left + 8 <= plane.width && upper + 8 <= plane.height) {
    return forwardTransform(plane.pointer + <usize>upper * plane.stride + left, plane.stride, block, reciprocals);
  }
  if (left < plane.width && upper < plane.height) {
    copyExtended(plane, left, upper);
    return forwardTransform(samples, 8, block, reciprocals);
  }
  // A block that only completes the MCU is never seen: repeating the DC coefficient takes the fewest bits.
  store<i16>(block, prediction);
  return 0;
}

/** Copies 8x8 samples from `left`, `upper`, repeating the plane's last column and row beyond them. */
function copyExtended(plane: SourcePlane, left: i32, upper: i32): void {
  for (let y: i32 = 0; y < 8; y++) {
    const from = plane.pointer + <usize>min(upper + y, plane.height - 1) * plane.stride;
    for (let x: i32 = 0; x < 8; x++) {
      store<u8>(samples + (y << 3) + x, load<u8>(from + min(left + x, plane.width - 1)));
    }
  }
}
