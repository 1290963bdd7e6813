import { concatenate } from "../bytes.ts";
import type { Level } from "./level.ts";
import type { Orientation, Pyramid } from "./pyramid.ts";
import { partsOf, type TileEncoding } from "./tile-encoding.ts";

/** What a record says before the arrays: all of a pyramid but its typed arrays. */
interface RecordHead {
  readonly version: number;
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
  readonly levels: readonly LevelHead[];
}

type LevelHead = Omit<Level, "offsets" | "byteCounts" | "encoding"> & {
  readonly encoding: Omit<TileEncoding, "jpegTables" | "palette">;
  readonly tableBytes: number;
  readonly paletteBytes: number;
};

/** Changes with the shape of the record, so that an old one is not read as a new one. */
const recordVersion = 2;

/**
 * Formats a pyramid as bytes to keep outside the isolate: the length of a JSON head (u32), the head, then for each level
 * its JPEG tables, its palette, offsets (f64) and byte counts (f64), all little-endian. Never throws.
 */
export function formatPyramid({ width, height, orientation, levels }: Pyramid): Uint8Array {
  const heads = levels.map(
    ({ offsets: _, byteCounts: __, encoding: { jpegTables, palette, ...encoding }, ...level }): LevelHead => ({
      ...level,
      encoding,
      tableBytes: jpegTables?.byteLength ?? 0,
      paletteBytes: palette?.byteLength ?? 0,
    }),
  );
  const head: RecordHead = { version: recordVersion, width, height, orientation, levels: heads };
  const headBytes = new TextEncoder().encode(JSON.stringify(head));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, headBytes.byteLength, true);
  const bodies = levels.flatMap(({ encoding, offsets, byteCounts }) => [
    encoding.jpegTables ?? new Uint8Array(0),
    encoding.palette ?? new Uint8Array(0),
    littleEndian(offsets),
    littleEndian(byteCounts),
  ]);
  return concatenate([length, headBytes, ...bodies]);
}

/** Parses what `formatPyramid` wrote; undefined for anything else, which then counts as not kept. Never throws. */
export function parsePyramid(bytes: Uint8Array): Pyramid | undefined {
  try {
    return readRecord(bytes);
  } catch {
    return undefined;
  }
}

function readRecord(bytes: Uint8Array): Pyramid | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headBytes = view.getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + headBytes))) as RecordHead;
  if (head.version !== recordVersion) return undefined;
  let at = 4 + headBytes;
  const readBytes = (count: number): Uint8Array | undefined => {
    const taken = bytes.slice(at, at + count);
    at += count;
    return count > 0 ? taken : undefined;
  };
  const readFloats = (count: number): Float64Array => {
    const values = Float64Array.from({ length: count }, (_, index) => view.getFloat64(at + index * 8, true));
    at += count * 8;
    return values;
  };
  const levels = head.levels.map(({ tableBytes, paletteBytes, encoding, ...level }): Level => {
    const jpegTables = readBytes(tableBytes);
    const palette = readBytes(paletteBytes);
    const count = level.columns * level.rows * partsOf(encoding);
    // An absent value is left out of JSON.
    const { alpha, ...layout } = encoding.layout;
    return {
      ...level,
      encoding: { ...encoding, layout: { ...layout, alpha }, ccitt: encoding.ccitt, jpegTables, palette },
      offsets: readFloats(count),
      byteCounts: readFloats(count),
    };
  });
  const [first, ...rest] = levels;
  if (first === undefined || at !== bytes.byteLength) return undefined;
  return { width: head.width, height: head.height, orientation: head.orientation, levels: [first, ...rest] };
}

function littleEndian(values: Float64Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(values.length * 8));
  values.forEach((value, index) => {
    view.setFloat64(index * 8, value, true);
  });
  return new Uint8Array(view.buffer);
}

/** Returns about how many bytes a pyramid takes in memory. Never throws. */
export function pyramidBytes({ levels }: Pyramid): number {
  const levelBytes = levels.map(
    ({ offsets, byteCounts, encoding: { jpegTables, palette } }) =>
      768 + offsets.byteLength + byteCounts.byteLength + (jpegTables?.byteLength ?? 0) + (palette?.byteLength ?? 0),
  );
  return levelBytes.reduce((sum, bytes) => sum + bytes, 256);
}
