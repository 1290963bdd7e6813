import { forwardTransform } from "./fdct";
import { buildCodes, codeTableBytes, encodeBlock } from "./code";
import { makeReciprocals } from "./quantisation";
import { storeWritten, stuff, writtenBits, writtenCount, writtenCursor } from "./writer";

/** One component as the encoder reads it. */
@unmanaged
class SourcePlane {
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
class Encoder {
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
}

const planesMaximum: usize = 3;
/** After the planes: 64 steps of luma and of chroma in zigzag order, then the four tables of the DHT segment. */
const definitionsOffset: usize = offsetof<Encoder>() + planesMaximum * offsetof<SourcePlane>();
const definitionsBytes: usize = 2 * 64 + 2 * (16 + 12) + 2 * (16 + 162) + 4;
const reciprocalsOffset: usize = (definitionsOffset + definitionsBytes + 15) & ~15;
const codesOffset: usize = reciprocalsOffset + 2 * 128;
/** Bits are collected here; a call returns before another MCU might not fit. */
const gatheredOffset: usize = codesOffset + 4 * codeTableBytes;
const gatheredBytes: usize = 32768;
/** Six blocks of 64 symbols of at most 26 bits, and a vector. */
const mcuMaximumBytes: usize = 6 * 208 + 16;
const outputOffset: usize = gatheredOffset + gatheredBytes;

/** The size of an encoder: it collects up to 32 KiB at a time, which stuffing may double. */
export const jpegEncoderBytes: i32 = <i32>(outputOffset + 2 * gatheredBytes + 16);
/** Where an encoder reads its tables from. */
export const jpegEncoderDefinitions: i32 = <i32>definitionsOffset;

const coefficients = memory.data(128, 16);
const samples = memory.data(64, 16);

/** Builds an encoder's working tables from the definitions in it. Source: ITU-T T.81 C.2. */
export function openJpegEncoder(pointer: usize): void {
  const encoder = changetype<Encoder>(pointer);
  let definitions = pointer + definitionsOffset;
  for (let index: usize = 0; index < 2; index++) {
    makeReciprocals(pointer + reciprocalsOffset + index * 128, definitions);
    definitions += 64;
  }
  for (let index: usize = 0; index < 4; index++) {
    definitions = buildCodes(pointer + codesOffset + index * codeTableBytes, definitions + 1);
  }
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
  const top = pointer + outputOffset;
  const limit = pointer + gatheredOffset + mcuMaximumBytes;
  storeWritten(encoder.bits, encoder.bitCount, top - 1);
  const across = encoder.mcusAcross;
  let mcu = encoder.mcusDone;
  let row = mcu / across;
  let column = mcu % across;
  while (mcu < encoder.mcuCount && writtenCursor >= limit) {
    for (let index: i32 = 0; index < encoder.componentCount; index++) {
      encodeComponent(pointer, encoder.plane(index), column, row);
    }
    if (++column == across) {
      column = 0;
      row++;
    }
    mcu++;
  }
  encoder.mcusDone = mcu;
  encoder.bits = writtenBits;
  encoder.bitCount = writtenCount;
  return <i32>(stuff(top, writtenCursor + 1, encoder.output) - encoder.output);
}

/** Encodes the blocks of one component in an MCU. */
// @ts-ignore: decorator
@inline
function encodeComponent(pointer: usize, plane: SourcePlane, column: i32, row: i32): void {
  const reciprocals = pointer + reciprocalsOffset + <usize>plane.tables * 128;
  const dc = pointer + codesOffset + <usize>plane.tables * 2 * codeTableBytes;
  for (let y: i32 = 0; y < plane.vertical; y++) {
    for (let x: i32 = 0; x < plane.horizontal; x++) {
      const left = (column * plane.horizontal + x) << 3;
      const upper = (row * plane.vertical + y) << 3;
      let present: u64 = 0;
      if (left + 8 <= plane.width && upper + 8 <= plane.height) {
        const from = plane.pointer + <usize>upper * plane.stride + left;
        present = forwardTransform(from, plane.stride, coefficients, reciprocals);
      } else if (left < plane.width && upper < plane.height) {
        copyExtended(plane, left, upper);
        present = forwardTransform(samples, 8, coefficients, reciprocals);
      } else {
        // A block that only completes the MCU is never seen: repeating the DC coefficient takes the fewest bits.
        store<i16>(coefficients, plane.prediction);
      }
      plane.prediction = encodeBlock(coefficients, present, plane.prediction, dc, dc + codeTableBytes);
    }
  }
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
