import { tags } from "../tiff/tags.ts";
import type { Chunks } from "./chunk-places.ts";
import type { PlannedLevel } from "./layout.ts";
import { bytesEntry, fieldTypes, numbersEntry, type PlannedEntry } from "./planned-entry.ts";

/** A profile to store with the pixels. */
export interface MasterProfile {
  readonly icc: Uint8Array;
  /** Whether it says what readers assume without a profile. */
  readonly isSrgb: boolean;
}

/** A level of a master: how its samples are stored, and where its tiles are now. */
export interface MasterLevel {
  readonly pixels: readonly PlannedEntry[];
  readonly chunks: Chunks;
}

/** What a master says besides how its samples are stored. */
export interface MasterDescription {
  readonly profile: MasterProfile | undefined;
  readonly described: readonly PlannedEntry[];
  readonly isLittleEndian: boolean;
}

/** A larger profile is stored with the full image only, because it would push the tiles of small levels away. */
const maxRepeatedBytes = 4096;

/**
 * Plans the directories of a master from its levels, the full image first, which alone is described. Reduced levels have a
 * profile only if it is not sRGB, which readers assume.
 */
export function planMasterLevels(
  levels: readonly MasterLevel[],
  { profile, described, isLittleEndian }: MasterDescription,
): readonly PlannedLevel[] {
  return levels.map(({ pixels, chunks }, index) => {
    const isFull = index === 0;
    const hasProfile = isFull || (profile?.isSrgb === false && profile.icc.byteLength <= maxRepeatedBytes);
    const profileEntries = profile !== undefined && hasProfile ? [bytesEntry(tags.iccProfile, 7, profile.icc)] : [];
    const others = isFull ? described : [reducedEntry(isLittleEndian)];
    return { entries: [...pixels, ...profileEntries, ...others], arrays: "tiles", chunks };
  });
}

/** Returns NewSubfileType 1, which every level except the full one has. Source: TIFF 6.0 §8. */
export function reducedEntry(isLittleEndian: boolean): PlannedEntry {
  return numbersEntry({ tag: tags.newSubfileType, type: fieldTypes.long, isLittleEndian }, [1]);
}
