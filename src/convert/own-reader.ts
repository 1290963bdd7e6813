import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { ImageError } from "../error.ts";
import { type OpenedImage, openImage, prefixBytes } from "../masters/image.ts";
import { openFileSource } from "../node/file-source.ts";
import { IngestError } from "../node/ingest-error.ts";
import { isGray, type Pyramid, seenSize } from "../pyramid/pyramid.ts";
import type { ConversionSettings, SourceSummary } from "../settings/conversion.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { openEngine } from "./engine.ts";
import { ingestErrorOf, judgeLibvips } from "./faults.ts";
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
 * lacks, or with tiles that were never written; a JPEG with bytes between its segments. The picture is written as a PNG with 8 bits per sample, as the service
 * shows it, and returned as the source to convert. Where libvips does not speak of damaged data, this reading tells: it
 * throws `damaged` or `unsupported` for what this service can't read either. Where it does, throws `cause`, its error: a
 * file is not stored with what is left of it.
 */
export async function decodeByOwnReader(cause: unknown, page: UndecodedPage): Promise<PixelSource> {
  const { file, inspected, settings } = page;
  const { code } = ingestErrorOf(cause, file);
  const { format, model, depth } = inspected.summary;
  // Inks and CIELab become 8 bits in any case.
  const isDeep = settings.keepsDepth && depth === 16 && model !== "cmyk" && model !== "lab";
  if ((format !== "tiff" && format !== "jpeg") || isDeep || (code !== "unsupported" && code !== "damaged")) throw cause;
  const verdict = cause instanceof IngestError ? "unsupported" : judgeLibvips(cause);
  try {
    return await drawByOwnReader(page, (pyramid) => {
      const isSame = pyramid.width === inspected.summary.width && pyramid.height === inspected.summary.height;
      if (!isSame || (verdict === "damaged" && !isValidAllTheSame(pyramid))) throw cause;
    });
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    if (error.code.startsWith("render-")) throw tooLarge(file, cause);
    throw error.code === "source-unsupported" || verdict !== "damaged" ? error : cause;
  }
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
