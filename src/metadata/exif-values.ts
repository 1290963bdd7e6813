import { bytesOfType } from "../tiff/field-type.ts";
import type { ExifContent } from "./exif-reader.ts";
import { exifTags } from "./exif-tags.ts";
import type { TiffValue } from "./tiff-values.ts";

/** What `formatExif` writes of its own: where the other directories are, how the picture lies, its resolution. */
const ownTags: ReadonlySet<number> = new Set([
  exifTags.orientation,
  exifTags.xResolution,
  exifTags.yResolution,
  exifTags.resolutionUnit,
  exifTags.exifDirectory,
  exifTags.positionDirectory,
]);

/** Returns the values of EXIF from `formatExif` for a file that has directories of its own. Throws RangeError for any other. */
export function splitExif(exif: Uint8Array): ExifContent {
  const view = new DataView(exif.buffer, exif.byteOffset, exif.byteLength);
  const isLittleEndian = view.getUint16(0) === 0x4949;
  const valuesAt = (offset: number): readonly TiffValue[] =>
    Array.from({ length: view.getUint16(offset, isLittleEndian) }, (_, index) => {
      const at = offset + 2 + index * 12;
      const type = view.getUint16(at + 2, isLittleEndian);
      const byteLength = view.getUint32(at + 4, isLittleEndian) * (bytesOfType(type) ?? 0);
      const start = byteLength <= 4 ? at + 8 : view.getUint32(at + 8, isLittleEndian);
      if (start + byteLength > exif.byteLength) throw new RangeError("a value outside its EXIF");
      return { tag: view.getUint16(at, isLittleEndian), type, bytes: exif.subarray(start, start + byteLength) };
    });
  const own = valuesAt(view.getUint32(4, isLittleEndian));
  const valuesBehind = (pointer: number): readonly TiffValue[] => {
    const bytes = own.find(({ tag }) => tag === pointer)?.bytes;
    if (bytes === undefined) return [];
    return valuesAt(new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, isLittleEndian));
  };
  return {
    isLittleEndian,
    image: own.filter(({ tag }) => !ownTags.has(tag)),
    photo: valuesBehind(exifTags.exifDirectory),
    position: valuesBehind(exifTags.positionDirectory),
  };
}
