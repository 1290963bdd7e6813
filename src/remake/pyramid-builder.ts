import { concatenate } from "../bytes.ts";
import type { Size } from "../geometry.ts";
import { composeOnWhite } from "../raster/color.ts";
import type { Kernel } from "../raster/kernel.ts";
import type { Plane, Raster } from "../raster/raster.ts";
import { cropPlane } from "../raster/samples.ts";
import type { Output } from "../render/output.ts";
import { LevelRows, levelRowsBytes } from "./level-rows.ts";
import { halvedSize } from "./levels.ts";
import type { Stages } from "./stages.ts";
import { openTileEncoder, type StoredTiles, tileEncoderBytes } from "./tile-encoder.ts";
import { planesOfForm, planesOfRaster, type TileForm } from "./tile-form.ts";
import { quarterMeans } from "./tile-means.ts";

/** A tile that is encoded, and where it belongs. */
export interface BuiltTile {
  readonly kind: "tile";
  readonly level: number;
  readonly column: number;
  readonly row: number;
  readonly bytes: Uint8Array;
  /** Means of its quarters before it was encoded. */
  readonly means: readonly number[];
}

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
  readonly #encode: ReturnType<typeof openTileEncoder>;

  /** Takes the rows of a tile of each level out of the kernel's arena. Throws `render-memory`. */
  constructor(kernel: Kernel, request: BuilderRequest, stages: Stages) {
    const { form } = request.tiles;
    this.#kernel = kernel;
    this.#request = request;
    this.#stages = stages;
    this.#encode = openTileEncoder(kernel, request.tiles);
    const { levels, left } = shapesOf(request);
    this.#levels = levels.map((shape) => new LevelRows(kernel, form, shape));
    this.#left = left && new LevelRows(kernel, form, left);
  }

  *write(strip: Raster): Generator<BuiltTile | BuiltRows | Promise<BuiltTile>> {
    const { tiles } = this.#request;
    const first = this.#level(0);
    const planes = planesOfRaster(strip, tiles.form);
    for (let at = 0; at < strip.height; ) {
      const rows = Math.min(first.left, strip.height - at);
      if (rows <= 0) throw new RangeError("more rows than the picture has");
      const from = at;
      this.#stages.count("resample", () => {
        const copied = first.copyBelow(cutRows(planes, tiles.form, { from, rows }), rows);
        if (!tiles.form.hasAlpha && strip.alpha !== undefined) {
          const [alpha] = cutRows([strip.alpha], alphaForm, { from, rows });
          for (const plane of copied) if (alpha) composeOnWhite(this.#kernel, { plane, alpha });
        }
        first.add(rows);
      });
      at += rows;
      if (first.left === 0) yield* this.#emit(0);
    }
  }

  async finish(): Promise<readonly BuiltTile[]> {
    const { size, done } = this.#level(0);
    if (done < size.height) throw new RangeError(`${done} rows of ${size.height}`);
    return [];
  }

  /** Encodes a row of tiles, and halves it to the level after. */
  *#emit(index: number): Generator<BuiltTile | BuiltRows | Promise<BuiltTile>> {
    const { levels, tiles } = this.#request;
    const rows = this.#level(index);
    const place = levels[index];
    if (place === undefined) throw new RangeError(`no level ${index}`);
    const side = tiles.treatment.tileSize;
    this.#stages.count("resample", () => rows.pad());
    const row = place.row + Math.ceil(rows.done / side) - 1;
    for (let column = 0; column * side < rows.size.width; column += 1) {
      yield this.#tile(rows.tile(column), { level: place.level, column: place.column + column, row });
    }
    const half = this.#levels[index + 1] ?? this.#left;
    const made = half === undefined ? 0 : this.#stages.count("resample", () => rows.halveInto(half));
    rows.clear();
    if (half === undefined || made === 0 || half.left > 0) return;
    if (half === this.#left) yield this.#takeRows(half);
    else yield* this.#emit(index + 1);
  }

  #tile(planes: readonly Plane[], place: Pick<BuiltTile, "level" | "column" | "row">): BuiltTile | Promise<BuiltTile> {
    const means = this.#stages.count("encode", () => quarterMeans(this.#kernel, planes));
    const built = (bytes: Uint8Array): BuiltTile => ({ kind: "tile", ...place, bytes, means });
    const encoded = this.#stages.count("encode", () => this.#encode(planes));
    if (encoded instanceof Uint8Array) return built(encoded);
    return this.#stages.time("encode", () => encoded).then(built);
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

const alphaForm: TileForm = { model: "gray", subsampling: { x: 1, y: 1 }, hasAlpha: false };

/** Returns the most kernel memory that building takes, in bytes. */
export function builderBytes(request: BuilderRequest): number {
  const { levels, left } = shapesOf(request);
  const { form } = request.tiles;
  const rows = [...levels, ...(left === undefined ? [] : [left])].map(({ room }) => levelRowsBytes(form, room));
  return rows.reduce((sum, bytes) => sum + bytes, tileEncoderBytes(request.tiles));
}

/** The rows that are held of each level, and of the level that is left. */
function shapesOf({ size, tiles, levels, leavesRows }: BuilderRequest) {
  const side = tiles.treatment.tileSize;
  const shapeOf = (index: number, height: number): { size: Size; room: Size } => {
    const own = halvedSize(size, index);
    return { size: own, room: { width: Math.ceil(own.width / side) * side, height } };
  };
  // Half as many rows come of the tiles of the last level, most often of one row of them.
  const tileRows = Math.ceil(halvedSize(size, levels.length - 1).height / side);
  const left = leavesRows ? shapeOf(levels.length, (tileRows * side) / 2) : undefined;
  return { levels: levels.map((_, index) => shapeOf(index, side)), left };
}

function cutRows(
  planes: readonly Plane[],
  form: TileForm,
  { from, rows }: { readonly from: number; readonly rows: number },
): readonly Plane[] {
  return planes.map((plane, index) => {
    const { y } = planesOfForm(form)[index] ?? { y: 1 };
    return cropPlane(plane, { x: 0, y: Math.ceil(from / y), width: plane.width, height: Math.ceil(rows / y) });
  });
}

function copyOf({ bytes }: Kernel, { pointer, stride, width, height }: Plane): Uint8Array {
  const copy = new Uint8Array(width * height);
  for (let row = 0; row < height; row += 1) {
    const start = pointer + row * stride;
    copy.set(bytes.subarray(start, start + width), row * width);
  }
  return copy;
}
