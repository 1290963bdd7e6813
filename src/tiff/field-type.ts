import { malformed } from "../pyramid/faults.ts";

/** Bytes of one value, by field type; types missing here are unknown. Source: TIFF 6.0 §2; BigTIFF types 16 to 18. */
const typeBytes: readonly (number | undefined)[] = [
  undefined,
  1,
  1,
  2,
  4,
  8,
  1,
  1,
  2,
  4,
  8,
  4,
  8,
  4,
  undefined,
  undefined,
  8,
  8,
  8,
];

/** Returns the size of one value of a field type in bytes, or undefined for an unknown type. */
export function bytesOfType(type: number): number | undefined {
  return typeBytes[type];
}

/**
 * Returns the whole number at `index` of an array of `type`, which may be a signed one. Throws `source-malformed` for a
 * number below 0 and any other type.
 */
export function integerOfType(view: DataView, type: number, index: number, isLittleEndian: boolean): number {
  const value = wholeOfType(view, type, index, isLittleEndian);
  if (value < 0) throw malformed(`${value} where no number is below 0`);
  return value;
}

function wholeOfType(view: DataView, type: number, index: number, isLittleEndian: boolean): number {
  switch (type) {
    case 1:
      return view.getUint8(index);
    case 3:
      return view.getUint16(index * 2, isLittleEndian);
    case 4:
    case 13:
      return view.getUint32(index * 4, isLittleEndian);
    case 6:
      return view.getInt8(index);
    case 8:
      return view.getInt16(index * 2, isLittleEndian);
    case 9:
      return view.getInt32(index * 4, isLittleEndian);
    case 17:
      return Number(view.getBigInt64(index * 8, isLittleEndian));
    case 16:
    case 18:
      return Number(view.getBigUint64(index * 8, isLittleEndian));
    default:
      throw malformed(`a whole number is written with type ${type}`);
  }
}

/** Returns the first number of an array of any numeric `type`. Throws `source-malformed` for any other type. */
export function realOfType(view: DataView, type: number, isLittleEndian: boolean): number {
  switch (type) {
    case 5:
      return view.getUint32(0, isLittleEndian) / view.getUint32(4, isLittleEndian);
    case 10:
      return view.getInt32(0, isLittleEndian) / view.getInt32(4, isLittleEndian);
    case 11:
      return view.getFloat32(0, isLittleEndian);
    case 12:
      return view.getFloat64(0, isLittleEndian);
    default:
      return wholeOfType(view, type, 0, isLittleEndian);
  }
}
