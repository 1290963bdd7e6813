// The boolean coder of a VP8 partition. Source: RFC 6386 section 7.

/** What a coder keeps between calls. */
@unmanaged
export class BoolState {
  /** One less than the width of the interval. */
  range: i32;
  /** Bits that are not written yet, and how many of them above the eight that a carry may still reach. */
  value: i32;
  count: i32;
  /** The last byte, held back with the FF bytes after it until no carry can reach them; -1 before the first. */
  held: i32;
  full: i32;
}

let range: i32 = 0;
let value: i32 = 0;
let count: i32 = 0;
let held: i32 = 0;
let full: i32 = 0;
/** Where the next byte goes. */
export let coded: usize = 0;

/** Begins a partition. */
export function resetBits(state: BoolState): void {
  state.range = 254;
  state.value = 0;
  state.count = -8;
  state.held = -1;
  state.full = 0;
}

/** Takes up a partition, whose bytes go to `output` from then on. */
export function takeUpBits(state: BoolState, output: usize): void {
  range = state.range;
  value = state.value;
  count = state.count;
  held = state.held;
  full = state.full;
  coded = output;
}

/** Lays the partition aside. */
export function layAsideBits(state: BoolState): void {
  state.range = range;
  state.value = value;
  state.count = count;
  state.held = held;
  state.full = full;
}

/** Writes a bit that is 0 with a probability of `probability` in 256. */
// @ts-ignore: decorator
@inline
export function putBit(bit: i32, probability: i32): void {
  const split = (range * probability) >> 8;
  let left = split;
  if (bit != 0) {
    value += split + 1;
    left = range - split - 1;
  }
  const shift = clz(left + 1) - 24;
  range = ((left + 1) << shift) - 1;
  value <<= shift;
  count += shift;
  if (count > 0) writeByte();
}

function writeByte(): void {
  const shift = 8 + count;
  const bits = value >> shift;
  value -= bits << shift;
  count -= 8;
  if ((bits & 0xff) == 0xff) {
    full++;
    return;
  }
  const carry = bits >> 8;
  if (held >= 0) store<u8>(coded++, held + carry);
  for (; full > 0; full--) store<u8>(coded++, 0xff + carry);
  held = bits & 0xff;
}

/** Writes all that is held back: the partition ends. */
export function flushBits(): void {
  for (let bit = 0; bit < 17; bit++) putBit(0, 128);
  if (held >= 0) store<u8>(coded++, held);
  for (; full > 0; full--) store<u8>(coded++, 0xff);
}
