import { join } from "node:path";
import { openFileSource } from "../node/file-source.ts";
import { stopwatch } from "../node/stopwatch.ts";
import type { ConversionSettings, ConvertedMaster, Stoppable } from "../settings/conversion.ts";
import { readCarriedMetadata } from "./carried-metadata.ts";
import { beyondReach } from "./faults.ts";
import { inspect } from "./inspect.ts";
import { decodeJpeg2000 } from "./jpeg2000.ts";
import { writeMaster } from "./master-writer.ts";
import { decodeByOwnReader } from "./own-reader.ts";
import { inPartFolder } from "./part-folder.ts";
import { type PixelSource, writePyramid } from "./pixels.ts";
import { planMaster } from "./plan-master.ts";
import { settleTreatment } from "./settle.ts";
import { verifyMaster } from "./verify.ts";

/**
 * Converts one image file into a master at `target`: libvips decodes it and writes a pyramid, whose tiles are then
 * copied into this service's own layout, verified and renamed. Temporarily takes up to three times the master's size on
 * disk, next to the target and in TMPDIR. Throws only IngestError and then leaves no file: `unreadable`,
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
  const decodable: PixelSource =
    inspected.summary.format === "jp2"
      ? await watches.decode.time(() => decodeJpeg2000(path, join(folder, "decoded.tif")))
      : { ...inspected, path, forgiven: undefined };
  const pyramidPath = join(folder, "pyramid.tif");
  const encode = async (from: PixelSource) => {
    const treatment = settleTreatment(settings, from);
    signal?.throwIfAborted();
    return { treatment, source: await watches.encode.time(() => writePyramid(from, treatment, pyramidPath)) };
  };
  const encodeOwn = async (cause: unknown) => {
    signal?.throwIfAborted();
    const page = { file: path, inspected, settings, target: join(folder, "decoded.png") };
    return encode(await watches.decode.time(() => decodeByOwnReader(cause, page)));
  };
  const { beyondLibvips } = inspected;
  const encoded = await (beyondLibvips === undefined
    ? encode(decodable).catch(encodeOwn)
    : encodeOwn(beyondReach(path, beyondLibvips)));
  const { treatment, source } = encoded;
  const isOwn = source.path !== decodable.path;
  signal?.throwIfAborted();
  const metadata = await watches.read.time(() => readCarriedMetadata(isOwn ? decodable : source));
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
        ...treatment.warnings,
        ...metadata.warnings,
        ...forgivenWarning(source),
        ...(isOwn ? [ownWarning] : []),
      ],
      isRepacked: false,
    },
  };
}

const ownWarning = "libvips can't decode it; this service's own reader decoded it, with the colours the service shows.";

function forgivenWarning({ forgiven }: PixelSource): readonly string[] {
  return forgiven === undefined ? [] : [`libtiff reads it with a warning: ${forgiven}.`];
}
