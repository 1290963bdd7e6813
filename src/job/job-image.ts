import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Policy } from "../access/policy.ts";
import type { AccessRules } from "../access/rules.ts";
import { type Bucket, BucketError, type StoredObject } from "../bucket/bucket.ts";
import { sha256Of, type Upload, uploadFile } from "../bucket/upload.ts";
import { ImageError } from "../error.ts";
import { IngestError } from "../node/ingest-error.ts";
import { stopwatch } from "../node/stopwatch.ts";
import type {
  ConversionSettings,
  ConversionStage,
  ConvertedMaster,
  SourceSummary,
  Stoppable,
} from "../settings/conversion.ts";
import { formatTreatment } from "../settings/ingest-config.ts";
import { readImageFacts } from "./image-facts.ts";
import { tightenRecord, type WrittenRecord, writeRecord } from "./image-record-order.ts";
import { nameImage, type PlannedImage } from "./job-plan.ts";
import type { BroughtFile, SourceStore } from "./source-store.ts";

/** The work on pixels, as the ingest calls it. */
export interface Converter {
  readonly convertMaster: (
    source: string,
    target: string,
    settings: ConversionSettings,
    options: Stoppable,
  ) => Promise<ConvertedMaster>;
  readonly repackMaster: (source: string, target: string, options: Stoppable) => Promise<ConvertedMaster>;
  readonly inspectSource: (source: string, page?: number) => Promise<SourceSummary>;
  readonly countPages: (source: string) => Promise<number>;
}

/** The stages of an image that are timed one by one: its way to this machine, its checksum, its conversion, its way into the masters' bucket. */
export type Stage = "fetch" | "checksum" | ConversionStage | "upload";

/** A master as it lies in its bucket. */
export interface StoredMaster {
  /** In pixels, as the image is seen. */
  readonly width: number;
  readonly height: number;
  readonly levels: number;
  readonly tileSize: number;
  readonly bytes: number;
  /** SHA-256 in hexadecimal. */
  readonly checksum: string;
}

/** What became of an image: a new master, a new one in place of another, or the one that was there. */
export interface TreatedImage {
  readonly status: "stored" | "replaced" | "kept";
  readonly master: StoredMaster;
  readonly seconds: Readonly<Partial<Record<Stage, number>>>;
  readonly warnings: readonly string[];
  /** What its record says; undefined where this run has nothing to do with it. */
  readonly record?: ImagePolicy;
}

/** Who may see an image by its record, and whether this run has changed it. */
export interface ImagePolicy {
  readonly policy: Policy | undefined;
  readonly isChanged: boolean;
}

/** What is being done with an image. */
export type Activity = "checking" | "converting" | "storing";

/** What the work on one image needs. */
export interface ImageWork {
  readonly converter: Converter;
  readonly masters: Bucket;
  readonly catalogue: Bucket;
  /** Where masters are made. */
  readonly folder: string;
  readonly store: SourceStore;
  /** Who may see what, by identifiers; asked only where a table says who may see images. */
  readonly rules?: AccessRules | undefined;
  /** Makes again what is there already. */
  readonly isForced: boolean;
  readonly signal: AbortSignal | undefined;
  readonly onActivity: (activity: Activity) => void;
  readonly onStoredBytes: (bytes: number, of: number) => void;
  /** Returns the SHA-256 of a file; pages of one file share it. */
  readonly checksumOf: (file: string) => Promise<string>;
}

/**
 * Makes the master of an image and stores it, with its record, unless both are there from the same source and settings.
 * Keeps nothing half done. What a table keeps from people is kept from them before all else, and what it opens is opened last. Throws IngestError, BucketError and what the system throws.
 */
