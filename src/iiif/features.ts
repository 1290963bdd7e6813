import { type Format, mediaTypes } from "./format.ts";
import { qualities } from "./quality.ts";
import type { ApiVersion } from "./version.ts";

/**
 * What is offered beyond level 2, under each version's names. Each version's official list decides what level 2
 * includes. Source: Image API 3.0 §5.7 and compliance document, 2.1 §5.3 and compliance document.
 */
const extraFeatures: Record<ApiVersion, readonly string[]> = {
  3: ["canonicalLinkHeader", "profileLinkHeader", "mirroring", "rotationArbitrary", "sizeUpscaling"],
  2: ["canonicalLinkHeader", "profileLinkHeader", "mirroring", "rotationArbitrary", "regionSquare", "sizeAboveFull"],
};

const level2Formats: readonly Format[] = ["jpg", "png"];
const level2Qualities: Record<ApiVersion, readonly string[]> = { 3: ["default"], 2: ["default", "bitonal"] };

/** Returns the formats, qualities and features that info.json lists beyond level 2. */
export function extrasOf(
  version: ApiVersion,
  { isGray, isUpscaled = false, isNeverEnlarged = false }: EnlargingFacts & { readonly isGray: boolean },
): {
  readonly formats: readonly string[];
  readonly qualities: readonly string[];
  readonly features: readonly string[];
} {
  const formats = Object.keys(mediaTypes) as Format[];
  return {
    formats: formats.filter((format) => !level2Formats.includes(format)),
    // A grey image has no colour to offer; a request for it is still answered.
    qualities: qualities.filter(
      (quality) => !level2Qualities[version].includes(quality) && !(isGray && quality === "color"),
    ),
    features: extraFeatures[version].filter(
      (feature) => (isUpscaled || feature !== "sizeAboveFull") && !(isNeverEnlarged && feature === "sizeUpscaling"),
    ),
  };
}

interface EnlargingFacts {
  /** Whether 2.1 enlarges: not unless stated. */
  readonly isUpscaled?: boolean;
  /** Whether 3.0 does not even enlarge what says so: it does unless stated. */
  readonly isNeverEnlarged?: boolean;
}

/** The URI of the compliance level, for the profile Link header and 2.1's info.json. */
export const profileUris: Record<ApiVersion, string> = {
  3: "http://iiif.io/api/image/3/level2.json",
  2: "http://iiif.io/api/image/2/level2.json",
};

/** How each version names level 0, in info.json and in the services of manifests. */
export const level0Profile: Record<ApiVersion, string> = {
  3: "level0",
  2: "http://iiif.io/api/image/2/level0.json",
};

/** The JSON-LD context of info.json. */
export const contextUris: Record<ApiVersion, string> = {
  3: "http://iiif.io/api/image/3/context.json",
  2: "http://iiif.io/api/image/2/context.json",
};
