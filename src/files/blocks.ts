import { concatenate } from "../bytes.ts";
import type { ByteSource } from "../source/byte-source.ts";

/** A range of bytes in a file. */
export interface BlockRange {
  readonly offset: number;
  readonly length: number;
}

/**
 * Reads the bytes of one or several ranges, joined; undefined if there are none, if they are more than `maxBytes`
 * together, or if the file ends before they do. The bytes are copied, so that a block does not hold on to everything
 * read with it. Throws what the source throws.
 */
export async function readBlock(
  source: ByteSource,
  ranges: readonly BlockRange[],
  maxBytes: number,
): Promise<Uint8Array | undefined> {
  const total = ranges.reduce((sum, { length }) => sum + length, 0);
  const isWithin = ranges.every(({ offset, length }) => offset + length <= source.size);
  if (total === 0 || total > maxBytes || !isWithin) return undefined;
  const parts: Uint8Array[] = [];
  for (const { offset, length } of ranges) parts.push(await source.read(offset, length));
  return concatenate(parts);
}
