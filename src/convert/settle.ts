import { IngestError } from "../node/ingest-error.ts";
import { settleTiles, type TileTreatment } from "../remake/treatment.ts";
import type { ConversionSettings } from "../settings/conversion.ts";
import { settingFaults } from "../settings/conversion.ts";
import type { InspectedSource } from "./inspected-source.ts";

/** What is done to the pixels of one source, with every choice made. */
export interface Treatment extends TileTreatment {
  /** 16 bits per sample, otherwise 8. */
  readonly isDeep: boolean;
  /** Whether the pixels stay in the colours of the source's profile. */
  readonly keepsProfile: boolean;
}

/**
 * Decides what is done to a source whose colours are settled: a profile that it still has is kept. One-bit sources are stored as grey with Deflate whatever the settings say: JPEG
 * rings around letters and takes three to four times as much (bench/README.md). Throws `setting-impossible` with all
 * faults in one message.
 */
export function settleTreatment(settings: ConversionSettings, source: InspectedSource): Treatment {
  const faults = settingFaults(settings);
  if (faults.length > 0) throw new IngestError("setting-impossible", faults.join(" "));
  const { summary, extraSamples, frames } = source;
  const { model, depth, hasProfile } = summary;
  // libvips scales opacity differently for CIELab colours, and would make everything transparent.
  const isLostAlpha = model === "lab" && extraSamples === "alpha";
  const tiles = settleTiles(settings, { ...summary, extraSamples: isLostAlpha ? "none" : extraSamples });
  const found: readonly (readonly [boolean, string])[] = [
    [isLostAlpha, "It is CIELab with transparency; the transparency was left out."],
    [frames > 1, `It is an animation of ${frames} frames; only the first was converted.`],
  ];
  return {
    ...tiles,
    isDeep: settings.keepsDepth && depth === 16,
    keepsProfile: hasProfile,
    warnings: [...tiles.warnings, ...found.filter(([isSo]) => isSo).map(([, sentence]) => sentence)],
  };
}
