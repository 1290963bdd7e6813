import { expect, it } from "vitest";
import { openTestKernel } from "../support/kernel.ts";
import { openRandom } from "../support/random.ts";

/** A row and the one above it, filtered as the standard's formulas say. Source: W3C PNG specification, third edition, 9.2. */
function filterRow(filter: number, row: Uint8Array, above: Uint8Array, pixelBytes: number): Uint8Array {
  return row.map((byte, index) => {
    const left = row[index - pixelBytes] ?? 0;
    const upper = above[index]!;
    const corner = above[index - pixelBytes] ?? 0;
    return byte - [0, left, upper, (left + upper) >> 1, predictPaeth(left, upper, corner)][filter]!;
  });
}

function predictPaeth(left: number, upper: number, corner: number): number {
  const estimate = left + upper - corner;
  const [toLeft, toUpper, toCorner] = [left, upper, corner].map((value) => Math.abs(estimate - value));
  if (toLeft! <= toUpper! && toLeft! <= toCorner!) return left;
  return toUpper! <= toCorner! ? upper : corner;
}

interface Picture {
  readonly width: number;
  readonly rows: number;
  readonly pixelBytes: number;
}

/** Filters random rows, undoes that in kernel memory, and returns what came out beside what went in. */
function roundTrip({ width, rows, pixelBytes }: Picture, filterOf: (row: number) => number, seed: number) {
  const kernel = openTestKernel();
  const random = openRandom(seed);
  const rowBytes = width * pixelBytes;
  // Both smooth and rough: ties and wraps of the predictors come from either.
  const sample = () => (random.next() < 0.5 ? random.integer(0, 255) : random.pick([0, 1, 2, 127, 128, 254, 255]));
  const plain = Array.from({ length: rows + 1 }, () => Uint8Array.from({ length: rowBytes }, sample));
  const stride = rowBytes + 1;
  const above = kernel.allocate(stride * (rows + 1) + 64);
  kernel.bytes.set(plain[0]!, above + 1);
  for (let row = 1; row <= rows; row += 1) {
    const filter = filterOf(row - 1);
    const filtered = filterRow(filter, plain[row]!, plain[row - 1]!, pixelBytes);
    kernel.bytes.set([filter, ...filtered], above + row * stride);
  }
  const behind = above + stride * (rows + 1);
  kernel.bytes.fill(0xa5, behind, behind + 64);
  const done = kernel.exports.unfilterPngRows(above + stride, rowBytes, pixelBytes, rows);
  const isUntouchedBehind = kernel.bytes.subarray(behind, behind + 64).every((byte) => byte === 0xa5);
  const unfiltered = plain.slice(1).map((_, row) => {
    const start = above + (row + 1) * stride + 1;
    return kernel.bytes.slice(start, start + rowBytes);
  });
  return { done, unfiltered, plain: plain.slice(1), isUntouchedBehind };
}

const pixelSizes = [1, 2, 3, 4, 6, 8];

it.each(pixelSizes.flatMap((pixelBytes) => [0, 1, 2, 3, 4].map((filter) => ({ pixelBytes, filter }))))(
  "undoes filter $filter of pixels of $pixelBytes bytes",
  ({ pixelBytes, filter }) => {
    for (const width of [1, 2, 3, 5, 16, 17, 40]) {
      const trip = roundTrip({ width, rows: 9, pixelBytes }, () => filter, width);
      expect(trip.done).toBe(9);
      expect(trip.unfiltered).toEqual(trip.plain);
      expect(trip.isUntouchedBehind).toBe(true);
    }
  },
);

it("undoes filters that change from row to row", () => {
  const trip = roundTrip({ width: 33, rows: 60, pixelBytes: 3 }, (row) => (row * 7 + (row >> 2)) % 5, 11);
  expect(trip.unfiltered).toEqual(trip.plain);
});

it("finds the predictor of every left, upper and corner byte", () => {
  const kernel = openTestKernel();
  const values = [0, 1, 2, 3, 63, 64, 127, 128, 129, 191, 192, 253, 254, 255];
  for (const pixelBytes of [1, 3]) {
    const stride = 2 * pixelBytes + 1;
    const above = kernel.allocate(2 * stride + 64);
    for (const left of values) {
      for (const upper of values) {
        for (const corner of values) {
          const pixels = [corner, upper].flatMap((value) => Array.from({ length: pixelBytes }, () => value));
          const first = Array.from({ length: pixelBytes }, () => (left - corner) & 255);
          kernel.bytes.set([0, ...pixels, 4, ...first, ...new Uint8Array(pixelBytes)], above);
          kernel.exports.unfilterPngRows(above + stride, 2 * pixelBytes, pixelBytes, 1);
          const last = kernel.bytes[above + 2 * stride - 1];
          expect(last).toBe(predictPaeth(left, upper, corner));
        }
      }
    }
  }
});

it("stops at a row whose filter there is not", () => {
  const trip = roundTrip({ width: 4, rows: 6, pixelBytes: 3 }, (row) => (row === 4 ? 0 : 2), 3);
  expect(trip.done).toBe(6);
  const kernel = openTestKernel();
  const above = kernel.allocate(5 * 7 + 64);
  kernel.bytes.fill(0, above, above + 35);
  kernel.bytes[above + 3 * 7] = 5;
  expect(kernel.exports.unfilterPngRows(above + 7, 6, 3, 4)).toBe(2);
});
