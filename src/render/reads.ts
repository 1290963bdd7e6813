import { usualReadBytes } from "../codec/jpeg/row-reader.ts";
import { stripReadBytes } from "../codec/strip-rows.ts";
import { maxGapBytes, maxReadBytes } from "../limits.ts";
import type { Compression } from "../pyramid/tile-encoding.ts";
import type { TileRange } from "../pyramid/tile-index.ts";

/** One compressed tile that a render needs. */
export interface TileWanted {
  readonly column: number;
  readonly row: number;
  /** Rows of pixels that it holds, as stored: the last strip has only those that the image has left. */
  readonly storedRows: number;
  /** The row of the stored level that its first row is. */
  readonly levelRow: number;
  /** Where its parts lie in the file; undefined for a tile that was never written. */
  readonly ranges: readonly TileRange[] | undefined;
  /** Whether it is decoded as it is read, and not gathered; not if it is left out. */
  readonly isReadByRows?: boolean;
}

/** One read of the file, which holds one tile or several. */
export interface ReadPlan {
  readonly offset: number;
  readonly length: number;
}

/**
 * Joins the ranges of tiles into as few reads as the limits allow: tiles at most `maxGapBytes` apart share a read of at
 * most `maxReadBytes`. The reads are in the order of the file and cover every range.
 */
export function planReads(tiles: readonly TileWanted[]): readonly ReadPlan[] {
  const ranges = tiles.flatMap((tile) => tile.ranges ?? []).sort((a, b) => a.offset - b.offset);
  const reads: ReadPlan[] = [];
  for (const { offset, length } of ranges) {
    const last = reads.at(-1);
    const end = offset + length;
    const lastEnd = last === undefined ? 0 : last.offset + last.length;
    const isNear = last !== undefined && offset - lastEnd <= maxGapBytes;
    if (isNear && Math.max(end, lastEnd) - last.offset <= maxReadBytes) {
      reads[reads.length - 1] = { offset: last.offset, length: Math.max(end, lastEnd) - last.offset };
    } else {
      reads.push({ offset, length });
    }
  }
  return reads;
}

/**
 * Lists the reads of a tile that is decoded as it is read, to its end: where what is needed of it ends is not known. Where
 * the restart markers of a JPEG are numbered wrongly some are made twice, to count the markers.
 */
export function planReadsInOrder({ ranges = [] }: TileWanted, compression: Compression): readonly ReadPlan[] {
  const readBytes = compression === "jpeg" ? usualReadBytes : stripReadBytes;
  return ranges.flatMap(({ offset: start, length }) =>
    Array.from({ length: Math.ceil(length / readBytes) }, (_, index) => {
      const done = index * readBytes;
      return { offset: start + done, length: Math.min(readBytes, length - done) };
    }),
  );
}
