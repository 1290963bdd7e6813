import { findDifferingLevels } from "../check/level-comparison.ts";
import { ImageError } from "../error.ts";
import { seenSize } from "../pyramid/pyramid.ts";
import { assembledSource } from "./assembled.ts";
import { findCopyFault } from "./copy-fault.ts";
import { countingSource } from "./counted-source.ts";
import { drawSamples } from "./drawn-samples.ts";
import { readPyramidDirectories } from "./level-directories.ts";
import { openSource, type SourceToOpen } from "./opened-source.ts";
import { beyondRemake, ingestCommand } from "./refusal.ts";
import { planRepack, repackFault } from "./repack-plan.ts";
import { type RemadeMaster, type RemakePorts, refuseChanged } from "./run.ts";
import { Stages } from "./stages.ts";
import type { RemakeSettings } from "./treatment.ts";
import { unverified } from "./verify.ts";
import { writeFile } from "./write-file.ts";

/** Settings of the command that is named where tiles can't be kept. */
const usualSettings: RemakeSettings = { compression: "jpeg", quality: 89, tileSize: 512 };

/**
 * Writes a tiled pyramid from any writer in this service's own layout: every tile byte for byte, every tag that does not
 * point into the old file, the same byte order. It is verified before it is seen. Throws `remake-impossible` for what is no
 * TIFF, for strips, for large images with one resolution and for levels that show something else than the image;
 * `source-malformed`, `source-changed`, `remake-unverified`, and what the target throws. Nothing is at the target then.
 */
export async function runRepack(given: Pick<SourceToOpen, "source">, ports: RemakePorts): Promise<RemadeMaster> {
  const { tools, spill, target, digest, now, before = async () => undefined, pause } = ports;
  const stages = new Stages(now);
  const { source, read } = countingSource(given.source);
  const { fields } = await stages.time("read", () => openSource({ source }, usualSettings));
  const convert = ingestCommand(usualSettings);
  if (fields === undefined) throw beyondRemake("is not a TIFF, so it has no tiles to keep", convert);
  const directories = await stages.time("read", () => readPyramidDirectories(source));
  const { pyramid } = directories;
  const fault = repackFault(pyramid);
  if (fault !== undefined) throw beyondRemake(fault, convert);
  const layout = await planRepack(source, directories);
  const differing = await stages.timeRest("decode", () =>
    findDifferingLevels({ pyramid, source }, (master, part) => drawSamples(tools, master, part)),
  );
  const [first] = differing;
  if (first !== undefined) {
    throw beyondRemake(`has a level of ${first.width} by ${first.height} that shows something else`, convert);
  }
  await before({ kind: "assemble", done: 0, of: 1 });
  const file = { layout, read: (offset: number, length: number) => source.read(offset, length) };
  const confirm = (): Promise<void> =>
    stages.time("verify", async () => {
      const found = await findCopyFault(assembledSource(file, source.version), { source, pyramid }).catch(readerFault);
      if (found !== undefined) throw unverified(found);
    });
  const folder = `${encodeURIComponent(source.version)}/repack`;
  const size = seenSize(pyramid);
  const marks = {
    ...{ width: String(size.width), height: String(size.height), levels: String(pyramid.levels.length) },
    tile: String(pyramid.levels[0].tileWidth),
  };
  const writing = { spill, folder, target, digest: digest(), marks, stages, pause };
  const checksum = await writeFile(file, { ...writing, confirm, refuseChanged: () => refuseChanged(source) });
  return {
    ...size,
    levels: pyramid.levels.length,
    tileSize: pyramid.levels[0].tileWidth,
    bytesIn: source.size,
    bytesOut: layout.size,
    bytesRead: read.bytes,
    checksum,
    seconds: stages.seconds,
    warnings: [],
    isRepacked: true,
  };
}

/** A master that can't be read is no copy; a source that can't be read is no fault of the master. */
function readerFault(error: unknown): string {
  if (error instanceof ImageError && error.code === "source-malformed") return error.detail ?? error.message;
  throw error;
}
