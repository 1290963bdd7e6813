import { join } from "node:path";
import { type ComparedMaster, findDifferingLevels } from "../check/level-comparison.ts";
import { type Chunks, chunksOfLevel } from "../layout/chunk-places.ts";
import { isKeptOfImage, isKeptOfLevel } from "../layout/kept-tags.ts";
import { type MasterLayout, type PlannedLevel, planLayout } from "../layout/layout.ts";
import { carryEntries } from "../layout/planned-entry.ts";
import { openFileSource } from "../node/file-source.ts";
import { IngestError } from "../node/ingest-error.ts";
import { stopwatch } from "../node/stopwatch.ts";
import { seenSize } from "../pyramid/pyramid.ts";
import type { ConvertedMaster, Stoppable } from "../settings/conversion.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { openEngine } from "./engine.ts";
import { type LevelDirectory, type PyramidDirectories, readPyramidDirectories } from "./level-directories.ts";
import { writeMaster } from "./master-writer.ts";
import { inPartFolder } from "./part-folder.ts";
import { reducedEntry } from "./plan-master.ts";
import { detectFormat, formatPrefixBytes } from "./source-format.ts";
import { verifyCopy } from "./verify-copy.ts";

/**
 * An image with one resolution is only repacked up to this side: a thumbnail of a larger one would need all its tiles.
 */
const maxSingleSide = 2048;

/**
 * Writes a tiled pyramid from any writer in this service's own layout: every tile byte for byte, every tag that does
 * not point into the old file, the same byte order. Throws `not-repackable` for strips, for large images with one
 * resolution and for levels that show something else than the image, and otherwise what `convertMaster` throws.
 */
export async function repackMaster(
  source: string,
  target: string,
  { signal }: Stoppable = {},
): Promise<ConvertedMaster> {
  return (await inPartFolder({ source, target, signal }, (folder) => repackInto(folder, source, { signal }))).master;
}

async function repackInto(
  folder: string,
  path: string,
  { signal }: Stoppable,
): Promise<{ readonly path: string; readonly master: ConvertedMaster }> {
  const reading = stopwatch();
  await using source = await openFileSource(path);
  const found = detectFormat(await source.read(0, formatPrefixBytes));
  if (found.kind !== "read" || found.format !== "tiff") {
    throw new IngestError("not-repackable", `${path} is not a TIFF, so it has no tiles to keep. Convert it instead.`);
  }
  const directories = await reading.time(() => readPyramidDirectories(source));
  refuseUnfit(path, directories);
  const layout = await planRepack(source, directories);
  await reading.time(() => refuseDiffering(path, { pyramid: directories.pyramid, source }));
  const written = join(folder, "master.tif");
  const { bytes, checksum, seconds } = await writeMaster(written, { layout, source }, { signal });
  const verifying = stopwatch();
  await verifying.time(() => verifyCopy(written, { source, pyramid: directories.pyramid, file: path }));
  const { pyramid, levels } = directories;
  const master: ConvertedMaster = {
    ...seenSize(pyramid),
    levels: levels.length,
    tileSize: pyramid.levels[0].tileWidth,
    bytesIn: source.size,
    bytesOut: bytes,
    checksum,
    seconds: {
      read: reading.seconds() + seconds.read,
      decode: 0,
      resize: 0,
      encode: 0,
      write: seconds.write,
      verify: verifying.seconds(),
    },
    warnings: [],
    isRepacked: true,
  };
  return { path: written, master };
}

function refuseUnfit(path: string, { pyramid: { width, height }, levels }: PyramidDirectories): void {
  const stripped = levels.find(({ level }) => level.isStripped);
  if (stripped !== undefined) {
    throw new IngestError("not-repackable", `${path} is stored in strips, not in tiles. Convert it instead.`);
  }
  if (levels.length === 1 && Math.max(width, height) > maxSingleSide) {
    throw new IngestError("not-repackable", `${path} has tiles at only one resolution. Convert it instead.`);
  }
}

/** Tiles are copied, not looked at: a level that shows something else would stay wrong. */
async function refuseDiffering(path: string, master: ComparedMaster): Promise<void> {
  const [differing] = await findDifferingLevels(master, openEngine().draw);
  if (differing === undefined) return;
  throw new IngestError(
    "not-repackable",
    `The level of ${differing.width} by ${differing.height} in ${path} does not show what the level above it shows. Convert it instead: that makes its levels anew.`,
  );
}

/** Plans the copy of a pyramid. Throws `damaged` for tiles that are outside the file or overlap. */
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
        throw new IngestError(
          "damaged",
          `The tile at ${offset} is outside the file or overlaps another. Replace the file.`,
        );
      }
      lengths.set(offset, length);
    }
  }
  const total = lengths.values().reduce((sum, length) => sum + length, 0);
  if (total > sourceBytes) {
    throw new IngestError("damaged", "Its tiles overlap and add up to more than the file. Replace the file.");
  }
}
