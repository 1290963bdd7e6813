import { type JpegTables, loadJpegTables } from "../codec/jpeg/decoder.ts";
import { createJpegRecoder, type JpegRecoder } from "../codec/jpeg/recoder.ts";
import { type Area, clipArea } from "../geometry.ts";
import type { Kernel } from "../raster/kernel.ts";
import { subsamplingOf } from "../raster/raster.ts";
import { cropPlane } from "../raster/samples.ts";
import type { BatchDrawing } from "./batch-drawing.ts";
import type { Batch } from "./batches.ts";
import { DamageRecord } from "./damage.ts";
import type { DrawInputs } from "./draw.ts";
import { envelopeSegments } from "./envelope.ts";
import type { GatheredBytes } from "./gather.ts";
import { openPauses, type Pauses } from "./pauses.ts";
import type { DrawPlan } from "./plan.ts";
import { openPlannedDecoder } from "./planned-decoder.ts";
import type { TileWanted } from "./reads.ts";
import { recodedTiles } from "./recoding.ts";
import { loadTile } from "./tile-loading.ts";

/** What a drawing of coefficients takes: `sample` is a tile, which `isRecodable`. */
type RecodedInputs = DrawInputs & { readonly sample: Uint8Array | undefined };

/**
 * A JPEG made of the coefficients of JPEG tiles: they are quantised anew and encoded, without a transform to samples and back.
 * A tile whose blocks come in another order, or that was never written, is decoded.
 */
export class RecodedDrawing implements BatchDrawing<Uint8Array> {
  readonly #plan: DrawPlan;
  readonly #inputs: RecodedInputs;
  readonly #kernel: Kernel;
  readonly #record = new DamageRecord();
  readonly #pauses: Pauses;
  readonly #tables: JpegTables | undefined;
  readonly #recoder: JpegRecoder;
  readonly #lastColumn: number;

  /** Takes its memory. Throws `source-malformed` and `render-memory`. */
  constructor(plan: DrawPlan, inputs: RecodedInputs) {
    const { kernel, qualities, pause } = inputs;
    const envelope = inputs.envelope();
    const { grid, window, stored, size } = plan;
    this.#plan = plan;
    this.#inputs = inputs;
    this.#kernel = kernel;
    this.#pauses = openPauses(pause);
    this.#tables = loadJpegTables(kernel, stored.encoding.jpegTables);
    this.#lastColumn = Math.floor((window.x + window.width - 1) / grid.tileWidth);
    this.#recoder = createJpegRecoder(kernel, {
      ...size,
      ...recodedTiles(plan),
      quality: qualities.jpeg,
      dotsPerInch: envelope.dotsPerInch,
      segments: envelopeSegments(envelope),
    });
  }

  async *drawBatch({ tileRows }: Batch, gathered: GatheredBytes): AsyncGenerator<Uint8Array, void, undefined> {
    const { grid, size, kind } = this.#plan;
    for (const { tiles } of tileRows) {
      for (const tile of tiles) {
        await this.#add(tile, gathered);
        await this.#pauses.after(grid.tileWidth * grid.tileLength);
        if (kind === "stream") this.#record.refuseAny();
      }
      if (tiles.at(-1)?.column !== this.#lastColumn) continue;
      yield* this.#recoder.endRow();
      await this.#pauses.after(size.width * grid.tileLength);
    }
  }

  async finish(): Promise<Iterable<Uint8Array>> {
    await this.#pauses.now();
    this.#record.settle(this.#inputs.onDamage);
    return [this.#recoder.finish()];
  }

  async #add(tile: TileWanted, gathered: GatheredBytes): Promise<void> {
    const shown = this.#shownOf(tile);
    const [range] = tile.ranges ?? [];
    const bytes = range === undefined ? undefined : gathered.bytesOf(range);
    const added = bytes && this.#recoder.addTile({ tables: this.#tables, bytes, shown });
    if (added === undefined) await this.#addDecoded(tile, gathered, shown);
    else this.#record.add({ asked: shown, levelRow: tile.levelRow, missing: added.missing });
  }

  async #addDecoded(tile: TileWanted, gathered: GatheredBytes, shown: Area): Promise<void> {
    const kernel = this.#kernel;
    const { grid, window, stored } = this.#plan;
    const { source, sample } = this.#inputs;
    const mark = kernel.mark();
    // Its memory is given back with that of the planes.
    const decoder = openPlannedDecoder(kernel, this.#plan, sample);
    const factors = Array.from({ length: decoder.planeCount }, (_, index) => subsamplingOf(decoder, index));
    const planes = factors.map(({ x, y }) => kernel.allocatePlane(grid.tileWidth / x, grid.tileLength / y));
    const count = this.#record.add.bind(this.#record);
    const loading = { grid, window, decoder, encoding: stored.encoding, source, count };
    await loadTile(kernel, loading, { tile, gathered, planes });
    const shownPlanes = planes.map((plane, index) => {
      const { x, y } = factors[index] ?? { x: 1, y: 1 };
      const area = { x: shown.x / x, y: shown.y / y, width: shown.width / x, height: shown.height / y };
      return cropPlane(plane, area);
    });
    this.#recoder.addPlanes(shownPlanes, shown);
    kernel.release(mark);
  }

  /** The part of a tile that the picture shows, in its pixels. */
  #shownOf({ column, row }: TileWanted): Area {
    const { grid, window } = this.#plan;
    const { tileWidth: width, tileLength: height } = grid;
    const shown = clipArea({ ...window, x: window.x - column * width, y: window.y - row * height }, { width, height });
    if (shown === undefined) throw new RangeError("a tile beside the picture");
    return shown;
  }
}
