import type { JpegEncodeOptions } from "../../src/codec/jpeg/coder.ts";
import { createJpegEncoder } from "../../src/codec/jpeg/encoder.ts";
import type { Kernel } from "../../src/raster/kernel.ts";
import { type Samples, storePlane } from "./planes.ts";

/** Encodes planes in calls of `rowGroups` groups of rows each, or in one, and joins what comes out. Leaves no memory taken. */
export function encodePlanes(
  kernel: Kernel,
  samples: readonly Samples[],
  options: Pick<JpegEncodeOptions, "quality" | "subsampling" | "segments" | "dotsPerInch">,
  rowGroups: number = Number.POSITIVE_INFINITY,
): Uint8Array<ArrayBuffer> {
  const mark = kernel.mark();
  const { width, height } = samples[0]!;
  const model = samples.length === 1 ? "gray" : "ycbcr";
  const encoder = createJpegEncoder(kernel, { width, height, model, ...options });
  const planes = samples.map((item) => storePlane(kernel, item));
  const chunks: Uint8Array[] = [];
  for (let row = 0; row < height; ) {
    const rows = Math.min(height - row, rowGroups * encoder.rowGroup);
    const moved = planes.map(({ pointer, stride }, index) => {
      return { pointer: pointer + (stride * row) / (index === 0 ? 1 : (options.subsampling?.y ?? 1)), stride };
    });
    chunks.push(...encoder.write({ planes: moved, rows }));
    row += rows;
  }
  chunks.push(encoder.finish());
  kernel.release(mark);
  return Uint8Array.from(Buffer.concat(chunks));
}
