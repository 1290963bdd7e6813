import { halvedChromaDecoder } from "../codec/halved-chroma-tile.ts";
import { openTileDecoder } from "../codec/open-tile-decoder.ts";
import type { TileDecoder } from "../codec/tile-decoder.ts";
import { turnedTileDecoder } from "../codec/turned-tile.ts";
import type { ColorTable } from "../color/table.ts";
import { premultiply } from "../raster/alpha.ts";
import { rgbToGray, rgbToYcbcr, type ThreePlanes } from "../raster/color.ts";
import type { Kernel } from "../raster/kernel.ts";
import { isNoTurn } from "../raster/orientation.ts";
import { colorPlanes, type Plane, subsamplingOf } from "../raster/raster.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { Band } from "./band.ts";
import type { Batch } from "./batches.ts";
import type { Envelope } from "./envelope.ts";
import { type GatheredBytes, gatherReads } from "./gather.ts";
import { carryRowsOf } from "./memory.ts";
import { type EncoderSettings, openOutput } from "./output.ts";
import type { DrawPlan } from "./plan.ts";
import { type PlaneSampling, planSampling } from "./sampling.ts";
import { isRecolored, isSampledHalved, openStripColors } from "./strip-colors.ts";
import { createStripMaker } from "./strips.ts";

/** What a drawing takes beside its plan. */
export interface DrawInputs {
  readonly kernel: Kernel;
  readonly source: ByteSource;
  readonly settings: EncoderSettings;
  /** From the master's colours to sRGB; undefined where they are taken for sRGB as they are. */
  readonly table: ColorTable | undefined;
  /** What is put around the pixels. */
  readonly envelope: Envelope;
  /** The tiles of the first batch, where they have been read already. */
  readonly first?: GatheredBytes;
  /** Called between the steps of a long drawing: lets others compute, and throws when the drawing is no longer wanted. */
  readonly pause?: () => Promise<void>;
}

/** A drawing pauses after so many pixels decoded or encoded: some 20 ms. */
const pausePixels = 1 << 20;

/**
 * Carries out a plan: batch by batch tiles are gathered, decoded, resampled and encoded, the next batch being read
 * meanwhile. Yields the encoded picture in pieces. Throws `source-malformed`, `source-unsupported`, `render-memory` and
 * what the source throws; a consumer that stops early stops the work.
 */
