/** Values of a directory, by tag: texts, or the first of its numbers. */
export type TagValues = ReadonlyMap<number, string | number>;

/** The directories of a stream of EXIF. */
export interface ExifTags {
  readonly image: TagValues;
  readonly photo: TagValues;
  readonly position: TagValues;
}

const bytesOfType: Readonly<Record<number, number>> = { 1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8 };

/** Reads EXIF, with or without its signature. Throws a RangeError for offsets beyond its end. Source: Exif 3.0 §4.5. */
export function readExifTags(exif: Uint8Array): ExifTags {
  const isSigned = exif[0] === 0x45;
  const view = new DataView(exif.buffer, exif.byteOffset + (isSigned ? 6 : 0));
  const isLittle = view.getUint16(0) === 0x4949;
  const read = (offset: number): Map<number, string | number> => {
    const values = new Map<number, string | number>();
    for (let index = 0; index < view.getUint16(offset, isLittle); index += 1) {
      const at = offset + 2 + index * 12;
      const type = view.getUint16(at + 2, isLittle);
      const count = view.getUint32(at + 4, isLittle);
      const isInside = count * bytesOfType[type]! <= 4;
      const start = isInside ? at + 8 : view.getUint32(at + 8, isLittle);
      values.set(view.getUint16(at, isLittle), readValue(view, { type, count, start, isLittle }));
    }
    return values;
  };
  const image = read(view.getUint32(4, isLittle));
  const below = (tag: number): TagValues => {
    const offset = image.get(tag);
    return typeof offset === "number" ? read(offset) : new Map();
  };
  return { image, photo: below(34_665), position: below(34_853) };
}

interface Place {
  readonly type: number;
  readonly count: number;
  readonly start: number;
  readonly isLittle: boolean;
}

function readValue(view: DataView, { type, count, start, isLittle }: Place): string | number {
  if (type === 2) {
    const bytes = new Uint8Array(view.buffer, view.byteOffset + start, count);
    return new TextDecoder().decode(bytes).replace(/\0+$/, "");
  }
  if (type === 3) return view.getUint16(start, isLittle);
  if (type === 4) return view.getUint32(start, isLittle);
  if (type === 5) return view.getUint32(start, isLittle) / view.getUint32(start + 4, isLittle);
  return view.getUint8(start);
}
