// The codes as a stream of bits: any 32 bits can be read by position, so that a row can be read twice.
import { reverseBits } from "../fill-order";

/**
 * Bytes after the stream that are cleared: no code has only zeros, so reading ends within a code's length of the end.
 */
const clearedBytes: usize = 32;

/** The stream as 32-bit words, with the first byte of each in the highest place. */
let words: usize = 0;
/** The position of the next bit to read. */
export let bitPosition: u32 = 0;
/** The position after the last bit. */
export let bitEnd: u32 = 0;

/**
 * Makes the `byteLength` bytes at `bytes`, fewer than 2^28, the stream to read. They are changed in place, and so are
 * up to 32 bytes after them.
 */
export function openBits(bytes: usize, byteLength: i32, isBitReversed: bool): void {
  if (isBitReversed) reverseBits(bytes, byteLength);
  memory.fill(bytes + byteLength, 0, clearedBytes);
  const end = bytes + byteLength;
  for (let at = bytes; at < end; at += 16) {
    const group = v128.load(at);
    v128.store(at, i8x16.shuffle(group, group, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
  }
  words = bytes;
  bitPosition = 0;
  bitEnd = byteLength << 3;
}

/** Returns the 32 bits at `position`, zeros after the end. */
// @ts-ignore: decorator
@inline
export function peekBits(position: u32): u32 {
  const pair = rotl(load<u64>(words + ((position >>> 5) << 2)), 32);
  return <u32>((pair << (position & 31)) >>> 32);
}

/** Moves on by `count` bits. */
// @ts-ignore: decorator
@inline
export function skipBits(count: u32): void {
  bitPosition += count;
}

/** Goes to `position`. */
// @ts-ignore: decorator
@inline
export function moveTo(position: u32): void {
  bitPosition = position;
}

/** Moves on to the next whole byte, or stays on one. */
export function alignToByte(): void {
  bitPosition = (bitPosition + 7) & ~7;
}

/** Returns the position of the first 1 from `position` on, or `bitEnd` when only zeros are left. */
export function nextOne(position: u32): u32 {
  let at = position;
  while (at < bitEnd) {
    const bits = peekBits(at);
    if (bits != 0) return min(at + clz(bits), bitEnd);
    at += 32;
  }
  return bitEnd;
}
