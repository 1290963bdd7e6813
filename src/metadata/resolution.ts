import { realOfType } from "../tiff/field-type.ts";
import { exifTags } from "./exif-tags.ts";
import type { TiffValue } from "./tiff-values.ts";

/** Inches per unit, by the value of ResolutionUnit: inch and centimetre; 1 means no unit. */
const unitsPerInch: ReadonlyMap<number, number> = new Map([
  [2, 1],
  [3, 2.54],
]);

/** The types a resolution may have: integers, fractions, floating point. */
const numericTypes: ReadonlySet<number> = new Set([3, 4, 5, 9, 10, 11, 12]);

/** No camera or scanner resolves less than a sixteenth of a micrometre, or has pixels larger than an inch. */
const sensible = { least: 1, most: 400_000 } as const;

/** The range of JFIF's 16 bits. Source: JFIF 1.02, Xdensity. */
const writable = { least: 1, most: 65_535 } as const;

/**
 * Returns the resolution of a directory in dots per inch. Undefined if there is none, it has no unit or makes no sense,
 * or pixels are not square. Source: TIFF 6.0 §8, ResolutionUnit, whose default is the inch.
 */
export function dotsPerInchOf(own: ReadonlyMap<number, TiffValue>, isLittleEndian: boolean): number | undefined {
  const read = (tag: number): number | undefined => {
    const value = own.get(tag);
    if (value === undefined || !numericTypes.has(value.type)) return undefined;
    const { buffer, byteOffset, byteLength } = value.bytes;
    const number = realOfType(new DataView(buffer, byteOffset, byteLength), value.type, isLittleEndian);
    return Number.isFinite(number) ? number : undefined;
  };
  const factor = unitsPerInch.get(read(exifTags.resolutionUnit) ?? 2);
  const across = read(exifTags.xResolution);
  if (factor === undefined || across === undefined) return undefined;
  const down = read(exifTags.yResolution) ?? across;
  if (Math.abs(across - down) > across / 100) return undefined;
  // 118.11 dots per centimetre are meant as 300 per inch.
  const dotsPerInch = Math.round(across * factor * 100) / 100;
  return isSensible(dotsPerInch) ? dotsPerInch : undefined;
}

/** Returns whether a number of dots per inch can be the resolution of a picture. */
export function isSensible(dotsPerInch: number): boolean {
  return dotsPerInch >= sensible.least && dotsPerInch <= sensible.most;
}

/** Returns a resolution with two decimals if every format can state it, otherwise undefined. */
export function writableDotsPerInch(dotsPerInch: number): number | undefined {
  const rounded = Math.round(dotsPerInch * 100) / 100;
  return rounded >= writable.least && rounded <= writable.most ? rounded : undefined;
}