export async function treatImage(image: PlannedImage, work: ImageWork): Promise<TreatedImage> {
  work.onActivity("checking");
  const version = work.store.versionOf(image.source);
  // A file that its storage says is the same is not brought again.
  const early = version === undefined ? undefined : await lookUp(image, work);
  if (version !== undefined && early?.object?.metadata["source-etag"] === version) {
    const kept = await keep(image, early, work);
    if (kept !== undefined) return { ...kept, seconds: {} };
  }
  const started = performance.now();
  return withSource(image, work.store, async (file) => {
    const fetched = file.path === image.source ? {} : { fetch: (performance.now() - started) / 1000 };
    const reading = stopwatch();
    const source = file.checksum ?? (await reading.time(() => readable(image, () => work.checksumOf(file.path))));
    const checksum = reading.seconds();
    const found = early ?? (await lookUp(image, work));
    const isSame = found.object?.metadata["source-sha256"] === source;
    const kept = isSame ? await keep(image, found, work) : undefined;
    if (kept !== undefined) return { ...kept, seconds: { ...fetched, checksum } };
    const seconds = { ...fetched, checksum };
    const wasChanged = await tighten(image, found, work);
    const isNew = found.object === undefined;
    return makeMaster(image, { work, file, origin: { source, version }, isNew, wasChanged, seconds });
  });
}

/** Works on the file of an image while it is on this machine; messages name it as it was named. */
export async function withSource<Result>(
  { source }: Pick<PlannedImage, "source">,
  store: SourceStore,
  work: (file: BroughtFile) => Promise<Result>,
): Promise<Result> {
  await using file = await store.bring(source);
  try {
    return await work(file);
  } catch (error) {
    if (!(error instanceof IngestError) || file.path === source) throw error;
    throw new IngestError(error.code, error.message.replaceAll(file.path, source), { cause: error });
  }
}

interface Found {
  readonly object: StoredObject | undefined;
}

async function lookUp({ key }: PlannedImage, { masters }: ImageWork): Promise<Found> {
  return { object: await masters.head(key) };
}

/** Keeps from people at once what a table keeps from them of the image that is there. */
async function tighten(image: PlannedImage, { object }: Found, work: ImageWork): Promise<boolean> {
  if (object === undefined) return false;
  const { masters, catalogue, rules } = work;
  const size = async () => {
    const facts = masterOf(object) ?? (await readImageFacts(masters, image.key));
    if (facts === undefined) throw new BucketError("changed", `${image.key} was taken away meanwhile.`);
    return facts;
  };
  try {
    return await tightenRecord({ image, catalogue, rules, isStored: true, size });
  } catch (error) {
    // What can't be opened is shown to nobody; its record is written before it is replaced.
    if (error instanceof ImageError) return false;
    throw error;
  }
}

function policyOf(written: WrittenRecord | undefined, wasChanged = false): Pick<TreatedImage, "record"> {
  if (written === undefined) return {};
  const { policy, isPolicyChanged } = written;
  return { record: { policy, isChanged: wasChanged || isPolicyChanged } };
}

/** Returns the master that is there, with its record, if it was made with these settings; its source is known to be the same. */
async function keep(
  image: PlannedImage,
  { object }: Found,
  { isForced, catalogue }: ImageWork,
): Promise<Omit<TreatedImage, "seconds"> | undefined> {
  if (object?.metadata.settings !== formatTreatment(image.treatment) || isForced) return undefined;
  const master = masterOf(object);
  if (master === undefined) return undefined;
  const written = await writeRecord(image, { size: master, catalogue });
  const warnings = written?.isWritten === true ? ["Its record was stored."] : [];
  return { status: "kept", master, warnings, ...policyOf(written) };
}

interface Making {
  readonly work: ImageWork;
  readonly file: BroughtFile;
  /** SHA-256 of the source, and what its storage calls its version. */
  readonly origin: { readonly source: string; readonly version: string | undefined };
  readonly isNew: boolean;
  /** Whether its record keeps more from people by now than it did. */
  readonly wasChanged: boolean;
  readonly seconds: TreatedImage["seconds"];
}

