import { applyColorTable, type ColorTable, type StoredColorTable, storeColorTable } from "../color/table.ts";
import type { Level } from "../pyramid/level.ts";
import type { Kernel } from "../raster/kernel.ts";
import { type Plane, planeSlackBytes } from "../raster/raster.ts";
import { unpackSamples } from "../raster/unpack.ts";
import type { ByteSource } from "../source/byte-source.ts";
import type { PlainPicture } from "./plain-tiff.ts";

/** Samples as they are stored, and what brings them to sRGB. */
export interface StoredRows {
  readonly source: ByteSource;
  /** Uncompressed strips of grey, RGB or inks of 8 or 16 bits, interleaved; opacity is the last sample. */
  readonly level: Level;
  readonly table: ColorTable;
  /** Empty; used for as long as rows are read. */
  readonly kernel: Kernel;
}

/**
 * Returns rows as sRGB, or as grey with its curve, 8 bits per sample, by the service's own kernels. They are computed as
 * they are read, so that memory is bounded by a read.
 */
export function srgbRows({ source, level, table, kernel }: StoredRows): PlainPicture {
  const { width, height, tileLength, encoding, offsets, byteCounts } = level;
  const { samplesPerPixel, bits } = encoding.layout;
  const hasAlpha = encoding.layout.alpha !== undefined;
  const channels = ((table.output === "gray" ? 1 : 3) + (hasAlpha ? 1 : 0)) as PlainPicture["channels"];
  const rowBytes = width * channels;
  const stored = storeColorTable(kernel, table);
  const planes = Array.from({ length: samplesPerPixel }, () => kernel.allocatePlane(width, tileLength));
  const convert = (bytes: Uint8Array, rows: number, target: Uint8Array): void => {
    const mark = kernel.mark();
    const packed = { ...encoding.layout, rowBytes: (width * samplesPerPixel * bits) / 8, width, height: rows };
    unpackSamples(kernel, { ...packed, pointer: kernel.store(bytes) }, planes.map(targetOf), "full");
    kernel.release(mark);
    interleave(kernel, convertPlanes(kernel, { stored, planes, hasAlpha, rows }), { rows, target });
  };
  const read = async (offset: number, length: number): Promise<Uint8Array> => {
    const rows = new Uint8Array(length);
    const first = offset / (rowBytes * tileLength);
    for (let strip = first, done = 0; done < length; strip += 1) {
      const count = Math.min(tileLength, height - strip * tileLength);
      const bytes = await source.read(offsets[strip] ?? 0, byteCounts[strip] ?? 0);
      convert(bytes, count, rows.subarray(done, done + count * rowBytes));
      done += count * rowBytes;
    }
    return rows;
  };
  const samples = { size: rowBytes * height, version: source.version, read };
  return { width, height, channels, bits: 8, samples, rowsPerStrip: tileLength };
}

const targetOf = (plane: Plane, sample: number) => ({ plane, sample });

interface StoredPlanes {
  readonly stored: StoredColorTable;
  readonly planes: readonly Plane[];
  readonly hasAlpha: boolean;
  readonly rows: number;
}

/** Converts planes in place and returns those of the result. */
function convertPlanes(kernel: Kernel, { stored, planes, hasAlpha, rows }: StoredPlanes): readonly Plane[] {
  const source = planes.slice(0, hasAlpha ? -1 : undefined);
  const destination = source.slice(0, stored.output === "gray" ? 1 : 3);
  applyColorTable(kernel, stored, { source, destination, rows: { first: 0, count: rows } });
  return hasAlpha ? [...destination, ...planes.slice(-1)] : destination;
}

function interleave(
  { bytes }: Kernel,
  planes: readonly Plane[],
  { rows, target }: { readonly rows: number; readonly target: Uint8Array },
): void {
  planes.forEach(({ pointer, stride, width }, channel) => {
    let at = channel;
    for (let row = 0; row < rows; row += 1) {
      const start = pointer + row * stride;
      for (let column = 0; column < width; column += 1, at += planes.length) target[at] = bytes[start + column] ?? 0;
    }
  });
}

/** Returns the kernel memory that rows of a level take next to the table, in bytes. */
export function rowsBytes({ width, tileLength, encoding: { layout } }: Level): number {
  const samples = width * tileLength * layout.samplesPerPixel;
  return 2 * samples + (samples * layout.bits) / 8 + 16 * planeSlackBytes * (layout.samplesPerPixel + 2) + (1 << 20);
}
