import type { Size } from "../geometry.ts";
import { BoxSums } from "../raster/boxes.ts";
import type { Kernel } from "../raster/kernel.ts";
import { type Plane, planeSlackBytes } from "../raster/raster.ts";
import { cropPlane } from "../raster/samples.ts";

/**
 * Means of the quarters of tiles that lie side by side, a plane of them at a time from the top down: what tells a tile from
 * another one, and from itself turned or in other colours, and hardly changes when it is compressed.
 */
export class QuarterMeans {
  readonly #kernel: Kernel;
  readonly #box: Size;
  readonly #sums: BoxSums;
  readonly #target: number;
  readonly #boxes: number;
  #rows = 0;
  #means: number[] = [];

  /** `tile` is the size of a tile in this plane. Throws `render-memory`. */
  constructor(kernel: Kernel, { columns, tile }: { readonly columns: number; readonly tile: Size }) {
    const width = columns * tile.width;
    this.#kernel = kernel;
    this.#box = { width: tile.width / 2, height: tile.height / 2 };
    this.#boxes = 2 * columns;
    const area = { x: 0, y: 0, width, height: tile.height };
    this.#sums = new BoxSums(kernel, { area, box: this.#box }, { rows: 1, sourceWidth: width });
    this.#target = kernel.allocate(this.#boxes + 2 * planeSlackBytes);
  }

  /** Adds the next rows of all tiles. */
  add(plane: Plane): void {
    for (let y = 0; y < plane.height; ) {
      const height = Math.min(plane.height - y, this.#box.height - (this.#rows % this.#box.height));
      this.#sums.add(cropPlane(plane, { x: 0, y, width: plane.width, height }), { x: 0, slot: 0 });
      this.#rows += height;
      y += height;
      if (this.#rows % this.#box.height !== 0) continue;
      this.#sums.take(0, this.#box.height, this.#target);
      this.#means.push(...this.#kernel.bytes.subarray(this.#target, this.#target + this.#boxes));
    }
  }

  /** Returns the rounded means of each tile, the upper two and the lower two, and begins the next row of tiles. */
  take(): readonly (readonly number[])[] {
    const means = this.#means;
    this.#means = [];
    return Array.from({ length: this.#boxes / 2 }, (_, column) => [
      ...means.slice(2 * column, 2 * column + 2),
      ...means.slice(this.#boxes + 2 * column, this.#boxes + 2 * column + 2),
    ]);
  }
}

/** Returns the kernel memory that means of tiles take in all planes at once, in bytes. */
export function quarterMeansBytes(width: number): number {
  return 4 * (2 * width + 1024);
}

/** Returns the rounded means of the quarters of a tile, one plane after another. Throws `render-memory`. */
export function quarterMeans(kernel: Kernel, planes: readonly Plane[]): readonly number[] {
  return planes.flatMap((plane) => {
    const mark = kernel.mark();
    const means = new QuarterMeans(kernel, { columns: 1, tile: plane });
    means.add(plane);
    kernel.release(mark);
    return means.take()[0] ?? [];
  });
}
