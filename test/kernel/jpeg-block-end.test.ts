import { expect, it } from "vitest";
import { decodeGuarded } from "../support/jpeg-decoding.ts";
import { segmentOf, wordOf } from "../support/jpeg-writer.ts";
import { openTestKernel } from "../support/kernel.ts";
import { openRandom } from "../support/random.ts";

/** Symbols for AC coefficients: how far each goes, and its code with the bit of its value. */
const symbols = [
  { symbol: 0x01, advance: 1, code: "01" },
  { symbol: 0xf1, advance: 16, code: "101" },
  { symbol: 0x00, advance: 0, code: "110" },
  { symbol: 0xf0, advance: 16, code: "1110" },
] as const;
const endOfBlock = symbols[2];

/** Writes a grey frame of two blocks: one of these coefficients, and one without any. */
function writeBlocks(coefficients: readonly (typeof symbols)[number][]): Uint8Array {
  const difference = "0";
  const bits = [difference, ...coefficients.map(({ code }) => code), difference, endOfBlock.code].join("");
  const data = (bits.padEnd(8 * Math.ceil(bits.length / 8), "1").match(/.{8}/g) ?? []).flatMap((byte) => {
    const value = Number.parseInt(byte, 2);
    return value === 0xff ? [value, 0] : [value];
  });
  const oneOfEach = [1, 1, 1, 1, ...new Array<number>(12).fill(0)];
  return Uint8Array.from([
    ...[0xff, 0xd8],
    ...segmentOf(0xdb, [0, ...new Array<number>(64).fill(8)]),
    ...segmentOf(0xc4, [0, 1, ...new Array<number>(15).fill(0), 0]),
    ...segmentOf(0xc4, [0x10, ...oneOfEach, ...symbols.map(({ symbol }) => symbol)]),
    ...segmentOf(0xc0, [8, ...wordOf(8), ...wordOf(16), 1, 1, 0x11, 0]),
    ...segmentOf(0xda, [1, 1, 0, 0, 63, 0]),
    ...data,
    ...[0xff, 0xd9],
  ]);
}

it("a block ends after its last coefficient or at its end, and is damaged where it goes on beyond", () => {
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
    if (index > 63) coefficients.push(endOfBlock);
    const { missing, samples } = decodeGuarded(kernel, writeBlocks(coefficients));
    expect(missing === undefined).toBe(index <= 63);
    const second = samples[0]!.values.filter((_, at) => at % 16 >= 8);
    expect(second).toEqual(new Uint8Array(64).fill(128));
    met[index > 63 ? "damaged" : isEnded ? "ended" : "full"] += 1;
  }
  expect(Math.min(...Object.values(met))).toBeGreaterThan(20);
});
