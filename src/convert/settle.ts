import { IngestError } from "../node/ingest-error.ts";
import type { ConversionSettings } from "../settings/conversion.ts";
import { settingFaults } from "../settings/conversion.ts";
import type { InspectedSource } from "./inspected-source.ts";

/** What is done to the pixels of one source; every choice is made. */
export interface Treatment {
  readonly compression: ConversionSettings["compression"];
  readonly quality: number;
  /** Of `deflate`: two-valued pictures are smaller without one, by a fifth. */
  readonly predictor: "none" | "horizontal";
  /** Side of a tile in pixels. */
  readonly tileSize: number;
  readonly isGray: boolean;
  /** 16 bits a sample, else 8. */
  readonly isDeep: boolean;
  readonly alpha: "keep" | "flatten" | "drop";
  /** The pixels stay in the colours of the profile that the source has. */
  readonly keepsProfile: boolean;
  /** Sentences for a person. */
  readonly warnings: readonly string[];
}

/** libvips reads no tiles that are much larger than their image: what fits into one of this side has one. */
const smallSide = 256;

/**
 * Decides what is done to a source. Sources of one bit are stored as grey with Deflate whatever is asked for: JPEG makes
 * rings around letters and takes three to four times as much (bench/README.md). Throws `setting-impossible` with all
 * faults in one message.
 */
export function settleTreatment(settings: ConversionSettings, source: InspectedSource): Treatment {
  const faults = settingFaults(settings);
  if (faults.length > 0) throw new IngestError("setting-impossible", faults.join(" "));
  const { model, depth, hasProfile } = source.summary;
  const isConverted = model === "cmyk" || model === "lab";
  const compression = settleCompression(settings, model);
  const keepsAlpha = compression === "deflate" && !isConverted;
  // libvips has opacity on another scale where colours are CIELab, and would make all of it transparent.
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
    keepsProfile: hasProfile && !isConverted && (settings.keepsProfile || isDeepGray(source)),
    warnings: warningsOf(settings, source, { compression, alpha }),
  };
}

/** libvips converts no grey of 16 bits by a profile: the profile then goes with the pixels. */
function isDeepGray({ summary: { model, depth } }: InspectedSource): boolean {
  return model === "gray" && depth === 16;
}

/** Decides how tiles are compressed: what a colour model can't be in, or is worse in, gives way. */
export function settleCompression(
  { compression }: ConversionSettings,
  model: InspectedSource["summary"]["model"],
): ConversionSettings["compression"] {
  if (model === "bilevel") return "deflate";
  // WebP has no picture of one component.
  return model === "gray" && compression === "webp" ? "jpeg" : compression;
}

function warningsOf(
  settings: ConversionSettings,
  source: InspectedSource,
  { compression, alpha }: Pick<Treatment, "compression" | "alpha">,
): readonly string[] {
  const { summary, extraSamples, frames } = source;
  const { model, hasProfile } = summary;
  const isConverted = model === "cmyk" || model === "lab";
  const keepsGray = isDeepGray(source) && hasProfile && !settings.keepsProfile;
  const found: readonly (readonly [boolean, string])[] = [
    [
      compression !== settings.compression,
      `It is ${model} and stored with ${compression}, not ${settings.compression}.`,
    ],
    [alpha === "flatten", `Its transparency was laid on white: only deflate keeps it, of grey and RGB.`],
    [model === "lab" && extraSamples === "alpha", "It is CIELab with transparency, which was left out."],
    [extraSamples === "other", "It has samples beside its colours that are no transparency; they were left out."],
    [frames > 1, `It is an animation of ${frames} frames; the first one was converted.`],
    [model === "cmyk" && !hasProfile, "It is CMYK without a profile; its inks were taken for common ones."],
    [keepsGray, "It is 16-bit grey with a profile, which is kept instead of converting to sRGB."],
    [settings.keepsProfile && isConverted, `It is ${model}, which is converted to sRGB whatever is asked for.`],
  ];
  return found.filter(([isSo]) => isSo).map(([, sentence]) => sentence);
}
