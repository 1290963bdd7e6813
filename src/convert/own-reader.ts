import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { ImageError } from "../error.ts";
import { type OpenedImage, openImage, prefixBytes } from "../masters/image.ts";
import { openFileSource } from "../node/file-source.ts";
import { IngestError } from "../node/ingest-error.ts";
import { isGray, type Pyramid, seenSize } from "../pyramid/pyramid.ts";
import type { SourceFormat } from "../remake/source-format.ts";
import type { ConversionSettings, SourceSummary } from "../settings/conversion.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { openEngine } from "./engine.ts";
import { ingestErrorOf, judgeLibvips, reasonOfLibvips } from "./faults.ts";
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

/** The formats that this service's own reader decodes without libvips' libraries. */
const ownFormats: readonly SourceFormat[] = ["tiff", "jpeg", "png"];

/**
 * Decodes with this service's own reader what libvips does not: a page of a TIFF in a compression or layout that its build
 * lacks, or with tiles that were never written; a file in which it finds a fault that takes nothing from the picture, such
 * as a wrong checksum. The picture is written as a PNG with 8 bits per sample, as the service shows it, and returned as
 * the source to convert. Whether data is damaged, this reading tells: throws `damaged`, with what is missing, or
 * `unsupported` for what this service can't read whole either; and `cause`, libvips' error, where this reader has no say.
 */
export async function decodeByOwnReader(cause: unknown, page: UndecodedPage): Promise<PixelSource> {
  const { file, inspected, settings } = page;
  const { code } = ingestErrorOf(cause, file);
  const { format, model, depth } = inspected.summary;
  // Inks and CIELab become 8 bits in any case.
  const isDeep = settings.keepsDepth && depth === 16 && model !== "cmyk" && model !== "lab";
  if (!ownFormats.includes(format) || isDeep || (code !== "unsupported" && code !== "damaged")) throw cause;
  let isCalledDamaged = judgeLibvips(cause) === "damaged";
  try {
    return await drawByOwnReader(page, (pyramid) => {
      const isSame = pyramid.width === inspected.summary.width && pyramid.height === inspected.summary.height;
      if (!isSame) throw cause;
      isCalledDamaged &&= !isValidAllTheSame(pyramid);
    });
  } catch (error) {
    if (!(error instanceof ImageError) || !error.code.startsWith("render-")) throw error;
    throw isCalledDamaged ? cause : tooLarge(file, cause);
  }
}

/** Returns what a person is told of a page that this service's own reader decoded, because of what libvips threw. */
export function ownReaderWarning(cause: unknown): string {
  const why =
    judgeLibvips(cause) === "damaged"
      ? `libvips calls it damaged (${reasonOfLibvips(cause)}), but nothing of the picture is missing`
      : "libvips can't decode it";
  return `${why}; this service's own reader decoded it, with the colours the service shows.`;
}

/**
 * Draws a page with this service's own reader and writes it as a PNG with 8 bits per sample. Returns that as the source
 * to convert. Throws what opening and drawing throw, and what `refuse` throws for what was opened.
 */
export async function drawByOwnReader(
  { file, inspected, settings, target }: UndecodedPage,
  refuse: (pyramid: Pyramid) => void = () => undefined,
): Promise<PixelSource> {
  await using source = await openFileSource(file);
  const prefix = await source.read(0, prefixBytes);
  const opened = await openImage({ source, prefix, page: (settings.page ?? 0) + 1 });
  refuse(opened.pyramid);
  return await decode(opened, source, { inspected, target });
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
  image: OpenedImage,
  source: ByteSource,
  { inspected, target }: Pick<UndecodedPage, "inspected" | "target">,
): Promise<PixelSource> {
  const { pyramid, profile } = image;
  await pipeline(openEngine().encode({ ...image, source }), createWriteStream(target));
  const isConverted = inspected.summary.model === "cmyk" || inspected.summary.model === "lab";
  const summary: SourceSummary = {
    ...inspected.summary,
    ...seenSize(pyramid),
    format: "png",
    isPyramid: false,
    model: inspected.summary.model === "bilevel" ? "bilevel" : isGray(pyramid) ? "gray" : "rgb",
    depth: 8,
    hasProfile: profile !== undefined && !isConverted,
    orientation: 1,
  };
  const extraSamples = pyramid.levels[0].encoding.layout.alpha === undefined ? inspected.extraSamples : "alpha";
  return {
    ...inspected,
    summary,
    extraSamples,
    isAssociated: false,
    isStripped: false,
    path: target,
    forgiven: undefined,
  };
}
