import { concatenate } from "../bytes.ts";
import type { Size } from "../geometry.ts";
import { composeOnWhite, rgbToYcbcrHalved } from "../raster/color.ts";
import type { Kernel } from "../raster/kernel.ts";
import { type Plane, type Raster, rasterOf, subsamplingOf, threePlanes } from "../raster/raster.ts";
import { copyPlane, cropPlane } from "../raster/samples.ts";
import type { Output } from "../render/output.ts";
import { LevelRows, levelRowsBytes } from "./level-rows.ts";
import { halvedSize } from "./levels.ts";
import type { Stages } from "./stages.ts";
import { encodedRows, openTileEncoder, type StoredTiles, tileEncoderBytes } from "./tile-encoder.ts";
import { planesOfForm, planesOfRaster } from "./tile-form.ts";
import { quarterMeansBytes } from "./tile-means.ts";
import { type BuiltTile, TileRow } from "./tile-row.ts";

/** Rows of the first level that is left to others: their samples, plane by plane, without padding. */
export interface BuiltRows {
  readonly kind: "rows";
  readonly size: Size;
  readonly bytes: Uint8Array;
}

/** What a part of a pyramid is built of. */
export interface BuilderRequest {
  /** Of the part, at its first level. */
  readonly size: Size;
  readonly tiles: StoredTiles;
  /** The levels whose tiles are made, from the first on, each with the place of the part's first tile. */
  readonly levels: readonly { readonly level: number; readonly column: number; readonly row: number }[];
  /** Whether the level after these is made as rows. */
  readonly leavesRows: boolean;
}

/** Makes the tiles of some levels out of the rows of the first of them, which come from the top down. */
export class PyramidBuilder implements Output<BuiltTile | BuiltRows> {
  readonly #kernel: Kernel;
  readonly #request: BuilderRequest;
  readonly #stages: Stages;
  readonly #levels: readonly LevelRows[];
  readonly #left: LevelRows | undefined;
  readonly #tiles: readonly TileRow[];

