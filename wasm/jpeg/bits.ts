// Entropy-coded bytes as a bit stream. They are stored backwards: an unaligned little-endian load then has the earliest
// byte on top, which WebAssembly, without a byte swap instruction, can't do for bytes stored forwards.

/** Bytes below the stored stream that may be read: one block consumes at most 63 x 28 bits after the end. */
export const bitPaddingBytes: usize = 512;

/** The next bits, left-aligned. */
export let bitBuffer: u64 = 0;
/** How many bits of `bitBuffer` are valid. */
export let bitCount: i32 = 0;
/** Where the next unread byte is; the next load is the 8 bytes from `bitCursor - 7`. */
export let bitCursor: usize = 0;
/** The byte behind (that is, below) the last one of the stream. */
let bitEnd: usize = 0;

/** Writes back what a block decoder kept in locals. */
// @ts-ignore: decorator
@inline
export function storeBits(buffer: u64, count: i32, cursor: usize): void {
  bitBuffer = buffer;
  bitCount = count;
  bitCursor = cursor;
}

/** Returns the `count` bits before `cursor` once more, left-aligned, and those that follow them. */
export function bitsAgain(count: i32, cursor: usize): u64 {
  const bytes = (count + 7) >> 3;
  return load<u64>(cursor + bytes - 7) << (8 * bytes - count);
}

/** Makes at least 56 bits valid. */
// @ts-ignore: decorator
@inline
export function refill(): void {
  bitBuffer |= load<u64>(bitCursor - 7) >>> bitCount;
  bitCursor -= (63 - bitCount) >>> 3;
  bitCount |= 56;
}

/** Drops `count` valid bits. */
// @ts-ignore: decorator
@inline
export function dropBits(count: i32): void {
  bitBuffer <<= count;
  bitCount -= count;
}

/** Returns the next `count` valid bits, 1 to 32, and drops them. */
// @ts-ignore: decorator
@inline
export function takeBits(count: i32): i32 {
  const bits = <i32>(bitBuffer >>> (64 - count));
  dropBits(count);
  return bits;
}

/** Returns the next bit. */
// @ts-ignore: decorator
@inline
export function takeBit(): i32 {
  if (bitCount == 0) refill();
  return takeBits(1);
}

/** Returns whether more bits were taken than there were. */
export function bitsOverdrawn(): bool {
  return (<i64>bitCursor - <i64>bitEnd) * 8 + bitCount < 0;
}

/** Returns how many bits are left, below 0 where they are overdrawn. */
export function bitsLeft(): i32 {
  return <i32>((<i64>bitCursor - <i64>bitEnd) * 8 + bitCount);
}

/**
 * Copies the entropy-coded segment at `from` backwards, ending just below `top`, without the zero after each FF, and
 * sets the bit reader to its start. Returns where it ends: at an FF that begins a marker, or at `end`. May read 15
 * bytes past `end` and clears `bitPaddingBytes` below what it writes.
 */
export function unstuff(from: usize, end: usize, top: usize): usize {
  let input = from;
  let output = top;
  const marks = i8x16.splat(-1);
  let stop: usize = end;
  while (input < end) {
    const bytes = v128.load(input);
    v128.store(output - 16, i8x16.shuffle(bytes, bytes, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0));
    const found = i8x16.bitmask(i8x16.eq(bytes, marks));
    if (found == 0) {
      input += 16;
      output -= 16;
      continue;
    }
    const before = <usize>ctz(found);
    input += before;
    output -= before;
    if (input + 1 >= end) {
      if (input < end) stop = input;
      break;
    }
    if (load<u8>(input, 1) != 0) {
      stop = input;
      break;
    }
    output -= 1;
    input += 2;
  }
  if (input > end) output += input - end;
  memory.fill(output - bitPaddingBytes, 0, bitPaddingBytes);
  bitBuffer = 0;
  bitCount = 0;
  bitCursor = top - 1;
  bitEnd = output - 1;
  return stop;
}

/**
 * Returns where the entropy-coded segment at `from` ends: at an FF that begins a marker, or at `end`. May read 15 bytes
 * past `end`.
 */
export function findMarker(from: usize, end: usize): usize {
  let position = from;
  const marks = i8x16.splat(-1);
  while (position < end) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(position), marks));
    if (found == 0) {
      position += 16;
      continue;
    }
    position += <usize>ctz(found);
    if (position + 1 >= end || load<u8>(position, 1) != 0) break;
    position += 2;
  }
  return min(position, end);
}

/**
 * Returns where the byte of an entropy-coded segment is that `count` others precede from `from` on, not counting stuffed
 * zeros. May read 15 bytes past it.
 */
export function passBytes(from: usize, count: usize): usize {
  let position = from;
  let rest = count;
  const marks = i8x16.splat(-1);
  while (rest > 0) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(position), marks));
    const before: usize = found == 0 ? <usize>16 : <usize>ctz(found);
    if (rest <= before) return position + rest;
    if (found == 0) {
      position += 16;
      rest -= 16;
    } else {
      position += before + 2;
      rest -= before + 1;
    }
  }
  return position;
}
