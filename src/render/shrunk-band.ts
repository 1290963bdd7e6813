import type { Size } from "../geometry.ts";
import type { Kernel } from "../raster/kernel.ts";
import { type Plane, subsamplingOf } from "../raster/raster.ts";
import type { BandTiles, LevelRows } from "./band.ts";
import type { TileRow } from "./batches.ts";
import { BoxedPlane } from "./boxed-plane.ts";
import type { GatheredBytes } from "./gather.ts";
import type { PlaneSampling } from "./sampling.ts";
import { carryRowsAt } from "./strips.ts";
import { loadRows, loadTile } from "./tile-loading.ts";
import type { TilePlace } from "./turned-level.ts";

/** What a shrunk band is made for. */
export interface ShrunkBandRequest extends BandTiles {
  /** How each plane is sampled, and what boxes it is shrunk by. */
  readonly samplings: readonly PlaneSampling[];
}

/**
 * A few rows of a level, decoded and shrunk. Tiles are decoded one by one, settled, and added to boxes that may reach
 * over several of them: memory holds one tile, and the shrunk rows.
 */
export class ShrunkBand implements LevelRows {
  readonly #kernel: Kernel;
  readonly #request: ShrunkBandRequest;
  /** The planes of one tile. */
  readonly #tile: readonly Plane[];
  readonly #planes: readonly BoxedPlane[];

  /** Takes its memory out of the kernel's arena. Throws `render-memory`. */
  constructor(kernel: Kernel, request: ShrunkBandRequest) {
    this.#kernel = kernel;
    this.#request = request;
    const { decoder, samplings, columns } = request;
    this.#tile = Array.from({ length: decoder.planeCount }, (_, index) => {
      const { width, height } = this.#tileSize(index);
      return kernel.allocatePlane(width, height);
    });
    this.#planes = samplings.map(
      ({ window, box, vertical }, index) =>
        new BoxedPlane(kernel, {
          ...{ window, box, piece: this.#tileSize(index), isOneColumn: columns === 1 },
          carryRows: carryRowsAt(vertical.filterStep),
        }),
    );
  }

  endOf(plane: number): number {
    return this.#plane(plane).held.end;
  }

  firstOf(plane: number): number {
    return this.#plane(plane).held.first;
  }

  rowsOf(plane: number): Plane {
    return this.#plane(plane).held.rows;
  }

  /** Boxes begin at the window. */
  firstColumnOf(plane: number): number {
    return this.#request.samplings[plane]?.window.x ?? 0;
  }

  async *load(
    { row, tiles }: TileRow,
    gathered: GatheredBytes,
    neededFrom: () => readonly number[],
  ): AsyncGenerator<number, void, undefined> {
    const { grid, firstColumn, columns, decoder } = this.#request;
    const pixels = grid.tileWidth * grid.tileLength;
    const [first] = tiles;
    if (first !== undefined && decoder.decodeRows !== undefined) {
      const planesOf = () => this.#tile;
      for await (const part of loadRows(this.#kernel, this.#request, { tile: first, gathered, planesOf })) {
        this.#drop(neededFrom());
        this.#add({ column: firstColumn, row: part });
        yield pixels;
      }
      return;
    }
    if (first?.column === firstColumn) this.#drop(neededFrom());
    for (const tile of tiles) {
      await loadTile(this.#kernel, this.#request, { tile, gathered, planes: this.#tile });
      this.#add({ column: tile.column, row });
      if (tile.column === firstColumn + columns - 1) {
        for (const [index, plane] of this.#planes.entries()) plane.complete((row + 1) * this.#tileSize(index).height);
      }
      yield pixels;
    }
  }

  #drop(needed: readonly number[]): void {
    for (const [index, { held }] of this.#planes.entries()) held.dropBefore(needed[index] ?? held.end);
  }

  /** Adds the tile that was decoded last. */
  #add({ column, row }: TilePlace): void {
    const { settle, grid } = this.#request;
    settle?.(this.#tile, { x: column * grid.tileWidth, y: row * grid.tileLength });
    for (const [index, plane] of this.#planes.entries()) {
      const { width, height } = this.#tileSize(index);
      plane.add(this.#samplesOf(index), { x: column * width, y: row * height });
    }
  }

  #tileSize(plane: number): Size {
    const { grid, decoder } = this.#request;
    const { x, y } = subsamplingOf(decoder, plane);
    return { width: Math.ceil(grid.tileWidth / x), height: Math.ceil(grid.tileLength / y) };
  }

  #samplesOf(plane: number): Plane {
    const samples = this.#tile[plane];
    if (samples === undefined) throw new RangeError(`no plane ${plane}`);
    return samples;
  }

  #plane(plane: number): BoxedPlane {
    const boxed = this.#planes[plane];
    if (boxed === undefined) throw new RangeError(`no plane ${plane}`);
    return boxed;
  }
}
