// What the twins of the JPEG kernels share: plain arithmetic in double precision, as the standard writes it.

/** For every zigzag index the index in the block, row by row. Source: ITU-T T.81 figure A.6. */
export const zigzagOrder: readonly number[] = Array.from({ length: 64 }, (_, index) => index).sort((a, b) => {
  const [rowA, columnA, rowB, columnB] = [a >> 3, a & 7, b >> 3, b & 7];
  const difference = rowA + columnA - (rowB + columnB);
  if (difference !== 0) return difference;
  return (rowA + columnA) % 2 === 0 ? rowB - rowA : rowA - rowB;
});

const basis: readonly (readonly number[])[] = Array.from({ length: 8 }, (_, frequency) =>
  Array.from({ length: 8 }, (_, place) => {
    const scale = frequency === 0 ? Math.SQRT1_2 : 1;
    return (scale * Math.cos(((2 * place + 1) * frequency * Math.PI) / 16)) / 2;
  }),
);

/** Transforms 64 samples, row by row, into 64 coefficients. Source: ITU-T T.81 A.3.3. */
export function transformForward(samples: readonly number[]): number[] {
  return transform(samples, (frequency, place) => basis[frequency]![place]!);
}

/** Transforms 64 coefficients, row by row, into 64 samples around 0. Source: ITU-T T.81 A.3.3. */
export function transformBackward(coefficients: readonly number[]): number[] {
  return transform(coefficients, (place, frequency) => basis[frequency]![place]!);
}

function transform(input: readonly number[], factor: (to: number, from: number) => number): number[] {
  const between = new Array<number>(64).fill(0);
  const output = new Array<number>(64).fill(0);
  for (let row = 0; row < 8; row += 1) {
    for (let to = 0; to < 8; to += 1) {
      for (let from = 0; from < 8; from += 1) between[8 * row + to]! += factor(to, from) * input[8 * row + from]!;
    }
  }
  for (let column = 0; column < 8; column += 1) {
    for (let to = 0; to < 8; to += 1) {
      for (let from = 0; from < 8; from += 1)
        output[8 * to + column]! += factor(to, from) * between[8 * from + column]!;
    }
  }
  return output;
}

/** The codes of a Huffman table: symbols by their code, written as a string of binary digits. */
export type CodeBook = ReadonlyMap<string, number>;

/** Returns the codes of a table in the form of the DHT segment. Source: ITU-T T.81 C.2. */
export function buildCodeBook(counts: ArrayLike<number>, symbols: ArrayLike<number>): CodeBook {
  const book = new Map<string, number>();
  let code = 0;
  for (let length = 1, index = 0; length <= 16; length += 1) {
    for (let rest = counts[length - 1]!; rest > 0; rest -= 1) {
      book.set(code.toString(2).padStart(length, "0"), symbols[index]!);
      code += 1;
      index += 1;
    }
    code *= 2;
  }
  return book;
}
