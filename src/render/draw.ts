import { halvedChromaDecoder } from "../codec/halved-chroma-tile.ts";
import { openTileDecoder } from "../codec/open-tile-decoder.ts";
import { rgbToGray, rgbToYcbcr, type ThreePlanes } from "../raster/color.ts";
import type { Kernel } from "../raster/kernel.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { Band } from "./band.ts";
import type { Batch } from "./batches.ts";
import { type GatheredBytes, gatherReads } from "./gather.ts";
import { carryRowsOf } from "./memory.ts";
import { type EncoderSettings, openOutput, outputSubsampling } from "./output.ts";
import type { DrawPlan } from "./plan.ts";
import { planSampling } from "./sampling.ts";
import { createStripMaker } from "./strips.ts";
import { isToned } from "./tone-strip.ts";

/**
 * Carries out a plan: batch by batch tiles are gathered, decoded, resampled and encoded, the next batch being read
 * meanwhile. Yields the encoded picture in pieces. Throws `source-malformed`, `source-unsupported`, `render-memory` and
 * what the source throws; a consumer that stops early stops the work.
 */
export async function* drawImage(
  plan: DrawPlan,
  {
    kernel,
    source,
    settings,
  }: { readonly kernel: Kernel; readonly source: ByteSource; readonly settings: EncoderSettings },
): AsyncGenerator<Uint8Array, void, undefined> {
  const drawing = new Drawing(kernel, plan, settings);
  let pending = gather(source, plan.batches[0]);
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
  readonly #kernel: Kernel;
  readonly #plan: DrawPlan;
  readonly #settings: EncoderSettings;
  #parts: ReturnType<typeof openParts> | undefined;

  constructor(kernel: Kernel, plan: DrawPlan, settings: EncoderSettings) {
    this.#kernel = kernel;
    this.#plan = plan;
    this.#settings = settings;
  }

  async *drawBatch(batch: Batch, gathered: GatheredBytes): AsyncGenerator<Uint8Array, void, undefined> {
    this.#parts ??= openParts(this.#kernel, this.#plan, {
      settings: this.#settings,
      sample: sampleTile(batch, gathered),
    });
    const { decoder, band, strips, output } = this.#parts;
    for (const tileRow of batch.tileRows) {
      await band.load(tileRow, gathered, strips.neededFrom());
      if (decoder.model === "rgb") convertRows(this.#kernel, this.#plan, band);
      for (let strip = strips.next(); strip !== undefined; strip = strips.next()) {
        yield* output.write(strip);
      }
    }
  }

  async finish(): Promise<readonly Uint8Array[]> {
    if (this.#parts === undefined) throw new RangeError("a plan without a batch");
    return this.#parts.output.finish();
  }
}

function openParts(
  kernel: Kernel,
  plan: DrawPlan,
  { settings, sample }: { readonly settings: EncoderSettings; readonly sample: Uint8Array | undefined },
) {
  const { level, reduction, window, size, turn, model } = plan;
  const stored = openTileDecoder(kernel, { ...level, reduction }, sample);
  const decoder = isChromaHalved(plan) ? halvedChromaDecoder(stored, { ...level, reduction }) : stored;
  const firstColumn = Math.floor(window.x / level.tileWidth);
  const band = new Band(kernel, {
    level,
    decoder,
    firstColumn,
    columns: Math.floor((window.x + window.width - 1) / level.tileWidth) - firstColumn + 1,
    firstRow: Math.floor(window.y / level.tileLength),
    carryRows: carryRowsOf(plan),
  });
  const output = outputSubsampling(plan);
  const chroma = model === "gray" ? undefined : { source: decoder.subsampling, output };
  const strips = createStripMaker(kernel, {
    band,
    samplings: planSampling(plan, { size, turn, chroma }),
    firstPixel: firstColumn * level.tileWidth,
    source: decoder.subsampling,
    output,
    size,
    isWrittenOver: isToned(plan),
  });
  return { decoder, band, strips, output: openOutput(kernel, plan, settings) };
}

/** Says whether chroma is halved as tiles are decoded: nothing is lost by it unless the picture is enlarged. */
function isChromaHalved({ level, model, x, y }: DrawPlan): boolean {
  const isEven = level.tileWidth % 2 === 0 && level.tileLength % 2 === 0;
  return level.encoding.model === "rgb" && model === "ycbcr" && Math.min(x.step, y.step) >= 1 && isEven;
}

/** Any tile of the batch that was written; undefined where none was. */
function sampleTile({ tileRows }: Batch, gathered: GatheredBytes): Uint8Array | undefined {
  const tile = tileRows.flatMap(({ tiles }) => tiles).find(({ range }) => range !== undefined);
  return tile?.range === undefined ? undefined : gathered.bytesOf(tile.range);
}

/** Converts RGB rows just decoded to what is resampled: fewer samples than RGB where the output is YCbCr or grey. */
function convertRows(kernel: Kernel, { model }: DrawPlan, band: Band): void {
  if (model === "rgb") return;
  const planes = band.newestRows() as unknown as ThreePlanes;
  if (model === "gray") rgbToGray(kernel, { source: planes, destination: planes[0] });
  else rgbToYcbcr(kernel, { source: planes, destination: planes });
}
