import { descriptiveTags } from "../tiff/descriptive-tags.ts";
import { tags } from "../tiff/tags.ts";

/** How samples are stored, which every level of a master needs. Source: TIFF 6.0; TIFF Technical Note 2. */
const structure: readonly number[] = [
  tags.imageWidth,
  tags.imageLength,
  tags.bitsPerSample,
  tags.compression,
  tags.photometricInterpretation,
  tags.fillOrder,
  tags.orientation,
  tags.samplesPerPixel,
  tags.planarConfiguration,
  tags.t4Options,
  293, // T6Options
  301, // TransferFunction
  tags.predictor,
  318, // WhitePoint
  319, // PrimaryChromaticities
  tags.colorMap,
  tags.tileWidth,
  tags.tileLength,
  tags.inkSet,
  334, // NumberOfInks
  tags.extraSamples,
  tags.sampleFormat,
  tags.sMinSampleValue,
  tags.sMaxSampleValue,
  tags.jpegTables,
  529, // YCbCrCoefficients
  tags.ycbcrSubsampling,
  531, // YCbCrPositioning
  532, // ReferenceBlackWhite
  tags.iccProfile,
];

const resolution: readonly number[] = [282, 283, 296];

/** Tags that point into the old file: strips, tiles, old JPEG streams, free space, other directories. */
const places: readonly number[] = [
  tags.stripOffsets,
  tags.rowsPerStrip,
  tags.stripByteCounts,
  288,
  289,
  tags.tileOffsets,
  tags.tileByteCounts,
  tags.subIfds,
  ...[512, 513, 514, 515, 517, 518, 519, 520, 521],
];

/** What Exif says about the file that was converted but not about the master: colour space, sides, interoperability. */
const staleExif: readonly number[] = [40961, 40962, 40963, 40965];

/** Returns whether a level of a repacked master keeps a tag of its directory. */
export function isKeptOfLevel(tag: number, isNested: boolean): boolean {
  return isNested || structure.includes(tag) || resolution.includes(tag);
}

/**
 * Returns whether the full image of a repacked master keeps a tag of its directory: all tags that don't point anywhere.
 */
export function isKeptOfImage(tag: number, isNested: boolean): boolean {
  return isNested || (!places.includes(tag) && tag !== tags.newSubfileType);
}

/** Returns whether a master takes a tag from a directory of pixels that libvips wrote. */
export function isKeptOfPixels(tag: number): boolean {
  return structure.includes(tag) && tag !== tags.iccProfile;
}

/** Returns whether a converted master keeps a tag of its source. */
export function isCarried(tag: number, isNested: boolean): boolean {
  return isNested ? !staleExif.includes(tag) : descriptiveTags.includes(tag) || resolution.includes(tag);
}
