import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { endOfLine } from "../support/ccitt-codes.ts";
import { decodeRows, makePage, makeRow } from "../support/ccitt-decoding.ts";
import {
  type CcittWriting,
  formatCcitt,
  formatRun,
  formatRuns,
  packDigits,
  writeCcitt,
} from "../support/ccitt-writer.ts";
import { openTestKernel } from "../support/kernel.ts";
import { openRandom } from "../support/random.ts";

const kernel = openTestKernel();

const writings: readonly CcittWriting[] = [
  { scheme: "rle" },
  { scheme: "g4" },
  { scheme: "g4", isEnded: false },
  { scheme: "g3" },
  { scheme: "g3", isEnded: false },
  { scheme: "g3", isByteAligned: true },
  { scheme: "g3", endsOfLine: "between" },
  { scheme: "g3", endsOfLine: "none" },
  { scheme: "g3", endsOfLine: "none", isEnded: false, isByteAligned: true },
  { scheme: "g3", k: 1 },
  { scheme: "g3", k: 2, isByteAligned: true },
  { scheme: "g3", k: 4 },
  { scheme: "g3", k: 1000, isEnded: false },
];

/** The options of the tags that a file written so would have. */
const readingOf = ({ scheme, k = 0, isByteAligned = false, isBitReversed = false }: CcittWriting) => ({
  scheme,
  isTwoDimensional: k > 0,
  isByteAligned,
  isBitReversed,
});

describe.each(writings)("fax codes written as %o", (writing) => {
  it("become the pixels they were, in either bit order", () => {
    const random = openRandom(4);
    for (const width of [1, 2, 7, 8, 9, 31, 64, 200, 1728, 2623, 5300]) {
      for (const isBitReversed of [false, true]) {
        const page = makePage(random, width, random.integer(1, 25));
        const bytes = writeCcitt(page, { ...writing, isBitReversed });
        const reading = { ...readingOf(writing), isBitReversed, width, rows: page.length };
        expect(decodeRows(kernel, bytes, reading)).toEqual({ readable: page.length, rows: page, changedGuards: 0 });
      }
    }
  });

  it("have every length of run in both colors", () => {
    const width = 2700;
    const page = Array.from({ length: width }, (_, y) =>
      makeRow(y % 2 ? y : 0, y % 2 ? width - y : y, y % 2 ? 0 : width - y),
    );
    const { rows } = decodeRows(kernel, writeCcitt(page, writing), { ...readingOf(writing), width, rows: width });
    expect(rows).toEqual(page);
  });

  it("have rows of more than 65,536 pixels", () => {
    const width = 70_001;
    const page = [
      makeRow(66_000, 1, 3999, 1),
      makeRow(0, 66_003, 3998),
      makeRow(width),
      makeRow(0, width),
      makeRow(1, 70_000),
    ];
    const { rows } = decodeRows(kernel, writeCcitt(page, writing), { ...readingOf(writing), width, rows: page.length });
    expect(rows).toEqual(page);
  });
});

describe("decoding by the standard's letter", () => {
  it("reads a row of runs", () => {
    // 4 white, 3 black, 64 and 1 white.
    const bytes = packDigits("1011 10 11011 000111".replaceAll(" ", ""));
    expect(decodeRows(kernel, bytes, { scheme: "rle", width: 72, rows: 1 }).rows).toEqual([makeRow(4, 3, 65)]);
  });

  it("reads every mode", () => {
    const rows = [
      ["horizontal 5 white 4 black, vertical at the end", "001 1100 011 1", makeRow(5, 4, 7)],
      ["one to the right, two to the left", "011 000010 1", makeRow(6, 1, 9)],
      ["three to the left, two to the right", "0000010 000011 1", makeRow(3, 6, 7)],
      ["pass", "0001 1", makeRow(16)],
      ["a change above the first pixel", "001 00110101 0010 1", makeRow(0, 6, 10)],
      ["right below it, three to the right", "1 0000011 1", makeRow(0, 9, 7)],
      ["one to the left", "011 010 1", makeRow(1, 7, 8)],
    ] as const;
    const bytes = packDigits(rows.map(([, codes]) => codes.replaceAll(" ", "")).join(""));
    const decoded = decodeRows(kernel, bytes, { scheme: "g4", width: 16, rows: rows.length });
    expect(decoded.rows).toEqual(rows.map(([, , row]) => row));
  });

  it("reads what libtiff writes", async () => {
    const width = 1000;
    const page = makePage(openRandom(8), width, 120);
    const gray = Uint8Array.from(page.join(""), (digit) => (digit === "1" ? 255 : 0));
    const tiff = await sharp(gray, { raw: { width, height: page.length, channels: 1 } })
      .toColourspace("b-w")
      .tiff({ compression: "ccittfax4", bitdepth: 1 })
      .toBuffer();
    // Its one strip lies right behind the header.
    expect(decodeRows(kernel, tiff.subarray(8), { scheme: "g4", width, rows: page.length }).rows).toEqual(page);
  });
});

