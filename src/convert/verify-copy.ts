import { openFileSource } from "../node/file-source.ts";
import { IngestError } from "../node/ingest-error.ts";
import type { Level } from "../pyramid/level.ts";
import type { Pyramid } from "../pyramid/pyramid.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { openPyramid } from "../tiff/open.ts";

/**
 * Verifies a repacked master: this service's own reader opens it as the same pyramid, and the first, middle and last
 * tile of each level equal the source's byte for byte. Throws `not-verified`, and what reading throws.
 */
export async function verifyCopy(
  path: string,
  { source, pyramid, file }: { readonly source: ByteSource; readonly pyramid: Pyramid; readonly file: string },
): Promise<void> {
  await using master = await openFileSource(path);
  const copy = await openPyramid(master);
  const isSame = copy.levels.length === pyramid.levels.length && copy.orientation === pyramid.orientation;
  if (!isSame) throw notSame(file, `it has ${copy.levels.length} of ${pyramid.levels.length} levels`);
  for (const [index, level] of pyramid.levels.entries()) {
    const copied = copy.levels[index];
    if (copied === undefined || copied.width !== level.width || copied.height !== level.height) {
      throw notSame(file, `level ${index} has a different size`);
    }
    for (const tile of sampleTiles(level.offsets.length)) {
      const [one, other] = await Promise.all([readTile(source, level, tile), readTile(master, copied, tile)]);
      if (!one.equals(other)) throw notSame(file, `tile ${tile} of level ${index} has different bytes`);
    }
  }
}

function sampleTiles(count: number): readonly number[] {
  return [...new Set([0, Math.floor(count / 2), count - 1])];
}

async function readTile(source: ByteSource, level: Level, tile: number): Promise<Buffer> {
  const offset = level.offsets[tile] ?? 0;
  const length = offset === 0 ? 0 : (level.byteCounts[tile] ?? 0);
  return Buffer.from(await source.read(offset, length));
}

function notSame(file: string, what: string): IngestError {
  return new IngestError("not-verified", `The master of ${file} is not an exact copy: ${what}. Run again.`);
}
