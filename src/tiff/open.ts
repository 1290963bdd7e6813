import { ImageError } from "../error.ts";
import { maxProfileBytes, maxTilesPerLevel, maxTilesPerMaster } from "../limits.ts";
import type { Level } from "../pyramid/level.ts";
import { isFurtherLevel, isSamePicture, type Orientation, orientations, type Pyramid } from "../pyramid/pyramid.ts";
import { areTilesInside } from "../pyramid/tile-index.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { limitOpening } from "../source/opening.ts";
import type { HeldRun } from "../source/read-ahead.ts";
import { readDirectoriesAhead, type TryHold } from "./directories-behind.ts";
import { readDirectoryChain } from "./directory-chain.ts";
import type { Fields } from "./fields.ts";
import { readLevel, readSize } from "./level.ts";
import { findPage } from "./page.ts";
import { tags } from "./tags.ts";

/** One page of a TIFF: its pyramid, and the fields of its directory for everything else. */
export interface TiffPage {
  readonly pyramid: Pyramid;
  readonly fields: Fields;
  /** The fields of each level's directory, in the order of the levels. */
  readonly levelFields: readonly [Fields, ...Fields[]];
}

/** What is known before a file is opened. */
export interface OpenOptions {
  /** Bytes of the file that were already read. */
  readonly held?: readonly HeldRun[];
  /** The image to read from a file with several, counted from 1. */
  readonly page?: number;
  /**
   * Called once, before the tile arrays are read, with about how many bytes they and the profile will take; the read
   * waits for it.
   */
  readonly reserve?: (bytes: number) => Promise<void>;
  /** Asked at most once: where there is no memory for the end of the file, directories are read from the beginning alone. */
  readonly tryHold?: TryHold;
}

/**
 * Reads one image of a TIFF and its levels, as `arrangeDirectories` finds them. What has other proportions or the same
 * size is not a level; a level that can't be read is left out, and one with tiles outside the file if the image has none
 * there. Throws `source-malformed`, `source-unsupported`, `not-found` for a page that the file does not have, and what
 * the source throws.
 */
export async function openTiff(
  source: ByteSource,
  { held = [], page = 1, reserve, tryHold = () => true }: OpenOptions = {},
): Promise<TiffPage> {
  const ahead = readDirectoriesAhead(limitOpening(source), held, tryHold);
  const { main, reduced } = await findPage(ahead, await readDirectoryChain(ahead), page);
  await reserve?.(indexBytes([main, ...reduced]) + 2 * profileBytes(main));
  const full = await readLevel(main);
  const levels: [Level, ...Level[]] = [full];
  const fieldsOfLevels = new Map([[full, main]]);
  // Of a file that is cut off within its image, levels may show what is left.
  const isWhole = areTilesInside(full, main.fileBytes);
  let tilesLeft = maxTilesPerMaster - full.offsets.length;
  for (const fields of reduced) {
    const level = await readReducedLevel(fields, levels, Math.min(maxTilesPerLevel, tilesLeft));
    tilesLeft -= level?.offsets.length ?? 0;
    if (level === undefined || !isSamePicture(level.encoding, full.encoding)) continue;
    if (isWhole && !areTilesInside(level, main.fileBytes)) continue;
    levels.push(level);
    fieldsOfLevels.set(level, fields);
  }
  levels.sort((a, b) => b.width - a.width || b.height - a.height);
  const orientation = await readOrientation(main);
  const [, ...reducedFields] = levels.map((level) => fieldsOfLevels.get(level) ?? main);
  return {
    pyramid: { width: full.width, height: full.height, orientation, levels },
    fields: main,
    levelFields: [main, ...reducedFields],
  };
}

/** Bytes needed to read the place of a tile: the values as stored, as numbers, and as kept. */
const bytesPerPlace = 24;

/** Returns about how many bytes the tile arrays need while they are read. */
function indexBytes(directories: readonly Fields[]): number {
  const counts = directories.map(({ origin: { directory } }) =>
    Math.max(...[tags.tileOffsets, tags.stripOffsets].map((tag) => directory.entries.get(tag)?.count ?? 0)),
  );
  const places = counts.reduce((sum, count) => sum + Math.min(count, maxTilesPerLevel), 0);
  return Math.min(places, maxTilesPerMaster) * bytesPerPlace;
}

function profileBytes({ origin: { directory } }: Fields): number {
  return Math.min(directory.entries.get(tags.iccProfile)?.count ?? 0, maxProfileBytes);
}

/** Reads the pyramid of a page as `openTiff` does. */
export async function openPyramid(source: ByteSource, options?: OpenOptions): Promise<Pyramid> {
  return (await openTiff(source, options)).pyramid;
}

async function readReducedLevel(
  fields: Fields,
  known: readonly [Level, ...Level[]],
  maxTiles: number,
): Promise<Level | undefined> {
  try {
    const isFurther = isFurtherLevel(await readSize(fields), known);
    return isFurther ? await readLevel(fields, maxTiles) : undefined;
  } catch (error) {
    const isOfFile = error instanceof ImageError && error.code.startsWith("source-") && error.code !== "source-changed";
    if (isOfFile) return undefined;
    throw error;
  }
}

async function readOrientation(fields: Fields): Promise<Orientation> {
  const orientation = await fields.number(tags.orientation);
  // Otherwise valid files may have values outside 1 to 8; libtiff reads them as 1.
  return orientations.find((known) => known === orientation) ?? 1;
}
