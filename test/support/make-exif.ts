/** One entry of a directory to build: the bytes of its values in the byte order of the file, and how many they are. */
export interface ExifEntry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  readonly bytes: Uint8Array;
}

/** A TIFF stream to build: the directories of an image, without pixels. */
export interface ExifOptions {
  readonly image?: readonly EntryMaker[];
  readonly photo?: readonly EntryMaker[];
  readonly position?: readonly EntryMaker[];
  /** A second image in the chain, as EXIF has its thumbnail. */
  readonly thumbnail?: readonly EntryMaker[];
  /** `little`. */
  readonly byteOrder?: "big" | "little";
  readonly bigTiff?: boolean;
  /** Bytes of nothing between the directories and their values. */
  readonly gapBytes?: number;
}

/** Makes an entry in a byte order. */
export type EntryMaker = (isLittleEndian: boolean) => ExifEntry;

/** Returns an entry of ASCII, in UTF-8 or as bytes, with its NUL. */
export function ascii(tag: number, text: string | Uint8Array): EntryMaker {
  const bytes = typeof text === "string" ? new TextEncoder().encode(`${text}\0`) : text;
  return () => ({ tag, type: 2, count: bytes.length, bytes });
}

/** Returns an entry of BYTE, UNDEFINED or another type of single bytes. */
export function block(tag: number, bytes: Uint8Array, type = 7): EntryMaker {
  return () => ({ tag, type, count: bytes.length, bytes });
}

/** Returns an entry of SHORT. */
export function short(tag: number, value: number): EntryMaker {
  return (isLittleEndian) => {
    const bytes = new Uint8Array(2);
    new DataView(bytes.buffer).setUint16(0, value, isLittleEndian);
    return { tag, type: 3, count: 1, bytes };
  };
}

/** Returns an entry of LONG. */
export function long(tag: number, ...values: readonly number[]): EntryMaker {
  return longs(tag, 4, values);
}

/** Returns an entry of RATIONAL: numerators and denominators in turn. */
export function rational(tag: number, ...values: readonly number[]): EntryMaker {
  return longs(tag, 5, values);
}

function longs(tag: number, type: 4 | 5, values: readonly number[]): EntryMaker {
  return (isLittleEndian) => {
    const bytes = new Uint8Array(values.length * 4);
    const view = new DataView(bytes.buffer);
    for (const [index, value] of values.entries()) view.setUint32(index * 4, value, isLittleEndian);
    return { tag, type, count: type === 5 ? values.length / 2 : values.length, bytes };
  };
}

/** Builds the stream: header, the image's directory, the thumbnail's, Exif, GPS, each before its values. */
export function makeExif(options: ExifOptions): Uint8Array {
  const { image = [], photo, position, thumbnail, byteOrder = "little", bigTiff = false, gapBytes = 0 } = options;
  const isLittleEndian = byteOrder === "little";
  const make = (makers: readonly EntryMaker[]) => makers.map((maker) => maker(isLittleEndian));
  const wordBytes = bigTiff ? 8 : 4;
  const overhead = bigTiff ? 16 : 6;
  const entryBytes = bigTiff ? 20 : 12;
  const outside = ({ bytes }: ExifEntry) => (bytes.length <= wordBytes ? 0 : bytes.length + (bytes.length % 2));
  const lengthOf = (entries: readonly ExifEntry[]) =>
    entries.reduce((sum, entry) => sum + entryBytes + outside(entry), overhead + gapBytes);

  const pointer = (tag: number, offset: number): ExifEntry => long(tag, offset)(isLittleEndian);
  const pointers = (photo ? 1 : 0) + (position ? 1 : 0);
  const first = bigTiff ? 16 : 8;
  const thumbnailAt = first + lengthOf(make(image)) + pointers * entryBytes;
  const photoAt = thumbnailAt + (thumbnail ? lengthOf(make(thumbnail)) : 0);
  const positionAt = photoAt + (photo ? lengthOf(make(photo)) : 0);
  const end = positionAt + (position ? lengthOf(make(position)) : 0);

  const bytes = new Uint8Array(end);
  const view = new DataView(bytes.buffer);
  const word = (at: number, value: number) =>
    bigTiff ? view.setBigUint64(at, BigInt(value), isLittleEndian) : view.setUint32(at, value, isLittleEndian);
  const directory = (start: number, entries: readonly ExifEntry[], next: number) => {
    let at = start + (bigTiff ? 8 : 2);
    let valueAt = start + overhead + entries.length * entryBytes + gapBytes;
    if (bigTiff) word(start, entries.length);
    else view.setUint16(start, entries.length, isLittleEndian);
    for (const entry of entries.toSorted((a, b) => a.tag - b.tag)) {
      view.setUint16(at, entry.tag, isLittleEndian);
      view.setUint16(at + 2, entry.type, isLittleEndian);
      word(at + 4, entry.count);
      const length = outside(entry);
      bytes.set(entry.bytes, length === 0 ? at + 4 + wordBytes : valueAt);
      if (length > 0) word(at + 4 + wordBytes, valueAt);
      valueAt += length;
      at += entryBytes;
    }
    word(at, next);
  };
  view.setUint16(0, isLittleEndian ? 0x4949 : 0x4d4d);
  view.setUint16(2, bigTiff ? 43 : 42, isLittleEndian);
  if (bigTiff) view.setUint16(4, 8, isLittleEndian);
  word(bigTiff ? 8 : 4, first);
  const own = [
    ...make(image),
    ...(photo ? [pointer(34665, photoAt)] : []),
    ...(position ? [pointer(34853, positionAt)] : []),
  ];
  directory(first, own, thumbnail ? thumbnailAt : 0);
  if (thumbnail) directory(thumbnailAt, make(thumbnail), 0);
  if (photo) directory(photoAt, make(photo), 0);
  if (position) directory(positionAt, make(position), 0);
  return bytes;
}
