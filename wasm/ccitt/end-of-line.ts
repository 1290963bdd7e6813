// The end-of-line code, which despite its name comes before each row: at least 11 zeros, then a 1.
// Source: ITU-T T.4 4.1.2, 4.1.3 (fill).
import { bitEnd, bitPosition, moveTo, nextOne, peekBits } from "./bits";

/** More zeros in a row than in any other code or pair of codes. */
const eolZeros: u32 = 11;

/** Returns whether an end of line is next, including fill before it. */
export function isEolNext(): bool {
  const one = nextOne(bitPosition);
  return one < bitEnd && one - bitPosition >= eolZeros;
}

/** Moves past the end of line, if one is next. */
export function takeEol(): bool {
  const one = nextOne(bitPosition);
  if (one >= bitEnd || one - bitPosition < eolZeros) return false;
  moveTo(one + 1);
  return true;
}

/** Moves past the next end of line, wherever it is. Returns false if there is none. */
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
