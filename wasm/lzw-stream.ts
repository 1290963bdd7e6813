// LZW as in lzw.ts, of a stream that is fed in pieces and gives its bytes in pieces. One at a time: its state is here. What
// was given is not looked at again: the string of a code is its last byte and the code of what comes before it.

const clearCode: u32 = 256;
const endCode: u32 = 257;
const firstFree: u32 = 258;
const codeLimit: u32 = 4096;

/** The size of the workspace. */
export const lzwWorkBytes: i32 = 4096 * 4;

/** For each code 12 bits of the code before its last byte, 12 of its length, which is below 4096, and its last byte. */
let strings: usize = 0;

let next: usize = 0;
let end: usize = 0;
/** Bytes that were fed, up to 2: the second tells the order of bits. */
let seen: i32 = 0;
let isLeastFirst: bool = false;
let bits: u32 = 0;
let bitCount: u32 = 0;
let width: u32 = 9;
let free: u32 = firstFree;
/** The code before, the length of its string, 0 for none, and its first byte. */
let previous: u32 = 0;
let previousLength: u32 = 0;
let previousFirst: u32 = 0;
/** How much of the string of `previous` is still to be given. */
let pending: u32 = 0;
/** Whether nothing more comes: the stream has ended, or has a code that no encoder writes. */
export let lzwEnded: bool = false;

/** Begins a stream in `lzwWorkBytes` bytes at `workspace`. */
export function openLzw(workspace: usize): void {
  strings = workspace;
  next = 0;
  end = 0;
  seen = 0;
  isLeastFirst = false;
  bits = 0;
  bitCount = 0;
  width = 9;
  free = firstFree;
  previousLength = 0;
  pending = 0;
  lzwEnded = false;
  for (let code: u32 = 0; code < 256; code++) store<u32>(strings + (code << 2), (1 << 8) | code);
}

/** Feeds more bytes, which stay where they are until they are used up: when fewer are given than are asked for. */
export function feedLzw(source: usize, byteLength: i32): void {
  next = source;
  end = source + byteLength;
  if (seen < 2 && byteLength > 0) {
    // A single byte before them was taken into the bits, which are the same in both orders.
    const first = seen == 1 ? bits : load<u8>(source);
    const second = 1 - seen;
    if (second < byteLength) isLeastFirst = first == 0 && (load<u8>(source + second) & 1) == 1;
    seen = min(2, seen + byteLength);
  }
}

/** Writes the next bytes to `target`, at most `capacity`; returns how many. */
export function takeLzw(target: usize, capacity: i32): i32 {
  const room = <u32>capacity;
  let written: u32 = 0;
  if (pending > 0) {
    const length = pending;
    written = min(length, room);
    giveString(target, previous, previousLength, previousLength - length, written);
    pending = length - written;
  }
  const early: u32 = isLeastFirst ? 0 : 1;
  while (written < room && !lzwEnded) {
    while (bitCount < width && next < end) {
      const byte: u32 = load<u8>(next++);
      bits = isLeastFirst ? bits | (byte << bitCount) : (bits << 8) | byte;
      bitCount += 8;
    }
    if (bitCount < width) break;
    bitCount -= width;
    const code = (isLeastFirst ? bits : bits >> bitCount) & ((1 << width) - 1);
    if (isLeastFirst) bits >>= width;
    if (code == clearCode) {
      width = 9;
      free = firstFree;
      previousLength = 0;
      continue;
    }
    // Only the next code may be used before it is complete: its last byte is its first.
    if (code == endCode || code > free || (code == free && previousLength == 0)) {
      lzwEnded = true;
      break;
    }
    if (code == free) addString(previousFirst);
    let length: u32 = 1;
    let first = code;
    if (code < 256) {
      store<u8>(target + written, code);
      written++;
    } else {
      length = (load<u32>(strings + (code << 2)) >> 8) & 0xfff;
      const fitting = min(length, room - written);
      first = giveString(target + written, code, length, 0, fitting);
      written += fitting;
      pending = length - fitting;
    }
    if (previousLength > 0 && free < codeLimit) {
      addString(first);
      free++;
    }
    // Early change: the width grows one code before the table needs it.
    if (free + early >= (1 << width) && width < 12) width++;
    previous = code;
    previousLength = length;
    previousFirst = first;
  }
  return written;
}

/** Makes the next code the string before and one more byte. */
@inline
function addString(byte: u32): void {
  store<u32>(strings + (free << 2), (previous << 20) | ((previousLength + 1) << 8) | byte);
}

/** Writes `count` bytes from byte `from` on of the string of a code, which has `length`; returns its first byte. */
@inline
function giveString(target: usize, code: u32, length: u32, from: u32, count: u32): u32 {
  let string: u32 = load<u32>(strings + (code << 2));
  let at = length;
  // What lies behind what is asked for is passed over.
  for (; at > from + count; at--) string = before(string);
  for (; at > from + 1; at--) {
    store<u8>(target + (at - 1 - from), string);
    string = before(string);
  }
  if (at > from && count > 0) store<u8>(target, string);
  for (; at > 1; at--) string = before(string);
  return string & 0xff;
}

@inline
function before(string: u32): u32 {
  return load<u32>(strings + (string >> 20 << 2));
}
