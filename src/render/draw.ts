import { halvedChromaDecoder } from "../codec/halved-chroma-tile.ts";
import type { JpegCheckpoints } from "../codec/jpeg/checkpoints.ts";
import { openTileDecoder } from "../codec/open-tile-decoder.ts";
import type { TileDecoder } from "../codec/tile-decoder.ts";
import { turnedTileDecoder } from "../codec/turned-tile.ts";
import type { ColorTable } from "../color/table.ts";
import { keptWeights } from "../raster/kept-weights.ts";
import type { Kernel } from "../raster/kernel.ts";
import { isNoTurn, noTurn } from "../raster/orientation.ts";
import { colorPlanes, type Raster, rasterOf, type Subsampling, subsamplingOf } from "../raster/raster.ts";
import type { Weights, WeightsRequest } from "../raster/weights.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { openSteps } from "./apply-steps.ts";
import { Band, type BandTiles, type SettleRows } from "./band.ts";
import type { Batch } from "./batches.ts";
import { type ColorPath, isSampledHalved } from "./color-path.ts";
import { type Damage, DamageRecord, damagedImage, refuseMuchDamage } from "./damage.ts";
import type { Envelope } from "./envelope.ts";
import { type GatheredBytes, gatherReads } from "./gather.ts";
import { carryRowsOf } from "./memory.ts";
import { type Output, openOutput } from "./output.ts";
import { openPauses, type Pauses } from "./pauses.ts";
import type { DrawPlan } from "./plan.ts";
import type { Qualities } from "./row-encoder.ts";
import { type PlaneSubsampling, planSampling } from "./sampling.ts";
import { isShrunk } from "./shrink.ts";
import { ShrunkBand } from "./shrunk-band.ts";
import { createStripMaker, type Strip, stripRows } from "./strips.ts";

/** What making the strips of a drawing takes next to its plan. */
export interface StripInputs {
  readonly kernel: Kernel;
  readonly source: ByteSource;
  /** From the master's colours to sRGB; undefined if they are taken to be sRGB as they are. */
  readonly table: ColorTable | undefined;
  /** Where decoding a file that comes by rows has come to before. */
  readonly checkpoints?: JpegCheckpoints | undefined;
  /** The tiles of the first batch, if they have been read already. */
  readonly first?: GatheredBytes;
  /** Called between the steps of a drawing: lets others compute, and throws when the drawing is no longer wanted. */
  readonly pause?: () => Promise<void>;
  /** Waits for what is read, where something else is done about it: it is timed. */
  readonly awaitRead?: <T>(read: Promise<T>) => Promise<T>;
  /** Told at the end of a picture that is not streamed what it lacks, if it lacks anything. */
  readonly onDamage: (damage: Damage) => void;
}

/** What a drawing takes next to its plan. */
export interface DrawInputs extends StripInputs {
  readonly qualities: Qualities;
  /** What is put around the pixels. */
  readonly envelope: Envelope;
}

/**
 * Carries out a plan: batch by batch tiles are gathered, decoded, resampled and encoded, the next batch being read
 * meanwhile. Yields the encoded picture in pieces. Throws `source-malformed`, `source-unsupported`, `render-memory` and
 * what the source throws; a consumer that stops early stops the work. A picture that is streamed ends with
 * `source-malformed` at the first rows that can't be read: its head has said that it may be kept.
 */
export function drawImage(plan: DrawPlan, inputs: DrawInputs): AsyncGenerator<Uint8Array, void, undefined> {
  const { kernel, qualities, envelope, pause } = inputs;
  return drawStrips(plan, inputs, () => openOutput(kernel, plan, { qualities, envelope, pause }));
}

/**
 * Carries out a plan up to the encoder: strips, in the colours of the plan, go to the output that `open` opens, which takes
 * its memory before any of them is made. Yields what the output makes of them. Throws what `drawImage` throws.
 */
export async function* drawStrips<Piece>(
  plan: DrawPlan,
  inputs: StripInputs,
  open: () => Output<Piece>,
): AsyncGenerator<Piece, void, undefined> {
  const { source, awaitRead } = inputs;
  const drawing = new Drawing(plan, inputs, open);
  let pending = inputs.first === undefined ? gather(source, plan.batches[0]) : Promise.resolve(inputs.first);
  for (const [index, batch] of plan.batches.entries()) {
    const gathered = await (awaitRead === undefined ? pending : awaitRead(pending));
    const next = plan.batches[index + 1];
    if (next !== undefined) pending = gather(source, next);
    yield* drawing.drawBatch(batch, gathered);
  }
  yield* await drawing.finish();
}

