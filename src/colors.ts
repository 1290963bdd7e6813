import type { Admission } from "./budget/admission.ts";
import type { IsolateCache } from "./cache/isolate.ts";
import { decodedModels } from "./codec/tile-decoder.ts";
import { cmykTable } from "./color/cmyk-table.ts";
import { labTable } from "./color/lab-table.ts";
import { conversionBytes } from "./color/lcms.ts";
import { buildProfileTable } from "./color/profile-table.ts";
import type { ColorTable } from "./color/table.ts";
import type { Config } from "./config.ts";
import { digest } from "./digest.ts";
import type { CanonicalRequest } from "./iiif/canonical.ts";
import { maxEmbeddedProfileBytes } from "./limits.ts";
import type { MasterImage } from "./masters/image.ts";
import type { StoredModel } from "./pyramid/color-model.ts";
import type { ColorModel } from "./raster/raster.ts";

/** What tables of colours are made by and kept in. */
export interface ColorTables {
  readonly kept: IsolateCache<ColorTable>;
  /** Little CMS, compiled. */
  readonly module: WebAssembly.Module;
}

/** What becomes of colours in an RGB profile: brought to sRGB, or kept with their profile if it is small, or in any case. */
export type ColorPolicy = Config["colorProfile"] | "carry";

/** What becomes of a master's colours in one picture. */
export interface ColorTreatment {
  /** They are brought to sRGB by the profile. */
  readonly isProfiled: boolean;
  /** The profile that goes out with the picture. */
  readonly embedded: Uint8Array | undefined;
}

/**
 * Chooses between converting to sRGB and embedding the profile. Inks are always converted, and so is colour that
 * becomes grey, grey as WebP, and what has a profile above `maxEmbeddedProfileBytes`.
 */
export function colorTreatment(
  { pyramid, profile }: Pick<MasterImage, "pyramid" | "profile">,
  { quality, format }: Pick<CanonicalRequest, "quality" | "format">,
  policy: ColorPolicy,
): ColorTreatment {
  if (profile === undefined) return { isProfiled: false, embedded: undefined };
  const source = decodedModels[pyramid.levels[0].encoding.model];
  // WebP has no grey, and a profile of grey describes nothing else.
  const isKeptGray = quality !== "bitonal" && format !== "webp";
  const isKept = source === "gray" ? isKeptGray : quality === "default" || quality === "color";
  const isSmall = policy === "carry" || profile.byteLength <= maxEmbeddedProfileBytes;
  // A palette has no profile that viewers would look for.
  const isEmbedded = policy !== "convert" && format !== "gif" && source !== "cmyk" && isKept && isSmall;
  return isEmbedded ? { isProfiled: false, embedded: profile } : { isProfiled: true, embedded: undefined };
}

/** Colours to bring to sRGB, and for whom. */
export interface ColorConversion {
  readonly model: StoredModel;
  readonly profile: Uint8Array | undefined;
  /** Where the memory for making a table comes from. */
  readonly admission: Admission;
  /** Told of a profile that can't be used. */
  readonly log: (line: object) => void;
}

/**
 * Returns the table that brings decoded colours to sRGB, kept from an earlier picture or made now: by the master's
 * profile, or by what its model has without one. Undefined if a profile can't be used: the colours are then taken to be
 * sRGB. Throws `render-busy`, `client-gone`.
 */
export async function findColorTable(
  { kept, module }: ColorTables,
  { model, profile, admission, log }: ColorConversion,
): Promise<ColorTable | undefined> {
  const key = profile === undefined ? model : await digest(profile);
  const found = kept.get(key);
  if (found !== undefined) return found;
  const loan = { share: "draws", bytes: conversionBytes, costMilliseconds: 50 } as const;
  const lease = await admission.budget.take(loan, admission.patience);
  try {
    // Another picture may have made it while this one stood in line.
    const made = kept.get(key);
    if (made !== undefined) return made;
    const ofProfile = profile && tableOfProfile(module, decodedModels[model], profile);
    if (profile !== undefined && ofProfile === undefined && decodedModels[model] !== "lab") {
      log({ level: "warn", message: "the profile is ignored: no conversion can be made of it" });
    }
    const table = ofProfile ?? tableOfModel(model);
    if (table !== undefined) kept.set(key, table, table.values.byteLength);
    return table;
  } finally {
    lease.release();
  }
}

function tableOfProfile(
  lcmsModule: WebAssembly.Module,
  model: ColorModel,
  profile: Uint8Array,
): ColorTable | undefined {
  if (model === "lab") return undefined;
  return buildProfileTable(profile, { model: model === "ycbcr" ? "rgb" : model, lcmsModule });
}

function tableOfModel(model: StoredModel): ColorTable | undefined {
  if (model === "cmyk" || model === "ycck") return cmykTable();
  if (model === "icc-lab") return labTable("d50");
  return model === "lab" ? labTable("d65") : undefined;
}
