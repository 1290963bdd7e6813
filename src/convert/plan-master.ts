import { chunksOfLevel } from "../layout/chunk-places.ts";
import { isKeptOfPixels } from "../layout/kept-tags.ts";
import { type MasterLayout, planLayout } from "../layout/layout.ts";
import { type MasterLevel, planMasterLevels } from "../layout/master-levels.ts";
import { carryEntries } from "../layout/planned-entry.ts";
import { readPyramidDirectories } from "../remake/level-directories.ts";
import type { ByteSource } from "../source/byte-source.ts";
import type { CarriedMetadata } from "./carried-metadata.ts";
import { chooseProfile } from "./master-profile.ts";
import type { PixelSource } from "./pixels.ts";
import type { Treatment } from "./settle.ts";

/**
 * Plans a master from the tiles of a pyramid that libvips wrote: how samples are stored comes from the pyramid, what
 * describes the picture from its source. Throws what reading either throws.
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
  const planned: MasterLevel[] = [];
  for (const { level, directory } of levels) {
    const pixels = await carryEntries({ source: pyramid, header, isLittleEndian }, directory, isKeptOfPixels);
    planned.push({ pixels, chunks: chunksOfLevel(level) });
  }
  const described = metadata.entries;
  return planLayout(planMasterLevels(planned, { profile, described, isLittleEndian }), isLittleEndian);
}
