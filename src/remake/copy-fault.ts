import type { Level } from "../pyramid/level.ts";
import type { Pyramid } from "../pyramid/pyramid.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { openPyramid } from "../tiff/open.ts";

/**
 * Says what of a repacked master is not as in its source, as the rest of a sentence; undefined if this service opens it as
 * the same pyramid, and the first, middle and last tile of each level equal the source's byte for byte. Throws what reading
 * throws.
 */
export async function findCopyFault(
  master: ByteSource,
  { source, pyramid }: { readonly source: ByteSource; readonly pyramid: Pyramid },
): Promise<string | undefined> {
  const copy = await openPyramid(master);
  const isSame = copy.levels.length === pyramid.levels.length && copy.orientation === pyramid.orientation;
  if (!isSame) return `it has ${copy.levels.length} of ${pyramid.levels.length} levels`;
  for (const [index, level] of pyramid.levels.entries()) {
    const copied = copy.levels[index];
    if (copied === undefined || copied.width !== level.width || copied.height !== level.height) {
      return `level ${index} has a different size`;
    }
    for (const tile of sampleTiles(level.offsets.length)) {
      const [one, other] = await Promise.all([readTile(source, level, tile), readTile(master, copied, tile)]);
      const isEqual = one.byteLength === other.byteLength && one.every((byte, at) => byte === other[at]);
      if (!isEqual) return `tile ${tile} of level ${index} has different bytes`;
    }
  }
  return undefined;
}

function sampleTiles(count: number): readonly number[] {
  return [...new Set([0, Math.floor(count / 2), count - 1])];
}

async function readTile(source: ByteSource, level: Level, tile: number): Promise<Uint8Array> {
  const offset = level.offsets[tile] ?? 0;
  const length = offset === 0 ? 0 : (level.byteCounts[tile] ?? 0);
  return source.read(offset, length);
}
