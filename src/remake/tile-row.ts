import type { Kernel } from "../raster/kernel.ts";
import { cropPlane } from "../raster/samples.ts";
import type { LevelRows } from "./level-rows.ts";
import type { Stages } from "./stages.ts";
import type { StoredTiles, TileEncoder, TileUnderWay } from "./tile-encoder.ts";
import { planesOfForm } from "./tile-form.ts";
import { QuarterMeans } from "./tile-means.ts";

/** A tile that is encoded, and where it belongs. */
export interface BuiltTile {
  readonly kind: "tile";
  readonly level: number;
  readonly column: number;
  readonly row: number;
  readonly bytes: Uint8Array;
  /** Means of its quarters before it was encoded, plane by plane. */
  readonly means: readonly number[];
}

/** Where the tiles of a level begin. */
export type TilePlace = Pick<BuiltTile, "level" | "column" | "row">;

/** What a row of tiles is made by. */
export interface TileRowRequest {
  readonly tiles: StoredTiles;
  readonly encoder: TileEncoder;
  /** Of the first tile of the first row. */
  readonly place: TilePlace;
  /** Pixels of all tiles side by side. */
  readonly width: number;
}

/** The tiles of one level that lie side by side, encoded as their rows come; one row of them after another. */
export class TileRow {
  readonly #request: TileRowRequest;
  readonly #side: number;
  readonly #columns: number;
  readonly #means: readonly QuarterMeans[];
  #tiles: readonly TileUnderWay[] = [];
  #rowsDone = 0;
  #row = 0;

  /** Takes what means are added up in out of the kernel's arena. Throws `render-memory`. */
  constructor(kernel: Kernel, request: TileRowRequest) {
    const { tiles, width } = request;
    const side = tiles.treatment.tileSize;
    this.#request = request;
    this.#side = side;
    this.#columns = width / side;
    this.#means = planesOfForm(tiles.form).map(
      ({ x, y }) => new QuarterMeans(kernel, { columns: this.#columns, tile: { width: side / x, height: side / y } }),
    );
  }

  /** Encodes rows that are padded, as many as the encoder takes. */
  write(rows: LevelRows): void {
    const { encoder } = this.#request;
    if (this.#columns === 0) return;
    if (this.#rowsDone === 0) this.#tiles = Array.from({ length: this.#columns }, () => encoder.begin());
    for (const [index, means] of this.#means.entries()) {
      const plane = rows.planes[index];
      if (plane !== undefined) means.add(cropPlane(plane, { ...plane, x: 0, y: 0 }));
    }
    for (const [column, tile] of this.#tiles.entries()) tile.write(rows.tile(column, this.#side));
    this.#rowsDone += rows.room.height;
  }

  /** Encodes what tiles have below the last row of their level. The rows are lost. */
  writeRest(rows: LevelRows): void {
    if (this.#rowsDone === 0 || this.#rowsDone === this.#side) return;
    rows.repeatLast();
    while (this.#rowsDone < this.#side) this.write(rows);
  }

  /** Gives the tiles out if all of their rows have come, from left to right, and begins the next row of them. */
  *take(stages: Stages): Generator<BuiltTile | Promise<BuiltTile>> {
    if (this.#rowsDone < this.#side) return;
    const means = this.#means.map((ofPlane) => ofPlane.take());
    const { place } = this.#request;
    for (const [column, tile] of this.#tiles.entries()) {
      const built = (bytes: Uint8Array): BuiltTile => ({
        kind: "tile",
        level: place.level,
        column: place.column + column,
        row: place.row + this.#row,
        bytes,
        means: means.flatMap((ofPlane) => ofPlane[column] ?? []),
      });
      const encoded = stages.count("encode", () => tile.finish());
      yield encoded instanceof Uint8Array ? built(encoded) : stages.time("encode", () => encoded).then(built);
    }
    this.#tiles = [];
    this.#rowsDone = 0;
    this.#row += 1;
  }
}
