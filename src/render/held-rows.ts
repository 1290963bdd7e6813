import type { Kernel } from "../raster/kernel.ts";
import type { Plane } from "../raster/raster.ts";
import { cropPlane } from "../raster/samples.ts";

/** Some rows of a plane from a certain one on: more are added below, and let go of above. */
export class HeldRows {
  /** Room for all rows; row `first` is its row 0. */
  readonly rows: Plane;
  readonly #kernel: Kernel;
  #first: number;
  #end: number;

  /** Takes its room out of the kernel's arena; it begins with row `first`, which is not there yet. Throws `render-memory`. */
  constructor(kernel: Kernel, { width, height, first }: { width: number; height: number; first: number }) {
    this.#kernel = kernel;
    this.rows = kernel.allocatePlane(width, height);
    this.#first = first;
    this.#end = first;
  }

  /** The first row that is held. */
  get first(): number {
    return this.#first;
  }

  /** One past the last row that is held. */
  get end(): number {
    return this.#end;
  }

  /** Lets go of the rows before `row`. */
  dropBefore(row: number): void {
    const dropped = Math.min(Math.max(row, this.#first), this.#end) - this.#first;
    if (dropped === 0) return;
    const { pointer, stride } = this.rows;
    const end = pointer + (this.#end - this.#first) * stride;
    this.#kernel.bytes.copyWithin(pointer, pointer + dropped * stride, end);
    this.#first += dropped;
  }

  /** Returns the `count` rows below those that are held. Throws RangeError if there is no room for them. */
  below(count: number): Plane {
    return this.#cut(this.#end, count);
  }

  /** Returns the last `count` rows that are held. */
  last(count: number): Plane {
    return this.#cut(this.#end - count, count);
  }

  /** Holds `count` more rows, which have been written. */
  add(count: number): void {
    this.#end += count;
  }

  #cut(row: number, height: number): Plane {
    const y = row - this.#first;
    if (y + height > this.rows.height) throw new RangeError("a band is too small for its rows");
    return cropPlane(this.rows, { x: 0, y, width: this.rows.width, height });
  }
}
