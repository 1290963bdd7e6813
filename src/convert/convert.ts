import { join } from "node:path";
import { type DifferingLevel, findDifferingLevels } from "../check/level-comparison.ts";
import { openFileSource } from "../node/file-source.ts";
import { IngestError } from "../node/ingest-error.ts";
import { stopwatch } from "../node/stopwatch.ts";
import { unlessBroken } from "../pyramid/faults.ts";
import type { ConversionSettings, ConvertedMaster, Stoppable } from "../settings/conversion.ts";
import { openPyramid } from "../tiff/open.ts";
import { readCarriedMetadata } from "./carried-metadata.ts";
import { openEngine } from "./engine.ts";
import { beyondReach } from "./faults.ts";
import { inspect } from "./inspect.ts";
import type { InspectedSource } from "./inspected-source.ts";
import { decodeJpeg2000 } from "./jpeg2000.ts";
import { writeMaster } from "./master-writer.ts";
import { decodeByOwnReader, ownReaderWarning } from "./own-reader.ts";
import { inPartFolder } from "./part-folder.ts";
import { type PixelSource, writePyramid } from "./pixels.ts";
import { planMaster } from "./plan-master.ts";
import { settleTreatment } from "./settle.ts";
import { bringToSrgb } from "./srgb-source.ts";
import { verifyMaster } from "./verify.ts";

/**
 * Converts one image file into a master at `target`: libvips decodes it, colours are brought to sRGB by the service's own
 * tables, and libvips writes a pyramid, whose tiles are then copied into this service's own layout, verified and renamed.
 * Temporarily takes up to three times the master's size on disk, and the uncompressed picture's twice where colours are
 * converted, next to the target and in TMPDIR. Throws only IngestError and then leaves no file: `unreadable`,
 * `not-an-image`, `unsupported`, `damaged`, `setting-impossible`, `disk-full`, `write-failed`, `not-verified`,
 * `stopped`.
 */
export async function convertMaster(
  source: string,
  target: string,
  settings: ConversionSettings,
  { signal }: Stoppable = {},
): Promise<ConvertedMaster> {
  const done = await inPartFolder({ source, target, signal }, (folder) =>
    convertInto(folder, { path: source, settings, signal }),
  );
  return done.master;
}

interface Conversion extends Stoppable {
  readonly path: string;
  readonly settings: ConversionSettings;
}

async function convertInto(
  folder: string,
  { path, settings, signal }: Conversion,
): Promise<{ readonly path: string; readonly master: ConvertedMaster }> {
  const watches = { read: stopwatch(), decode: stopwatch(), encode: stopwatch(), verify: stopwatch() };
  const inspected = await watches.read.time(() => inspect(path, settings.page ?? 0));
  const differing = await watches.read.time(() => findDiffering(path, { inspected, settings }));
  const decodable: PixelSource =
    inspected.summary.format === "jp2"
      ? await watches.decode.time(() => decodeJpeg2000(path, join(folder, "decoded.tif")))
      : { ...inspected, path, forgiven: undefined };
  const pyramidPath = join(folder, "pyramid.tif");
  const page = { file: path, inspected, settings, target: join(folder, "decoded.png") };
  const encode = async (from: PixelSource) => {
    const colors = await watches.decode.time(() => bringToSrgb(from, { page, folder }));
    const treatment = settleTreatment(settings, colors.source);
    signal?.throwIfAborted();
    refuseInheritedTurn(from);
    const source = await watches.encode.time(() => writePyramid(colors.source, treatment, pyramidPath));
    return { source, treatment, warnings: [...colors.warnings, ...treatment.warnings] };
  };
  const own: string[] = [];
  const encodeOwn = async (cause: unknown) => {
    signal?.throwIfAborted();
    own.push(ownReaderWarning(cause));
    return encode(await watches.decode.time(() => decodeByOwnReader(cause, page)));
  };
  const { beyondLibvips } = inspected;
  const encoded = await (beyondLibvips === undefined
    ? encode(decodable).catch(encodeOwn)
    : encodeOwn(beyondReach(path, beyondLibvips)));
  const { treatment, source } = encoded;
  signal?.throwIfAborted();
  const metadata = await watches.read.time(() => readCarriedMetadata(decodable));
  const masterPath = join(folder, "master.tif");
  await using pyramid = await openFileSource(pyramidPath);
  const layout = await planMaster(pyramid, { source, treatment, metadata });
  const written = await writeMaster(masterPath, { layout, source: pyramid }, { signal });
  const verified = await watches.verify.time(() => verifyMaster(masterPath, { source, treatment, file: path }));
  return {
    path: masterPath,
    master: {
      width: verified.width,
      height: verified.height,
      levels: verified.levels.length,
      tileSize: treatment.tileSize,
      bytesIn: inspected.summary.bytes,
      bytesOut: written.bytes,
      checksum: written.checksum,
      seconds: {
        read: watches.read.seconds(),
        decode: watches.decode.seconds(),
        resize: 0,
        encode: watches.encode.seconds(),
        write: written.seconds.read + written.seconds.write,
        verify: watches.verify.seconds(),
      },
      warnings: [
        ...encoded.warnings,
        ...metadata.warnings,
        ...forgivenWarning(source),
        ...differing.map(differingWarning),
        ...own,
      ],
      isRepacked: false,
    },
  };
}

/** libvips opens a SubIFD by itself, and does not see how its thumbnail's directory turns it. Throws `unsupported`. */
function refuseInheritedTurn({ path, place, summary }: PixelSource): void {
  if (summary.format !== "tiff" || place.subIfd === undefined || summary.orientation === 1) return;
  throw new IngestError(
    "unsupported",
    `${path} keeps its picture in a SubIFD and turns it, which is read with 8 bits only. Leave out keepDepth.`,
  );
}

/** Its levels are made anew anyway; what they show is told. */
async function findDiffering(
  path: string,
  { inspected, settings }: Pick<Conversion, "settings"> & { readonly inspected: InspectedSource },
): Promise<readonly DifferingLevel[]> {
  if (inspected.summary.format !== "tiff") return [];
  await using source = await openFileSource(path);
  const pyramid = await unlessBroken(() => openPyramid(source, { page: (settings.page ?? 0) + 1 }));
  return pyramid === undefined ? [] : await findDifferingLevels({ pyramid, source }, openEngine().draw);
}

function differingWarning({ width, height }: DifferingLevel): string {
  return `Its level of ${width} by ${height} does not show what the level above it shows; the master's levels were made anew.`;
}

function forgivenWarning({ forgiven }: PixelSource): readonly string[] {
  return forgiven === undefined ? [] : [`libtiff reads it with a warning: ${forgiven}.`];
}
