import { stat } from "node:fs/promises";
import sharp from "sharp";
import { readJpeg2000Header } from "../codec/jpeg2000-header.ts";
import { openFileSource } from "../node/file-source.ts";
import { IngestError } from "../node/ingest-error.ts";
import { detectFormat, formatPrefixBytes, type SourceFormat } from "../remake/source-format.ts";
import type { SourceSummary } from "../settings/conversion.ts";
import type { ByteSource } from "../source/byte-source.ts";
import { ingestErrorOf } from "./faults.ts";
import { inspectTiff } from "./inspect-tiff.ts";
import { firstPlace, type InspectedSource, noSuchPage } from "./inspected-source.ts";

/** Headers of JPEG 2000 files are within this many first bytes, including their profile. */
const jpeg2000HeaderBytes = 4 << 20;

/** Summarises a file without decoding it. Throws `unreadable`, `not-an-image`, `unsupported`, `damaged`. */
export async function inspectSource(file: string, page = 0): Promise<SourceSummary> {
  return (await inspect(file, page)).summary;
}

/** Counts the images of a file; each one makes a master. Throws what `inspectSource` throws. */
export async function countPages(file: string): Promise<number> {
  return (await inspectSource(file)).pages;
}

/** Summarises one page of a file, with what decoding it needs. Throws what `inspectSource` throws. */
export async function inspect(file: string, page: number): Promise<InspectedSource> {
  try {
    await using source = await openFileSource(file);
    const format = await readFormat(file, source);
    if (format === "tiff") return await inspectTiff(file, source, page);
    if (page !== 0) throw noSuchPage(file, page, 1);
    return format === "jp2" ? await inspectJpeg2000(source) : await inspectByLibvips(file, format);
  } catch (cause) {
    throw ingestErrorOf(cause, file);
  }
}

async function readFormat(file: string, source: ByteSource): Promise<SourceFormat> {
  const found = detectFormat(await source.read(0, formatPrefixBytes));
  if (found.kind === "read") return found.format;
  if (found.kind === "known") {
    throw new IngestError(
      "unsupported",
      `${file} is ${found.name}, which is not supported. Convert it first: ${found.command}`,
    );
  }
  throw new IngestError(
    "not-an-image",
    source.size === 0 ? `${file} is empty.` : `${file} is not an image in a known format.`,
  );
}

const models: Readonly<Record<string, SourceSummary["model"]>> = {
  "b-w": "gray",
  grey16: "gray",
  srgb: "rgb",
  rgb: "rgb",
  rgb16: "rgb",
  cmyk: "cmyk",
};

async function inspectByLibvips(file: string, format: SourceFormat): Promise<InspectedSource> {
  const found = await sharp(file, { limitInputPixels: false }).metadata();
  const model = models[found.space];
  if (model === undefined || (found.depth !== "uchar" && found.depth !== "ushort")) {
    throw new IngestError(
      "unsupported",
      `${file} has the colour model ${found.space} with ${found.depth} samples, which is not supported.`,
    );
  }
  if (format === "avif" && found.compression !== "av1") {
    throw new IngestError("unsupported", `${file} is compressed with ${found.compression}, which is not supported.`);
  }
  const hasAlpha = found.hasAlpha === true;
  const isBilevel = model === "gray" && found.bitsPerSample === 1;
  return {
    summary: {
      format,
      width: found.width,
      height: found.height,
      pages: 1,
      isPyramid: false,
      model: isBilevel ? "bilevel" : model,
      depth: isBilevel ? 1 : found.depth === "ushort" ? 16 : 8,
      hasAlpha,
      hasProfile: found.hasProfile,
      orientation: found.orientation ?? 1,
      bytes: (await stat(file)).size,
    },
    place: firstPlace,
    extraSamples: hasAlpha ? "alpha" : "none",
    isAssociated: false,
    density: found.density,
    isStripped: false,
    frames: found.pages ?? 1,
  };
}

async function inspectJpeg2000(source: ByteSource): Promise<InspectedSource> {
  const header = readJpeg2000Header(await source.read(0, jpeg2000HeaderBytes));
  const depth = header.components[0]?.depth ?? 8;
  return {
    summary: {
      format: "jp2",
      width: header.width,
      height: header.height,
      pages: 1,
      isPyramid: false,
      model: header.components.length === 1 ? "gray" : "rgb",
      depth: depth > 8 ? 16 : 8,
      hasAlpha: false,
      hasProfile: false,
      orientation: 1,
      bytes: source.size,
    },
    place: firstPlace,
    extraSamples: "none",
    isAssociated: false,
    density: undefined,
    isStripped: false,
    frames: 1,
  };
}
