import sharp, { type Sharp, type TiffOptions } from "sharp";
import { type InspectedSource, pageOptions } from "./inspected-source.ts";
import type { Treatment } from "./settle.ts";

/** A file that libvips decodes, and which page of it. */
export interface PixelSource extends InspectedSource {
  readonly path: string;
  /** The warning of libvips that was accepted. */
  readonly forgiven: string | undefined;
}

/** Orientations from here on need rows in a different order from how they are stored. */
const firstTurned = 3;

/**
 * Opens the pixels of a source as they are to be stored: upright, in the master's colour model, depth and opacity. Rows
 * are decoded as they are needed, so that memory does not grow with the picture; for a picture that has to be turned,
 * libvips keeps the decoded pixels in a temporary file (above 100 MB; TMPDIR says where).
 *
 * Every warning of libvips is treated as a failure: otherwise it fills tiles that it can't decode with black and
 * continues.
 */
export function openPixels(source: PixelSource, treatment: Treatment): Sharp {
  // libvips keeps what it decoded by the name of the file, and a batch never asks twice. The cache is the process's, and
  // whoever loads sharp once more turns it on again.
  sharp.cache(false);
  const pixels = openFile(source);
  if (treatment.alpha === "flatten") pixels.flatten({ background: "#ffffff" });
  if (treatment.alpha === "drop") pixels.removeAlpha();
  return pixels.toColourspace(colorSpaceOf(treatment));
}

/** Profiles are ignored: colours are converted by the service's own tables, before. */
function openFile(source: PixelSource): Sharp {
  const { summary, path, forgiven } = source;
  return sharp(path, {
    failOn: forgiven === undefined ? "warning" : "error",
    limitInputPixels: false,
    unlimited: true,
    sequentialRead: summary.orientation < firstTurned,
    autoOrient: true,
    ignoreIcc: true,
    ...pageOptions(source),
  });
}

function colorSpaceOf({ isGray, isDeep }: Pick<Treatment, "isGray" | "isDeep">): string {
  if (isGray) return isDeep ? "grey16" : "b-w";
  return isDeep ? "rgb16" : "srgb";
}

/** Returns how libvips has to encode tiles. */
export function tileOptions({ compression, quality, predictor, tileSize }: Treatment): TiffOptions {
  return { compression, quality, predictor, tile: true, tileWidth: tileSize, tileHeight: tileSize };
}

/**
 * What libtiff warns about and corrects: LZW from before 1988, byte counts that it works out itself, extra samples that are
 * not declared.
 */
const harmless = /Old-style LZW codes|Bogus "StripByteCounts" field|Sum of Photometric type-related color channels/;

/**
 * Writes the pixels of a source as a tiled pyramid, each level half of the one before until one tile holds it, as a
 * BigTIFF in libvips' own layout. Returns the source as it was read, with the warning that was accepted. Throws what
 * libvips throws.
 */
export function writePyramid(source: PixelSource, treatment: Treatment, path: string): Promise<PixelSource> {
  return forgiving(source, (from) =>
    openPixels(from, treatment)
      .tiff({ ...tileOptions(treatment), pyramid: true, bigtiff: true })
      .toFile(path),
  );
}

/**
 * Writes the samples of a source as they are stored, 8 or 16 bits each, upright, uncompressed, with opacity if it has
 * any. Not of CIELab. Returns the source as it was read. Throws what libvips throws.
 */
export function writeSamples(source: PixelSource, path: string): Promise<PixelSource> {
  const { model, depth } = source.summary;
  const isDeep = depth === 16;
  return forgiving(source, (from) => {
    const pixels = openFile(from);
    if (source.extraSamples !== "alpha") pixels.removeAlpha();
    if (model === "cmyk") pixels.pipelineColourspace("cmyk").toColourspace("cmyk");
    else pixels.toColourspace(colorSpaceOf({ isGray: model !== "rgb", isDeep }));
    return pixels.tiff({ compression: "none", bigtiff: true }).toFile(path);
  });
}

/** Writes once more if a warning can be accepted, which only happens for TIFFs in strips. */
async function forgiving(source: PixelSource, write: (from: PixelSource) => Promise<unknown>): Promise<PixelSource> {
  try {
    await write(source);
    return source;
  } catch (cause) {
    const warning = harmless.exec(cause instanceof Error ? cause.message : "")?.[0];
    if (warning === undefined || !source.isStripped) throw cause;
    const accepted = { ...source, forgiven: warning };
    await write(accepted);
    return accepted;
  }
}
