import type { StoredTile, TileDecoder } from "../codec/tile-decoder.ts";
import { type Area, clipArea, isWhole } from "../geometry.ts";
import type { DecodedGrid } from "../pyramid/decoded-grid.ts";
import type { TileEncoding } from "../pyramid/tile-encoding.ts";
import type { Kernel } from "../raster/kernel.ts";
import {
  colorPlanes,
  type Plane,
  planeSlackBytes,
  type Subsampling,
  strideAlignment,
  subsamplingOf,
} from "../raster/raster.ts";
import { cropPlane, fillPlane } from "../raster/samples.ts";
import type { TileRow } from "./batches.ts";
import type { DecodedTile } from "./damage.ts";
import type { GatheredBytes } from "./gather.ts";
import type { LevelChoice } from "./level.ts";

/** The rows of one plane of a level that are held: row `first` of the level's plane is row 0 of `rows`. */
interface HeldRows {
  readonly rows: Plane;
  first: number;
  end: number;
}

/** What a band is made for. */
export interface BandRequest extends Pick<LevelChoice, "grid" | "window"> {
  readonly decoder: TileDecoder;
  /** How the tiles are stored, which tells what one shows that was never written. */
  readonly encoding: TileEncoding;
  /** The columns of the tile grid that are drawn. */
  readonly firstColumn: number;
  readonly columns: number;
  /** The row of the tile grid it begins with. */
  readonly firstRow: number;
  /** Pixel rows above a tile row that may still be needed when it is loaded. */
  readonly carryRows: number;
  /** Told of each tile that was decoded. */
  readonly count: (tile: DecodedTile) => void;
}

/** What an unwritten tile shows: 0 in every sample, as other readers have it; no colour in what is centred on 128. */
const background = { sample: 0, inverted: 255, centred: 128 } as const;

/**
 * A few rows of a level, decoded: a tile row at a time is loaded below those that are still needed. Planes are as wide
 * as the tiles they hold, so that tiles are decoded straight into place.
 */
export class Band {
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
      const first = (firstRow * grid.tileLength) / y;
      return { rows: kernel.allocatePlane(width, height), first, end: first };
    });
  }

  /** Returns one past the last row of the level's plane that is held. */
  endOf(plane: number): number {
    return this.#held(plane).end;
  }

  /** Returns the row of the level's plane that the first held row is. */
  firstOf(plane: number): number {
    return this.#held(plane).first;
  }

  /** Returns the held rows of a plane; column 0 is that of the first tile. */
  rowsOf(plane: number): Plane {
    return this.#held(plane).rows;
  }

  /** Returns the newest tile row's slices of all planes. */
  newestRows(): readonly Plane[] {
    return this.#planes.map(({ rows, first, end }, index) => {
      const height = this.#tileRows(index);
      return cropPlane(rows, { x: 0, y: end - first - height, width: rows.width, height });
    });
  }

  /**
   * Decodes a row of tiles below what is held, after letting go of the rows before `keepFrom` of each plane. Throws
   * `source-malformed`, `source-unsupported`.
   */
  async load({ row, tiles }: TileRow, gathered: GatheredBytes, keepFrom: readonly number[]): Promise<void> {
    const { grid, decoder, firstColumn, count } = this.#request;
    this.#planes.forEach((held, index) => {
      this.#keepFrom(held, keepFrom[index] ?? held.end);
      held.end += this.#tileRows(index);
      if (held.end - held.first > held.rows.height) throw new RangeError("a band is too small for its rows");
    });
    const newest = this.newestRows();
    for (const { column, storedRows: rows, levelRow, ranges } of tiles) {
      const slices = newest.map((plane, index) => {
        const width = Math.ceil(grid.tileWidth / this.#factors(index).x);
        return cropPlane(plane, { x: (column - firstColumn) * width, y: 0, width, height: plane.height });
      });
      if (ranges === undefined) {
        this.#clear(slices);
        continue;
      }
      const window = this.#neededOf(column, row);
      const tile: StoredTile = { parts: ranges.map((range) => gathered.bytesOf(range)), rows, window };
      const missing = await decoder.decodeInto(this.#kernel, tile, slices);
      count({ asked: window ?? { width: grid.tileWidth, height: grid.tileLength }, levelRow, missing });
    }
  }

  /** The pixels of a tile that lie in the window; undefined for all of them. */
  #neededOf(column: number, row: number): Area | undefined {
    const { window, grid } = this.#request;
    const { tileWidth: width, tileLength: height } = grid;
    const needed = clipArea({ ...window, x: window.x - column * width, y: window.y - row * height }, { width, height });
    return needed === undefined || isWhole(needed, { width, height }) ? undefined : needed;
  }

  #keepFrom(held: HeldRows, keepFrom: number): void {
    const dropped = Math.min(Math.max(keepFrom, held.first), held.end) - held.first;
    if (dropped === 0) return;
    const { pointer, stride } = held.rows;
    this.#kernel.bytes.copyWithin(pointer, pointer + dropped * stride, pointer + (held.end - held.first) * stride);
    held.first += dropped;
  }

  #clear(slices: readonly Plane[]): void {
    const { model } = this.#request.decoder;
    const { isInverted, palette } = this.#request.encoding;
    const sample = isInverted ? background.inverted : background.sample;
    slices.forEach((slice, index) => {
      const isCentred = (model === "ycbcr" || model === "lab") && (index === 1 || index === 2);
      const isAlpha = index >= colorPlanes[model];
      // Of a palette the colour of index 0.
      const color = palette?.[(index * palette.length) / 3] ?? (isCentred ? background.centred : sample);
      fillPlane(this.#kernel, slice, isAlpha ? 0 : color);
    });
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
