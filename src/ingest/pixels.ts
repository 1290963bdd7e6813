import sharp, { type Sharp, type TiffOptions } from "sharp";
import type { InspectedSource } from "./inspected-source.ts";
import type { Treatment } from "./settle.ts";

/** A file that libvips decodes, and which page of it. */
export interface PixelSource extends InspectedSource {
  readonly path: string;
}

/** Orientations from here on need rows in another order than they are stored in. */
const firstTurned = 3;

// libvips keeps what it decoded by the name of the file; a batch never asks twice.
sharp.cache(false);

/**
 * Opens the pixels of a source as they are to be stored: upright, in the master's colour model, depth and opacity. Rows
 * are decoded as they are wanted, so that memory does not grow with the picture; of a picture that is to be turned
 * libvips holds the decoded pixels in a temporary file (above 100 MB; TMPDIR says where).
 *
 * Whatever libvips warns of is a failure: with less severity it fills tiles that it can't decode with black and goes on.
 */
export function openPixels(source: PixelSource, treatment: Treatment): Sharp {
  const { summary, path, pageIndex } = source;
  const pixels = sharp(path, {
    failOn: "warning",
    limitInputPixels: false,
    unlimited: true,
    sequentialRead: summary.orientation < firstTurned,
    autoOrient: true,
    ignoreIcc: treatment.keepsProfile,
    ...(summary.format === "tiff" ? { page: pageIndex } : {}),
  });
  if (treatment.alpha === "flatten") pixels.flatten({ background: "#ffffff" });
  if (treatment.alpha === "drop") pixels.removeAlpha();
  // libvips takes 16 bits of colour to a wide space first, and from there to sRGB only where it is asked for a profile.
  const isWide = summary.model === "rgb" && summary.depth === 16 && summary.hasProfile && !treatment.keepsProfile;
  if (isWide) pixels.withIccProfile("srgb");
  return pixels.toColourspace(colorSpaceOf(treatment));
}

function colorSpaceOf({ isGray, isDeep }: Treatment): string {
  if (isGray) return isDeep ? "grey16" : "b-w";
  return isDeep ? "rgb16" : "srgb";
}

/** Returns how libvips is to code tiles; lossless ones by the differences of neighbours. Never throws. */
export function tileOptions({ compression, quality, tileSize }: Treatment): TiffOptions {
  return { compression, quality, predictor: "horizontal", tile: true, tileWidth: tileSize, tileHeight: tileSize };
}

/**
 * Writes the pixels as a tiled pyramid, each level half of the one before until one tile holds it, as a BigTIFF in
 * libvips' own layout. Throws what libvips throws.
 */
export async function writePyramid(pixels: Sharp, path: string, treatment: Treatment): Promise<void> {
  await pixels.tiff({ ...tileOptions(treatment), pyramid: true, bigtiff: true }).toFile(path);
}