describe("streams that differ from what their tags say", () => {
  const width = 300;
  const page = makePage(openRandom(5), width, 12);
  const reading = { scheme: "g3", width, rows: page.length } as const;

  it("are read with tag bits that T4Options does not tell of", () => {
    const bytes = writeCcitt(page, { scheme: "g3", k: 4 });
    expect(decodeRows(kernel, bytes, reading).rows).toEqual(page);
  });

  it.each(["each", "none"] as const)(
    "are read without the tag bits that T4Options tells of, ends of line: %s",
    (endsOfLine) => {
      const bytes = writeCcitt(page, { scheme: "g3", endsOfLine });
      expect(decodeRows(kernel, bytes, { ...reading, isTwoDimensional: true }).rows).toEqual(page);
    },
  );

  it("are read as T.4 when compression 2 begins with an end of line", () => {
    const bytes = writeCcitt(page, { scheme: "g3" });
    expect(decodeRows(kernel, bytes, { ...reading, scheme: "rle" }).rows).toEqual(page);
  });

  it("are read from the first end of line when no row comes before it", () => {
    const bytes = packDigits(`0011${formatCcitt(page, { scheme: "g3", k: 2 })}`);
    expect(decodeRows(kernel, bytes, { ...reading, isTwoDimensional: true }).rows).toEqual(page);
  });

  it("may have one end of line before the first row and none after it", () => {
    const bytes = packDigits(endOfLine + formatCcitt(page, { scheme: "g3", endsOfLine: "none" }));
    expect(decodeRows(kernel, bytes, reading).rows).toEqual(page);
  });

  it("may have fill of any length before ends of line", () => {
    const rows = page.map((row, y) => "0".repeat(y * 40) + endOfLine + formatRuns(row));
    expect(decodeRows(kernel, packDigits(rows.join("")), reading).rows).toEqual(page);
  });

  it.each([{ scheme: "g3" }, { scheme: "g3", k: 4, isByteAligned: true }, { scheme: "g4" }] as const)(
    "end before all rows are there, in white: %o",
    (writing) => {
      const bytes = Uint8Array.from([...writeCcitt(page, writing), 0xff, 0x55, 0x12, 0x34]);
      const decoded = decodeRows(kernel, bytes, { ...readingOf(writing), width, rows: 20 });
      const white = Array.from({ length: 8 }, () => makeRow(width));
      expect(decoded).toEqual({ readable: 12, rows: [...page, ...white], changedGuards: 0 });
    },
  );

  it("may hold more rows than are asked for", () => {
    for (const writing of writings) {
      const decoded = decodeRows(kernel, writeCcitt(page, writing), { ...readingOf(writing), width, rows: 5 });
      expect(decoded).toEqual({ readable: 5, rows: page.slice(0, 5), changedGuards: 0 });
    }
  });

  it("keep a run without a pixel for the modes of the row below, as libtiff does", () => {
    const parted = formatRun("0", 10) + formatRun("1", 20) + formatRun("0", 0) + formatRun("1", 30);
    const first = `${endOfLine}1${parted}${formatRun("0", 240)}`;
    const bytes = packDigits(`${first}${endOfLine}0111`);
    const decoded = decodeRows(kernel, bytes, { ...reading, isTwoDimensional: true, rows: 2 });
    expect(decoded.rows).toEqual([makeRow(10, 50, 240), makeRow(10, 20, 270)]);
  });

  it("let a later mode refer to a horizontal pair of no pixels", () => {
    // Eight rows of Group 4: a horizontal mode of 0 and 0, then passes over it. What libtiff makes of them.
    const bytes = Uint8Array.from(Buffer.from("26a1b938b1385ffffc00400400", "hex"));
    const reading = { scheme: "g4", isTwoDimensional: false, isByteAligned: false, isBitReversed: false } as const;
    const decoded = decodeRows(kernel, bytes, { ...reading, width: 64, rows: 8 });
    const below = Array.from({ length: 7 }, () => makeRow(5, 6, 53));
    expect(decoded).toEqual({ readable: 8, rows: [makeRow(10, 8, 46), ...below], changedGuards: 0 });
  });

  it("take no more memory for runs without a pixel than a row has", () => {
    const random = openRandom(11);
    for (const width of [1, 8, 64, 500]) {
      // Some 20,000 pairs in one row, at places that damage chooses.
      const pairs = Array.from({ length: 20_000 }, () => `001${formatRun("0", 0)}${formatRun("1", 0)}`).join("");
      const end = `001${formatRun("0", random.integer(0, width))}${formatRun("1", 0)}1`;
      const decoded = decodeRows(kernel, packDigits(pairs + end), {
        ...{ scheme: "g4", isTwoDimensional: false, isByteAligned: false, isBitReversed: false },
        ...{ width, rows: 2 },
      });
      expect(decoded.changedGuards).toBe(0);
    }
  });
});
