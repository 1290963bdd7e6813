import { pngEncoderBytes } from "../codec/png/encoder.ts";
import { rotatedSize, type Size } from "../geometry.ts";
import { isNoTurn } from "../raster/orientation.ts";
import { bandBytes } from "./band.ts";
import { type DrawPlan, isWholeNeeded } from "./plan.ts";
import { stripRows } from "./strips.ts";

/** Lobes of Lanczos3 on both sides of its centre. */
const filterReach = 6;

/** Kernel memory a render takes beside its pixels: code, tables, the encoder's strip. */
const fixedBytes = 2 << 20;

/** Bytes a sample of encoded JPEG and PNG, at most in practice, and of the copies that WebP starts from. */
const encodedBytes = { jpg: 0.4, png: 1.1, webp: 4 } as const;

/**
 * Returns the pixel rows of a level that may have to be kept above a tile row: those of the next strip, which the rows
 * loaded so far did not suffice for, with the reach of the filter on luma and on chroma. Never throws.
 */
export function carryRowsOf(plan: Pick<DrawPlan, "y" | "level">): number {
  const step = Math.max(plan.y.step, 1);
  const chroma = 4;
  return Math.ceil(stripRows * step + filterReach * step * 2 + filterReach * chroma) + 8;
}

/** Returns the most memory a drawing holds at once, in bytes: gathered tiles, kernel, encoded output. Never throws. */
export function peakBytesOf(plan: Omit<DrawPlan, "cost">): number {
  const { level, batches, size, window, degrees, turn, format, kind } = plan;
  const columns =
    Math.floor((window.x + window.width - 1) / level.tileWidth) - Math.floor(window.x / level.tileWidth) + 1;
  const samples = level.encoding.model === "gray" ? 1 : 3;
  const band = bandBytes({ level, columns, carryRows: carryRowsOf(plan) }, samples);
  // A tile is unpacked once, and once more where its chroma is halved.
  const scratch = 2 * level.tileWidth * level.tileLength * samples;
  const readBytes = batches.map((batch) => batch.reads.reduce((sum, { length }) => sum + length, 0));
  // One batch is drawn while the next is read.
  const gathered = readBytes.reduce((most, bytes, index) => Math.max(most, bytes + (readBytes[index + 1] ?? 0)), 0);
  const perPixel = plan.model === "gray" ? 1 : plan.model === "ycbcr" ? 1.5 : 3;
  const whole = isWholeNeeded(plan) ? pixelsOf(size) * perPixel * (isNoTurn(turn) ? 1 : 2) : 0;
  const canvas = rotatedSize(size, degrees);
  const rotated = degrees === 0 ? 0 : pixelsOf(canvas) * (perPixel + 3);
  const encoded = kind === "stream" ? 0 : pixelsOf(canvas) * encodedBytes[format] * samplesOut(plan);
  const png = format === "png" ? pngEncoderBytes({ width: canvas.width, samples: 4 }) : 0;
  return Math.ceil(fixedBytes + png + band + scratch + gathered + whole + rotated + encoded);
}

/** Samples a pixel that are encoded: WebP always takes red, green, blue and alpha. */
function samplesOut({ format, model, degrees }: Pick<DrawPlan, "format" | "model" | "degrees">): number {
  if (format === "webp") return 3;
  const alpha = format === "png" && degrees !== 0 ? 1 : 0;
  return (model === "gray" ? 1 : model === "ycbcr" ? 1.5 : 3) + alpha;
}

function pixelsOf({ width, height }: Size): number {
  return width * height;
}
