import type { Level } from "../pyramid/level.ts";
import type { Pyramid } from "../pyramid/pyramid.ts";
import type { ByteSource } from "../source/byte-source.ts";
import type { Directory } from "../tiff/directory.ts";
import type { TiffHeader } from "../tiff/header.ts";
import { openTiff } from "../tiff/open.ts";

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

/** Reads the first image of a TIFF with the directory of each level. Throws what `openTiff` throws. */
export async function readPyramidDirectories(source: ByteSource): Promise<PyramidDirectories> {
  const { pyramid, fields, levelFields } = await openTiff(source);
  const [full, ...reduced] = pyramid.levels;
  return {
    header: fields.origin.header,
    pyramid,
    levels: [
      { level: full, directory: fields.origin.directory },
      ...reduced.map((level, index) => ({
        level,
        directory: (levelFields[index + 1] ?? fields).origin.directory,
      })),
    ],
  };
}
