import { maxExifValueBytes } from "../limits.ts";
import { unlessBroken } from "../pyramid/faults.ts";
import { readDirectory } from "../tiff/directory.ts";
import { integerOfType } from "../tiff/field-type.ts";
import type { FieldsOrigin } from "../tiff/fields.ts";
import { descriptiveTags, exifTags, strayTags } from "./exif-tags.ts";
import { readTiffValues, type TiffValue } from "./tiff-values.ts";

/** What EXIF says about a picture, each directory's values still in the byte order of the file. */
export interface ExifContent {
  readonly isLittleEndian: boolean;
  /** From the image's own directory: its description. */
  readonly image: readonly TiffValue[];
  /** From the Exif directory: how it was taken. */
  readonly photo: readonly TiffValue[];
  /** From the GPS directory: where it was taken. */
  readonly position: readonly TiffValue[];
}

/** The types of values in Exif 2.3; those of directories and BigTIFF are not included. */
const exifTypes: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);

/**
 * Reads the EXIF directories that an image's own directory points to, whose values are already read. A directory that
 * is broken is left out, as is any value longer than `maxExifValueBytes`. Throws only what storage throws.
 */
export async function readExif(
  origin: FieldsOrigin,
  own: ReadonlyMap<number, TiffValue>,
  { isWhole }: { readonly isWhole: boolean },
): Promise<ExifContent> {
  const image = [...own.values()].filter(({ tag, type, bytes }) => {
    return descriptiveTags.has(tag) && exifTypes.has(type) && bytes.byteLength <= maxExifValueBytes;
  });
  const { isLittleEndian } = origin.header;
  if (!isWhole) return { isLittleEndian, image, photo: [], position: [] };
  const photo = await readBehind(origin, own.get(exifTags.exifDirectory));
  const position = await readBehind(origin, own.get(exifTags.positionDirectory));
  return { isLittleEndian, image, photo, position };
}

async function readBehind(origin: FieldsOrigin, pointer: TiffValue | undefined): Promise<readonly TiffValue[]> {
  if (pointer === undefined) return [];
  const { source, header } = origin;
  const values = await unlessBroken(async () => {
    const directory = await readDirectory(source, header, numberOf(pointer, header.isLittleEndian));
    return readTiffValues({ source, header, directory }, (tag) => (strayTags.has(tag) ? 0 : maxExifValueBytes));
  });
  return [...(values?.values() ?? [])].filter(({ type }) => exifTypes.has(type));
}

/** Returns the first integer of a value. Throws `source-malformed` for any other type. */
export function numberOf({ type, bytes }: TiffValue, isLittleEndian: boolean): number {
  return integerOfType(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), type, 0, isLittleEndian);
}
