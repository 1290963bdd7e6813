import { isSameSize } from "../geometry.ts";
import { maxTilesPerLevel } from "../limits.ts";
import { IngestError } from "../node/ingest-error.ts";
import type { Level } from "../pyramid/level.ts";
import type { Pyramid } from "../pyramid/pyramid.ts";
import type { ByteSource } from "../source/byte-source.ts";
import type { Directory } from "../tiff/directory.ts";
import { readDirectoryChain } from "../tiff/directory-chain.ts";
import { type Fields, fieldsOf } from "../tiff/fields.ts";
import type { TiffHeader } from "../tiff/header.ts";
import { readSize } from "../tiff/level.ts";
import { openPyramid } from "../tiff/open.ts";
import { tags } from "../tiff/tags.ts";

/** A level with the directory it was read from. */
export interface LevelDirectory {
  readonly level: Level;
  readonly directory: Directory;
}

/** A pyramid with its directories, from the full image down. */
export interface PyramidDirectories {
  readonly header: TiffHeader;
  readonly pyramid: Pyramid;
  readonly levels: readonly [LevelDirectory, ...LevelDirectory[]];
}

/** Reads the first image of a TIFF with the directory of each level. Throws what `openPyramid` throws. */
export async function readPyramidDirectories(source: ByteSource): Promise<PyramidDirectories> {
  const pyramid = await openPyramid(source);
  const { header, pages } = await readDirectoryChain(source);
  const candidates = pages
    .flatMap(({ directory, subDirectories }) => [directory, ...subDirectories])
    .map((directory) => ({ directory, fields: fieldsOf(source, header, directory) }));
  const findDirectory = async (level: Level): Promise<LevelDirectory> => {
    for (const { directory, fields } of candidates) {
      if (await isDirectoryOf(fields, level)) return { level, directory };
    }
    throw new IngestError("damaged", "A level of the pyramid has no directory of its own.");
  };
  const [first, ...rest] = pyramid.levels;
  const levels: [LevelDirectory, ...LevelDirectory[]] = [await findDirectory(first)];
  for (const level of rest) levels.push(await findDirectory(level));
  return { header, pyramid, levels };
}

/** Size and first chunk identify the directory that a level was read from. */
async function isDirectoryOf(fields: Fields, level: Level): Promise<boolean> {
  const size = await readSize(fields).catch(() => undefined);
  if (size === undefined || !isSameSize(size, level)) return false;
  const offsets = await fields.numbers(level.isStripped ? tags.stripOffsets : tags.tileOffsets, maxTilesPerLevel);
  return offsets?.[0] === level.offsets[0];
}
