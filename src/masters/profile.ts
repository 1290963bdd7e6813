import { profileSpaces } from "../codec/tile-decoder.ts";
import { parseProfile } from "../color/profile.ts";
import type { StoredModel } from "../pyramid/color-model.ts";

/** The ICC profile of a master as it is stored, of any kind, or why it can't be read. */
export type StoredProfile = Uint8Array | { readonly fault: string } | undefined;

/** What becomes of a stored profile. */
export interface ProfileUse {
  /** The profile that colours are brought to sRGB by; undefined if they need none or it can't be used. */
  readonly profile: Uint8Array | undefined;
  /** Why a profile is ignored. */
  readonly warning: string | undefined;
}

/** Says what becomes of a profile with samples of `model`. Whether a conversion can be made of it shows only later. */
export function judgeProfile(stored: StoredProfile, model: StoredModel): ProfileUse {
  if (stored === undefined) return { profile: undefined, warning: undefined };
  if (!(stored instanceof Uint8Array)) return ignored(stored.fault);
  const space = profileSpaces[model];
  // CIELab has no use for one.
  if (space === undefined) return { profile: undefined, warning: undefined };
  const summary = parseProfile(stored);
  if (summary === undefined) return ignored("it is broken");
  if (summary.colorSpace !== space) return ignored(`it is one of ${summary.colorSpace}`);
  return { profile: summary.isSrgb ? undefined : stored, warning: undefined };
}

function ignored(reason: string): ProfileUse {
  return { profile: undefined, warning: `the profile is ignored: ${reason}` };
}
