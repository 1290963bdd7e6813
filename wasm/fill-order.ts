// Bits of a byte from the lowest to the highest, as in FillOrder 2.
import { storeFirst } from "./lanes";

/** Reverses the bits of each of `byteLength` bytes, in place. */
export function reverseBits(pointer: usize, byteLength: i32): void {
  const reversed = i8x16(0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15);
  const nibble = i8x16.splat(15);
  for (let at = 0; at < byteLength; at += 16) {
    const bytes = v128.load(pointer + at);
    const low = i8x16.swizzle(reversed, v128.and(bytes, nibble));
    const high = i8x16.swizzle(reversed, v128.and(i16x8.shr_u(bytes, 4), nibble));
    storeFirst(pointer + at, v128.or(i16x8.shl(low, 4), high), byteLength - at);
  }
}
