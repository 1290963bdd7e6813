import { pixelEntries, type TiffPicture } from "../layout/pixel-entries.ts";
import { fieldTypes, numbersEntry, type PlannedEntry, type PlannedValue } from "../layout/planned-entry.ts";
import { exifTags } from "../metadata/exif-tags.ts";
import { splitExif } from "../metadata/exif-values.ts";
import type { TiffValue } from "../metadata/tiff-values.ts";
import { bytesOfType } from "../tiff/field-type.ts";
import { tags } from "../tiff/tags.ts";
import type { Envelope } from "./envelope.ts";

/** The directory of a TIFF that is written, without the places of its strips or tiles. */
export interface TiffDirectory {
  readonly entries: readonly PlannedEntry[];
  /** That of the metadata, whose values are taken over as they are. */
  readonly isLittleEndian: boolean;
}

/** The denominator of resolutions, which have two decimals. */
const resolutionParts = 100;

/** Returns the directory of a picture in its envelope. Source: TIFF 6.0 §3 to §8, §14, §15, §18, §21; ICC.1:2022 B.2; XMP part 3. */
export function formatTiffDirectory(picture: TiffPicture, envelope: Envelope): TiffDirectory {
  const { exif, xmp, iptc, icc, dotsPerInch } = envelope;
  const content = exif && splitExif(exif);
  const isLittleEndian = content?.isLittleEndian ?? true;
  const short = (tag: number, ...values: number[]): PlannedValue =>
    numbersEntry({ tag, type: fieldTypes.short, isLittleEndian }, values);
  // Without a unit they say that pixels are square and no more.
  const density = (tag: number): PlannedValue => {
    const fraction = dotsPerInch === undefined ? [1, 1] : [Math.round(dotsPerInch * resolutionParts), resolutionParts];
    const { value } = numbersEntry({ tag, type: fieldTypes.long, isLittleEndian }, fraction);
    return { tag, type: rational, count: 1, value };
  };
  const entries: readonly (PlannedEntry | undefined)[] = [
    ...pixelEntries(picture, isLittleEndian),
    density(exifTags.xResolution),
    density(exifTags.yResolution),
    short(exifTags.resolutionUnit, dotsPerInch === undefined ? 1 : 2),
    icc && bytes(tags.iccProfile, fieldTypes.undefined, icc),
    xmp && bytes(exifTags.xmp, byte, xmp),
    iptc && bytes(exifTags.iptc, fieldTypes.undefined, iptc),
    ...(content?.image ?? []).map(entryOf),
    nested(exifTags.exifDirectory, content?.photo),
    nested(exifTags.positionDirectory, content?.position),
  ];
  return { entries: entries.filter((entry) => entry !== undefined), isLittleEndian };
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
