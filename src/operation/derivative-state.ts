import { placePicture } from "../cache/derivatives.ts";
import { extentOfSettings, formatSettings, marksOfSettings, type PictureSettings } from "../cache/picture-settings.ts";
import type { Config } from "../config.ts";
import { masterKeyOf, placesOf } from "../identity/master-name.ts";
import type { SizeLimits } from "../iiif/size.ts";
import { indexKey } from "../masters/keeping.ts";

/**
 * What a derivative is: `current` may be asked for; `stale` is of a master that was replaced; `orphan` of one that is gone;
 * to `unknown-settings` no request leads any longer, because settings, slots or the version of the service have changed, or
 * because nothing says what it is.
 */
export type DerivativeState = "current" | "stale" | "orphan" | "unknown-settings";

/** All states, those that nothing asks for first. */
export const derivativeStates: readonly DerivativeState[] = ["stale", "orphan", "unknown-settings", "current"];

/** A picture or an index as the bucket of derivatives lists it. */
export interface StoredDerivative {
  readonly key: string;
  /** What is written on it: the key and page of its master, the etag of that, and of a picture the request and settings. */
  readonly labels: Readonly<Record<string, string>>;
}

/** What says which derivatives can be asked for. */
export interface DerivativeRules {
  readonly settings: Pick<Config, Exclude<keyof PictureSettings, "marks">>;
  readonly limits: SizeLimits;
  readonly picturesPerMaster: number;
}

/** Returns the rules of a service. */
export function derivativeRules(config: Config): DerivativeRules {
  const { jpegQuality, colorProfile, keepMetadata, maxWidth, maxHeight, maxArea } = config;
  return {
    settings: { jpegQuality, colorProfile, keepMetadata },
    limits: { maxWidth, maxHeight, maxArea },
    picturesPerMaster: config.storePicturesPerImage,
  };
}

/**
 * Says what a derivative is; `version` is the etag that the master has whose key is written on it, undefined where there is
 * none. Reads nothing, never throws.
 */
export async function stateOfDerivative(
  derivative: StoredDerivative,
  { version, rules }: { readonly version: string | undefined; readonly rules: DerivativeRules },
): Promise<DerivativeState> {
  const { key, etag } = derivative.labels;
  if (key === undefined || etag === undefined) return "unknown-settings";
  if (version === undefined) return "orphan";
  if (version !== etag) return "stale";
  return (await isWhereAsked(derivative, rules)) ? "current" : "unknown-settings";
}

/** Whether a request of today looks under this key, and takes what it finds there for what it asked for. */
async function isWhereAsked({ key, labels }: StoredDerivative, rules: DerivativeRules): Promise<boolean> {
  const { key: written = "", page: number = "", etag: masterVersion = "", request, settings = "", picture } = labels;
  const master = { key: masterKeyOf(written), page: Number(number) };
  const places = await placesOf(master.key);
  if (request === undefined) return key === indexKey(places, rules.settings.keepMetadata === "all", master.page);
  const facts = { master: { ...master, places }, masterVersion, canonical: request, settings, mediaType: "" };
  const { bucket } = await placePicture(facts, rules.picturesPerMaster);
  return key === bucket.key && picture === bucket.picture && isGivenOut(settings, rules);
}

function isGivenOut(settings: string, rules: DerivativeRules): boolean {
  const size = extentOfSettings(settings);
  if (size === undefined) return false;
  // Which marks an image has today stands in its record: pictures with others wait for their slot to be taken.
  const marks = marksOfSettings(settings);
  if (settings !== formatSettings({ ...rules.settings, marks }, size)) return false;
  const { maxWidth, maxHeight, maxArea } = rules.limits;
  return size.width <= maxWidth && size.height <= maxHeight && size.width * size.height <= maxArea;
}
