// A deflate stream as bits, the earliest lowest. Source: RFC 1951 section 3.1.1.

/** The next bits, the earliest lowest; those above `bitCount` may be any that follow. */
export let bitBuffer: u64 = 0;
/** How many bits of `bitBuffer` count. */
export let bitCount: u64 = 0;
/** The next byte that is not in the buffer. */
export let inputNext: usize = 0;
/** One past the last byte that was fed; 16 zeros follow, which may be taken for input. */
export let inputEnd: usize = 0;

/** Zeros after the input: a refill may read 8 bytes from its last one on, and a symbol takes two. */
export const inputSlackBytes: usize = 32;

/** Writes back what a loop kept in locals. */
// @ts-ignore: decorator
@inline
export function storeBits(buffer: u64, count: u64, next: usize): void {
  bitBuffer = buffer;
  bitCount = count;
  inputNext = next;
}

/** Says where the input that was fed is. */
export function openInput(next: usize, end: usize): void {
  inputNext = next;
  inputEnd = end;
}

/** Makes at least 56 bits count. */
// @ts-ignore: decorator
@inline
export function refill(): void {
  bitBuffer |= load<u64>(inputNext) << bitCount;
  inputNext += <usize>((63 - bitCount) >> 3);
  bitCount |= 56;
}

/** Returns the next `count` bits, 0 to 16, and drops them. */
export function takeBits(count: u64): i32 {
  if (bitCount < 16) refill();
  const bits = <i32>(bitBuffer & ((1 << count) - 1));
  bitBuffer >>= count;
  bitCount -= count;
  return bits;
}

/** Returns whether more bits were taken than there are. */
// @ts-ignore: decorator
@inline
export function isOverdrawn(): bool {
  return inputNext > inputEnd && <u64>(inputNext - inputEnd) << 3 > bitCount;
}

/** Gives whole bytes of the buffer back to the input. */
export function returnBytes(): void {
  inputNext -= <usize>(bitCount >> 3);
  bitCount &= 7;
}

/** Drops the rest of a byte: what is next begins with the next one. */
export function alignToByte(): void {
  returnBytes();
  bitBuffer = 0;
  bitCount = 0;
}
