import { createJpegEncoder } from "../codec/jpeg/encoder.ts";
import { createPngEncoder } from "../codec/png/encoder.ts";
import type { RowForm } from "../codec/sample-rows.ts";
import { createAlphaEncoder } from "../codec/webp/alpha-encoder.ts";
import { createVp8Encoder } from "../codec/webp/encoder.ts";
import { filterLevelOf, quantiserOf } from "../codec/webp/quantiser.ts";
import type { Quality } from "../iiif/quality.ts";
import { formatWebp } from "../metadata/webp-container.ts";
import type { Kernel } from "../raster/kernel.ts";
import type { Raster, RasterForm } from "../raster/raster.ts";
import { type Envelope, envelopeChunks, envelopeSegments } from "./envelope.ts";
import type { Pauses } from "./pauses.ts";
import type { DrawPlan } from "./plan.ts";
import { openSeenColors } from "./seen-colors.ts";
import { openDeflatedTiff, openPlainTiff } from "./tiff-encoder.ts";

/** An encoder that takes a picture from the top down, some rows at a time or all at once. */
export interface RowEncoder {
  write(rows: Raster): readonly Uint8Array[];
  /** Encodes what can only be encoded once all rows are there, with pauses. */
  finish(): readonly Uint8Array[] | Promise<readonly Uint8Array[]>;
}

/** How good lossy formats are, each on the scale of its encoder, 1 to 100. */
export interface Qualities {
  readonly jpeg: number;
  readonly webp: number;
}

/** What is told of the picture before its rows come. */
export interface EncodedPicture {
  readonly form: RasterForm & { readonly hasAlpha: boolean };
  readonly qualities: Qualities;
  readonly envelope: Envelope;
  readonly pauses: Pauses;
}

/** Opens the encoder of a plan whose format is not GIF. Throws `render-memory`. */
export function openRowEncoder(
  kernel: Kernel,
  {
    format,
    quality,
    kind,
    keptBytes,
    colors: path,
  }: Pick<DrawPlan, "format" | "quality" | "kind" | "keptBytes" | "colors">,
  { form, qualities, envelope, pauses }: EncodedPicture,
): RowEncoder {
  const { width, height, subsampling, hasAlpha } = form;
  const { dotsPerInch } = envelope;
  if (format === "tif") {
    const picture = { ...plainForm(form, quality), width, height, envelope };
    return kind === "stream" ? openPlainTiff(kernel, picture) : openDeflatedTiff(kernel, picture);
  }
  if (format === "png") {
    const { model, bitDepth } = plainForm(form, quality);
    const chunks = envelopeChunks(envelope);
    const encoder = createPngEncoder(kernel, { width, height, model, hasAlpha, bitDepth, dotsPerInch, chunks });
    return {
      write: ({ planes, alpha, height: rows }) => encoder.write({ planes, alpha, rows }),
      finish: () => encoder.finish(),
    };
  }
  const model = form.model === "gray" ? "gray" : "ycbcr";
  if (format === "webp") {
    const quantiser = quantiserOf(qualities.webp);
    const size = { width, height };
    const filterLevel = filterLevelOf(quantiser);
    const colors = createVp8Encoder(kernel, { ...size, model, quantiser, filterLevel, keptMaximum: keptBytes });
    const seen = hasAlpha ? openSeenColors(kernel, form) : undefined;
    const cover = hasAlpha ? createAlphaEncoder(kernel, { ...size, isOwn: path.keepsAlpha }) : undefined;
    return {
      write(strip) {
        const { alpha, height: rows } = strip;
        if (alpha !== undefined) cover?.write(alpha);
        const planes = alpha === undefined || seen === undefined ? strip.planes : seen({ ...strip, alpha });
        colors.write({ planes, rows });
        return [];
      },
      async finish() {
        const frame = await colors.finish((pixels) => pauses.after(pixels));
        return formatWebp({ size, frame, alpha: cover?.finish() }, envelope);
      },
    };
  }
  const segments = envelopeSegments(envelope);
  const encoding = { width, height, model, subsampling, quality: qualities.jpeg, segments, dotsPerInch } as const;
  const encoder = createJpegEncoder(kernel, encoding);
  return {
    write: ({ planes, height: rows }) => encoder.write({ planes, rows }),
    finish: () => [encoder.finish()],
  };
}

/** How rows are laid out in formats without colour models of their own: black and white alone fit into a bit. */
export function plainForm(
  { model, hasAlpha }: Pick<EncodedPicture["form"], "model" | "hasAlpha">,
  quality: Quality,
): Pick<RowForm, "model" | "hasAlpha" | "bitDepth"> {
  return { model: model === "gray" ? "gray" : "rgb", hasAlpha, bitDepth: quality === "bitonal" && !hasAlpha ? 1 : 8 };
}
