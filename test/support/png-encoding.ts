import { concatenate } from "../../src/bytes.ts";
import { createPngEncoder, type PngEncodeOptions } from "../../src/codec/png/encoder.ts";
import type { Kernel } from "../../src/raster/kernel.ts";
import { type Samples, storePlane } from "./planes.ts";

/** Planes of gray, gray and alpha, RGB or RGBA, by their number. */
export type PngChannels = readonly Samples[];

/** Encodes planes in strips of `stripRows` rows, or in one, and joins what comes out. Leaves no memory taken. */
export function encodeChannels(
  kernel: Kernel,
  channels: PngChannels,
  options: Pick<PngEncodeOptions, "bitDepth" | "chunks" | "dotsPerInch"> = {},
  stripRows: number = Number.POSITIVE_INFINITY,
): Uint8Array {
  const mark = kernel.mark();
  const { width, height } = channels[0]!;
  const hasAlpha = channels.length % 2 === 0;
  const model = channels.length < 3 ? "gray" : "rgb";
  const encoder = createPngEncoder(kernel, { width, height, model, hasAlpha, ...options });
  const planes = channels.map((channel) => storePlane(kernel, channel));
  const pieces: Uint8Array[] = [];
  for (let row = 0; row < height; ) {
    const rows = Math.min(height - row, stripRows);
    const moved = planes.map(({ pointer, stride }) => ({ pointer: pointer + stride * row, stride }));
    const alpha = hasAlpha ? moved.pop() : undefined;
    pieces.push(...encoder.write({ planes: moved, alpha, rows }));
    row += rows;
  }
  pieces.push(...encoder.finish());
  kernel.release(mark);
  return concatenate(pieces);
}
