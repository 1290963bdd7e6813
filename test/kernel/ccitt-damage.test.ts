import { describe, expect, it } from "vitest";
import { endOfLine, modeCodes, uncompressedAmongRuns } from "../support/ccitt-codes.ts";
import { decodeRows, makePage, makeRow, markRows } from "../support/ccitt-decoding.ts";
import { formatModes, formatRun, formatRuns, packDigits, writeCcitt } from "../support/ccitt-writer.ts";
import { codeOf } from "../support/code-of.ts";
import { openTestKernel } from "../support/kernel.ts";
import { openRandom } from "../support/random.ts";

const kernel = openTestKernel();
const width = 100;
// Runs whose codes end with a 1, so that they begin no end of line.
const row = makeRow(21, 31, 48);
const white = makeRow(width);
const whole = endOfLine + formatRuns(row);
/** What no code begins with, and no end of line either. */
const noCode = "0000000001";

/** Decodes digits of T.4 without tag bits. */
const decodeG3 = (digits: string, rows: number) =>
  decodeRows(kernel, packDigits(digits), { scheme: "g3", width, rows });

describe("damage in T.4", () => {
  it("costs the rest of its row", () => {
    const broken = endOfLine + formatRun("0", 21) + formatRun("1", 31) + noCode + formatRun("0", 48);
    const { rows, readable } = decodeG3(whole + broken + whole, 3);
    expect(rows).toEqual([row, row, row]);
    expect(readable).toBe(3);
  });

  it("leaves white what a broken run should have been", () => {
    const broken = endOfLine + formatRun("0", 21) + noCode;
    expect(decodeG3(whole + broken + whole, 3).rows).toEqual([row, white, row]);
  });

  it("keeps make-up codes whose terminating code is missing", () => {
    const short = endOfLine + formatRun("0", 3) + formatRun("1", 64).slice(0, -formatRun("1", 0).length);
    expect(decodeG3(whole + short + whole, 3).rows).toEqual([row, makeRow(3, 64, 33), row]);
  });

  it("is an end of line amid a row, which then ends in white", () => {
    const short = endOfLine + formatRun("0", 20) + formatRun("1", 40);
    expect(decodeG3(whole + short + whole, 3)).toMatchObject({ readable: 3, rows: [row, makeRow(20, 40, 40), row] });
  });

  it("is an end of line after an end of line: a row of white", () => {
    expect(decodeG3(whole + endOfLine + whole, 3).rows).toEqual([row, white, row]);
  });

  it("is a run past the row's end, which is cut", () => {
    const long = endOfLine + formatRun("0", 20) + formatRun("1", 2000) + formatRun("0", 7);
    expect(decodeG3(whole + long + whole, 3).rows).toEqual([row, makeRow(20, 80), row]);
  });

  it("is a row that goes on after its last pixel", () => {
    expect(decodeG3(`${whole}${formatRuns(row)}${whole}`, 2).rows).toEqual([row, row]);
  });

  it("in a row of modes costs its rest, and the next row refers to what is left", () => {
    const first = `${endOfLine}1${formatRuns(row)}`;
    const broken = `${endOfLine}0${modeCodes.vertical[3]}${noCode}`;
    const below = `${endOfLine}0${formatModes(row, white)}`;
    const bytes = packDigits(first + broken + below);
    const decoded = decodeRows(kernel, bytes, { scheme: "g3", isTwoDimensional: true, width, rows: 3 });
    expect(decoded.rows).toEqual([row, white, row]);
  });
});

describe("damage in compression 2", () => {
  it("ends at the next byte", () => {
    const runs = formatRuns(row).padEnd(40, "0");
    const bytes = packDigits(`${runs}0000000000000001${runs}`);
    const decoded = decodeRows(kernel, bytes, { scheme: "rle", width, rows: 5 });
    expect(decoded.readable).toBeGreaterThan(1);
    expect(decoded.rows).toContain(row);
    expect(decoded.rows[0]).toBe(row);
    expect(decoded.rows.slice(1)).toContain(row);
  });
});

describe("damage in T.6", () => {
  const first = formatModes(row, white);

  it("ends the picture, the broken row's beginning included", () => {
    const broken = modeCodes.vertical[3]! + modeCodes.vertical[3] + modeCodes.horizontal + noCode;
    const decoded = decodeRows(kernel, packDigits(first + broken + first), { scheme: "g4", width, rows: 4 });
    expect(decoded).toMatchObject({ readable: 1, rows: [row, row, white, white] });
  });

  it("is a change to the left of the one before", () => {
    // The row above turns white at 52. From a change at 51 on, three to the left of that leads back to 49.
    const runs = formatRun("1", 15) + formatRun("0", 15);
    const back = modeCodes.vertical[3]! + modeCodes.horizontal + runs + modeCodes.vertical[0];
    const decoded = decodeRows(kernel, packDigits(first + back), { scheme: "g4", width, rows: 2 });
    expect(decoded).toMatchObject({ readable: 1, rows: [row, makeRow(21, 15, 64)] });
  });
});

