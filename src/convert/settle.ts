import { IngestError } from "../node/ingest-error.ts";
import type { ConversionSettings } from "../settings/conversion.ts";
import { settingFaults } from "../settings/conversion.ts";
import type { InspectedSource } from "./inspected-source.ts";

/** What is done to the pixels of one source, with every choice made. */
export interface Treatment {
  readonly compression: ConversionSettings["compression"];
  readonly quality: number;
  /** The predictor of `deflate`: bilevel pictures are a fifth smaller without one. */
  readonly predictor: "none" | "horizontal";
  /** Side of a tile in pixels. */
  readonly tileSize: number;
  readonly isGray: boolean;
  /** 16 bits per sample, otherwise 8. */
  readonly isDeep: boolean;
  readonly alpha: "keep" | "flatten" | "drop";
  /** Whether the pixels stay in the colours of the source's profile. */
  readonly keepsProfile: boolean;
  /** Sentences for a person. */
  readonly warnings: readonly string[];
}

/** libvips can't read tiles that are much larger than their image: an image up to this side has one tile. */
const smallSide = 256;

/**
 * Decides what is done to a source whose colours are settled: a profile that it still has is kept. One-bit sources are stored as grey with Deflate whatever the settings say: JPEG
 * rings around letters and takes three to four times as much (bench/README.md). Throws `setting-impossible` with all
 * faults in one message.
 */
export function settleTreatment(settings: ConversionSettings, source: InspectedSource): Treatment {
  const faults = settingFaults(settings);
  if (faults.length > 0) throw new IngestError("setting-impossible", faults.join(" "));
  const { model, depth, hasProfile } = source.summary;
  const compression = settleCompression(settings, model);
  const keepsAlpha = compression === "deflate";
  // libvips scales opacity differently for CIELab colours, and would make everything transparent.
  const isOpaque = source.extraSamples !== "alpha" || model === "lab";
  const alpha = isOpaque ? "drop" : keepsAlpha ? "keep" : "flatten";
  return {
    compression,
    quality: settings.quality,
    predictor: model === "bilevel" ? "none" : "horizontal",
    tileSize: Math.max(source.summary.width, source.summary.height) <= smallSide ? smallSide : settings.tileSize,
    isGray: model === "gray" || model === "bilevel",
    isDeep: settings.keepsDepth && depth === 16,
    alpha,
    keepsProfile: hasProfile,
    warnings: warningsOf(settings, source, { compression, alpha }),
  };
}

/**
 * Decides how tiles are compressed: a compression that can't hold the colour model, or is worse for it, is replaced.
 */
export function settleCompression(
  { compression }: ConversionSettings,
  model: InspectedSource["summary"]["model"],
): ConversionSettings["compression"] {
  if (model === "bilevel") return "deflate";
  // WebP has no single-component pictures.
  return model === "gray" && compression === "webp" ? "jpeg" : compression;
}

function warningsOf(
  settings: ConversionSettings,
  source: InspectedSource,
  { compression, alpha }: Pick<Treatment, "compression" | "alpha">,
): readonly string[] {
  const { summary, extraSamples, frames } = source;
  const { model } = summary;
  const found: readonly (readonly [boolean, string])[] = [
    [
      compression !== settings.compression,
      `It is ${model}, so it is stored with ${compression}, not ${settings.compression}.`,
    ],
    [alpha === "flatten", `Its transparency was flattened on white: only deflate keeps it, for grey and RGB.`],
    [model === "lab" && extraSamples === "alpha", "It is CIELab with transparency; the transparency was left out."],
    [extraSamples === "other", "It has extra samples that are not transparency; they were left out."],
    [frames > 1, `It is an animation of ${frames} frames; only the first was converted.`],
  ];
  return found.filter(([isSo]) => isSo).map(([, sentence]) => sentence);
}
