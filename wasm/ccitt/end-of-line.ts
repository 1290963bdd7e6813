// The end-of-line code, which despite its name stands before each row: at least 11 zeros, then a 1.
// Source: ITU-T T.4 4.1.2, 4.1.3 (fill).
import { bitEnd, bitPosition, moveTo, nextOne, peekBits } from "./bits";

/** The zeros no other code or pair of codes has in a row. */
const eolZeros: u32 = 11;

/** Tells whether an end of line is next, fill before it included. */
export function isEolNext(): bool {
  const one = nextOne(bitPosition);
  return one < bitEnd && one - bitPosition >= eolZeros;
}

/** Moves behind the end of line, if one is next. */
export function takeEol(): bool {
  const one = nextOne(bitPosition);
  if (one >= bitEnd || one - bitPosition < eolZeros) return false;
  moveTo(one + 1);
  return true;
}

/** Moves behind the next end of line, wherever it is. Returns false when there is none. */
export function seekEol(): bool {
  let at = bitPosition;
  while (at < bitEnd) {
    const window = peekBits(at) >>> (32 - eolZeros);
    if (window == 0) {
      moveTo(at);
      return takeEol();
    }
    at += eolZeros - ctz(window);
  }
  return false;
}
