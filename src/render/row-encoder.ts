import { createJpegEncoder } from "../codec/jpeg/encoder.ts";
import { createPngEncoder } from "../codec/png/encoder.ts";
import type { Kernel } from "../raster/kernel.ts";
import type { Plane, Raster } from "../raster/raster.ts";
import { type Envelope, envelopeChunks, envelopeSegments } from "./envelope.ts";
import type { DrawPlan } from "./plan.ts";

/** Rows of a picture from the top down: some of them, or all. */
export interface EncodableRows {
  readonly planes: readonly Plane[];
  readonly alpha?: Plane | undefined;
  readonly rows: number;
}

/** An encoder that takes a picture row by row. */
export interface RowEncoder {
  write(rows: EncodableRows): readonly Uint8Array[];
  finish(): readonly Uint8Array[];
}

/** What is told of the picture before its rows come. */
export interface EncodedPicture {
  readonly raster: Pick<Raster, "width" | "height" | "model" | "subsampling"> & { readonly hasAlpha: boolean };
  readonly jpegQuality: number;
  readonly envelope: Envelope;
}

/** Opens the encoder of a plan whose format is JPEG or PNG. Throws `render-memory`. */
export function openRowEncoder(
  kernel: Kernel,
  { format, quality }: Pick<DrawPlan, "format" | "quality">,
  { raster, jpegQuality, envelope }: EncodedPicture,
): RowEncoder {
  const { width, height, subsampling, hasAlpha } = raster;
  const { dotsPerInch } = envelope;
  if (format === "png") {
    const model = raster.model === "gray" ? "gray" : "rgb";
    // Black and white alone fit into a bit.
    const bitDepth = quality === "bitonal" && !hasAlpha ? 1 : 8;
    const chunks = envelopeChunks(envelope);
    return createPngEncoder(kernel, { width, height, model, hasAlpha, bitDepth, dotsPerInch, chunks });
  }
  const model = raster.model === "gray" ? "gray" : "ycbcr";
  const segments = envelopeSegments(envelope);
  const encoding = { width, height, model, subsampling, quality: jpegQuality, segments, dotsPerInch } as const;
  const encoder = createJpegEncoder(kernel, encoding);
  return { write: (rows) => encoder.write(rows), finish: () => [encoder.finish()] };
}
