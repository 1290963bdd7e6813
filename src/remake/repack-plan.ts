import { type Chunks, chunksOfLevel } from "../layout/chunk-places.ts";
import { isKeptOfImage, isKeptOfLevel } from "../layout/kept-tags.ts";
import { type MasterLayout, type PlannedLevel, planLayout } from "../layout/layout.ts";
import { reducedEntry } from "../layout/master-levels.ts";
import { carryEntries } from "../layout/planned-entry.ts";
import { malformed } from "../pyramid/faults.ts";
import type { Pyramid } from "../pyramid/pyramid.ts";
import type { ByteSource } from "../source/byte-source.ts";
import type { LevelDirectory, PyramidDirectories } from "./level-directories.ts";

/**
 * An image with one resolution is only repacked up to this side: a thumbnail of a larger one would need all its tiles.
 */
const maxSingleSide = 2048;

/** Says why the tiles of an image can't be kept, as the rest of a sentence about the file; undefined if they can. */
export function repackFault({ width, height, levels }: Pyramid): string | undefined {
  if (levels.some(({ isStripped }) => isStripped)) return "is stored in strips, not in tiles";
  const isAlone = levels.length === 1 && Math.max(width, height) > maxSingleSide;
  return isAlone ? "has tiles at only one resolution" : undefined;
}

/** Plans the copy of a pyramid. Throws `source-malformed` for tiles that are outside the file or overlap. */
export async function planRepack(source: ByteSource, { header, levels }: PyramidDirectories): Promise<MasterLayout> {
  const { isLittleEndian } = header;
  const planned: PlannedLevel[] = [];
  for (const [index, { level, directory }] of levels.entries()) {
    const isKept = index === 0 ? isKeptOfImage : isKeptOfLevel;
    const carried = await carryEntries({ source, header, isLittleEndian }, directory, isKept);
    const entries = index === 0 ? carried : [...carried, reducedEntry(isLittleEndian)];
    planned.push({ entries, arrays: "tiles", chunks: writtenChunks(chunksOfLevel(level)) });
  }
  refuseOverlaps(levels, source.size);
  return planLayout(planned, isLittleEndian);
}

/** A tile at offset 0 was never written, whatever its byte count is. */
function writtenChunks({ offsets, byteCounts }: Chunks): Chunks {
  return { offsets, byteCounts: byteCounts.map((length, index) => (offsets[index] === 0 ? 0 : length)) };
}

/** Whole tiles may be shared; a total larger than the file is a bomb. */
function refuseOverlaps(levels: readonly LevelDirectory[], sourceBytes: number): void {
  const lengths = new Map<number, number>();
  for (const { level } of levels) {
    for (const [index, offset] of level.offsets.entries()) {
      const length = level.byteCounts[index] ?? 0;
      const isOutside = length > 0 && offset + length > sourceBytes;
      const isOther = (lengths.get(offset) ?? length) !== length;
      if (isOutside || (isOther && offset !== 0)) {
        throw malformed(`the tile at ${offset} is outside the file or overlaps another`);
      }
      lengths.set(offset, length);
    }
  }
  const total = lengths.values().reduce((sum, length) => sum + length, 0);
  if (total > sourceBytes) {
    throw malformed("tiles that overlap and add up to more than the file");
  }
}
