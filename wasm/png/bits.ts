// Bits of a deflate stream on output, the earliest lowest. Source: RFC 1951 section 3.1.1.

/** Bits not yet stored; the ones above them are zero. */
export let writtenBits: u64 = 0;
/** The number of these bits, 0 to 7 between symbols. */
export let writtenCount: u64 = 0;
/** Where the next byte goes. */
export let writtenCursor: usize = 0;

/** Loads a stream's state, or writes back what a loop kept in locals. */
// @ts-ignore: decorator
@inline
export function storeWritten(bits: u64, count: u64, cursor: usize): void {
  writtenBits = bits;
  writtenCount = count;
  writtenCursor = cursor;
}

/** Writes the `count` low bits of `value`, 57 at most; the others must be zero. May store 8 bytes past the cursor. */
export function writeBits(value: u64, count: u64): void {
  const bits = writtenBits | (value << writtenCount);
  const total = writtenCount + count;
  store<u64>(writtenCursor, bits);
  writtenCursor += <usize>(total >> 3);
  writtenBits = bits >> (total & 0x38);
  writtenCount = total & 7;
}

/** Fills the last byte with zeros. */
export function alignWritten(): void {
  if (writtenCount != 0) writeBits(0, 8 - writtenCount);
}
