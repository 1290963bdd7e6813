import type { Area, Size } from "../geometry.ts";
import { halvePlane, halveWeighed } from "../raster/halve.ts";
import type { Kernel } from "../raster/kernel.ts";
import { type Plane, planeSlackBytes } from "../raster/raster.ts";
import { cropPlane } from "../raster/samples.ts";
import { planesOfForm, type TileForm } from "./tile-form.ts";

/** Some rows of one level as planes, filled from the top. Pixels; planes may be subsampled. */
export class LevelRows {
  readonly size: Size;
  /** Room for whole tiles. */
  readonly room: Size;
  readonly planes: readonly Plane[];
  readonly #kernel: Kernel;
  readonly #form: TileForm;
  #filled = 0;
  #done = 0;

  /** Takes its planes out of the kernel's arena. Throws `render-memory`. */
  constructor(kernel: Kernel, form: TileForm, { size, room }: { readonly size: Size; readonly room: Size }) {
    this.#kernel = kernel;
    this.#form = form;
    this.size = size;
    this.room = room;
    this.planes = planesOfForm(form).map(({ x, y }) => kernel.allocatePlane(room.width / x, room.height / y));
  }

  /** Rows that are there. */
  get filled(): number {
    return this.#filled;
  }

  /** Rows that have come, those that were let go of included. */
  get done(): number {
    return this.#done;
  }

  /** How many rows may come before these have to be let go of. */
  get left(): number {
    return Math.min(this.room.height - this.#filled, this.size.height - this.#done);
  }

  /** Returns the next rows, to be written to before they are added; `rows` is even but for the last. */
  below(rows: number): readonly Plane[] {
    return this.#cut({ x: 0, y: this.#filled, width: this.size.width, height: rows });
  }

  /** Adds rows that have been written. */
  add(rows: number): void {
    this.#filled += rows;
    this.#done += rows;
  }

  /** Lets go of all rows. */
  clear(): void {
    this.#filled = 0;
  }

  /** Returns a part of the planes. */
  #cut({ x, y, width, height }: Area): readonly Plane[] {
    return planesOfForm(this.#form).map((factor, index) =>
      cropPlane(this.#plane(index), {
        x: x / factor.x,
        y: y / factor.y,
        width: Math.ceil(width / factor.x),
        height: Math.ceil(height / factor.y),
      }),
    );
  }

  /** Returns the part of these rows that is in a tile. */
  tile(column: number, side: number): readonly Plane[] {
    return this.#cut({ x: column * side, y: 0, width: side, height: this.room.height });
  }

  /** Makes all rows what the last one is: what a tile has below the last row of its level. */
  repeatLast(): void {
    const { bytes } = this.#kernel;
    for (const { pointer, stride, width, height } of this.planes) {
      const last = pointer + (height - 1) * stride;
      for (let row = 0; row < height - 1; row += 1) bytes.copyWithin(pointer + row * stride, last, last + width);
    }
  }

  /** Fills what tiles have over the right and bottom edges with the last column and row, as libvips does. */
  pad(): void {
    const { bytes } = this.#kernel;
    for (const [index, factor] of planesOfForm(this.#form).entries()) {
      const { pointer, stride, width, height } = this.#plane(index);
      const columns = Math.ceil(this.size.width / factor.x);
      const rows = Math.ceil(this.#filled / factor.y);
      for (let row = 0; row < rows && columns < width; row += 1) {
        const start = pointer + row * stride;
        bytes.fill(bytes[start + columns - 1] ?? 0, start + columns, start + width);
      }
      const last = pointer + (rows - 1) * stride;
      for (let row = rows; row < height; row += 1) bytes.copyWithin(pointer + row * stride, last, last + width);
    }
  }

  /**
   * Halves these rows to `half`, which they belong above, and adds them there; they are padded. Returns how many rows came
   * of it.
   */
  halveInto(half: LevelRows): number {
    const rows = Math.min(Math.floor(this.#filled / 2), half.left);
    if (rows === 0) return 0;
    const factors = planesOfForm(this.#form);
    const targets = half.below(rows);
    const alpha = this.#form.hasAlpha ? this.planes.at(-1) : undefined;
    for (const [index, target] of targets.entries()) {
      const source = this.#plane(index);
      const factor = factors[index] ?? { x: 1, y: 1 };
      // What lies over the edge of the half has no part in its chroma.
      this.#repeat(source, { column: (2 * half.size.width) / factor.x, row: (2 * rows) / factor.y });
      if (alpha === undefined || alpha === source) halvePlane(this.#kernel, source, target);
      else halveWeighed(this.#kernel, { source, alpha, half: target });
    }
    half.add(rows);
    return rows;
  }

  /** Repeats the column before `column`, and the row before `row`, once. */
  #repeat({ pointer, stride, width, height }: Plane, { column, row }: { column: number; row: number }): void {
    const { bytes } = this.#kernel;
    for (let at = pointer, count = 0; column > 0 && column < width && count < height; at += stride, count += 1) {
      bytes[at + column] = bytes[at + column - 1] ?? 0;
    }
    const from = pointer + (row - 1) * stride;
    if (row < height) bytes.copyWithin(from + stride, from, from + width);
  }

  #plane(index: number): Plane {
    const plane = this.planes[index];
    if (plane === undefined) throw new RangeError(`no plane ${index}`);
    return plane;
  }
}

/** Returns the kernel memory that rows take, in bytes. */
export function levelRowsBytes(form: TileForm, { width, height }: Size): number {
  return planesOfForm(form).reduce((sum, { x, y }) => sum + (width / x + 16) * (height / y) + 2 * planeSlackBytes, 0);
}
