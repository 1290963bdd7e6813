import { chunksOfLevel } from "../layout/chunk-places.ts";
import { isKeptOfPixels } from "../layout/kept-tags.ts";
import { type MasterLayout, type PlannedLevel, planLayout } from "../layout/layout.ts";
import { bytesEntry, carryEntries, fieldTypes, numbersEntry, type PlannedEntry } from "../layout/planned-entry.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { tags } from "../tiff/tags.ts";
import type { CarriedMetadata } from "./carried-metadata.ts";
import { readPyramidDirectories } from "./level-directories.ts";
import { chooseProfile } from "./master-profile.ts";
import type { PixelSource } from "./pixels.ts";
import type { Treatment } from "./settle.ts";

/** A larger profile is stored with the full image only, because it would push the tiles of small levels away. */
const maxRepeatedBytes = 4096;

/**
 * Plans a master from the tiles of a pyramid that libvips wrote: how samples are stored comes from the pyramid, what
 * describes the picture from its source. Reduced levels have a profile only if it is not sRGB, which readers assume.
 * Throws what reading either throws.
 */
export async function planMaster(
  pyramid: ByteSource,
  {
    source,
    treatment,
    metadata,
  }: { readonly source: PixelSource; readonly treatment: Treatment; readonly metadata: CarriedMetadata },
): Promise<MasterLayout> {
  const { header, levels } = await readPyramidDirectories(pyramid);
  const { isLittleEndian } = header;
  const profile = await chooseProfile(source, treatment);
  const planned: PlannedLevel[] = [];
  for (const [index, { level, directory }] of levels.entries()) {
    const pixels = await carryEntries({ source: pyramid, header, isLittleEndian }, directory, isKeptOfPixels);
    const isFull = index === 0;
    const hasProfile = isFull || (profile?.isSrgb === false && profile.icc.byteLength <= maxRepeatedBytes);
    const profileEntries = profile !== undefined && hasProfile ? [bytesEntry(tags.iccProfile, 7, profile.icc)] : [];
    const described = isFull ? metadata.entries : [reducedEntry(isLittleEndian)];
    planned.push({
      entries: [...pixels, ...profileEntries, ...described],
      arrays: "tiles",
      chunks: chunksOfLevel(level),
    });
  }
  return planLayout(planned, isLittleEndian);
}

/** Returns NewSubfileType 1, which every level except the full one has. Source: TIFF 6.0 §8. */
export function reducedEntry(isLittleEndian: boolean): PlannedEntry {
  return numbersEntry({ tag: tags.newSubfileType, type: fieldTypes.long, isLittleEndian }, [1]);
}