/** Starts the reads of a batch. A failure shows when it is awaited, which may be never: the picture ended before. */
function gather(source: ByteSource, batch: Batch | undefined): Promise<GatheredBytes> {
  const gathered = gatherReads(source, batch?.reads ?? []);
  gathered.catch(() => undefined);
  return gathered;
}

/** What one drawing holds from its first batch to its last. */
class Drawing<Piece> {
  readonly #plan: DrawPlan;
  readonly #inputs: StripInputs;
  readonly #open: () => Output<Piece>;
  readonly #record = new DamageRecord();
  readonly #pauses: Pauses;
  #parts: (ReturnType<typeof openParts> & { readonly output: Output<Piece> }) | undefined;

  constructor(plan: DrawPlan, inputs: StripInputs, open: () => Output<Piece>) {
    this.#plan = plan;
    this.#inputs = inputs;
    this.#open = open;
    this.#pauses = openPauses(inputs.pause);
  }

  async *drawBatch(batch: Batch, gathered: GatheredBytes): AsyncGenerator<Piece, void, undefined> {
    const { band, strips, stripSteps, output } = this.#opened(sampleTile(batch, gathered));
    const { size } = this.#plan;
    for (const tileRow of batch.tileRows) {
      for await (const pixels of band.load(tileRow, gathered, strips.neededFrom)) {
        await this.#pauses.after(pixels);
        this.#refuseDamagedStream();
        for (let strip = strips.next(); strip !== undefined; strip = strips.next()) {
          await this.#pauses.after(size.width * strip.rows);
          yield* output.write(stripSteps(strip));
        }
      }
    }
  }

  #opened(sample: Uint8Array | undefined) {
    const count: BandTiles["count"] = (tile) => this.#record.add(tile);
    this.#parts ??= { ...openParts(this.#plan, this.#inputs, { sample, count }), output: this.#open() };
    return this.#parts;
  }

  #refuseDamagedStream(): void {
    const { damage } = this.#record;
    if (damage !== undefined && this.#plan.kind === "stream") {
      throw damagedImage(damage, "Ask for a smaller size or region: it is shown without them.");
    }
  }

  async finish(): Promise<Iterable<Piece | Promise<Piece>>> {
    if (this.#parts === undefined) throw new RangeError("a plan without a batch");
    await this.#pauses.now();
    const { damage } = this.#record;
    if (damage !== undefined) {
      refuseMuchDamage(damage);
      this.#inputs.onDamage(damage);
    }
    return this.#parts.output.finish();
  }
}

function openParts(
  plan: DrawPlan,
  { kernel, table, source, checkpoints }: StripInputs,
  { sample, count }: { readonly sample: Uint8Array | undefined } & Pick<BandTiles, "count">,
) {
  const { size, degrees, colors, steps, shrink } = plan;
  // A rotation knows where samples lie, wherever the grid of chroma begins.
  const turn = degrees === 0 ? plan.turn : noTurn;
  const decoder = openDecoder(kernel, plan, sample);
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

function openDecoder(kernel: Kernel, plan: DrawPlan, sample: Uint8Array | undefined): TileDecoder {
  const { stored, reduction, tileTurn, steps } = plan;
  const shape = { level: stored, reduction, turn: tileTurn };
  const opened = openTileDecoder(kernel, shape, sample);
  const decoder = steps.halvesTiles ? halvedChromaDecoder(opened, shape) : opened;
  // Rows that come some at a time are turned as they are decoded.
  return isNoTurn(tileTurn) || decoder.decodeRows !== undefined ? decoder : turnedTileDecoder(decoder, shape, tileTurn);
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

/** Any tile of the batch that was written and gathered; undefined where none was. */
function sampleTile({ tileRows }: Batch, gathered: GatheredBytes): Uint8Array | undefined {
  const tiles = tileRows.flatMap((row) => row.tiles);
  const ranges = tiles.find((tile) => tile.ranges !== undefined && !tile.isReadByRows)?.ranges;
  return ranges?.[0] === undefined ? undefined : gathered.bytesOf(ranges[0]);
}
