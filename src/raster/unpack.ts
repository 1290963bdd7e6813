import { ImageError } from "../error.ts";
import { type Chunky, takeSample } from "./chunky.ts";
import type { Kernel } from "./kernel.ts";
import { type Plane, planeSlackBytes } from "./raster.ts";

/**
 * Samples in kernel memory as TIFF packs them: `height` rows of `width` pixels, each row starting at a byte and
 * `rowBytes` long. Samples of 16 bits and more, and all floats, are in the byte order of `isLittleEndian`; others are
 * strings of bits, the highest first. After the last row there are at least `planeSlackBytes` readable bytes.
 */
export interface PackedSamples {
  readonly pointer: number;
  readonly rowBytes: number;
  readonly width: number;
  readonly height: number;
  readonly samplesPerPixel: number;
  readonly bits: 1 | 2 | 4 | 8 | 10 | 12 | 14 | 16 | 24 | 32 | 64;
  readonly format: "unsigned" | "float";
  readonly isLittleEndian: boolean;
  /** The floats that become 0 and 255; unsigned samples always use 0 and 2 ** bits - 1. */
  readonly range: { readonly least: number; readonly most: number };
}

/** One sample of every pixel, counted from 0, and the plane to write it to. */
export interface SampleTarget {
  readonly sample: number;
  readonly plane: Plane;
}

/** Unpacks rows: source, its stride, target, its stride, samples per row, number of rows. */
type RowUnpacker = (...rows: readonly [number, number, number, number, number, number]) => void;

/**
 * Rows are unpacked this many bytes at a time before they are split into planes: as much as a first-level cache holds.
 */
const bandBytes = 1 << 14;

/**
 * Unpacks samples to 8-bit planes, aligned at the top left and only as far as both extend, and writes nothing outside
 * the planes' rows. `full` scales linearly and rounds: unsigned samples exactly from 0 to 2 ** bits - 1, floats from
 * their range, clamped, with NaN as 0. `index` keeps unsigned samples of up to 8 bits unchanged. Throws
 * `source-unsupported` for floats of other than 16, 24, 32 and 64 bits, integers of 64 bits and indexes above 8 bits;
 * `render-memory`. Source: TIFF 6.0 §7, §8; TIFF Technical Note 3 for floats of 16 and 24 bits.
 */
export function unpackSamples(
  kernel: Kernel,
  packed: PackedSamples,
  targets: readonly SampleTarget[],
  scale: "full" | "index",
): void {
  const unpackRows = chooseUnpacker(kernel, packed, scale);
  const { pointer, rowBytes, width, height, samplesPerPixel } = packed;
  const [first] = targets;
  if (unpackRows === undefined) takeSamples(kernel, { ...packed, stride: rowBytes }, targets);
  else if (samplesPerPixel === 1 && targets.length === 1 && first !== undefined) {
    const { plane } = first;
    const rows = Math.min(height, plane.height);
    unpackRows(pointer, rowBytes, plane.pointer, plane.stride, Math.min(width, plane.width), rows);
  } else unpackBands(kernel, packed, targets, unpackRows);
}

/** Unpacks some rows to bytes and splits these while they are in the cache. */
function unpackBands(
  kernel: Kernel,
  { pointer, rowBytes, width, height, samplesPerPixel }: PackedSamples,
  targets: readonly SampleTarget[],
  unpackRows: RowUnpacker,
): void {
  const stride = width * samplesPerPixel;
  const bandRows = Math.max(1, Math.floor(bandBytes / stride));
  const mark = kernel.mark();
  const band = kernel.allocate(stride * Math.min(bandRows, height) + planeSlackBytes);
  for (let first = 0; first < height; first += bandRows) {
    const rows = Math.min(bandRows, height - first);
    unpackRows(pointer + first * rowBytes, rowBytes, band, stride, stride, rows);
    const chunky = { pointer: band, stride, width, height: rows, samplesPerPixel };
    const below = targets.map(({ sample, plane }) => ({ sample, plane: rowsFrom(plane, first) }));
    takeSamples(kernel, chunky, below);
  }
  kernel.release(mark);
}

function takeSamples(kernel: Kernel, chunky: Chunky, targets: readonly SampleTarget[]): void {
  for (const { sample, plane } of targets) takeSample(kernel, chunky, { sample, plane });
}

function rowsFrom(plane: Plane, first: number): Plane {
  return { ...plane, pointer: plane.pointer + first * plane.stride, height: plane.height - first };
}

/** Returns the function that unpacks rows, or undefined if samples already are bytes. */
function chooseUnpacker(
  { exports }: Kernel,
  { bits, format, isLittleEndian, range }: PackedSamples,
  scale: "full" | "index",
): RowUnpacker | undefined {
  if (scale === "index" && (bits > 8 || format === "float")) throw unread(`${format} indexes of ${bits} bits`);
  if (format === "float") {
    const { least } = range;
    const factor = 255 / (range.most - least);
    if (bits === 64) return (...rows) => exports.unpackDoubleRows(...rows, isLittleEndian, least, factor);
    const exponentBits = exponentBitsOf(bits);
    return (...rows) => exports.unpackScaledRows(...rows, bits, exponentBits, isLittleEndian, least, factor);
  }
  const most = 2 ** bits - 1;
  if (bits < 8) return (...rows) => exports.unpackBitRows(...rows, bits, scale === "full" ? 255 / most : 1);
  if (bits === 8) return undefined;
  if (bits === 16) return (...rows) => exports.unpackWordRows(...rows, isLittleEndian);
  if (bits === 64) throw unread("integers of 64 bits");
  const isTurned = isLittleEndian && bits % 8 === 0;
  const factor = 255 / (most * 2 ** (32 - bits));
  return (...rows) => exports.unpackScaledRows(...rows, bits, 0, isTurned, 0, factor);
}

function exponentBitsOf(bits: PackedSamples["bits"]): number {
  if (bits === 16) return 5;
  if (bits === 24) return 7;
  if (bits === 32) return 8;
  throw unread(`floats of ${bits} bits`);
}

function unread(what: string): ImageError {
  return new ImageError("source-unsupported", `This image has ${what}, which are not supported.`);
}
