import { expect, it } from "vitest";
import { decodeGuarded } from "../support/jpeg-decoding.ts";
import { segmentOf, wordOf } from "../support/jpeg-writer.ts";
import { openTestKernel } from "../support/kernel.ts";
import { openRandom } from "../support/random.ts";

/** A symbol for AC coefficients: how far it goes, and its code with the bit of its value. */
interface Coefficient {
  readonly symbol: number;
  readonly advance: number;
  readonly code: string;
}

const symbols: readonly Coefficient[] = [
  { symbol: 0x01, advance: 1, code: "01" },
  { symbol: 0xf1, advance: 16, code: "101" },
  { symbol: 0x00, advance: 0, code: "110" },
  { symbol: 0xf0, advance: 16, code: "1110" },
];
const endOfBlock = symbols[2]!;

/** The parameters of a table with one code of each length up to so many, for these symbols. */
const oneOfEach = (symbols: readonly number[]): readonly number[] => [
  ...Array.from({ length: 16 }, (_, length) => (length < symbols.length ? 1 : 0)),
  ...symbols,
];

/**
 * Writes a grey frame of two blocks: one of these coefficients, and one with none but the first, of 25 more, which begins as
 * an end of block does.
 */
function writeBlocks(coefficients: readonly Coefficient[], table = symbols): Uint8Array {
  const end = table.find(({ symbol }) => symbol === endOfBlock.symbol)!;
  const bits = ["0", ...coefficients.map(({ code }) => code), "110", "11001", end.code].join("");
  const data = (bits.padEnd(8 * Math.ceil(bits.length / 8), "1").match(/.{8}/g) ?? []).flatMap((byte) => {
    const value = Number.parseInt(byte, 2);
    return value === 0xff ? [value, 0] : [value];
  });
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...segmentOf(0xdb, [0, ...new Array<number>(64).fill(8)]),
    ...segmentOf(0xc4, [0, ...oneOfEach([0, 4, 5])]),
    ...segmentOf(0xc4, [0x10, ...oneOfEach(table.map(({ symbol }) => symbol))]),
    ...segmentOf(0xc0, [8, ...wordOf(8), ...wordOf(16), 1, 1, 0x11, 0]),
    ...segmentOf(0xda, [1, 1, 0, 0, 63, 0]),
    ...data,
    ...[0xff, 0xd9],
  ]);
}

const second = { x: 8, y: 0, width: 8, height: 8 };

it.each([
  ["is decoded", undefined],
  ["is passed over", second],
])(
  "a block that %s ends after its last coefficient or at its end, and is damaged where it goes on beyond",
  (_, window) => {
    const kernel = openTestKernel();
    const random = openRandom(34);
    const met = { full: 0, ended: 0, damaged: 0 };
    for (let run = 0; run < 3000; run += 1) {
      const coefficients = [];
      let index = 0;
      let isEnded = false;
      while (index < 63 && !isEnded) {
        const coefficient = symbols[random.pick([0, 0, 0, 0, 0, 0, 1, 1, 2, 3])]!;
        coefficients.push(coefficient);
        isEnded = coefficient === endOfBlock;
        index += coefficient.advance;
      }
      const { missing, samples } = decodeGuarded(kernel, writeBlocks(coefficients), { window });
      expect(missing === undefined).toBe(index <= 63);
      const values = samples[0]!.values.filter((_, at) => at % 16 >= second.x);
      expect(values).toEqual(new Uint8Array(64).fill(missing === undefined ? 128 + 25 : 128));
      met[index > 63 ? "damaged" : isEnded ? "ended" : "full"] += 1;
    }
    expect(Math.min(...Object.values(met))).toBeGreaterThan(20);
  },
);

it.each([
  ["is decoded", undefined],
  ["is passed over", second],
])("a block that %s is damaged by more zeros than it holds, however short their code is", (_, window) => {
  const zeros = { symbol: 0xf0, advance: 16, code: "0" };
  const table = [zeros, { ...endOfBlock, code: "10" }];
  for (let count = 1; count < 24; count += 1) {
    const isWhole = count < 4;
    const coefficients = [...new Array<Coefficient>(count).fill(zeros), ...(isWhole ? table.slice(1) : [])];
    const { missing } = decodeGuarded(openTestKernel(), writeBlocks(coefficients, table), { window });
    expect(missing === undefined, `${16 * count} zeros`).toBe(isWhole);
  }
});
