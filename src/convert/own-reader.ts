import { createWriteStream, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pipeline } from "node:stream/promises";
import { soleAdmission } from "../budget/admission.ts";
import { IsolateCache } from "../cache/isolate.ts";
import { type OpenedPage, openPage, prefixBytes } from "../check/open-page.ts";
import { chooseProfile } from "../check/profile-report.ts";
import type { ColorTable } from "../color/table.ts";
import { findColorTable } from "../colors.ts";
import { ImageError } from "../error.ts";
import { openFileSource } from "../node/file-source.ts";
import { IngestError } from "../node/ingest-error.ts";
import { isGray, type Pyramid, seenSize } from "../pyramid/pyramid.ts";
import type { ConversionSettings, SourceSummary } from "../settings/conversion.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { openEngine } from "./engine.ts";
import { ingestErrorOf } from "./faults.ts";
import type { InspectedSource } from "./inspected-source.ts";
import type { PixelSource } from "./pixels.ts";

/** A page that libvips did not decode. */
export interface UndecodedPage {
  readonly file: string;
  readonly inspected: InspectedSource;
  readonly settings: ConversionSettings;
  /** Path that the decoded picture is written to. */
  readonly target: string;
}

/**
 * Decodes with this service's own reader what libvips can't: a page of a TIFF in a compression or layout that its build
 * lacks, or with tiles that were never written. The picture is written as a PNG with 8 bits per sample, as the service
 * shows it, and returned as the source to convert. Throws `unsupported` for what this service can't read either, and
 * `cause`, the error of libvips, for everything else: a file that libvips finds damaged is not stored with what is left
 * of it.
 */
export async function decodeByOwnReader(cause: unknown, page: UndecodedPage): Promise<PixelSource> {
  const { file, inspected, settings, target } = page;
  const { code } = ingestErrorOf(cause, file);
  const isDeep = settings.keepsDepth && inspected.summary.depth === 16;
  if (inspected.summary.format !== "tiff" || isDeep || (code !== "unsupported" && code !== "damaged")) throw cause;
  await using source = await openFileSource(file);
  try {
    const opened = await openPage(source, await source.read(0, prefixBytes), (settings.page ?? 0) + 1);
    const { pyramid } = opened;
    const isSame = pyramid.width === inspected.summary.width && pyramid.height === inspected.summary.height;
    if (!isSame || (code === "damaged" && !isValidAllTheSame(pyramid))) throw cause;
    return await decode(opened, source, { inspected, target });
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    if (error.code === "source-unsupported") throw error;
    throw error.code.startsWith("render-") ? tooLarge(file, cause) : cause;
  }
}

function tooLarge(file: string, cause: unknown): IngestError {
  return new IngestError(
    "unsupported",
    `libvips can't decode ${file}, and it is too large for this service's own reader. Convert it first to a TIFF with 8 or 16 bits, with a program that can read it.`,
    { cause },
  );
}

/**
 * What libvips mistakes for damage: tiles that were never written, and JPEG tiles with samples in addition to the
 * colours.
 */
function isValidAllTheSame({ levels: [{ byteCounts, encoding }] }: Pyramid): boolean {
  return byteCounts.includes(0) || (encoding.compression === "jpeg" && encoding.layout.alpha !== undefined);
}

async function decode(
  { pyramid, profile }: OpenedPage,
  source: ByteSource,
  { inspected, target }: Pick<UndecodedPage, "inspected" | "target">,
): Promise<PixelSource> {
  const { model, layout } = pyramid.levels[0].encoding;
  const isConverted = inspected.summary.model === "cmyk" || inspected.summary.model === "lab";
  const used = chooseProfile(profile, model);
  const table = isConverted ? await colorTable(model, used) : undefined;
  const icc = isConverted ? undefined : used;
  await pipeline(openEngine().encode({ pyramid, source }, { icc, table }), createWriteStream(target));
  const summary: SourceSummary = {
    ...inspected.summary,
    ...seenSize(pyramid),
    format: "png",
    isPyramid: false,
    model: inspected.summary.model === "bilevel" ? "bilevel" : isGray(pyramid) ? "gray" : "rgb",
    depth: 8,
    hasProfile: icc !== undefined,
    orientation: 1,
  };
  const extraSamples = layout.alpha === undefined ? inspected.extraSamples : "alpha";
  return { ...inspected, summary, extraSamples, isStripped: false, path: target, forgiven: undefined };
}

/** Returns the table from inks or CIELab to sRGB. */
async function colorTable(
  model: Parameters<typeof findColorTable>[1],
  profile: Uint8Array | undefined,
): Promise<ColorTable | undefined> {
  const Module = WebAssembly.Module as unknown as new (bytes: Uint8Array) => WebAssembly.Module;
  const lcms = new Module(readFileSync(createRequire(import.meta.url).resolve("lcms-wasm/dist/lcms.wasm")));
  return findColorTable(
    { kept: new IsolateCache<ColorTable>(1), module: lcms, warn: () => {}, admission: soleAdmission() },
    model,
    profile,
  );
}
