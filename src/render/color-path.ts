import { decodedModels } from "../codec/tile-decoder.ts";
import type { Encoding } from "../iiif/format.ts";
import type { Quality } from "../iiif/quality.ts";
import type { TileEncoding } from "../pyramid/tile-encoding.ts";
import type { ColorModel } from "../raster/raster.ts";

/** What colours become between the tiles and the encoder. */
export interface ColorPath {
  /** What tiles are decoded to. */
  readonly source: ColorModel;
  /** What is resampled: the same, or fewer samples if the output has fewer. */
  readonly sampled: ColorModel;
  /** Colours are brought to sRGB by a table. */
  readonly isManaged: boolean;
  /** Whether tiles have alpha, and whether the output keeps it or is laid on white. */
  readonly hasAlpha: boolean;
  readonly keepsAlpha: boolean;
  /** What strips become, and the encoder takes. */
  readonly model: ColorModel;
}

/** What is asked for, as far as colours are concerned. */
export interface ColorRequest {
  readonly quality: Quality;
  readonly format: Encoding;
  /** Whether the master's colours are other than sRGB. */
  readonly isProfiled: boolean;
}

/** Chooses the path of colours. */
export function chooseColorPath(
  { model: stored, layout }: Pick<TileEncoding, "model" | "layout">,
  { quality, format, isProfiled }: ColorRequest,
): ColorPath {
  const source = decodedModels[stored];
  const isManaged = isProfiled || source === "cmyk" || source === "lab";
  const hasAlpha = layout.alpha !== undefined;
  const isGray = source === "gray" || quality === "gray" || quality === "bitonal";
  const keepsAlpha = hasAlpha && format !== "jpg" && quality !== "bitonal";
  // Of WebP with alpha of its own chroma is halved once it is known what is seen.
  const isYcbcr = format === "jpg" || (format === "webp" && !keepsAlpha);
  const model = isGray ? "gray" : isYcbcr ? "ycbcr" : "rgb";
  const isDirect = !isManaged && !hasAlpha;
  const sampled = !isDirect || (source === "ycbcr" && model === "rgb") ? source : model;
  return { source, sampled, isManaged, hasAlpha, keepsAlpha, model };
}

/** Says whether what is resampled goes to the encoder as it is: YCbCr with its chroma halved as it was resampled. */
export function isSampledHalved({ sampled, model, isManaged, hasAlpha }: ColorPath): boolean {
  return model === "ycbcr" && sampled === "ycbcr" && !isManaged && !hasAlpha;
}