async function makeMaster(image: PlannedImage, making: Making): Promise<TreatedImage> {
  const { work, file, origin, isNew, wasChanged, seconds } = making;
  const target = join(work.folder, `${sha256Of(Buffer.from(image.key)).slice(0, 32)}.tif`);
  try {
    work.onActivity("converting");
    const converted = await convert(image, { work, file, target });
    work.onActivity("storing");
    const master = { ...converted, bytes: converted.bytesOut };
    const settings = formatTreatment(image.treatment);
    const upload: Upload = {
      key: image.key,
      file: target,
      bytes: master.bytes,
      checksum: master.checksum,
      headers: { contentType: "image/tiff", metadata: metadataOf(master, { ...origin, settings }) },
    };
    const onProgress = (bytes: number) => work.onStoredBytes(bytes, master.bytes);
    const { catalogue, rules } = work;
    if (!wasChanged) await tightenRecord({ image, catalogue, rules, isStored: !isNew, size: async () => master });
    const storing = stopwatch();
    await storing.time(() => uploadFile(work.masters, upload, { signal: work.signal, onProgress }));
    const written = await writeRecord(image, { size: master, catalogue });
    const warnings = [...(await pageWarnings(image, { work, file })), ...converted.warnings];
    return {
      status: isNew ? "stored" : "replaced",
      master,
      seconds: { ...seconds, ...converted.seconds, upload: storing.seconds() },
      warnings: warnings.map((text) => text.replaceAll(file.path, image.source)),
      ...policyOf(written, wasChanged),
    };
  } finally {
    await rm(target, { force: true });
  }
}

/** Returns the SHA-256 of a file in hexadecimal. Throws what reading throws. */
export async function checksumFile(file: string, signal: AbortSignal | undefined): Promise<string> {
  const digest = createHash("sha256");
  const stream = createReadStream(file, { highWaterMark: 1 << 20 });
  await pipeline(stream, digest, signal === undefined ? {} : { signal });
  return digest.digest("hex");
}

function convert(
  { treatment: { mode, settings } }: PlannedImage,
  { work, file, target }: Pick<Making, "work" | "file"> & { readonly target: string },
): Promise<ConvertedMaster> {
  const { converter, signal } = work;
  return mode === "repack"
    ? converter.repackMaster(file.path, target, { signal })
    : converter.convertMaster(file.path, target, settings, { signal });
}

async function pageWarnings(
  image: PlannedImage,
  { work, file }: Pick<Making, "work" | "file">,
): Promise<readonly string[]> {
  if (image.page !== undefined) return [];
  const pages = await work.converter.countPages(file.path);
  return pages > 1 ? [`It has ${pages} pages, and the first was taken; --pages all takes them all.`] : [];
}

/** What is kept with a master: its geometry, and what it was made of and how. */
function metadataOf(
  { width, height, levels, tileSize, checksum }: StoredMaster,
  { source, version, settings }: Making["origin"] & { readonly settings: string },
): Readonly<Record<string, string>> {
  return {
    sha256: checksum,
    "source-sha256": source,
    ...(version !== undefined && { "source-etag": version }),
    settings,
    width: String(width),
    height: String(height),
    levels: String(levels),
    tile: String(tileSize),
  };
}

/** Reads back what metadataOf wrote; undefined if any of it is missing. */
function masterOf({ bytes, metadata }: StoredObject): StoredMaster | undefined {
  const [width, height, levels, tileSize] = ["width", "height", "levels", "tile"].map((name) => Number(metadata[name]));
  const checksum = metadata.sha256;
  return width && height && levels && tileSize && checksum
    ? { width, height, levels, tileSize, bytes, checksum }
    : undefined;
}

async function readable<Result>(image: PlannedImage, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof Error && cause.name === "AbortError") throw new BucketError("stopped", "Stopped.");
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new IngestError("unreadable", `${nameImage(image)} can't be read: ${reason}`, { cause });
  }
}
