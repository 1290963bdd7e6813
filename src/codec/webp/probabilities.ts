import { modeProbabilities, tokenProbabilities, updateProbabilities } from "./tables.ts";

/** Returns the bits that a bit takes whose probability of being 0 is `probability` in 256. */
function bitCost(bit: 0 | 1, probability: number): number {
  return -Math.log2((bit === 0 ? probability : 256 - probability) / 256);
}

/** Returns the probability in 256 that a bit is 0 which was so often 0 and 1: at least 1, at most 255. */
export function probabilityOf(zeros: number, ones: number): number {
  const total = zeros + ones;
  return total === 0 ? 255 : Math.min(Math.max(Math.round((256 * zeros) / total), 1), 255);
}

/**
 * Returns the probabilities of the bits of tokens for a picture in which they were so often 0 and 1, two counts for each:
 * those of the specification where another one would save less than it takes to state. Source: RFC 6386 section 13.4.
 */
export function chooseProbabilities(counts: Uint32Array): Uint8Array {
  return tokenProbabilities.map((usual, index) => {
    const [zeros = 0, ones = 0] = counts.subarray(2 * index, 2 * index + 2);
    const own = probabilityOf(zeros, ones);
    const update = updateProbabilities[index] ?? 255;
    const usualCost = zeros * bitCost(0, usual) + ones * bitCost(1, usual) + bitCost(0, update);
    const ownCost = zeros * bitCost(0, own) + ones * bitCost(1, own) + bitCost(1, update) + 8;
    return ownCost < usualCost ? own : usual;
  });
}

/** The bits of each mode of a block: index into its probabilities, and value. Source: RFC 6386 section 11.2. */
const modeTree: readonly (readonly (readonly [number, 0 | 1])[])[] = [
  [[0, 0]],
  [
    [0, 1],
    [1, 0],
  ],
  [
    [0, 1],
    [1, 1],
    [2, 0],
  ],
  [
    [0, 1],
    [1, 1],
    [2, 1],
    [3, 0],
    [4, 0],
  ],
  [
    [0, 1],
    [1, 1],
    [2, 1],
    [3, 0],
    [4, 1],
    [5, 0],
  ],
  [
    [0, 1],
    [1, 1],
    [2, 1],
    [3, 0],
    [4, 1],
    [5, 1],
  ],
  [
    [0, 1],
    [1, 1],
    [2, 1],
    [3, 1],
    [6, 0],
  ],
  [
    [0, 1],
    [1, 1],
    [2, 1],
    [3, 1],
    [6, 1],
    [7, 0],
  ],
  [
    [0, 1],
    [1, 1],
    [2, 1],
    [3, 1],
    [6, 1],
    [7, 1],
    [8, 0],
  ],
  [
    [0, 1],
    [1, 1],
    [2, 1],
    [3, 1],
    [6, 1],
    [7, 1],
    [8, 1],
  ],
];

/** What each mode of a block takes after each pair of modes above and beside it, in 256ths of a bit. */
export const modeCosts: Uint16Array = Uint16Array.from({ length: 1000 }, (_, index) => {
  const first = 9 * Math.floor(index / 10);
  const bits = modeTree[index % 10] ?? [];
  return Math.round(256 * bits.reduce((sum, [at, bit]) => sum + bitCost(bit, modeProbabilities[first + at] ?? 255), 0));
});
