import { availableParallelism } from "node:os";
import type { Operations } from "../bucket/operations.ts";
import { leastPartBytes } from "../bucket/s3-bucket.ts";
import { topCollection } from "../catalogue/collection.ts";
import { settleCompression } from "../convert/settle.ts";
import type { ConversionSettings, SourceSummary } from "../settings/conversion.ts";
import type { PlannedImage } from "./job-plan.ts";
import type { PlannedObjects } from "./object-plan.ts";

/** An image that was looked at. */
export interface InspectedImage {
  readonly image: PlannedImage;
  readonly summary: SourceSummary;
}

/** What a run is expected to take, if nothing is in the bucket yet. */
export interface Forecast {
  readonly bytesOut: number;
  /** Of all processors together, without sending the masters. */
  readonly seconds: number;
  readonly processors: number;
  readonly operations: Operations;
}

/**
 * Bits that a pixel of a master takes, levels included. Source: bench/README.md, Ingest, means over photographs; single
 * pictures take half to twice as much.
 */
const bits = { halved: 1.29, full: 3.72, webp: 0.454, deflateSample: 3.4, deflateBilevel: 0.4 } as const;

/** How bits grow with each step of quality: 0.894 at 80 to 1.29 at 89, and 3.72 at 90 to 5.43 at 95. Source: the same. */
const growth = { halved: 1.0416, full: 1.0786 } as const;

/** Pixels that a processor converts and verifies in a second, by compression. Source: the same. */
const pixelsEachSecond = { jpeg: 45e6, webp: 8e6, deflate: 9e6 } as const;

/** Decoding JPEG 2000 takes longer than all else. */
const jpeg2000PixelsEachSecond = 3e6;

const repackedBytesEachSecond = 100e6;

/** What each image takes whatever its size. */
const secondsEachImage = 0.1;

/** What a run stores besides masters, and how it works. */
export interface RunShape {
  readonly jobs: number;
  /** Undefined where images alone are stored. */
  readonly objects: PlannedObjects | undefined;
  /** Pages that have a file of text. */
  readonly texts: number;
}

/** Foretells what the masters of images and the records of objects take in bytes, time and calls of the storage. */
export function forecastRun(images: readonly InspectedImage[], { jobs, objects, texts }: RunShape): Forecast {
  const processors = Math.min(jobs, availableParallelism());
  const operations = objects === undefined ? { classA: 0, classB: 1 } : forecastObjects(objects, texts);
  if (objects === undefined && images.some(({ image }) => image.record !== undefined)) operations.classB += 1;
  let bytesOut = 0;
  let seconds = 0;
  for (const inspected of images) {
    const bytes = forecastBytes(inspected);
    bytesOut += bytes;
    seconds += forecastSeconds(inspected);
    // What was left behind is listed, an upload is started, and completed; a master is looked up before and after.
    operations.classA += bytes > leastPartBytes ? Math.ceil(bytes / leastPartBytes) + 3 : 1;
    operations.classB += 2;
    if (inspected.image.record === undefined && inspected.image.object === undefined) continue;
    operations.classA += 1;
    operations.classB += 1;
  }
  return { bytesOut, seconds: seconds / processors, processors, operations };
}

/** Both buckets are looked for. A record is looked for and written, a master looked up and its directories read. */
function forecastObjects({ plans, collections }: PlannedObjects, texts: number): { classA: number; classB: number } {
  const identifiers = plans.flatMap(({ pages }) => pages.flatMap((page) => page.images));
  const hasTop = plans.length + collections.length > 0 && !collections.some(({ key }) => key === topCollection);
  const records = plans.length + collections.length + (hasTop ? 1 : 0);
  const pictures = collections.filter(({ row }) => row?.thumbnail !== undefined).length;
  return {
    // The file of a text is stored, and its lines.
    classA: records + 2 * texts,
    classB: 2 + records + 2 * (identifiers.length + pictures) + texts,
  };
}

/** Foretells the bytes of a master. */
export function forecastBytes({ image, summary }: InspectedImage): number {
  const { mode, settings } = image.treatment;
  if (mode === "repack") return image.bytesIn;
  return Math.round((summary.width * summary.height * bitsOf(settings, summary)) / 8);
}

function bitsOf(settings: ConversionSettings, { model, depth, hasAlpha }: SourceSummary): number {
  const compression = settleCompression(settings, model);
  const { quality, subsampling, keepsDepth } = settings;
  if (compression === "deflate") {
    if (model === "bilevel") return bits.deflateBilevel;
    const samples = (model === "gray" ? 1 : 3) + (hasAlpha ? 1 : 0);
    return samples * bits.deflateSample + (keepsDepth && depth === 16 ? samples * 8 : 0);
  }
  if (compression === "webp") return bits.webp * growth.halved ** (quality - 80);
  const isFull = subsampling === "4:4:4" && model !== "gray";
  return isFull ? bits.full * growth.full ** (quality - 90) : bits.halved * growth.halved ** (quality - 89);
}

function forecastSeconds({ image, summary }: InspectedImage): number {
  const { mode, settings } = image.treatment;
  if (mode === "repack") return secondsEachImage + image.bytesIn / repackedBytesEachSecond;
  const pixels = summary.width * summary.height;
  const decoding = summary.format === "jp2" ? pixels / jpeg2000PixelsEachSecond : 0;
  return secondsEachImage + decoding + pixels / pixelsEachSecond[settleCompression(settings, summary.model)];
}
