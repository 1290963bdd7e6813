import sharp from "sharp";
import type { MasterProfile } from "../layout/master-levels.ts";
import type { PixelSource } from "./pixels.ts";
import type { Treatment } from "./settle.ts";
import { readStoredProfile } from "./stored-profile.ts";

/**
 * Returns the profile that the pixels are in: the source's if it is kept, sRGB for colour, none for grey. Throws what
 * reading throws.
 */
export async function chooseProfile(source: PixelSource, treatment: Treatment): Promise<MasterProfile | undefined> {
  if (treatment.keepsProfile) {
    const icc = await readStoredProfile(source);
    return icc === undefined ? undefined : { icc, isSrgb: false };
  }
  return treatment.isGray ? undefined : { icc: await readSrgb(), isSrgb: true };
}

/** libvips' own sRGB profile, about 500 bytes, as it embeds it. */
async function readSrgb(): Promise<Uint8Array> {
  const pixel = { width: 1, height: 1, channels: 3, background: "#000000" } as const;
  const embedded = await sharp({ create: pixel }).withIccProfile("srgb").png().toBuffer();
  const { icc } = await sharp(embedded).metadata();
  if (icc === undefined) throw new Error("libvips has no sRGB profile.");
  return icc;
}
