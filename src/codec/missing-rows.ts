import type { Area } from "../geometry.ts";

/**
 * Rows of a tile that could not be read as they were written, in pixel rows as they are stored. What is missing shows
 * white in fax data, grey in JPEG, and 0 in every sample elsewhere. Rows outside the window that was asked for don't
 * count.
 */
export interface MissingRows {
  /** Counted from the tile's first row. */
  readonly first: number;
  readonly count: number;
  /** How many of them are missing altogether; the others were read in part. */
  readonly lost: number;
  /** How many rows were asked for. */
  readonly asked: number;
}

/** The rows of a tile that are asked for. */
export type AskedRows = Pick<Area, "y" | "height">;

/** The mark of rows that are missing; 0 is that of whole ones, and any other that of rows read in part. */
const missingMark = 1;

/**
 * Returns which of the rows that are asked for are missing; undefined if all are whole. Each byte of `marks` is that of
 * `markRows` rows, from the tile's first one on; rows without one are missing.
 */
export function findMissing(marks: Uint8Array, { y, height }: AskedRows, markRows = 1): MissingRows | undefined {
  let [first, count, lost] = [-1, 0, 0];
  for (let row = y; row < y + height; row++) {
    const mark = marks[Math.floor(row / markRows)] ?? missingMark;
    if (mark === 0) continue;
    if (first < 0) first = row;
    count += 1;
    if (mark === missingMark) lost += 1;
  }
  return count === 0 ? undefined : { first, count, lost, asked: height };
}

/** Returns what is missing of the rows that are asked for where only the first `read` rows of a tile are there. */
export function missingFrom(read: number, { y, height }: AskedRows): MissingRows | undefined {
  const first = Math.max(y, read);
  const count = y + height - first;
  return count > 0 ? { first, count, lost: count, asked: height } : undefined;
}

/** Returns what is missing of a tile in two parts: all from the first row to the last of both. */
export function joinMissing(one: MissingRows | undefined, other: MissingRows | undefined): MissingRows | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  const first = Math.min(one.first, other.first);
  const end = Math.max(one.first + one.count, other.first + other.count);
  return { first, count: end - first, lost: Math.max(one.lost, other.lost), asked: one.asked };
}
