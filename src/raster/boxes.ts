import type { Area, Size } from "../geometry.ts";
import type { Kernel } from "./kernel.ts";
import { type Plane, planeSlackBytes } from "./raster.ts";

/** The most samples a box may have on an axis: the sum of a box then stays below 2^31. */
export const longestBoxSide = 2048;

/** Rows that the kernel adds up at once in 16 bits. */
const rowsAtOnce = 256;

/** What boxes are made of: an area of samples, covered from its top left corner. Those over its right and bottom edges are cut. */
export interface BoxGrid {
  readonly area: Area;
  /** Samples of a whole box on each axis, at most `longestBoxSide`. */
  readonly box: Size;
}

/** Returns how many boxes, whole or cut, cover the area of a grid. */
export function countBoxes({ area, box }: BoxGrid): { readonly columns: number; readonly rows: number } {
  return { columns: Math.ceil(area.width / box.width), rows: Math.ceil(area.height / box.height) };
}

/** Returns the kernel memory that the sums of `rows` rows of boxes take, and what adds to them, in bytes. */
export function boxSumBytes(columns: number, rows: number, sourceWidth: number): number {
  return 4 * columns * rows + 2 * sourceWidth + 4 * planeSlackBytes;
}

/** Sums of some rows of boxes, to which samples are added in pieces of any shape. */
export class BoxSums {
  readonly #kernel: Kernel;
  readonly #grid: BoxGrid;
  readonly #columns: number;
  readonly #rowBytes: number;
  readonly #sums: number;
  readonly #scratch: number;

  /** Holds `rows` rows of boxes, added from pieces up to `sourceWidth` wide, in the kernel's arena. Throws `render-memory`. */
  constructor(
    kernel: Kernel,
    grid: BoxGrid,
    { rows, sourceWidth }: { readonly rows: number; readonly sourceWidth: number },
  ) {
    this.#kernel = kernel;
    this.#grid = grid;
    this.#columns = countBoxes(grid).columns;
    this.#rowBytes = 4 * this.#columns;
    this.#sums = kernel.allocate(rows * this.#rowBytes + planeSlackBytes);
    this.#scratch = kernel.allocate(2 * sourceWidth + planeSlackBytes);
    kernel.bytes.fill(0, this.#sums, this.#sums + rows * this.#rowBytes);
  }

  /**
   * Adds rows of samples to row `slot` of the sums. `at` is where the first lies, counted from the area's corner; all
   * lie in the area and in one row of boxes.
   */
  add(samples: Plane, { x, slot }: { readonly x: number; readonly slot: number }): void {
    const { width: boxWidth } = this.#grid.box;
    const column = Math.floor(x / boxWidth);
    const sums = this.#sums + slot * this.#rowBytes + 4 * column;
    const firstWidth = (column + 1) * boxWidth - x;
    const { pointer, stride, width, height } = samples;
    for (let row = 0; row < height; row += rowsAtOnce) {
      const rows = Math.min(rowsAtOnce, height - row);
      const source = pointer + row * stride;
      this.#kernel.exports.addToBoxes(source, stride, width, rows, sums, boxWidth, firstWidth, this.#scratch);
    }
  }

  /** Writes the means of row `slot`, whose boxes have `sourceRows` rows of samples, and empties it. */
  take(slot: number, sourceRows: number, target: number): void {
    const { area, box } = this.#grid;
    const lastWidth = area.width - (this.#columns - 1) * box.width;
    const sums = this.#sums + slot * this.#rowBytes;
    const [whole, last] = [box.width * sourceRows, lastWidth * sourceRows];
    this.#kernel.exports.takeBoxMeans(sums, this.#columns, whole, last, target);
  }

  /** Moves the sums of row `slot` to the first row, which is empty. */
  moveToFirst(slot: number): void {
    if (slot === 0) return;
    const from = this.#sums + slot * this.#rowBytes;
    this.#kernel.bytes.copyWithin(this.#sums, from, from + this.#rowBytes);
    this.#kernel.bytes.fill(0, from, from + this.#rowBytes);
  }
}
