import { availableParallelism } from "node:os";
import type { Operations } from "../bucket/operations.ts";
import { leastPartBytes } from "../bucket/s3-bucket.ts";
import { mostPageActivities } from "../catalogue/feed.ts";
import { settleCompression } from "../remake/treatment.ts";
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

/** How many calls the records of objects and collections take, next to those of images, and the feed that tells of them. */
function forecastObjects({ plans, collections }: PlannedObjects, texts: number): Operations {
  const records = plans.length + collections.length;
  if (records === 0) return { classA: 0, classB: 0 };
  const images = plans.reduce(
    (sum, { pages }) => sum + pages.reduce((count, page) => count + page.images.length, 0),
    0,
  );
  const thumbnails = collections.filter(({ row }) => row?.thumbnail !== undefined).length;
  const unlabelled = collections.filter(({ row }) => row?.label === undefined).length;
  const pages = Math.ceil(records / mostPageActivities);
  return {
    // A text is a file and its lines. The feed: what runs left behind is listed, this run announced, pages and end written.
    classA: records + 2 * texts + 3 + pages,
    // Masters are looked up and read, records and texts looked up; of the feed its end is read twice, and the announcement.
    classB: records + 2 * (images + thumbnails) + unlabelled + texts + pages + 3,
  };
}

/** What a run is foretold for. */
export interface ForecastRun {
  /** How many images are worked on at once. */
  readonly jobs: number;
  readonly objects?: PlannedObjects | undefined;
  /** Bytes of the files of text beside the images of objects. */
  readonly texts?: readonly number[] | undefined;
}

/** Foretells what a run takes in bytes, time and calls of the storage. */
export function forecastRun(images: readonly InspectedImage[], { jobs, objects, texts = [] }: ForecastRun): Forecast {
  const processors = Math.min(jobs, availableParallelism());
  const ofObjects = objects === undefined ? { classA: 0, classB: 0 } : forecastObjects(objects, texts.length);
  const operations = { classA: ofObjects.classA, classB: ofObjects.classB + 1 };
  if (objects !== undefined || images.some(({ image }) => image.record !== undefined)) operations.classB += 1;
  // A text is kept as it is, and its lines take about as much.
  let bytesOut = texts.reduce((sum, bytes) => sum + 2 * bytes, 0);
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

/** Foretells the bytes of a master. */
export function forecastBytes({ image, summary }: InspectedImage): number {
  const { mode, settings } = image.treatment;
  if (mode === "repack") return image.bytesIn;
  return Math.round((summary.width * summary.height * bitsOf(settings, summary)) / 8);
}

/** Foretells the bytes of pixels in colour as JPEG with halved chroma. */
export function jpegBytes(pixels: number, quality: number): number {
  return (pixels * bits.halved * growth.halved ** (quality - 89)) / 8;
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
  return isFull ? bits.full * growth.full ** (quality - 90) : 8 * jpegBytes(1, quality);
}

function forecastSeconds({ image, summary }: InspectedImage): number {
  const { mode, settings } = image.treatment;
  if (mode === "repack") return secondsEachImage + image.bytesIn / repackedBytesEachSecond;
  const pixels = summary.width * summary.height;
  const decoding = summary.format === "jp2" ? pixels / jpeg2000PixelsEachSecond : 0;
  return secondsEachImage + decoding + pixels / pixelsEachSecond[settleCompression(settings, summary.model)];
}
