import { malformed, unsupported } from "../pyramid/faults.ts";
import type { ByteSource } from "../source/byte-source.ts";

/** What the header of a TIFF says. */
export interface TiffHeader {
  readonly isLittleEndian: boolean;
  readonly isBigTiff: boolean;
  /** Byte offset of the first image file directory. */
  readonly firstDirectory: number;
}

const otherFormats: readonly [string, RegExp][] = [
  ["is a JPEG file", /^ffd8ff/],
  ["is a PNG file", /^89504e47/],
  ["is a WebP file", /^52494646.{8}57454250/],
  ["is a JPEG 2000 file", /^(?:0000000c6a502020|ff4fff51)/],
  ["is a PDF file", /^25504446/],
  ["is a GIF file", /^47494638/],
];

/**
 * Reads the header of a classic TIFF or BigTIFF. Throws `source-unsupported` for another format, `source-malformed`
 * for a header that contradicts itself. Source: TIFF 6.0 §2; the BigTIFF design.
 */
export async function readHeader(source: ByteSource): Promise<TiffHeader> {
  const bytes = await source.read(0, 16);
  const start = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const isLittleEndian = start.startsWith("49492a00") || start.startsWith("49492b00");
  const isBigEndian = start.startsWith("4d4d002a") || start.startsWith("4d4d002b");
  if (!isLittleEndian && !isBigEndian) {
    const other = otherFormats.find(([, pattern]) => pattern.test(start));
    throw unsupported(other?.[0] ?? (source.size === 0 ? "is empty" : "is not a TIFF file"));
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isBigTiff = view.getUint16(2, isLittleEndian) === 43;
  if (bytes.byteLength < (isBigTiff ? 16 : 8)) throw malformed("the header is cut off");
  if (!isBigTiff) return { isLittleEndian, isBigTiff, firstDirectory: view.getUint32(4, isLittleEndian) };
  if (view.getUint16(4, isLittleEndian) !== 8 || view.getUint16(6, isLittleEndian) !== 0) {
    throw malformed("a BigTIFF with offsets that are not 8 bytes");
  }
  return { isLittleEndian, isBigTiff, firstDirectory: Number(view.getBigUint64(8, isLittleEndian)) };
}

/** Reads an offset or count of the file's width: 4 bytes, or 8 in a BigTIFF. */
export function readPointer(view: DataView, at: number, { isLittleEndian, isBigTiff }: TiffHeader): number {
  return isBigTiff ? Number(view.getBigUint64(at, isLittleEndian)) : view.getUint32(at, isLittleEndian);
}
