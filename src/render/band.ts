import type { DecodedGrid } from "../pyramid/decoded-grid.ts";
import type { Kernel } from "../raster/kernel.ts";
import { type Plane, planeSlackBytes, type Subsampling, strideAlignment, subsamplingOf } from "../raster/raster.ts";
import { cropPlane } from "../raster/samples.ts";
import type { TileRow } from "./batches.ts";
import type { GatheredBytes } from "./gather.ts";
import { HeldRows } from "./held-rows.ts";
import { loadRows, loadTile, type TileLoading } from "./tile-loading.ts";

/** Rows of the planes of a level that strips are made from, held as long as they are needed. */
export interface LevelRows {
  /** Returns one past the last row of the plane that is held. */
  endOf(plane: number): number;
  /** Returns the row of the plane that the first held row is. */
  firstOf(plane: number): number;
  /** Returns the held rows of a plane. */
  rowsOf(plane: number): Plane;
  /** Returns the column of the plane that the first held column is. */
  firstColumnOf(plane: number): number;
  /**
   * Decodes a row of tiles, or the part of one, below what is held, after letting go of what `neededFrom` leaves out:
   * for each plane the first row that is still needed. Yields after each step with the number of pixels decoded. Throws
   * `source-malformed`, `source-unsupported`, `render-memory`.
   */
  load(
    tileRow: TileRow,
    gathered: GatheredBytes,
    neededFrom: () => readonly number[],
  ): AsyncGenerator<number, void, undefined>;
}

/**
 * What is done to rows that were decoded before anything is made of them; rows of subsampled chroma are fewer. `at` is
 * where the first pixel lies on the level as its rows are decoded.
 */
export type SettleRows = (planes: readonly Plane[], at: { readonly x: number; readonly y: number }) => void;

/** The tiles that a band is made for. */
export interface BandTiles extends TileLoading {
  /** The columns of the tile grid that are drawn. */
  readonly firstColumn: number;
  readonly columns: number;
  /** The row of the tile grid it begins with. */
  readonly firstRow: number;
  readonly settle?: SettleRows | undefined;
}

/** What a band is made for. */
export interface BandRequest extends BandTiles {
  /** Pixel rows above a tile row that may still be needed when it is loaded. */
  readonly carryRows: number;
}

/**
 * A few rows of a level, decoded: a tile row at a time is loaded below those that are still needed. Planes are as wide
 * as the tiles they hold, so that tiles are decoded straight into place.
 */
export class Band implements LevelRows {
  readonly #kernel: Kernel;
  readonly #request: BandRequest;
  readonly #planes: readonly HeldRows[];

  /** Takes its planes out of the kernel's arena. Throws `render-memory`. */
  constructor(kernel: Kernel, request: BandRequest) {
    this.#kernel = kernel;
    this.#request = request;
    const { grid, decoder, columns, firstRow, carryRows } = request;
    this.#planes = Array.from({ length: decoder.planeCount }, (_, index) => {
      const { x, y } = this.#factors(index);
      const width = Math.ceil((columns * grid.tileWidth) / x);
      const height = Math.ceil(grid.tileLength / y) + Math.ceil(carryRows / y) + 1;
      return new HeldRows(kernel, { width, height, first: (firstRow * grid.tileLength) / y });
    });
  }

  endOf(plane: number): number {
    return this.#held(plane).end;
  }

  firstOf(plane: number): number {
    return this.#held(plane).first;
  }

  rowsOf(plane: number): Plane {
    return this.#held(plane).rows;
  }

  firstColumnOf(plane: number): number {
    const { firstColumn, grid } = this.#request;
    return (firstColumn * grid.tileWidth) / this.#factors(plane).x;
  }

  /** Returns the newest tile row's slices of all planes. */
  newestRows(): readonly Plane[] {
    return this.#planes.map((held, index) => held.last(this.#tileRows(index)));
  }

  async *load(
    { tiles }: TileRow,
    gathered: GatheredBytes,
    neededFrom: () => readonly number[],
  ): AsyncGenerator<number, void, undefined> {
    const { grid, firstColumn, columns, decoder } = this.#request;
    const [first] = tiles;
    if (first !== undefined && decoder.decodeRows !== undefined) {
      const planesOf = () => this.#makeRoom(neededFrom());
      for await (const _ of loadRows(this.#kernel, this.#request, { tile: first, gathered, planesOf })) {
        this.#settle();
        yield grid.tileWidth * grid.tileLength;
      }
      return;
    }
    const newest = first?.column === firstColumn ? this.#makeRoom(neededFrom()) : this.#room();
    for (const tile of tiles) {
      const planes = newest.map((plane, index) => {
        const width = Math.ceil(grid.tileWidth / this.#factors(index).x);
        return cropPlane(plane, { x: (tile.column - firstColumn) * width, y: 0, width, height: plane.height });
      });
      await loadTile(this.#kernel, this.#request, { tile, gathered, planes });
    }
    if (tiles.at(-1)?.column === firstColumn + columns - 1) this.#settle();
    yield tiles.length * grid.tileWidth * grid.tileLength;
  }

  /** Lets go of what is no longer needed; returns where the next row of tiles is decoded to. */
  #makeRoom(needed: readonly number[]): readonly Plane[] {
    for (const [index, held] of this.#planes.entries()) held.dropBefore(needed[index] ?? held.end);
    return this.#room();
  }

  #room(): readonly Plane[] {
    return this.#planes.map((held, index) => held.below(this.#tileRows(index)));
  }

  /** Holds a row of tiles that was decoded. */
  #settle(): void {
    for (const [index, held] of this.#planes.entries()) held.add(this.#tileRows(index));
    const { firstColumn, grid, settle } = this.#request;
    const at = { x: firstColumn * grid.tileWidth, y: this.endOf(0) - this.#tileRows(0) };
    settle?.(this.newestRows(), at);
  }

  #tileRows(plane: number): number {
    return Math.ceil(this.#request.grid.tileLength / this.#factors(plane).y);
  }

  #factors(plane: number): Subsampling {
    return subsamplingOf(this.#request.decoder, plane);
  }

  #held(plane: number): HeldRows {
    const held = this.#planes[plane];
    if (held === undefined) throw new RangeError(`no plane ${plane}`);
    return held;
  }
}

/** Returns the kernel memory a band takes, in bytes, for planes of `samplesPerPixel` in all. */
export function bandBytes(
  request: Pick<BandRequest, "columns" | "carryRows"> & { readonly grid: DecodedGrid },
  samplesPerPixel: number,
): number {
  const { grid, columns, carryRows } = request;
  const rowBytes = columns * grid.tileWidth + strideAlignment;
  return (rowBytes * (grid.tileLength + carryRows + 2) + planeSlackBytes) * samplesPerPixel;
}
