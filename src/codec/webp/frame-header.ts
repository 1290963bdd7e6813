import type { Size } from "../../geometry.ts";
import { tokenProbabilities, updateProbabilities } from "./tables.ts";

/** What the header of a frame states. */
export interface FrameFacts {
  readonly quantiser: number;
  readonly filterLevel: number;
  readonly probabilities: Uint8Array;
  /** How likely a macroblock has levels, in 256. */
  readonly filled: number;
}

/** Writes the header in the first partition by `put`, which writes a bit by its probability. Source: RFC 6386 section 9.2. */
export function writeFrameHeader(
  { quantiser, filterLevel, probabilities, filled }: FrameFacts,
  put: (bit: 0 | 1, probability: number) => void,
): void {
  const number = (value: number, bits: number): void => {
    for (let bit = bits - 1; bit >= 0; bit--) put(((value >> bit) & 1) as 0 | 1, 128);
  };
  const colorSpace = 0;
  const clamping = 0;
  const segments = 0;
  const normalFilter = 0;
  number((colorSpace << 3) | (clamping << 2) | (segments << 1) | normalFilter, 4);
  number(filterLevel, 6);
  const sharpness = 0;
  number(sharpness, 3);
  const filterDeltas = 0;
  const onePartition = 0;
  number((filterDeltas << 2) | onePartition, 3);
  number(quantiser, 7);
  const stepDeltas = 0;
  number(stepDeltas, 5);
  const keepsProbabilities = 0;
  number(keepsProbabilities, 1);
  for (const [index, probability] of probabilities.entries()) {
    const isOwn = probability !== tokenProbabilities[index];
    put(isOwn ? 1 : 0, updateProbabilities[index] ?? 255);
    if (isOwn) number(probability, 8);
  }
  const marksEmpty = 1;
  number(marksEmpty, 1);
  number(filled, 8);
}

/** Most bytes of the first partition: its size has 19 bits. */
export const firstPartitionMaximum: number = 2 ** 19 - 1;

/** Returns the bytes in front of the first partition. Source: RFC 6386 section 9.1. */
export function frameTag({ width, height }: Size, firstPartitionBytes: number): Uint8Array {
  const tag = new Uint8Array(10);
  const view = new DataView(tag.buffer);
  const isShown = 1 << 4;
  const first = isShown | (firstPartitionBytes << 5);
  view.setUint16(0, first & 0xffff, true);
  view.setUint8(2, first >> 16);
  tag.set([0x9d, 0x01, 0x2a], 3);
  view.setUint16(6, width, true);
  view.setUint16(8, height, true);
  return tag;
}
