import { describe, expect, it } from "vitest";
import { ImageError } from "../../src/error.ts";
import { endOfLine, modeCodes } from "../support/ccitt-codes.ts";
import { type CcittReading, decodeRows, makePage, makeRow } from "../support/ccitt-decoding.ts";
import { formatRun, packDigits, writeCcitt } from "../support/ccitt-writer.ts";
import { openTestKernel } from "../support/kernel.ts";
import { openRandom, type Random } from "../support/random.ts";

/** Returns the stream with a few bits turned, or bytes changed, removed, doubled or cut off. */
function mutate(random: Random, stream: Uint8Array): Uint8Array {
  let bytes = [...stream];
  for (let rest = random.integer(1, 4); rest > 0 && bytes.length > 2; rest -= 1) {
    const at = random.integer(0, bytes.length - 1);
    const kind = random.integer(0, 5);
    if (kind < 2) bytes[at]! ^= 1 << random.integer(0, 7);
    else if (kind === 2) bytes[at] = random.pick([0, 0xff, random.integer(0, 255)]);
    else if (kind === 3) bytes.splice(at, random.integer(1, 12));
    else if (kind === 4) bytes.splice(at, 0, ...bytes.slice(at, at + random.integer(1, 80)));
    else if (random.next() < 0.2) bytes = bytes.slice(0, at);
  }
  return Uint8Array.from(bytes);
}

/** Tells whether `run` refuses its stream; any other fault is the test's. */
function isRefused(run: () => unknown): boolean {
  try {
    run();
    return false;
  } catch (error) {
    if (error instanceof ImageError && /^source-(malformed|unsupported)$/.test(error.code)) return true;
    throw error;
  }
}

const pickReading = (random: Random, width: number, rows: number): CcittReading => ({
  scheme: random.pick(["rle", "g3", "g4"]),
  isTwoDimensional: random.next() < 0.5,
  isByteAligned: random.next() < 0.5,
  isBitReversed: random.next() < 0.3,
  isUncompressedAllowed: random.next() < 0.5,
  width,
  rows,
});

describe("any bytes", () => {
  it("nothing but the rows asked for is written, and the kernel's memory is given back", { tags: "slow" }, () => {
    const kernel = openTestKernel();
    const random = openRandom(31);
    // Where the arena ends during a decode lies memory that it must leave alone.
    const empty = kernel.mark();
    kernel.allocate(1 << 20);
    kernel.release(empty);
    const behind = empty + (1 << 19);
    kernel.bytes.fill(0x5a, behind, behind + (1 << 19));
    const runs = 6000;
    let refusals = 0;
    for (let run = 0; run < runs; run += 1) {
      const width = random.pick([1, 8, 33, 200, 1728, 4000]);
      const height = random.integer(1, 12);
      const written = pickReading(random, width, height);
      const page = makePage(random, width, height);
      const bytes = writeCcitt(page, { ...written, k: written.isTwoDimensional === true ? 4 : 0 });
      // Mostly read as it was written; at times as something else altogether, or at another size.
      const other = pickReading(random, random.integer(1, 4000), random.integer(1, 20));
      const reading = random.next() < 0.7 ? written : other;
      const isOut = isRefused(() => {
        expect(decodeRows(kernel, mutate(random, bytes), reading).changedGuards).toBe(0);
      });
      if (isOut) refusals += 1;
      expect(kernel.mark()).toBe(empty);
    }
    // Only for the uncompressed mode.
    expect(refusals).toBeGreaterThan(0);
    expect(refusals).toBeLessThan(runs / 100);
    expect(kernel.bytes.subarray(behind, behind + (1 << 19)).every((byte) => byte === 0x5a)).toBe(true);
  });

  it("noise ends as rows or a refusal", { tags: "slow" }, () => {
    const kernel = openTestKernel();
    const random = openRandom(32);
    for (let run = 0; run < 2000; run += 1) {
      const bytes = Uint8Array.from({ length: random.integer(0, 400) }, () => random.integer(0, 255));
      const reading = pickReading(random, random.integer(1, 3000), random.integer(1, 60));
      isRefused(() => expect(decodeRows(kernel, bytes, reading).changedGuards).toBe(0));
    }
  });

  it("pages are decoded after damaged ones as before them", () => {
    const kernel = openTestKernel();
    const random = openRandom(33);
    const page = makePage(random, 500, 20);
    const reading = { scheme: "g4", width: 500, rows: 20 } as const;
    const bytes = writeCcitt(page, reading);
    for (let run = 0; run < 300; run += 1) {
      isRefused(() => decodeRows(kernel, mutate(random, bytes), pickReading(random, 500, 20)));
      expect(decodeRows(kernel, bytes, reading).rows).toEqual(page);
    }
  });
});

describe("a stream made to take long", () => {
  const kernel = openTestKernel();
  const rows = 20_000;
  const width = 64;

  it.each([
    ["zeros without end", "0".repeat(4_000_000)],
    ["zeros and a late end of line", `${"0".repeat(4_000_000)}1`],
    ["nothing but ones", "1".repeat(4_000_000)],
    ["codes that fail on each byte", "00000000".repeat(20_000).concat("00000010".repeat(20_000))],
    ["ends of line", `${endOfLine}1${endOfLine}0`.repeat(150_000)],
    ["make-up codes", endOfLine + formatRun("1", 2560 * 300_000)],
    ["runs of no length", endOfLine + (formatRun("0", 0) + formatRun("1", 0)).repeat(200_000)],
    ["pairs of runs of no length", (modeCodes.horizontal + formatRun("0", 0) + formatRun("1", 0)).repeat(150_000)],
    ["changes to the left", (modeCodes.vertical[2]! + modeCodes.vertical[4]).repeat(500_000)],
    ["passes", modeCodes.pass.repeat(1_000_000)],
  ])("ends soon and in bounds: %s", (_, digits) => {
    const bytes = packDigits(digits);
    for (const scheme of ["rle", "g3", "g4"] as const) {
      for (const isTwoDimensional of [false, true]) {
        isRefused(() => {
          const decoded = decodeRows(kernel, bytes, { scheme, isTwoDimensional, width, rows });
          expect(decoded.changedGuards).toBe(0);
        });
      }
    }
  });

  it("has no more changes a row than pixels", () => {
    // 64 changes in one row, then the same by modes with runs of no length amid them.
    const checks = makeRow(...Array.from({ length: 64 }, () => 1));
    const runs = Array.from(
      { length: 64 },
      (__, x) => formatRun(x % 2 ? "1" : "0", 1) + formatRun(x % 2 ? "0" : "1", 0) + formatRun(x % 2 ? "1" : "0", 0),
    );
    const bytes = packDigits(endOfLine + runs.join(""));
    expect(decodeRows(kernel, bytes, { scheme: "g3", width: 64, rows: 1 })).toEqual({
      readable: 1,
      rows: [checks],
      changedGuards: 0,
    });
  });
});
