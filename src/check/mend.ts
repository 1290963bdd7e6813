import { colorSamples } from "../pyramid/color-model.ts";
import type { Pyramid } from "../pyramid/pyramid.ts";
import type { Finding } from "./finding.ts";
import type { OtherFormat } from "./other-format.ts";
import type { LevelReport, StatedPicture } from "./report.ts";

/** The ingest decodes the picture and writes a new master: pyramid, JPEG tiles, sRGB. */
const ingest = "npx tessera ingest FILE --to local";

/** Intermediate files go into a folder of their own under the same name, so that the identifier does not change. */
const folder = "mkdir -p mended";
const middle = "mended/NAME.tif";
const written = `${middle}[compression=deflate,tile,bigtiff]`;

/** Longest side that ImageMagick reads as shipped, in pixels. Source: its policy.xml. */
const magickSide = 16_000;

/** An image to fix. */
export interface Mendable {
  readonly pyramid: Pyramid;
  readonly levels: readonly LevelReport[];
  /** Number of images in its file. */
  readonly pages: number;
}

/** Returns the commands that carry out a remedy, in order; empty when no command does. */
export function chooseMend(image: Mendable, remedy: Finding["remedy"]): readonly string[] {
  if (remedy === "none") return [];
  return remedy === "layout" && isRepackable(image) ? [`${ingest} --repack`] : convert(image);
}

/**
 * Images that the ingest copies tile by tile: tiles on all levels, reduced levels unless the image is small, one image
 * in the file.
 */
function isRepackable({ levels, pages }: Mendable): boolean {
  const [full] = levels;
  if (full === undefined || pages > 1) return false;
  const isSmall = Math.max(full.width, full.height) <= 2048;
  return (
    levels.every(({ layout, tilesOutside }) => layout === "tiles" && tilesOutside === 0) &&
    (levels.length > 1 || isSmall)
  );
}

function convert({ pyramid, levels: [full], pages }: Mendable): readonly string[] {
  if (full === undefined || full.layout === "file") return [ingest];
  const command = full.tilesOutside > 0 ? undefined : decoding(pyramid, full);
  if (command === "ingest") return [pages > 1 ? `${ingest} --pages all` : ingest];
  return command === undefined ? [] : through(command, pages);
}

/**
 * Returns the steps that go through a file written by another program; the tools of libtiff process all images of a
 * file.
 */
function through(command: string, pages = 1): readonly string[] {
  const last = `npx tessera ingest ${middle} --to local`;
  if (pages === 1) return [folder, command, last];
  return command.startsWith("tiff") ? [folder, command, `${last} --pages all`] : [];
}

/**
 * Chooses the program that reads an image that is served: the ingest, or another program before it. Each was tried on
 * such files.
 */
function decoding({ levels: [{ encoding }] }: Pyramid, full: LevelReport): string | undefined {
  const { compression, model, layout } = encoding;
  const { bits, format, isPlanar, range } = layout;
  const isMagick = Math.max(full.width, full.height) <= magickSide;
  const magick = isMagick ? `vips magickload FILE ${written}` : undefined;
  const isPlanarTiles = isPlanar && full.layout === "tiles";
  // No other program continues after a tile that was never written without losing some that were.
  if (full.unwrittenTiles > 0) return undefined;
  if (format === "float") {
    const scale = 255 / (range.most - range.least);
    if (bits === 32 && !isPlanarTiles) return `vips linear FILE ${written} ${scale} ${-range.least * scale} --uchar`;
    return bits !== 24 && range.least === 0 && range.most === 1 ? magick : undefined;
  }
  if (isPlanarTiles) return bits === 8 ? `tiffcp -p contig -c lzw FILE ${middle}` : magick;
  if (bits === 10 || bits === 12 || bits === 14) return magick;
  if (bits === 32) return `vips linear FILE ${written} ${255 / (2 ** 32 - 1)} 0 --uchar`;
  if (model === "icc-lab") return undefined;
  if (model === "lab" && bits === 8 && layout.samplesPerPixel === 3) return fromLab;
  if (compression === "zstd" || compression === "jpeg2000") return `vips copy FILE[fail-on=error] ${written}`;
  if (compression === "jpeg" && layout.samplesPerPixel > colorSamples[model]) return `tiffcp -c lzw FILE ${middle}`;
  return "ingest";
}

const fromLab = `vips colourspace FILE ${written} srgb`;

/** Numbers of tags 259 and 262 that no reader here supports and another program does. */
const oldJpeg = 6;
const thunderScan = 32_809;
const logCompressions: readonly (number | undefined)[] = [34_676, 34_677];
const logPhotometrics: readonly (number | undefined)[] = [32_844, 32_845];
const rareCompressions: readonly (number | undefined)[] = [34_887, 34_925];

/** What the ingest can read of tags 259, 262 and 258, whatever the file's layout. */
const readCompressions: readonly (number | undefined)[] = [undefined, 1, 2, 3, 4, 5, 7, 8, 32_773, 32_946];
const readPhotometrics: readonly (number | undefined)[] = [0, 1, 2, 3, 5, 6];
const readBits: readonly (number | undefined)[] = [undefined, 1, 2, 4, 8, 16];

/** A directory that states more samples per pixel than any camera has bands is not a picture. */
const maxBands = 256;

/** Returns the commands for a page that is valid but not supported, from what its directory states. */
export function mendStated(stated: StatedPicture | undefined, pages: number): readonly string[] {
  if (stated === undefined) return mendByPages;
  const { compression, photometric, bits, samplesPerPixel = 1, sampleFormat = 1 } = stated;
  const isLog = logCompressions.includes(compression) || logPhotometrics.includes(photometric);
  const isRead =
    readCompressions.includes(compression) &&
    readPhotometrics.includes(photometric) &&
    readBits.includes(bits) &&
    stated.hasSeveralDepths !== true &&
    samplesPerPixel <= 16 &&
    sampleFormat === 1;
  const isSubsampled = photometric === 6 && compression !== 7;
  const isPlanar = stated.planarConfiguration === 2 && (stated.tileWidth !== undefined || isSubsampled);
  if (isRead && !isPlanar) return pages > 1 ? mendByPages : mendByIngest;
  const isForLibtiff = compression === oldJpeg || compression === thunderScan || isLog;
  if (isForLibtiff) return through(`tiff2rgba -n -c lzw FILE ${middle}`, pages);
  if (photometric === 8) return through(fromLab, pages);
  if (samplesPerPixel > 16 && samplesPerPixel <= maxBands)
    return through(`vips extract_band FILE ${written} 0 --n 3`, pages);
  return rareCompressions.includes(compression) ? through(`vips copy FILE[fail-on=error] ${written}`, pages) : [];
}

/** Returns the commands for a file in a format that is not served. */
export function mendFormat({ reader, load = "" }: OtherFormat): readonly string[] {
  if (reader === "ingest") return [ingest];
  return through(reader === "vips" ? `vips copy FILE${load} ${written}` : `vips magickload FILE ${written}`);
}

/** Fixes a file that is not a TIFF and not supported as it is: a whole picture in a format that the ingest reads. */
export const mendByIngest: readonly string[] = [ingest];

/** Mends a file of more images than are looked through. */
const mendByPages: readonly string[] = [`${ingest} --pages all`];
