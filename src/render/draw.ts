import type { JpegCheckpoints } from "../codec/jpeg/checkpoints.ts";
import type { TileDecoder } from "../codec/tile-decoder.ts";
import type { ColorTable } from "../color/table.ts";
import { keptWeights } from "../raster/kept-weights.ts";
import type { Kernel } from "../raster/kernel.ts";
import { noTurn } from "../raster/orientation.ts";
import { colorPlanes, type Raster, rasterOf, type Subsampling, subsamplingOf } from "../raster/raster.ts";
import type { Weights, WeightsRequest } from "../raster/weights.ts";
import { openSteps } from "./apply-steps.ts";
import { Band, type BandTiles, type SettleRows } from "./band.ts";
import { type BatchDrawing, type BatchInputs, drawBatches } from "./batch-drawing.ts";
import type { Batch } from "./batches.ts";
import { type ColorPath, isSampledHalved } from "./color-path.ts";
import { type Damage, DamageRecord } from "./damage.ts";
import type { Envelope } from "./envelope.ts";
import type { GatheredBytes } from "./gather.ts";
import { carryRowsOf } from "./memory.ts";
import { type Output, openOutput } from "./output.ts";
import { openPauses, type Pauses } from "./pauses.ts";
import type { DrawPlan } from "./plan.ts";
import { openPlannedDecoder } from "./planned-decoder.ts";
import { RecodedDrawing } from "./recoded-drawing.ts";
import { isRecodable } from "./recoding.ts";
import type { Qualities } from "./row-encoder.ts";
import { type PlaneSubsampling, planSampling } from "./sampling.ts";
import { isShrunk } from "./shrink.ts";
import { ShrunkBand } from "./shrunk-band.ts";
import { createStripMaker, type Strip, stripRows } from "./strips.ts";

/** What making the strips of a drawing takes next to its plan. */
export interface StripInputs extends BatchInputs {
  readonly kernel: Kernel;
  /** From the master's colours to sRGB; undefined if they are taken to be sRGB as they are. */
  readonly table: ColorTable | undefined;
  /** Where decoding a file that comes by rows has come to before. */
  readonly checkpoints?: JpegCheckpoints | undefined;
  /** Called between the steps of a drawing: lets others compute, and throws when the drawing is no longer wanted. */
  readonly pause?: () => Promise<void>;
  /** Told at the end of a picture that is not streamed what it lacks, if it lacks anything. */
  readonly onDamage: (damage: Damage) => void;
}

/** What a drawing takes next to its plan. */
export interface DrawInputs extends StripInputs {
  readonly qualities: Qualities;
  /** Formats what is put around the pixels. */
  readonly envelope: () => Envelope;
}

/**
 * Carries out a plan: batch by batch tiles are gathered, decoded, resampled and encoded, the next batch being read
 * meanwhile. Yields the encoded picture in pieces. Throws `source-malformed`, `source-unsupported`, `render-memory` and
 * what the source throws; a consumer that stops early stops the work. A picture that is streamed ends with
 * `source-malformed` at the first rows that can't be read: its head has said that it may be kept.
 */
export function drawImage(plan: DrawPlan, inputs: DrawInputs): AsyncGenerator<Uint8Array, void, undefined> {
  const { kernel, qualities, envelope, pause } = inputs;
  return drawBatches(plan.batches, inputs, (sample) =>
    plan.isRecoded && isRecodable(plan.stored, sample)
      ? new RecodedDrawing(plan, { ...inputs, sample })
      : new Drawing(plan, { ...inputs, sample }, () =>
          openOutput(kernel, plan, { qualities, envelope: envelope(), pause }),
        ),
  );
}

/**
 * Carries out a plan up to the encoder: strips, in the colours of the plan, go to the output that `open` opens, which takes
 * its memory before any of them is made. Yields what the output makes of them. Throws what `drawImage` throws.
 */
export function drawStrips<Piece>(
  plan: DrawPlan,
  inputs: StripInputs,
  open: () => Output<Piece>,
): AsyncGenerator<Piece, void, undefined> {
  return drawBatches(plan.batches, inputs, (sample) => new Drawing(plan, { ...inputs, sample }, open));
}

/** What one drawing holds from its first batch to its last. */
class Drawing<Piece> implements BatchDrawing<Piece> {
  readonly #plan: DrawPlan;
  readonly #onDamage: StripInputs["onDamage"];
  readonly #record = new DamageRecord();
  readonly #pauses: Pauses;
  readonly #parts: ReturnType<typeof openParts>;
  readonly #output: Output<Piece>;