export async function* drawImage(plan: DrawPlan, inputs: DrawInputs): AsyncGenerator<Uint8Array, void, undefined> {
  const { source } = inputs;
  const drawing = new Drawing(plan, inputs);
  let pending = inputs.first === undefined ? gather(source, plan.batches[0]) : Promise.resolve(inputs.first);
  for (const [index, batch] of plan.batches.entries()) {
    const gathered = await pending;
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
class Drawing {
  readonly #plan: DrawPlan;
  readonly #inputs: DrawInputs;
  #parts: ReturnType<typeof openParts> | undefined;
  #pixelsSincePause = 0;

  constructor(plan: DrawPlan, inputs: DrawInputs) {
    this.#plan = plan;
    this.#inputs = inputs;
  }

  async *drawBatch(batch: Batch, gathered: GatheredBytes): AsyncGenerator<Uint8Array, void, undefined> {
    this.#parts ??= openParts(this.#plan, this.#inputs, sampleTile(batch, gathered));
    const { decoder, band, strips, colors, output, isMultiplied } = this.#parts;
    const { kernel } = this.#inputs;
    const { level, size } = this.#plan;
    for (const tileRow of batch.tileRows) {
      await this.#pauseAfter(tileRow.tiles.length * level.tileWidth * level.tileLength);
      await band.load(tileRow, gathered, strips.neededFrom());
      if (decoder.model === "rgb") convertRows(kernel, this.#plan, band.newestRows());
      if (isMultiplied) multiplyRows(kernel, decoder, band.newestRows());
      for (let strip = strips.next(); strip !== undefined; strip = strips.next()) {
        await this.#pauseAfter(size.width * strip.rows);
        yield* output.write(colors(strip));
      }
    }
  }

  async #pauseAfter(pixels: number): Promise<void> {
    const { pause } = this.#inputs;
    if (pause === undefined) return;
    this.#pixelsSincePause += pixels;
    if (this.#pixelsSincePause < pausePixels) return;
    this.#pixelsSincePause = 0;
    await pause();
  }

  async finish(): Promise<readonly Uint8Array[]> {
    if (this.#parts === undefined) throw new RangeError("a plan without a batch");
    return this.#parts.output.finish();
  }
}

function openParts(plan: DrawPlan, { kernel, settings, table, envelope }: DrawInputs, sample: Uint8Array | undefined) {
  const { level, stored, reduction, window, size, turn, tileTurn } = plan;
  const shape = { level: stored, reduction };
  const opened = openTileDecoder(kernel, shape, { sample, modules: settings.modules });
  const halved = isChromaHalved(plan) ? halvedChromaDecoder(opened, shape) : opened;
  const decoder = isNoTurn(tileTurn) ? halved : turnedTileDecoder(halved, shape, tileTurn);
  const firstColumn = Math.floor(window.x / level.tileWidth);
  const band = new Band(kernel, {
    level,
    window,
    decoder,
    firstColumn,
    columns: Math.floor((window.x + window.width - 1) / level.tileWidth) - firstColumn + 1,
    firstRow: Math.floor(window.y / level.tileLength),
    carryRows: carryRowsOf(plan),
  });
  const samplings = planSampling(plan, { size, turn, planes: planesOf(plan, decoder) });
  const alpha = multiplication(plan, samplings);
  const strips = createStripMaker(kernel, {
    band,
    samplings,
    firstPixel: firstColumn * level.tileWidth,
    size,
    isWrittenOver: isRecolored(plan),
  });
  return {
    decoder,
    band,
    strips,
    isMultiplied: alpha.isMultiplied,
    colors: openStripColors(kernel, plan, { table, isPremultiplied: alpha.isPremultiplied }),
    output: openOutput(kernel, plan, { ...settings, envelope }),
  };
}

/** How the planes that are resampled are subsampled, before and after. */
function planesOf({ colors }: DrawPlan, decoder: TileDecoder) {
  const subsampling = isSampledHalved(colors) ? ({ x: 2, y: 2 } as const) : ({ x: 1, y: 1 } as const);
  const count = colorPlanes[colors.sampled] + (colors.hasAlpha ? 1 : 0);
  return Array.from({ length: count }, (_, index) => ({
    source: subsamplingOf(decoder, index),
    output: subsamplingOf({ model: colors.sampled, subsampling }, index),
  }));
}

/**
 * Colours are resampled multiplied by their alpha, lest those of invisible pixels show at the edges. What is not
 * resampled stays as it is stored, for multiplying loses depth.
 */
function multiplication(
  { colors, stored }: DrawPlan,
  samplings: readonly PlaneSampling[],
): { readonly isMultiplied: boolean; readonly isPremultiplied: boolean } {
  // The chroma of YCbCr may have fewer samples than its alpha.
  if (!colors.hasAlpha || colors.source === "ycbcr") return { isMultiplied: false, isPremultiplied: false };
  const isAssociated = stored.encoding.layout.alpha?.isAssociated === true;
  const isResampled = samplings.some(({ horizontal, vertical }) => !horizontal.identity || !vertical.identity);
  const isMultiplied = !isAssociated && isResampled;
  return { isMultiplied, isPremultiplied: isAssociated || isMultiplied };
}

function multiplyRows(kernel: Kernel, { model }: TileDecoder, planes: readonly Plane[]): void {
  const alpha = planes[colorPlanes[model]];
  if (alpha === undefined) return;
  for (const plane of planes.slice(0, colorPlanes[model])) premultiply(kernel, { plane, alpha });
}

/** Says whether chroma is halved as tiles are decoded: nothing is lost by it unless the picture is enlarged. */
function isChromaHalved({ level, colors, x, y }: DrawPlan): boolean {
  const isEven = level.tileWidth % 2 === 0 && level.tileLength % 2 === 0;
  return colors.source === "rgb" && colors.sampled === "ycbcr" && Math.min(x.step, y.step) >= 1 && isEven;
}

/** Any tile of the batch that was written; undefined where none was. */
function sampleTile({ tileRows }: Batch, gathered: GatheredBytes): Uint8Array | undefined {
  const ranges = tileRows.flatMap(({ tiles }) => tiles).find((tile) => tile.ranges !== undefined)?.ranges;
  return ranges?.[0] === undefined ? undefined : gathered.bytesOf(ranges[0]);
}

/** Converts RGB rows just decoded to what is resampled: fewer samples than RGB where the output is YCbCr or grey. */
function convertRows(kernel: Kernel, { colors: { sampled } }: DrawPlan, rows: readonly Plane[]): void {
  const planes = rows as unknown as ThreePlanes;
  if (sampled === "gray") rgbToGray(kernel, { source: planes, destination: planes[0] });
  else if (sampled === "ycbcr") rgbToYcbcr(kernel, { source: planes, destination: planes });
}
