import { maxExifBytes } from "../limits.ts";
import { bytesOfType } from "../tiff/field-type.ts";
import type { ExifContent } from "./exif-reader.ts";
import { exifTags } from "./exif-tags.ts";
import type { TiffValue } from "./tiff-values.ts";

const headerBytes = 8;
const entryBytes = 12;

/** The denominator of resolutions, so that the same fraction can hold any of them. */
const resolutionParts = 10_000;

/**
 * Formats EXIF as it follows `Exif\0\0` in a JPEG: a TIFF stream in the master's byte order with Orientation 1, the
 * resolution if it is known, and the values that fit `maxExifBytes`; no thumbnail. Undefined if there is nothing to
 * say. Source: Exif 3.0 §4.5.
 */
export function formatExif(content: ExifContent, dotsPerInch: number | undefined): Uint8Array | undefined {
  const { isLittleEndian } = content;
  const room = { bytes: maxExifBytes - headerBytes - 3 * directoryOverhead - ownEntries * (entryBytes + 8) };
  const image = fitValues(content.image, room);
  const photo = fitValues(content.photo, room);
  const position = fitValues(content.position, room);
  if (image.length + photo.length + position.length === 0 && dotsPerInch === undefined) return undefined;
  const own: TiffValue[] = [...image, shortValue(exifTags.orientation, 1, isLittleEndian)];
  if (dotsPerInch !== undefined) {
    own.push(resolutionValue(exifTags.xResolution, dotsPerInch, isLittleEndian));
    own.push(resolutionValue(exifTags.yResolution, dotsPerInch, isLittleEndian));
    own.push(shortValue(exifTags.resolutionUnit, 2, isLittleEndian));
  }
  const pointers = [
    ...(photo.length > 0 ? [{ tag: exifTags.exifDirectory, values: photo }] : []),
    ...(position.length > 0 ? [{ tag: exifTags.positionDirectory, values: position }] : []),
  ];
  let end = headerBytes + directoryBytes(own) + pointers.length * entryBytes;
  const placed = pointers.map(({ tag, values }) => {
    const offset = end;
    end += directoryBytes(values);
    own.push(longValue(tag, offset, isLittleEndian));
    return { offset, values };
  });
  const bytes = new Uint8Array(end);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, isLittleEndian ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, isLittleEndian);
  view.setUint32(4, headerBytes, isLittleEndian);
  writeDirectory(view, headerBytes, own, isLittleEndian);
  for (const { offset, values } of placed) writeDirectory(view, offset, values, isLittleEndian);
  return bytes;
}

/** Returns a copy of EXIF from `formatExif` with a different resolution, if it states one. */
export function withResolution(exif: Uint8Array, dotsPerInch: number): Uint8Array {
  const copy = exif.slice();
  const view = new DataView(copy.buffer);
  const isLittleEndian = view.getUint16(0) === 0x4949;
  const count = view.getUint16(headerBytes, isLittleEndian);
  for (let index = 0; index < count; index++) {
    const at = headerBytes + 2 + index * entryBytes;
    const tag = view.getUint16(at, isLittleEndian);
    if (tag !== exifTags.xResolution && tag !== exifTags.yResolution) continue;
    copy.set(resolutionValue(tag, dotsPerInch, isLittleEndian).bytes, view.getUint32(at + 8, isLittleEndian));
  }
  return copy;
}

/** Returns a text as the value of a tag, in UTF-8 with a terminating NUL. */
export function textValue(tag: number, text: string): TiffValue {
  return { tag, type: 2, bytes: new TextEncoder().encode(`${text}\0`) };
}

/** A count, and the offset of the next directory. */
const directoryOverhead = 6;

/** Orientation, two resolutions and their unit, two pointers. */
const ownEntries = 6;

/**
 * Returns the values that fit in the remaining room, in the order of their tags, and reduces the room by their size.
 */
function fitValues(values: readonly TiffValue[], room: { bytes: number }): readonly TiffValue[] {
  const fitting: TiffValue[] = [];
  for (const value of values.toSorted((a, b) => a.tag - b.tag)) {
    const ended = value.type === 2 && value.bytes.at(-1) !== 0 ? withNul(value) : value;
    const needed = entryBytes + outsideBytes(ended);
    if (needed > room.bytes) continue;
    room.bytes -= needed;
    fitting.push(ended);
  }
  return fitting;
}

function withNul({ tag, type, bytes }: TiffValue): TiffValue {
  const ended = new Uint8Array(bytes.byteLength + 1);
  ended.set(bytes);
  return { tag, type, bytes: ended };
}

/** Bytes that a value takes after its directory: none if it fits its entry, otherwise a whole number of words. */
function outsideBytes({ bytes }: TiffValue): number {
  return bytes.byteLength <= 4 ? 0 : bytes.byteLength + (bytes.byteLength % 2);
}

function directoryBytes(values: readonly TiffValue[]): number {
  return values.reduce((sum, value) => sum + entryBytes + outsideBytes(value), directoryOverhead);
}

function writeDirectory(view: DataView, offset: number, values: readonly TiffValue[], isLittleEndian: boolean): void {
  const bytes = new Uint8Array(view.buffer);
  view.setUint16(offset, values.length, isLittleEndian);
  let at = offset + 2;
  let outside = offset + directoryOverhead + values.length * entryBytes;
  for (const value of values.toSorted((a, b) => a.tag - b.tag)) {
    view.setUint16(at, value.tag, isLittleEndian);
    view.setUint16(at + 2, value.type, isLittleEndian);
    view.setUint32(at + 4, value.bytes.byteLength / (bytesOfType(value.type) ?? 1), isLittleEndian);
    const length = outsideBytes(value);
    if (length === 0) bytes.set(value.bytes, at + 8);
    else {
      view.setUint32(at + 8, outside, isLittleEndian);
      bytes.set(value.bytes, outside);
      outside += length;
    }
    at += entryBytes;
  }
}

function shortValue(tag: number, value: number, isLittleEndian: boolean): TiffValue {
  const bytes = new Uint8Array(2);
  new DataView(bytes.buffer).setUint16(0, value, isLittleEndian);
  return { tag, type: 3, bytes };
}

function longValue(tag: number, value: number, isLittleEndian: boolean): TiffValue {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, isLittleEndian);
  return { tag, type: 4, bytes };
}

function resolutionValue(tag: number, dotsPerInch: number, isLittleEndian: boolean): TiffValue {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.min(Math.round(dotsPerInch * resolutionParts), 0xffffffff), isLittleEndian);
  view.setUint32(4, resolutionParts, isLittleEndian);
  return { tag, type: 5, bytes };
}
