/** Numbers that look random and are the same in every run. */
export interface Random {
  /** Returns a number in [0, 1). */
  next(): number;
  /** Returns a whole number from `least` to `most`, both possible. */
  integer(least: number, most: number): number;
  /** Returns one of `choices`. */
  pick<T>(choices: readonly T[]): T;
}

/** Returns a generator with the given seed. Source: mulberry32, public domain. */
export function openRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const integer = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  return { next, integer, pick: (choices) => choices[integer(0, choices.length - 1)]! };
}