  /** Takes the rows that are encoded at once of each level out of the kernel's arena. Throws `render-memory`. */
  constructor(kernel: Kernel, request: BuilderRequest, stages: Stages) {
    const { form } = request.tiles;
    this.#kernel = kernel;
    this.#request = request;
    this.#stages = stages;
    const encoder = openTileEncoder(kernel, request.tiles);
    const { levels, left } = shapesOf(request);
    this.#levels = levels.map((shape) => new LevelRows(kernel, form, shape));
    this.#tiles = request.levels.map((place, index) => {
      const width = levels[index]?.room.width ?? 0;
      return new TileRow(kernel, { tiles: request.tiles, encoder, place, width });
    });
    this.#left = left && new LevelRows(kernel, form, left);
  }

  *write(strip: Raster): Generator<BuiltTile | BuiltRows | Promise<BuiltTile>> {
    const first = this.#level(0);
    for (let at = 0; at < strip.height; ) {
      const rows = Math.min(first.left, strip.height - at);
      if (rows <= 0) throw new RangeError("more rows than the picture has");
      this.#stages.count("resample", () => this.#copy(cutRows(strip, { from: at, rows }), first.below(rows)));
      first.add(rows);
      at += rows;
      if (first.left === 0) yield* this.#emit(0);
    }
  }

  /** Copies a strip as tiles hold it. */
  #copy(strip: Raster, targets: readonly Plane[]): void {
    const { form } = this.#request.tiles;
    if (strip.model === "rgb" && form.model === "ycbcr") {
      rgbToYcbcrHalved(this.#kernel, { source: strip.planes, destination: threePlanes(targets) });
      return;
    }
    for (const [index, source] of planesOfRaster(strip, form).entries()) {
      const target = targets[index];
      if (target === undefined) throw new RangeError(`no plane ${index}`);
      copyPlane(this.#kernel, source, target);
      const { alpha } = strip;
      if (alpha !== undefined && !form.hasAlpha) composeOnWhite(this.#kernel, { plane: target, alpha });
    }
  }

  async finish(): Promise<readonly BuiltTile[]> {
    const { size, done } = this.#level(0);
    if (done < size.height) throw new RangeError(`${done} rows of ${size.height}`);
    return [];
  }

  /** Encodes rows of tiles, and halves them to the level after; gives the tiles out that are complete. */
  *#emit(index: number): Generator<BuiltTile | BuiltRows | Promise<BuiltTile>> {
    const rows = this.#level(index);
    const tiles = this.#tiles[index];
    if (tiles === undefined) throw new RangeError(`no level ${index}`);
    this.#stages.count("resample", () => rows.pad());
    this.#stages.count("encode", () => tiles.write(rows));
    yield* tiles.take(this.#stages);
    const half = this.#levels[index + 1] ?? this.#left;
    const made = half === undefined ? 0 : this.#stages.count("resample", () => rows.halveInto(half));
    const isLast = rows.done === rows.size.height;
    if (isLast) this.#stages.count("encode", () => tiles.writeRest(rows));
    yield* tiles.take(this.#stages);
    rows.clear();
    if (half === undefined || made === 0 || half.left > 0) return;
    if (half === this.#left) yield this.#takeRows(half);
    else yield* this.#emit(index + 1);
  }

  #takeRows(rows: LevelRows): BuiltRows {
    const { width } = rows.size;
    const height = rows.filled;
    const copies = rows.planes.map((plane, index) => {
      const { x, y } = planesOfForm(this.#request.tiles.form)[index] ?? { x: 1, y: 1 };
      return copyOf(this.#kernel, { ...plane, width: Math.ceil(width / x), height: Math.ceil(height / y) });
    });
    rows.clear();
    return { kind: "rows", size: { width, height }, bytes: concatenate(copies) };
  }

  #level(index: number): LevelRows {
    const level = this.#levels[index];
    if (level === undefined) throw new RangeError(`no level ${index}`);
    return level;
  }
}

/** Returns the most kernel memory that building takes, in bytes. */
export function builderBytes(request: BuilderRequest): number {
  const { levels, left } = shapesOf(request);
  const { form } = request.tiles;
  const rows = [...levels, ...(left === undefined ? [] : [left])].map(
    ({ room }) => levelRowsBytes(form, room) + quarterMeansBytes(room.width),
  );
  return rows.reduce((sum, bytes) => sum + bytes, tileEncoderBytes(request.tiles));
}

/** The rows that are held of each level, and of the level that is left. */
function shapesOf({ size, tiles, levels, leavesRows }: BuilderRequest) {
  const side = tiles.treatment.tileSize;
  const rows = encodedRows(tiles);
  const shapeOf = (index: number, height: number): { size: Size; room: Size } => {
    const own = halvedSize(size, index);
    return { size: own, room: { width: Math.ceil(own.width / side) * side, height } };
  };
  // Half as many rows come of the tiles of the last level, most often of one row of them.
  const tileRows = Math.ceil(halvedSize(size, levels.length - 1).height / side);
  const left = leavesRows ? shapeOf(levels.length, (tileRows * side) / 2) : undefined;
  return { levels: levels.map((_, index) => shapeOf(index, rows)), left };
}

/** Returns some rows of a picture, from an even one on. */
function cutRows(raster: Raster, { from, rows }: { readonly from: number; readonly rows: number }): Raster {
  const all = raster.alpha === undefined ? raster.planes : [...raster.planes, raster.alpha];
  const planes = all.map((plane, index) => {
    const { y } = subsamplingOf(raster, index);
    return cropPlane(plane, { x: 0, y: from / y, width: plane.width, height: Math.ceil(rows / y) });
  });
  return rasterOf({ ...raster, height: rows }, planes);
}

function copyOf({ bytes }: Kernel, { pointer, stride, width, height }: Plane): Uint8Array {
  const copy = new Uint8Array(width * height);
  for (let row = 0; row < height; row += 1) {
    const start = pointer + row * stride;
    copy.set(bytes.subarray(start, start + width), row * width);
  }
  return copy;
}
