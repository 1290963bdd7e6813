// PackBits as in pack-bits.ts, of a stream that is fed in pieces and gives its bytes in pieces. One at a time: its state is
// here.

let next: usize = 0;
let end: usize = 0;
/** How many bytes of a run are still to be given: as they follow, or of one that is repeated. */
let literalLeft: i32 = 0;
let repeatedLeft: i32 = 0;
/** The byte that is repeated; -1 while it has not been fed. */
let repeated: i32 = -1;

/** Begins a stream. */
export function openPackBits(): void {
  next = 0;
  end = 0;
  literalLeft = 0;
  repeatedLeft = 0;
}

/** Feeds more bytes, which stay where they are until they are used up: when fewer are given than are asked for. */
export function feedPackBits(source: usize, byteLength: i32): void {
  next = source;
  end = source + byteLength;
}

/** Writes the next bytes to `target`, at most `capacity`; returns how many. */
export function takePackBits(target: usize, capacity: i32): i32 {
  let written = 0;
  while (written < capacity) {
    if (literalLeft > 0) {
      const run = min(min(literalLeft, <i32>(end - next)), capacity - written);
      if (run == 0) break;
      memory.copy(target + written, next, run);
      next += run;
      literalLeft -= run;
      written += run;
      continue;
    }
    if (next == end && (repeatedLeft == 0 || repeated < 0)) break;
    if (repeatedLeft > 0) {
      if (repeated < 0) repeated = load<u8>(next++);
      const run = min(repeatedLeft, capacity - written);
      memory.fill(target + written, <u8>repeated, run);
      repeatedLeft -= run;
      written += run;
      continue;
    }
    const head = <i32>load<i8>(next++);
    if (head >= 0) literalLeft = head + 1;
    else if (head != -128) {
      repeatedLeft = 1 - head;
      repeated = -1;
    }
  }
  return written;
}
