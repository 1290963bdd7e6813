import type { Level } from "../pyramid/level.ts";

/**
 * Tiles or strips of a level, by where they are and how many bytes they take; 0 bytes for one that was never written.
 */
export interface Chunks {
  readonly offsets: Float64Array;
  readonly byteCounts: Float64Array;
}

/** Returns the chunks of a level. Their new offsets may be larger than the level's own arrays can hold. */
export function chunksOfLevel({ offsets, byteCounts }: Pick<Level, "offsets" | "byteCounts">): Chunks {
  return { offsets: Float64Array.from(offsets), byteCounts: Float64Array.from(byteCounts) };
}

/** Where the chunks of all levels will be. */
export interface ChunkPlaces {
  /** New offsets, level by level. */
  readonly offsets: readonly Float64Array[];
  /** The chunks to copy, by where they are now, in the order in which they are written, without gaps. */
  readonly order: Chunks;
  /** The end of the last one, in bytes. */
  readonly end: number;
}

/** Places chunks from byte `start`, the last level first, each level in its own order. Shared chunks stay shared. */
export function placeChunks(levels: readonly Chunks[], start: number): ChunkPlaces {
  const placed = new Map<number, number>();
  const from: number[] = [];
  const lengths: number[] = [];
  let end = start;
  const offsets = levels.toReversed().map(({ offsets, byteCounts }) =>
    offsets.map((offset, index) => {
      const length = byteCounts[index] ?? 0;
      if (length === 0) return 0;
      const known = placed.get(offset);
      if (known !== undefined) return known;
      const at = end;
      placed.set(offset, at);
      from.push(offset);
      lengths.push(length);
      end += length;
      return at;
    }),
  );
  const order = { offsets: Float64Array.from(from), byteCounts: Float64Array.from(lengths) };
  return { offsets: offsets.reverse(), order, end };
}