  constructor(
    plan: DrawPlan,
    inputs: StripInputs & { readonly sample: Uint8Array | undefined },
    open: () => Output<Piece>,
  ) {
    this.#plan = plan;
    this.#onDamage = inputs.onDamage;
    this.#pauses = openPauses(inputs.pause);
    this.#parts = openParts(plan, inputs, (tile) => this.#record.add(tile));
    this.#output = open();
  }

  async *drawBatch(batch: Batch, gathered: GatheredBytes): AsyncGenerator<Piece, void, undefined> {
    const { band, strips, stripSteps } = this.#parts;
    const { size, kind } = this.#plan;
    for (const tileRow of batch.tileRows) {
      for await (const pixels of band.load(tileRow, gathered, strips.neededFrom)) {
        await this.#pauses.after(pixels);
        if (kind === "stream") this.#record.refuseAny();
        for (let strip = strips.next(); strip !== undefined; strip = strips.next()) {
          await this.#pauses.after(size.width * strip.rows);
          yield* this.#output.write(stripSteps(strip));
        }
      }
    }
  }

  async finish(): ReturnType<Output<Piece>["finish"]> {
    await this.#pauses.now();
    this.#record.settle(this.#onDamage);
    return this.#output.finish();
  }
}

function openParts(
  plan: DrawPlan,
  { kernel, table, source, checkpoints, sample }: StripInputs & { readonly sample: Uint8Array | undefined },
  count: BandTiles["count"],
) {
  const { size, degrees, colors, steps, shrink } = plan;
  // A rotation knows where samples lie, wherever the grid of chroma begins.
  const turn = degrees === 0 ? plan.turn : noTurn;
  const decoder = openPlannedDecoder(kernel, plan, sample);
  const planes = planesOf(plan, decoder);
  const weigh = (request: WeightsRequest): Weights => keptWeights(kernel.weights, request);
  const samplings = planSampling(plan, { size, turn, shrink, planes, weigh });
  const tiles = { ...bandTiles(kernel, plan, decoder), source, checkpoints, count };
  const band = isShrunk(shrink)
    ? new ShrunkBand(kernel, { ...tiles, samplings })
    : new Band(kernel, { ...tiles, carryRows: carryRowsOf(plan) });
  const strips = createStripMaker(kernel, { band, samplings, size, isWrittenOver: steps.strips.length > 0 });
  const applyToStrips = openSteps(kernel, steps.strips, { width: size.width, height: stripRows, table });
  const subsampling = sampledSubsampling(colors);
  return {
    band,
    strips,
    stripSteps: ({ first: y, planes, rows: height }: Strip): Raster =>
      applyToStrips(rasterOf({ width: size.width, height, model: colors.sampled, subsampling }, planes), { x: 0, y }),
  };
}

function bandTiles(
  kernel: Kernel,
  { grid, stored, window, steps }: DrawPlan,
  decoder: TileDecoder,
): Omit<BandTiles, "count" | "source" | "checkpoints"> {
  const { model, subsampling } = decoder;
  const firstColumn = Math.floor(window.x / grid.tileWidth);
  const columns = Math.floor((window.x + window.width - 1) / grid.tileWidth) - firstColumn + 1;
  const firstRow = Math.floor(window.y / grid.tileLength);
  const applyToRows = openSteps(kernel, steps.rows, {
    ...{ width: columns * grid.tileWidth, height: grid.tileLength },
    table: undefined,
  });
  const settle: SettleRows = (planes, at) => {
    const [first] = planes;
    if (first === undefined) throw new RangeError("rows without a plane");
    const { width, height } = first;
    applyToRows(rasterOf({ width, height, model, subsampling }, planes), at);
  };
  return { grid, window, decoder, encoding: stored.encoding, firstColumn, columns, firstRow, settle };
}

/** How what is resampled is subsampled once it has been. */
function sampledSubsampling(colors: ColorPath): Subsampling {
  return isSampledHalved(colors) ? { x: 2, y: 2 } : { x: 1, y: 1 };
}

/** How the planes that are resampled are subsampled, before and after. */
function planesOf({ colors }: DrawPlan, decoder: TileDecoder): readonly PlaneSubsampling[] {
  const output = { model: colors.sampled, subsampling: sampledSubsampling(colors) };
  const count = colorPlanes[colors.sampled] + (colors.hasAlpha ? 1 : 0);
  return Array.from({ length: count }, (_, index) => ({
    source: subsamplingOf(decoder, index),
    output: subsamplingOf(output, index),
  }));
}
