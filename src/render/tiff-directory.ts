import type { Size } from "../geometry.ts";
import { fieldTypes, numbersEntry, type PlannedEntry, type PlannedValue } from "../layout/planned-entry.ts";
import { exifTags } from "../metadata/exif-tags.ts";
import { splitExif } from "../metadata/exif-values.ts";
import type { TiffValue } from "../metadata/tiff-values.ts";
import type { Subsampling } from "../raster/raster.ts";
import { bytesOfType } from "../tiff/field-type.ts";
import { tags } from "../tiff/tags.ts";
import type { Envelope } from "./envelope.ts";

/** What the directory of a TIFF says of its pixels. */
export interface TiffPicture extends Size {
  readonly model: "gray" | "rgb" | "ycbcr";
  /** Straight, not multiplied into the colours. */
  readonly hasAlpha: boolean;
  readonly bitDepth: 1 | 8;
  readonly compression: "none" | "deflate" | "jpeg";
  readonly predictor: "none" | "horizontal";
  /** Of strips all rows, or the sides of tiles. */
  readonly parts: { readonly rowsPerStrip: number } | { readonly tile: Size };
  readonly subsampling: Subsampling;
  readonly jpegTables?: Uint8Array | undefined;
}

/** The directory of a TIFF that is written, without the places of its strips or tiles. */
export interface TiffDirectory {
  readonly entries: readonly PlannedEntry[];
  /** That of the metadata, whose values are taken over as they are. */
  readonly isLittleEndian: boolean;
}

const compressionCodes = { none: 1, jpeg: 7, deflate: 8 } as const;
const photometricCodes = { gray: 1, rgb: 2, ycbcr: 6 } as const;
const colorCounts = { gray: 1, rgb: 3, ycbcr: 3 } as const;

/** Value of ExtraSamples. Source: TIFF 6.0 §18. */
const straightAlpha = 2;

/** The denominator of resolutions, which have two decimals. */
const resolutionParts = 100;

/** Returns the directory of a picture in its envelope. Source: TIFF 6.0 §3 to §8, §14, §15, §18, §21; ICC.1:2022 B.2; XMP part 3. */
export function formatTiffDirectory(picture: TiffPicture, envelope: Envelope): TiffDirectory {
  const { exif, xmp, iptc, icc, dotsPerInch } = envelope;
  const content = exif && splitExif(exif);
  const isLittleEndian = content?.isLittleEndian ?? true;
  const short = (tag: number, ...values: number[]): PlannedValue =>
    numbersEntry({ tag, type: fieldTypes.short, isLittleEndian }, values);
  const long = (tag: number, value: number): PlannedValue =>
    numbersEntry({ tag, type: fieldTypes.long, isLittleEndian }, [value]);
  // Without a unit they say that pixels are square and no more.
  const density = (tag: number): PlannedValue => {
    const fraction = dotsPerInch === undefined ? [1, 1] : [Math.round(dotsPerInch * resolutionParts), resolutionParts];
    const { value } = numbersEntry({ tag, type: fieldTypes.long, isLittleEndian }, fraction);
    return { tag, type: rational, count: 1, value };
  };
  const { width, height, model, hasAlpha, bitDepth, compression, predictor, parts, subsampling, jpegTables } = picture;
  const samples = colorCounts[model] + (hasAlpha ? 1 : 0);
  const entries: readonly (PlannedEntry | false | undefined)[] = [
    long(tags.imageWidth, width),
    long(tags.imageLength, height),
    short(tags.bitsPerSample, ...new Array<number>(samples).fill(bitDepth)),
    short(tags.compression, compressionCodes[compression]),
    short(tags.photometricInterpretation, photometricCodes[model]),
    short(tags.orientation, 1),
    short(tags.samplesPerPixel, samples),
    short(tags.planarConfiguration, 1),
    "tile" in parts ? long(tags.tileWidth, parts.tile.width) : long(tags.rowsPerStrip, parts.rowsPerStrip),
    "tile" in parts && long(tags.tileLength, parts.tile.height),
    density(exifTags.xResolution),
    density(exifTags.yResolution),
    short(exifTags.resolutionUnit, dotsPerInch === undefined ? 1 : 2),
    predictor === "horizontal" && short(tags.predictor, 2),
    hasAlpha && short(tags.extraSamples, straightAlpha),
    model === "ycbcr" && short(tags.ycbcrSubsampling, subsampling.x, subsampling.y),
    jpegTables && bytes(tags.jpegTables, fieldTypes.undefined, jpegTables),
    icc && bytes(tags.iccProfile, fieldTypes.undefined, icc),
    xmp && bytes(exifTags.xmp, byte, xmp),
    iptc && bytes(exifTags.iptc, fieldTypes.undefined, iptc),
    ...(content?.image ?? []).map(entryOf),
    nested(exifTags.exifDirectory, content?.photo),
    nested(exifTags.positionDirectory, content?.position),
  ];
  return { entries: entries.filter((entry) => entry !== undefined && entry !== false), isLittleEndian };
}

/** Field types. Source: TIFF 6.0 §2. */
const byte = 1;
const rational = 5;

function bytes(tag: number, type: number, value: Uint8Array): PlannedValue {
  return { tag, type, count: value.byteLength, value };
}

function entryOf({ tag, type, bytes: value }: TiffValue): PlannedValue {
  return { tag, type, count: value.byteLength / (bytesOfType(type) ?? 1), value };
}

function nested(tag: number, values: readonly TiffValue[] | undefined): PlannedEntry | undefined {
  return values === undefined || values.length === 0 ? undefined : { tag, entries: values.map(entryOf) };
}
