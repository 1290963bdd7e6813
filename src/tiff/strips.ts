import type { Size } from "../geometry.ts";
import { maxTilePixels, maxTilesPerLevel } from "../limits.ts";
import { malformed, unsupported } from "./faults.ts";
import type { Fields } from "./fields.ts";
import { tags } from "./tags.ts";
import { partsOf, type TileEncoding } from "./tile-encoding.ts";
import type { TileGrid } from "./tile-grid.ts";

/** Uncompressed strips are read in pieces of about this many bytes. */
const pieceBytes = 1 << 18;

interface Strips {
  readonly rowsPerStrip: number;
  readonly offsets: Float64Array;
  readonly byteCounts: Float64Array;
}

/**
 * Reads the strips of a directory as a grid of one column. Uncompressed strips are divided into smaller ones, for any
 * of their rows can be read by itself. Throws `source-malformed`. Source: TIFF 6.0 §3, StripOffsets, RowsPerStrip.
 */
export async function readStrips(
  fields: Fields,
  { size, encoding }: { readonly size: Size; readonly encoding: TileEncoding },
): Promise<TileGrid> {
  const stated = await fields.number(tags.rowsPerStrip);
  const rowsPerStrip = Math.min(stated === undefined || stated === 0 ? size.height : stated, size.height);
  const parts = partsOf(encoding);
  const count = Math.ceil(size.height / rowsPerStrip) * parts;
  if (count > maxTilesPerLevel) throw malformed(`a level of ${count} strips`);
  const offsets = await fields.numbers(tags.stripOffsets, maxTilesPerLevel);
  if (offsets === undefined) throw malformed("neither tiles nor strips");
  if (offsets.length < count) throw malformed(`${offsets.length} strip offsets of ${count}`);
  const known = offsets.subarray(0, count);
  const byteCounts = await readByteCounts(fields, known);
  const strips: Strips = { rowsPerStrip, offsets: known, byteCounts };
  const { rowsPerStrip: tileLength, ...ranges } = divideStrips(strips, { size, encoding, parts });
  if (size.width * tileLength > maxTilePixels * stripFactor) {
    throw unsupported(`is stored in strips of ${size.width} by ${tileLength} pixels, which are too large to be read`);
  }
  return {
    tileWidth: size.width,
    tileLength,
    columns: 1,
    rows: ranges.offsets.length / parts,
    isStripped: true,
    ...ranges,
  };
}

/** A strip may be this many times as large as a tile: whole files are written as one. */
const stripFactor = 16;

/** Where counts are missing or zero, a strip reaches to the next one or to the end of the file, as libtiff has it. */
async function readByteCounts(fields: Fields, offsets: Float64Array): Promise<Float64Array> {
  const stated = await fields.numbers(tags.stripByteCounts, maxTilesPerLevel);
  if (stated !== undefined && stated.length < offsets.length) {
    throw malformed(`${stated.length} strip byte counts of ${offsets.length}`);
  }
  if (stated?.every((byteCount, index) => byteCount > 0 || offsets[index] === 0)) {
    return stated.subarray(0, offsets.length);
  }
  const starts = Float64Array.from(new Set(offsets)).sort();
  const ends = new Map(Array.from(starts, (start, index) => [start, starts[index + 1] ?? fields.fileBytes]));
  return offsets.map((offset, index) => {
    const byteCount = stated?.[index] ?? 0;
    return byteCount > 0 || offset === 0 ? byteCount : Math.max(0, (ends.get(offset) ?? 0) - offset);
  });
}

function divideStrips(
  strips: Strips,
  { size, encoding, parts }: { readonly size: Size; readonly encoding: TileEncoding; readonly parts: number },
): Strips {
  const { compression, layout, subsampling } = encoding;
  const isSubsampled = subsampling.x > 1 || subsampling.y > 1;
  if (compression !== "none" || isSubsampled) return strips;
  const rowBytes = Math.ceil((size.width * layout.bits * (parts === 1 ? layout.samplesPerPixel : 1)) / 8);
  const { rowsPerStrip, offsets } = strips;
  if (rowsPerStrip * rowBytes <= 2 * pieceBytes) return strips;
  const rows = dividingRows(rowsPerStrip, { most: Math.max(1, Math.floor(pieceBytes / rowBytes)), size });
  const pieces = Math.ceil(size.height / rows);
  if (pieces * parts > maxTilesPerLevel) return strips;
  const stripsAPart = offsets.length / parts;
  const offsetOf = (part: number, row: number): number => {
    const strip = Math.floor(row / rowsPerStrip);
    const offset = offsets[part * stripsAPart + strip] ?? 0;
    return offset === 0 ? 0 : offset + (row - strip * rowsPerStrip) * rowBytes;
  };
  return {
    rowsPerStrip: rows,
    offsets: Float64Array.from({ length: pieces * parts }, (_, index) =>
      offsetOf(Math.floor(index / pieces), (index % pieces) * rows),
    ),
    byteCounts: Float64Array.from({ length: pieces * parts }, (_, index) => {
      const first = (index % pieces) * rows;
      return Math.min(rows, size.height - first) * rowBytes;
    }),
  };
}

/** A piece must not lie in two strips: of a single strip any number of rows will do. */
function dividingRows(rowsPerStrip: number, { most, size }: { readonly most: number; readonly size: Size }): number {
  if (rowsPerStrip >= size.height) return most;
  for (let rows = Math.min(most, rowsPerStrip); rows > 1; rows--) if (rowsPerStrip % rows === 0) return rows;
  return 1;
}
