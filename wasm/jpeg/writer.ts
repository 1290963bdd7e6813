// Entropy-coded bits on output. They are collected backwards without stuffing: an unaligned little-endian store then
// has the earliest bits in its topmost byte, which WebAssembly, without a byte swap instruction, can't do forwards.
// `stuff` reverses them.

/** Bits not yet stored, left-aligned; the ones below them are zero. */
export let writtenBits: u64 = 0;
/** The number of these bits, 0 to 7 between symbols. */
export let writtenCount: i32 = 0;
/** Where the next byte goes. */
export let writtenCursor: usize = 0;

/** Writes back what a block encoder kept in locals. */
// @ts-ignore: decorator
@inline
export function storeWritten(bits: u64, count: i32, cursor: usize): void {
  writtenBits = bits;
  writtenCount = count;
  writtenCursor = cursor;
}

/** Adds a code of at most 26 bits, given as `bits << 5 | length`. */
export function write(code: u64): void {
  const count = writtenCount + <i32>(code & 31);
  const bits = writtenBits | ((code >>> 5) << (64 - count));
  store<u64>(writtenCursor - 7, bits);
  storeWritten(bits << (count & 0x78), count & 7, writtenCursor - (count >>> 3));
}

/**
 * Copies the bytes gathered from just below `top` down to after `bottom` forwards to `output`, with a zero after each
 * FF. Returns the end of what it wrote; may write 15 bytes past it. Source: ITU-T T.81 F.1.2.3.
 */
export function stuff(top: usize, bottom: usize, output: usize): usize {
  let input = top;
  const marks = i8x16.splat(-1);
  while (input > bottom) {
    const bytes = v128.load(input - 16);
    const turned = i8x16.shuffle(bytes, bytes, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    v128.store(output, turned);
    const found = i8x16.bitmask(i8x16.eq(turned, marks));
    const count: usize = found == 0 ? 16 : <usize>(ctz(found) + 1);
    if (input - bottom < count) return output + (input - bottom);
    input -= count;
    output += count;
    if (found != 0) store<u8>(output++, 0);
  }
  return output;
}
