import { profileSpaces } from "../codec/tile-decoder.ts";
import { parseProfile } from "../color/profile.ts";
import { readProfileTags } from "../color/profile-tags.ts";
import { hasDeviceTable, readGrayCurve, readShaper } from "../color/shaper.ts";
import type { StoredProfile } from "../masters/profile.ts";
import type { StoredModel } from "../pyramid/color-model.ts";
import type { ProfileReport } from "./report.ts";

/** Says what a profile is and what becomes of it with samples of `model`; undefined without one. */
export function reportProfile(profile: StoredProfile, model: StoredModel): ProfileReport | undefined {
  if (profile === undefined) return undefined;
  if (!(profile instanceof Uint8Array)) {
    return { description: undefined, bytes: 0, use: "ignored", reason: profile.fault };
  }
  const summary = parseProfile(profile);
  const about = { description: summary?.description, bytes: profile.byteLength };
  const ignored = (reason: string): ProfileReport => ({ ...about, use: "ignored", reason });
  const space = profileSpaces[model];
  if (space === undefined) return ignored("CIELab does not need one");
  if (summary === undefined) return ignored("it is broken");
  if (summary.colorSpace !== space) return ignored(`its colour space is ${summary.colorSpace}`);
  if (summary.isSrgb) return { ...about, use: "srgb", reason: undefined };
  if (!isConvertible(profile, space)) return ignored("no conversion can be made of it");
  return { ...about, use: "converted", reason: undefined };
}

/** Whether there is what a conversion is made of; what Little CMS makes of a table shows only when it is used. */
function isConvertible(bytes: Uint8Array, space: "gray" | "rgb" | "cmyk"): boolean {
  const profile = readProfileTags(bytes);
  if (profile === undefined) return false;
  if (space === "gray") return readGrayCurve(profile) !== undefined;
  return hasDeviceTable(profile) || (space === "rgb" && readShaper(profile) !== undefined);
}
