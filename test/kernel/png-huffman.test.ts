import { resolve } from "node:path";
import asc from "assemblyscript/asc";
import { beforeAll, describe, expect, it } from "vitest";
import { openRandom, type Random } from "../support/random.ts";

/** What `wasm/png/huffman.ts` exports, compiled alone: the kernel keeps it to itself. */
interface Huffman {
  readonly memory: WebAssembly.Memory;
  buildLengths(counts: number, symbolCount: number, limit: number, lengths: number): void;
  buildCodes(lengths: number, symbolCount: number, codes: number): void;
}

const Module = WebAssembly.Module as unknown as new (bytes: Uint8Array) => WebAssembly.Module;
let huffman: Huffman;

beforeAll(async () => {
  const files = new Map<string, Uint8Array>();
  const source = ["wasm/png/huffman.ts", "--baseDir", resolve(import.meta.dirname, "../..")];
  const options = ["--outFile", "huffman.wasm", "-O0", "--noAssert", "--runtime", "stub", "--enable", "simd"];
  const { error } = await asc.main([...source, ...options, "--use", "abort="], {
    writeFile: (name, contents) => {
      if (contents instanceof Uint8Array) files.set(name, contents);
    },
  });
  if (error !== null) throw error;
  huffman = new WebAssembly.Instance(new Module(files.get("huffman.wasm")!), {}).exports as unknown as Huffman;
  huffman.memory.grow(1);
});

/** Runs the kernel's length limiter and code builder on counts. */
function build(counts: readonly number[], limit: number): { lengths: number[]; codes: number[] } {
  const top = huffman.memory.buffer.byteLength - 65536;
  new Uint32Array(huffman.memory.buffer, top, counts.length).set(counts);
  huffman.buildLengths(top, counts.length, limit, top + 4096);
  huffman.buildCodes(top + 4096, counts.length, top + 8192);
  return {
    lengths: [...new Uint8Array(huffman.memory.buffer, top + 4096, counts.length)],
    codes: [...new Uint32Array(huffman.memory.buffer, top + 8192, counts.length)],
  };
}

/** Returns the least bits that codes of `limit` bits at most can take, by package-merge. Source: Larmore and Hirschberg 1990. */
function leastBits(counts: readonly number[], limit: number): number {
  const leaves = counts.filter((count) => count > 0).toSorted((a, b) => a - b);
  let packages: number[] = [];
  for (let level = 0; level < limit; level += 1) {
    const merged = [...leaves, ...packages].toSorted((a, b) => a - b);
    packages = Array.from({ length: merged.length >> 1 }, (_, pair) => merged[2 * pair]! + merged[2 * pair + 1]!);
  }
  return packages.slice(0, leaves.length - 1).reduce((sum, weight) => sum + weight, 0);
}

const shapes: Readonly<Record<string, (random: Random, count: number) => number[]>> = {
  even: (random, count) => Array.from({ length: count }, () => random.integer(1, 10)),
  "falling by halves": (_, count) => Array.from({ length: count }, (_, index) => Math.ceil(2 ** (21 - index))),
  "Fibonacci numbers": (_, count) => {
    const numbers = [1, 1];
    while (numbers.length < count) numbers.push(Math.min(4e6, numbers.at(-1)! + numbers.at(-2)!));
    return numbers.slice(0, count);
  },
  "powers of chance": (random, count) => Array.from({ length: count }, () => Math.floor(2 ** (20 * random.next()))),
  sparse: (random, count) => Array.from({ length: count }, () => (random.next() < 0.1 ? random.integer(1, 60000) : 0)),
  "one that dwarfs all": (random, count) =>
    Array.from({ length: count }, (_, index) => (index === 7 ? 4e6 : random.integer(0, 2))),
};

describe("limited code lengths", () => {
  it.each(Object.entries(shapes))(
    "fill the code exactly and stay near the optimum for counts that are %s",
    (_, draw) => {
      const random = openRandom(91);
      for (let round = 0; round < 60; round += 1) {
        // The three codes of a block: symbols they may have and how many are counted at most.
        for (const [limit, most, total] of [
          [7, 19, 318],
          [15, 30, 16384],
          [14, 286, 65536],
        ] as const) {
          const drawn = draw(random, random.integer(8, most));
          const scale = total / drawn.reduce((sum, count) => sum + count, 1);
          const counts = drawn.map((count) => Math.ceil(count * Math.min(1, scale)));
          if (counts.filter((count) => count > 0).length < 2) counts.fill(3, 0, 2);
          const { lengths } = build(counts, limit);
          expect(Math.max(...lengths)).toBeLessThanOrEqual(limit);
          expect(lengths.map((length) => length > 0)).toEqual(counts.map((count) => count > 0));
          expect(lengths.reduce((sum, length) => sum + (length === 0 ? 0 : 2 ** -length), 0)).toBe(1);
          const bits = counts.reduce((sum, count, symbol) => sum + count * lengths[symbol]!, 0);
          const least = leastBits(counts, limit);
          expect(bits).toBeGreaterThanOrEqual(least);
          expect(bits).toBeLessThanOrEqual(least * 1.05);
          // Where no code is as long as the limit allows, nothing was limited.
          if (Math.max(...lengths) < limit) expect(bits).toBe(leastBits(counts, 32));
        }
      }
    },
  );

  it("give at least two symbols to a code, because decoders refuse unused words", () => {
    expect(build([0, 0, 0, 0], 7).lengths).toEqual([1, 1, 0, 0]);
    expect(build([0, 0, 9, 0], 7).lengths).toEqual([1, 0, 1, 0]);
    expect(build([9, 0, 0, 0], 7).lengths).toEqual([1, 1, 0, 0]);
  });
});

describe("codes of given lengths", () => {
  it("are those of RFC 1951's example, turned round", () => {
    // Lengths 3, 3, 3, 3, 3, 2, 4, 4 of A to H: counts that lead to them.
    const { lengths, codes } = build([8, 8, 8, 8, 8, 16, 4, 4], 15);
    expect(lengths).toEqual([3, 3, 3, 3, 3, 2, 4, 4]);
    const words = codes.map((code) => (code >>> 5).toString(2).padStart(code & 31, "0"));
    const turned = words.map((word) => [...word].reverse().join(""));
    expect(turned).toEqual(["010", "011", "100", "101", "110", "00", "1110", "1111"]);
  });

  it("are prefix-free", () => {
    const random = openRandom(92);
    const { lengths, codes } = build(shapes["powers of chance"]!(random, 286), 14);
    const words = codes.map((code, symbol) => {
      expect(code & 31).toBe(lengths[symbol]);
      return [...(code >>> 5).toString(2).padStart(code & 31, "0")].reverse().join("");
    });
    const sorted = words.toSorted();
    sorted.forEach((word, index) => {
      expect(sorted[index + 1]?.startsWith(word) ?? false).toBe(false);
    });
  });
});