describe("a stream cut off", () => {
  const page = makePage(openRandom(6), width, 12);

  it.each([{ scheme: "rle" }, { scheme: "g3" }, { scheme: "g3", k: 4 }, { scheme: "g4" }] as const)(
    "at any byte gives the rows before, and white: %o",
    (writing) => {
      const bytes = writeCcitt(page, writing);
      const reading = { scheme: writing.scheme, isTwoDimensional: "k" in writing, width, rows: page.length };
      let most = 0;
      for (let length = 0; length < bytes.byteLength; length += 1) {
        const cut = bytes.subarray(0, length);
        let readable = 0;
        const decoded = decodeRows(kernel, cut, reading);
        readable = decoded.readable;
        // The last row may end in white for want of codes.
        expect(decoded.rows.slice(0, Math.max(0, readable - 1))).toEqual(page.slice(0, Math.max(0, readable - 1)));
        expect(decoded.rows.slice(readable + 1).every((other) => other === white)).toBe(true);
        expect(markRows(kernel, cut, reading)).toBe(
          `${markRows(kernel, bytes, reading).slice(0, readable)}`.padEnd(page.length, "x"),
        );
        most = Math.max(most, readable);
      }
      expect(most).toBeGreaterThanOrEqual(page.length - 1);
    },
  );
});

describe("a stream without a row", () => {
  const schemes = ["rle", "g3", "g4"] as const;

  it.each(schemes)("is white, and all of its rows are missing: %s", (scheme) => {
    const streams = ["", "0", "0".repeat(8000), noCode, endOfLine.repeat(2), endOfLine.repeat(6)];
    for (const digits of streams) {
      const reading = { scheme, width, rows: 3 } as const;
      expect(decodeRows(kernel, packDigits(digits), reading).rows).toEqual([white, white, white]);
      expect([digits, markRows(kernel, packDigits(digits), reading).replaceAll("~", "x")]).toEqual([digits, "xxx"]);
    }
  });
});

describe("rows that are not whole", () => {
  const three = (middle: string) =>
    markRows(kernel, packDigits(whole + middle + whole), { scheme: "g3", width, rows: 3 });

  it.each([
    ["whole", whole, "..."],
    ["broken off", endOfLine + formatRun("0", 21) + noCode, ".x."],
    ["empty", endOfLine, ".x."],
    ["too short", endOfLine + formatRun("0", 20) + formatRun("1", 40), ".~."],
    ["too long", endOfLine + formatRun("0", 20) + formatRun("1", 2000) + formatRun("0", 7), ".~."],
  ])("are marked in T.4: one that is %s", (_, middle, marks) => {
    expect(three(middle)).toBe(marks);
  });

  it("are marked in T.6: the broken one and all after it", () => {
    const first = formatModes(row, white);
    const broken = modeCodes.vertical[3]! + modeCodes.horizontal + noCode;
    const bytes = packDigits(first + broken + first);
    expect(markRows(kernel, bytes, { scheme: "g4", width, rows: 4 })).toBe(".xxx");
  });

  it("are marked in compression 2: one without codes, and those that the stream has no bytes for", () => {
    const runs = formatRuns(row);
    const bytes = packDigits(runs.padEnd(8 * Math.ceil(runs.length / 8), "0").repeat(2));
    expect(markRows(kernel, bytes, { scheme: "rle", width, rows: 4 })).toBe("..xx");
  });
});

describe("the uncompressed mode", () => {
  const afterModes = packDigits(formatModes(row, white) + modeCodes.uncompressed + "01".repeat(40));
  const afterRuns = packDigits(whole + endOfLine + uncompressedAmongRuns + "01".repeat(40));

  it("is refused as unsupported", () => {
    expect(codeOf(() => decodeRows(kernel, afterModes, { scheme: "g4", width, rows: 3 }))).toBe("source-unsupported");
    expect(codeOf(() => decodeRows(kernel, afterRuns, { scheme: "g3", width, rows: 3 }))).toBe("source-unsupported");
  });

  it("is damage where the tags rule it out", () => {
    const ruledOut = { isUncompressedAllowed: false, width, rows: 3 };
    const rows = [row, white, white];
    expect(decodeRows(kernel, afterModes, { ...ruledOut, scheme: "g4" })).toMatchObject({ readable: 1, rows });
    expect(decodeRows(kernel, afterRuns, { ...ruledOut, scheme: "g3" })).toMatchObject({ readable: 1, rows });
  });

  it("is damage after damage", () => {
    const digits = whole + endOfLine + noCode + endOfLine + uncompressedAmongRuns + whole;
    expect(decodeG3(digits, 4).rows).toEqual([row, white, white, row]);
  });
});
