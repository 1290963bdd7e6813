import { join } from "node:path";
import { type ComparedMaster, findDifferingLevels } from "../check/level-comparison.ts";
import { openFileSource } from "../node/file-source.ts";
import { IngestError } from "../node/ingest-error.ts";
import { stopwatch } from "../node/stopwatch.ts";
import { seenSize } from "../pyramid/pyramid.ts";
import { type PyramidDirectories, readPyramidDirectories } from "../remake/level-directories.ts";
import { planRepack, repackFault } from "../remake/repack-plan.ts";
import { detectFormat, formatPrefixBytes } from "../remake/source-format.ts";
import type { ConvertedMaster, Stoppable } from "../settings/conversion.ts";
import { openEngine } from "./engine.ts";
import { writeMaster } from "./master-writer.ts";
import { inPartFolder } from "./part-folder.ts";
import { verifyCopy } from "./verify-copy.ts";

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

function refuseUnfit(path: string, { pyramid }: PyramidDirectories): void {
  const fault = repackFault(pyramid);
  if (fault !== undefined) throw new IngestError("not-repackable", `${path} ${fault}. Convert it instead.`);
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
