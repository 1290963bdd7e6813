/** The code of each symbol of an alphabet, as it is written: its first bit is the lowest. */
export interface PrefixCode {
  /** 0 for symbols that have none. */
  readonly lengths: Uint8Array;
  readonly bits: Uint16Array;
}

/** Returns the shortest codes for symbols that occur so often, none longer than `longest` bits, for two symbols at least. */
export function planPrefixCode(counts: Uint32Array, longest: number): PrefixCode {
  for (let least = 1; ; least *= 2) {
    const lengths = shortestLengths(counts.map((count) => (count === 0 ? 0 : Math.max(count, least))));
    if (Math.max(...lengths) <= longest) return { lengths, bits: bitsOf(lengths) };
  }
}

/** The lengths that Huffman's method gives. */
function shortestLengths(counts: Uint32Array): Uint8Array {
  const lengths = new Uint8Array(counts.length);
  let trees = Array.from(counts, (weight, symbol) => ({ weight, symbols: [symbol] })).filter(
    ({ weight }) => weight > 0,
  );
  while (trees.length > 1) {
    const [first, second, ...rest] = trees.toSorted((a, b) => a.weight - b.weight);
    const symbols = [...first!.symbols, ...second!.symbols];
    for (const symbol of symbols) lengths[symbol]! += 1;
    trees = [...rest, { weight: first!.weight + second!.weight, symbols }];
  }
  return lengths;
}

/** The codes that lengths stand for: in the order of the lengths, then of the symbols. Source: RFC 1951 §3.2.2. */
function bitsOf(lengths: Uint8Array): Uint16Array {
  const bits = new Uint16Array(lengths.length);
  let code = 0;
  for (let length = 1; length <= Math.max(...lengths); length += 1) {
    for (const [symbol, own] of lengths.entries()) {
      if (own !== length) continue;
      bits[symbol] = reversed(code, length);
      code += 1;
    }
    code *= 2;
  }
  return bits;
}

function reversed(code: number, length: number): number {
  let bits = 0;
  for (let bit = 0; bit < length; bit += 1) bits |= ((code >> bit) & 1) << (length - 1 - bit);
  return bits;
}
